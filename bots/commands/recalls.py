"""`recallbot recalls`: the recalls we hold, and one of them in full."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from bots.commands.place import Place
from bots.failure import Failure
from core.model.recall import Notice
from core.settings import Settings

MOST_ROWS = 50
# Countries named in a list for people; where there are more, the rest is counted.
MOST_COUNTRIES = 3
# ISO 3166 alpha-2 of the European Union.
EU = frozenset(
    (
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES"),
        *("FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU"),
        *("LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    )
)


def recalls(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[QUERY | show ID]", help="A brand, product or model."),
    ] = None,
    as_json: Annotated[  # noqa: FBT002 - Typer hands flags over like this
        bool, typer.Option("--json", help="Print them whole, for a program.")
    ] = False,
) -> None:
    """List the newest recalls, find some, or show one in full.

    `recallbot recalls`, `recallbot recalls anker`, `recallbot recalls show ID`
    """
    import asyncio  # noqa: PLC0415 - slow to import

    place: Place = context.obj
    settings = place.settings()
    match words or []:
        case ["show", name]:
            found = asyncio.run(_named(settings, name))
            sys.stdout.write((_as_json(found) if as_json else _in_full(found)) + "\n")
        case ["show", *_]:
            raise Failure("name one recall: recallbot recalls show ID")
        case query:
            listed = asyncio.run(_find(settings, " ".join(query)))
            _print_list(listed, as_json=as_json)


def _print_list(found: tuple[Notice, ...], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write("[" + ",\n".join(map(_as_json, found)) + "]\n")
        return
    if not found:
        sys.stdout.write("No recall found. That is no proof that there is none.\n")
    for notice in found:
        day = notice.published.isoformat() if notice.published else "undated   "
        where = countries(notice.regions)
        sys.stdout.write(f"{day}  {notice.id:<34} {where:<12} {notice.product}\n")


def countries(regions: Sequence[str]) -> str:
    """Return where a recall holds, short enough for a line: "US,CA", "EU,GB", "US,CA +41"."""
    if "WORLD" in regions:
        return "worldwide"
    rest = [code for code in regions if code not in EU]
    named = ["EU", *rest] if EU.issubset(regions) else list(regions)
    if len(named) <= MOST_COUNTRIES:
        return ",".join(named)
    first = named[: MOST_COUNTRIES - 1]
    return f"{','.join(first)} +{len(named) - len(first)}"


def _as_json(notice: Notice) -> str:
    return notice.model_dump_json(exclude_none=True)


def _in_full(notice: Notice) -> str:
    from core.text.notice import notice_blocks  # noqa: PLC0415 - slow to import
    from core.text.translations import translator  # noqa: PLC0415 - slow to import

    return "\n\n".join(block.plain for block in notice_blocks(notice, translator(None)))


async def _find(settings: Settings, query: str) -> tuple[Notice, ...]:
    from bots.app import open_database  # noqa: PLC0415 - slow to import
    from core.store import notices  # noqa: PLC0415 - slow to import

    database = await open_database(settings)
    try:
        async with database.reading() as connection:
            if query.strip():
                return await notices.search(connection, query, MOST_ROWS)
            return await notices.latest(connection, MOST_ROWS)
    finally:
        await database.close()


async def _named(settings: Settings, name: str) -> Notice:
    from bots.app import open_database  # noqa: PLC0415 - slow to import
    from core.store import notices  # noqa: PLC0415 - slow to import

    database = await open_database(settings)
    try:
        async with database.reading() as connection:
            found = await notices.notice(connection, name)
    finally:
        await database.close()
    if found is None:
        raise Failure(f"no recall has the id {name!r}; `recallbot recalls` lists them")
    return found
