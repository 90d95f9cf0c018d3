"""`recallbot review`: drafted rules beside the sentences they were read from."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from bots.commands.place import Place
from core.settings import Settings

if TYPE_CHECKING:
    from bots.reviewing import Draft

MOST_ROWS = 20
app = typer.Typer(
    help="Look through the rules drafted from official texts, and make them your own.",
    invoke_without_command=True,
)
Id = Annotated[str, typer.Argument(metavar="ID", help="As `recallbot review` lists it.")]
Limit = Annotated[int, typer.Option(min=1, help="How many, newest first.")]
Complete = Annotated[
    bool,
    typer.Option(
        "--complete",
        help="The rule says all that the notice says: it may then also exclude units.",
    ),
]


@app.callback()
def waiting(
    context: typer.Context,
    limit: Limit = MOST_ROWS,
) -> None:
    """List the drafts nobody has reviewed yet, newest first."""
    if context.invoked_subcommand is None:
        _list(context, limit)


@app.command("list")
def every(context: typer.Context, limit: Limit = MOST_ROWS) -> None:
    """List the drafts nobody has reviewed yet, as without a command."""
    _list(context, limit)


def _list(context: typer.Context, limit: int) -> None:
    from bots.reviewing import waiting as drafts  # noqa: PLC0415 - slow to import

    found = asyncio.run(drafts(_settings(context), limit))
    if not found:
        sys.stdout.write("No draft waits for a review.\n")
    for draft in found:
        _print(draft)


@app.command("show")
def show(context: typer.Context, name: Id) -> None:
    """Show one draft: its sentences, and the rule in words."""
    from bots.reviewing import one_draft  # noqa: PLC0415 - slow to import

    _print(asyncio.run(one_draft(_settings(context), name)))


@app.command("accept")
def accept(context: typer.Context, name: Id, complete: Complete = False) -> None:  # noqa: FBT002 - Typer hands flags over like this
    """Take the rule over as it stands."""
    from bots import reviewing  # noqa: PLC0415 - slow to import
    from core.clock import SystemClock  # noqa: PLC0415 - slow to import

    settings = _settings(context)
    notice = asyncio.run(reviewing.one_draft(settings, name)).notice
    path = reviewing.accept(settings, notice, SystemClock(), complete=complete)
    sys.stdout.write(f"{path}\n")


@app.command("edit")
def edit(context: typer.Context, name: Id, complete: Complete = False) -> None:  # noqa: FBT002 - Typer hands flags over like this
    """Open the rule in $EDITOR; what you save is checked, then taken over."""
    from bots import reviewing  # noqa: PLC0415 - slow to import
    from core.clock import SystemClock  # noqa: PLC0415 - slow to import

    settings = _settings(context)
    notice = asyncio.run(reviewing.one_draft(settings, name)).notice
    path = reviewing.edit(settings, notice, SystemClock(), complete=complete)
    sys.stdout.write(f"{path}\n")


@app.command("reject")
def reject(context: typer.Context, name: Id) -> None:
    """Drop the drafted rule: the notice goes on warning by the product's name alone."""
    from bots import reviewing  # noqa: PLC0415 - slow to import
    from core.clock import SystemClock  # noqa: PLC0415 - slow to import

    settings = _settings(context)
    notice = asyncio.run(reviewing.one_draft(settings, name)).notice
    sys.stdout.write(f"{reviewing.reject(settings, notice, SystemClock())}\n")


def _settings(context: typer.Context) -> Settings:
    place: Place = context.obj
    return place.settings()


def _print(draft: Draft) -> None:
    from bots.reviewing import shown  # noqa: PLC0415 - slow to import
    from core.text.translations import translator  # noqa: PLC0415 - slow to import

    sys.stdout.write("\n".join(shown(draft, translator(None))) + "\n\n")
