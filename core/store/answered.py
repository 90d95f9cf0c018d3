"""What we told people of a product, so that they hear of it when it is no longer so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.products import Product
from core.model.unit import Unit, code_to_mark
from core.model.verdict import Verdict
from core.store import addresses, products, told
from core.store.schema import ANSWERED, PRODUCT, SUBSCRIBER
from core.store.subscribers import Subscriber


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody was told of a unit, and which of its codes that rested on, if any."""

    unit: Unit
    verdict: Verdict
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What somebody was told of a product; of a code only which it was, never the code."""

    pk: int
    product: Product
    region: str | None
    verdict: Verdict
    field: str | None
    at: datetime
    number: int = 0


async def remember(
    connection: AsyncConnection, who: Subscriber, what: Told, now: datetime
) -> None:
    """Keep what the person was told, in place of what we told of the same before.

    The same is a product, a country, and a code. Nothing is kept of who does not want it.
    """
    if not who.remembers:
        return
    product = await products.intern(connection, Product.of(what.unit))
    code = code_to_mark(what.unit, what.field) if what.field else None
    row = {
        "subscriber": who.pk,
        "product": product,
        "region": what.unit.region or who.region,
        "code": code,
    }
    said = {"verdict": what.verdict.value, "field": what.field if code else None, "at": now}
    # "Is not distinct" takes an unknown country or code for the same as another unknown one.
    same = (ANSWERED.c[name].is_not_distinct_from(value) for name, value in row.items())
    changed = await connection.execute(update(ANSWERED).where(*same).values(**said))
    if not changed.rowcount:
        await connection.execute(insert(ANSWERED).values(**row, **said))


async def answers_of(connection: AsyncConnection, subscriber: int) -> tuple[Answered, ...]:
    """Return what the person was told and we remember, the earliest first."""
    rows = await connection.execute(
        select(ANSWERED, PRODUCT.c.brand, PRODUCT.c.model, PRODUCT.c.facts)
        .join(PRODUCT, PRODUCT.c.pk == ANSWERED.c.product)
        .where(ANSWERED.c.subscriber == subscriber)
        .order_by(ANSWERED.c.at, ANSWERED.c.pk)
    )
    return tuple(
        Answered(
            row.pk,
            products.read_product(row),
            row.region,
            Verdict(row.verdict),
            row.field,
            row.at,
            row.product,
        )
        for row in rows
    )


async def forget_answers(connection: AsyncConnection, subscriber: int) -> None:
    """Erase every answer that we remember the person got."""
    await _erase(connection, ANSWERED.c.subscriber == subscriber)


async def forget_before(connection: AsyncConnection, moment: datetime) -> None:
    """Erase every answer given before that moment."""
    await _erase(connection, ANSWERED.c.at < moment)


async def _erase(connection: AsyncConnection, condition: ColumnElement[bool]) -> None:
    gone = delete(ANSWERED).where(condition).returning(ANSWERED.c.product)
    await products.drop_unused(connection, set(await connection.scalars(gone)))


async def set_remembers(
    connection: AsyncConnection, who: Subscriber, *, remembers: bool
) -> None:
    """Keep the person's answers from now on, or none, and then none of those there are."""
    row = update(SUBSCRIBER).where(SUBSCRIBER.c.pk == who.pk)
    await connection.execute(row.values(remembers=remembers))
    if not remembers:
        await forget_answers(connection, who.pk)


async def join(connection: AsyncConnection, gone: int, kept: int) -> None:
    """Let one person's answers be another's; of two to the same the later stands."""
    mine = select(ANSWERED).where(ANSWERED.c.subscriber.in_([gone, kept]))
    latest: dict[tuple[object, ...], int] = {}
    instead: dict[int, int] = {}
    for row in await connection.execute(mine.order_by(ANSWERED.c.at, ANSWERED.c.pk)):
        same = (row.product, row.region, row.code)
        if same in latest:
            instead[latest[same]] = row.pk
        latest[same] = row.pk
    numbers = [
        known.pk
        for person in (gone, kept)
        for known in await addresses.of_person(connection, person)
    ]
    await told.refer(connection, numbers, "answered", _ends(instead))
    await connection.execute(delete(ANSWERED).where(ANSWERED.c.pk.in_(list(instead))))
    theirs = update(ANSWERED).where(ANSWERED.c.subscriber == gone)
    await connection.execute(theirs.values(subscriber=kept))


def _ends(instead: dict[int, int]) -> dict[int, int]:
    """Return for each which in the end stands in its place."""
    ends: dict[int, int] = {}
    # The latest were put in last, so what stands in their place is known first.
    for old, new in reversed(instead.items()):
        ends[old] = ends.get(new, new)
    return ends
