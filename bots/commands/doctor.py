"""`recallbot doctor`: what is right, what is wrong, and what to do about it."""

from __future__ import annotations

import sys

import typer

from bots.commands.place import Place
from bots.failure import Failure


def doctor(context: typer.Context) -> None:
    """Check settings, catalogue, database, web address and platforms.

    The exit code is 2 if one is wrong; a platform that is not set up is not.
    """
    import asyncio  # noqa: PLC0415 - slow to import

    from bots.checkup import checkup  # noqa: PLC0415 - slow to import

    place: Place = context.obj
    wrong = 0
    for line in asyncio.run(checkup(place.settings)):
        sys.stdout.write(f"{'ok   ' if line.right else 'WRONG'}  {line.subject}: {line.says}\n")
        wrong += not line.right
    if wrong:
        raise Failure(f"{wrong} thing(s) to put right")
