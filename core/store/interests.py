"""What people watch without owning it: each description kept once, and found by a notice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, bindparam, delete, exists, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.channel import Address
from core.model.facets import COUNTRY, WORLD
from core.model.identifier import fold
from core.model.recall import HazardKind, Notice
from core.model.subscriber import Interest
from core.store import addresses
from core.store.schema import ADDRESS, INTEREST, INTEREST_SPEC, PlainText, UtcDateTime, storable
from core.store.subscribers import Subscriber
from core.store.words import words_of

EVERYWHERE = WORLD.removeprefix(COUNTRY)
PARTS = ("brand", "category", "hazard", "country", "keyword")
_SPEC = tuple(INTEREST_SPEC.c[name] for name in PARTS)
# Doing the same again instead of nothing returns, and holds, a row that is there already.
_INTERN = text(
    "INSERT INTO interest_spec (brand, category, hazard, country, keyword)"
    " VALUES (:brand, :category, :hazard, :country, :keyword)"
    " ON CONFLICT (brand, category, hazard, country, keyword)"
    " DO UPDATE SET brand = excluded.brand RETURNING pk"
)
_WATCH = text(
    "INSERT INTO interest (spec, subscriber, shown, added_at)"
    " VALUES (:spec, :subscriber, :shown, :now) ON CONFLICT (spec, subscriber) DO NOTHING"
).bindparams(bindparam("shown", type_=PlainText()), bindparam("now", type_=UtcDateTime()))


async def watch(
    connection: AsyncConnection, who: Subscriber, interest: Interest, now: datetime
) -> bool:
    """Remember that the person watches this; False where they did, however it was spelt.

    Raises ValueError for an empty interest, which every recall would fit.
    """
    if interest.empty:
        raise ValueError("an interest in everything is none")
    parts = dict(zip(PARTS, map(storable, interest.spec), strict=True))
    spec = (await connection.execute(_INTERN, parts)).scalar_one()
    values = {"spec": spec, "subscriber": who.pk, "shown": interest.shown, "now": now}
    return (await connection.execute(_WATCH, values)).rowcount > 0


async def unwatch(connection: AsyncConnection, who: Subscriber, interest: Interest) -> bool:
    """Watch this no longer; False where the person did not."""
    told = zip(_SPEC, map(storable, interest.spec), strict=True)
    spec: int | None = await connection.scalar(
        select(INTEREST_SPEC.c.pk).where(*(column == part for column, part in told))
    )
    if spec is None:
        return False
    gone = await connection.execute(
        delete(INTEREST).where(INTEREST.c.spec == spec, INTEREST.c.subscriber == who.pk)
    )
    if gone.rowcount:
        await drop_unused(connection, [spec])
    return gone.rowcount > 0


async def watched(connection: AsyncConnection, channel: str, chat: str) -> tuple[Interest, ...]:
    """Return what the person in that chat watches, in the order they told us."""
    found = await connection.execute(
        select(INTEREST_SPEC, INTEREST.c.shown)
        .join(INTEREST, INTEREST.c.spec == INTEREST_SPEC.c.pk)
        .join(ADDRESS, ADDRESS.c.subscriber == INTEREST.c.subscriber)
        .where(addresses.is_at(Address(channel, chat)))
        .order_by(INTEREST.c.added_at, *_SPEC)
    )
    return tuple(map(read_interest, found))


def read_interest(row: Row[tuple[object, ...]]) -> Interest:
    """Return the interest of a row that has its parts, and how it was written."""
    hazard = HazardKind(row.hazard) if row.hazard else None
    return Interest(row.brand, row.category, hazard, row.country, row.keyword, row.shown)


async def specs_of(connection: AsyncConnection, subscriber: int) -> list[int]:
    """Return the numbers of what the person watches."""
    mine = select(INTEREST.c.spec).where(INTEREST.c.subscriber == subscriber)
    return list(await connection.scalars(mine))


async def drop_unused(connection: AsyncConnection, specs: Collection[int]) -> None:
    """Forget those of the descriptions that nobody watches any more."""
    used = exists().where(INTEREST.c.spec == INTEREST_SPEC.c.pk)
    unused = select(INTEREST_SPEC.c.pk).where(INTEREST_SPEC.c.pk.in_(specs), ~used)
    gone = list(await connection.scalars(unused))
    if not gone:
        return
    # Held while we look again: somebody may just have begun to watch one of them.
    ours = INTEREST_SPEC.c.pk.in_(gone)
    held = select(INTEREST_SPEC.c.pk).where(ours).order_by(INTEREST_SPEC.c.pk)
    await connection.execute(held.with_for_update())
    await connection.execute(delete(INTEREST_SPEC).where(ours, ~used))


async def specs_for(connection: AsyncConnection, notice: Notice) -> tuple[int, ...]:
    """Return the numbers of the descriptions that this notice fits, in order.

    One statement probes all combinations of its brands, categories, hazards and countries
    with "any"; of those that name a keyword, the notice must have each of its words. A notice
    for all of the world is one of every country.
    """
    rows = await connection.execute(
        select(INTEREST_SPEC.c.pk, INTEREST_SPEC.c.keyword).where(*_fitting(notice))
    )
    words = words_of(notice).split()
    return tuple(sorted(row.pk for row in rows if keyword_fits(row.keyword, words)))


def _fitting(notice: Notice) -> list[ColumnElement[bool]]:
    told: list[Sequence[str]] = [
        [fold(brand) for brand in notice.brands],
        [notice.category.casefold()],
        [kind.value for kind in notice.hazard.kinds],
    ]
    parts = list(zip(_SPEC, told, strict=False))
    countries = [region.upper() for region in notice.regions]
    if EVERYWHERE not in countries:
        parts.append((INTEREST_SPEC.c.country, countries))
    return [column.in_(sorted({"", *values})) for column, values in parts]


def keyword_fits(keyword: str, words: Sequence[str]) -> bool:
    """Say whether each word of the keyword begins one of the words of a notice.

    Where words are written without spaces between them it may stand anywhere in one.
    """
    return all(any(_begins(part, word) for word in words) for part in keyword.split())


def _begins(part: str, word: str) -> bool:
    return word.startswith(part) if part.isascii() else part in word
