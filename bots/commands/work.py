"""`recallbot work`: further machines that plan and send, and neither listen nor show pages."""

from __future__ import annotations

from typing import Annotated

import typer

from bots.commands.place import Place


def work(
    context: typer.Context,
    channel: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Send only through this channel; may be repeated."),
    ] = None,
) -> None:
    """Plan and send alerts beside `recallbot run`, on this or any other machine.

    Any number of them may work at once on one database; set RECALLBOT_PROCESSES in each of
    them, and in `recallbot run`, to how many there are. Stop with Ctrl-C.
    """
    import asyncio  # noqa: PLC0415 - slow to import

    from bots.working import work as work_until_stopped  # noqa: PLC0415 - slow to import

    place: Place = context.obj
    asyncio.run(work_until_stopped(place.settings(), only=channel or []))
