"""`recallbot run`: every channel, until it is stopped."""

from __future__ import annotations

import typer

from bots.commands.place import Place


def run(context: typer.Context) -> None:
    """Start the bot: the web chat at http://127.0.0.1:8000, on an SQLite file.

    RECALLBOT_WEB_HOST and RECALLBOT_WEB_PORT choose another address. Stop with Ctrl-C.
    """
    import asyncio  # noqa: PLC0415 - slow to import

    from bots.serve import run_all  # noqa: PLC0415 - slow to import

    place: Place = context.obj
    asyncio.run(run_all(place.settings()))
