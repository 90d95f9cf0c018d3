"""`recallbot sources`: whose recalls are read, on what terms, how fresh, and what is odd."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from bots.commands.place import Place


def sources(
    context: typer.Context,
    as_json: Annotated[  # noqa: FBT002 - Typer hands flags over like this
        bool, typer.Option("--json", help="Print one object for each source.")
    ] = False,
) -> None:
    """List the sources of recalls: licence, last success, age, counts, alarms."""
    import asyncio  # noqa: PLC0415 - slow to import

    from bots.source_list import table, told  # noqa: PLC0415 - slow to import

    place: Place = context.obj
    rows = asyncio.run(told(place.settings()))
    if as_json:
        sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(table(rows))
