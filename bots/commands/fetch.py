"""`recallbot fetch`: read the sources now, or take in recorded payloads."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from bots.commands.place import Place
from bots.failure import Failure

if TYPE_CHECKING:
    from bots.fetching import How
    from core.ingest.report import Report

NOT_READ = 2

Sources = Annotated[
    list[str] | None,
    typer.Argument(metavar="[SOURCE…]", help="Without any: those that are switched on."),
]
Since = Annotated[
    str | None, typer.Option(metavar="DATE", help="Ask for what is newer than this.")
]
Whole = Annotated[bool, typer.Option("--all", help="Ask for everything again.")]
Recorded = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="FILE|DIR",
        help="Take in recorded payloads instead; a SEQUENCE.tsv in DIR gives their times.",
    ),
]
At = Annotated[
    str | None, typer.Option(metavar="TIME", help="When the recorded payload was received.")
]
Again = Annotated[
    bool, typer.Option("--reparse", help="Read the stored records again; announces nothing.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one object for each source.")]


def fetch(  # noqa: PLR0913, PLR0917 - one parameter for each thing a person may type
    context: typer.Context,
    sources: Sources = None,
    since: Since = None,
    whole: Whole = False,  # noqa: FBT002 - Typer hands flags over like this
    recorded: Recorded = None,
    at: At = None,
    reparse: Again = False,  # noqa: FBT002 - the same
    as_json: AsJson = False,  # noqa: FBT002 - the same
) -> None:
    """Read the sources of recalls now and say what came of it.

    Exit code 2 where a source could not be read; the others are read all the same.
    """
    import asyncio  # noqa: PLC0415 - slow to import

    from bots.fetching import Wish, fetch_all  # noqa: PLC0415 - slow to import

    wish = Wish(tuple(sources or ()), since, recorded, at, _how(whole, reparse))
    place: Place = context.obj
    shown = not as_json and sys.stderr.isatty()
    reports = asyncio.run(fetch_all(place.settings(), wish, shown=shown))
    _print_all(reports, as_json)


def _how(whole: bool, reparse: bool) -> How:  # noqa: FBT001 - flags typed
    if whole and reparse:
        raise Failure("--reparse reads what is stored, and asks nobody: leave out --all")
    return "again" if reparse else "whole" if whole else "news"


def _print_all(reports: list[Report], as_json: bool) -> None:  # noqa: FBT001 - a flag typed
    if as_json:
        sys.stdout.write(json.dumps([report.row() for report in reports], indent=2) + "\n")
    else:
        sys.stdout.write("".join(f"{_told(report)}\n" for report in reports))
    failed = [report for report in reports if report.error]
    for report in failed:
        sys.stderr.write(f"recallbot: {report.source}: {report.error}\n")
    if failed:
        raise typer.Exit(NOT_READ)


def _told(report: Report) -> str:
    from bots.source_list import in_words  # noqa: PLC0415 - slow to import

    came = in_words(report.counts) or "nothing"
    failed = "  (failed)" if report.error else ""
    return f"{report.source:<14} {report.fetched:>6} fetched: {came}{failed}"
