"""`recallbot replay`: every message anyone would have got, had the bot been there."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from bots.commands.place import Place


def replay(
    context: typer.Context,
    story: Annotated[str, typer.Argument(metavar="STORY", help="Such as powerbanks.")],
    household: Annotated[
        str | None, typer.Option(metavar="NAME", help="Print only what this household got.")
    ] = None,
    lang: Annotated[
        str | None, typer.Option(metavar="TAG", help="Let everybody read this language.")
    ] = None,
    as_json: Annotated[  # noqa: FBT002 - Typer hands flags over like this
        bool, typer.Option("--json", help="Print one object.")
    ] = False,
) -> None:
    """Play a recorded history with its households, by a clock of its own; nobody is written to.

    It is played on a database that is gone afterwards, or with --database on an empty one that
    is kept.
    """
    import asyncio  # noqa: PLC0415 - slow to import

    from bots import replaying  # noqa: PLC0415 - slow to import

    place: Place = context.obj
    name = replaying.household_id(replaying.story_named(story), household)
    kept = place.named is not None
    result = asyncio.run(replaying.played(place.settings(), story, lang, kept=kept))
    if as_json:
        told = replaying.as_json(result, name)
        sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(replaying.shown(result, name))
