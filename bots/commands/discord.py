"""`recallbot discord`: what the Discord channel needs now and then."""

from __future__ import annotations

import sys

import typer

from bots.failure import Failure

app = typer.Typer(no_args_is_help=True, help="What the Discord channel needs now and then.")


@app.callback()
def _group() -> None:
    """Keep "sync" a command of its own: with one alone Typer leaves its name out."""


@app.command()
def sync() -> None:
    """Write our commands to Discord, unless it has them already.

    `recallbot run` does the same when it starts; nothing is written without need, since
    Discord limits how often that may be.
    """
    import asyncio  # noqa: PLC0415 - slow to import
    import logging  # noqa: PLC0415 - slow to import

    from bots.discord.checkup import synced  # noqa: PLC0415 - slow to import
    from bots.discord.settings import DiscordSettings  # noqa: PLC0415 - slow to import
    from core.settings import SettingsError, load  # noqa: PLC0415 - slow to import

    # The library would warn of what we do on purpose.
    logging.getLogger("discord").setLevel(logging.CRITICAL)
    try:
        right, says = asyncio.run(synced(load(DiscordSettings)))
    except SettingsError as error:
        raise Failure(str(error)) from None
    if not right:
        raise Failure(says)
    sys.stdout.write(f"{says}\n")
