"""`recallbot db`: the database's schema, its example, its backup."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bots.commands.place import Place
from bots.failure import Failure

app = typer.Typer(help="Upgrade, back up or make an example database.", no_args_is_help=True)


@app.command("upgrade")
def upgrade(context: typer.Context) -> None:
    """Bring the database to the newest schema and catalogue (every start does this too)."""
    import asyncio  # noqa: PLC0415 - slow to import

    from bots.app import prepare  # noqa: PLC0415 - slow to import

    place: Place = context.obj
    asyncio.run(prepare(place.settings()))
    sys.stdout.write("The database is up to date.\n")


@app.command("example")
def example(
    target: Annotated[Path, typer.Argument(metavar="FILE")] = Path("subscriptions.db.example"),
) -> None:
    """Write a small database with invented subscribers, replacing FILE."""
    import asyncio  # noqa: PLC0415 - slow to import

    from bots.app import make_example  # noqa: PLC0415 - slow to import

    asyncio.run(make_example(target))
    sys.stdout.write(f"Wrote {target}.\n")


@app.command("backup")
def backup(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="FILE", help="Must not exist yet.")],
) -> None:
    """Copy the SQLite database to FILE while the bot may be running."""
    from core.store.backup import backup as copy  # noqa: PLC0415 - slow to import
    from core.store.failure import StoreUnavailable  # noqa: PLC0415 - slow to import

    place: Place = context.obj
    try:
        copy(place.settings().database_url, target)
    except StoreUnavailable as error:
        raise Failure(str(error)) from None
    sys.stdout.write(f"Copied to {target}.\n")


@app.command("rotate-key")
def rotate_key(context: typer.Context) -> None:
    """Seal everything with a new secret key, while the bot may be running.

    What was stopped in the middle goes on where this is run again.
    """
    import asyncio  # noqa: PLC0415 - slow to import

    from bots.rotating import rotate  # noqa: PLC0415 - slow to import

    place: Place = context.obj
    sys.stdout.write(asyncio.run(rotate(place.settings())) + "\n")
