"""`recallbot drill`: a test alert to the test audience, through everything a real one takes."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bots.commands.place import Place
from bots.failure import Failure


def drill(
    context: typer.Context,
    notice: Annotated[
        str | None,
        typer.Argument(metavar="NOTICE", help="Which recall it is about; the newest one."),
    ] = None,
    to: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CHANNEL:ADDRESS",
            help="Whom to test, instead of RECALLBOT_TEST_AUDIENCE; may be repeated.",
        ),
    ] = None,
) -> None:
    """Send an alert that is marked as a test, and tell what became of it at each address.

    Only the addresses named here, or in RECALLBOT_TEST_AUDIENCE, are written to. The exit code
    is 2 where one was not reached.
    """
    import asyncio  # noqa: PLC0415 - slow to import

    from bots.drilling import drilled, line  # noqa: PLC0415 - slow to import
    from bots.logs import set_up  # noqa: PLC0415 - slow to import

    place: Place = context.obj
    settings = place.settings()
    set_up(settings)
    name, told = asyncio.run(drilled(settings, to or [], notice))
    sys.stdout.write(f"TEST of {name}\n")
    for outcome in told:
        sys.stdout.write(f"{line(outcome)}\n")
    missed = sum(outcome.message is None for outcome in told)
    if missed:
        raise Failure(f"{missed} of {len(told)} not reached")
