"""`recallbot recalls`: the recalls we hold, and one of them in full."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bots.commands.place import Place
from bots.failure import Failure
from core.model.recall import Notice
from core.settings import Settings

MOST_ROWS = 50


def recalls(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[QUERY | show ID]", help="A brand, product or model."),
    ] = None,
) -> None:
    """List the newest recalls, find some, or show one in full.

    `recallbot recalls`, `recallbot recalls anker`, `recallbot recalls show ID`
    """
    import asyncio  # noqa: PLC0415 - slow to import

    place: Place = context.obj
    settings = place.settings()
    match words or []:
        case ["show", name]:
            sys.stdout.write(asyncio.run(_shown(settings, name)) + "\n")
        case ["show", *_]:
            raise Failure("name one recall: recallbot recalls show ID")
        case query:
            _print_list(asyncio.run(_find(settings, " ".join(query))))


def _print_list(found: tuple[Notice, ...]) -> None:
    if not found:
        sys.stdout.write("No recall found. That is no proof that there is none.\n")
    for notice in found:
        day = notice.published.isoformat() if notice.published else "undated   "
        regions = ",".join(notice.regions)
        sys.stdout.write(f"{day}  {notice.id:<34} {regions:<12} {notice.product}\n")


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


async def _shown(settings: Settings, name: str) -> str:
    from bots.app import open_database  # noqa: PLC0415 - slow to import
    from core.store import notices  # noqa: PLC0415 - slow to import
    from core.text.notice import notice_blocks  # noqa: PLC0415 - slow to import
    from core.text.translations import translator  # noqa: PLC0415 - slow to import

    database = await open_database(settings)
    try:
        async with database.reading() as connection:
            found = await notices.notice(connection, name)
    finally:
        await database.close()
    if found is None:
        raise Failure(f"no recall has the id {name!r}; `recallbot recalls` lists them")
    blocks = notice_blocks(found, translator(None))
    return "\n\n".join(block.plain for block in blocks)
