"""Two people who turn out to be one: nothing is lost, and nothing doubled."""

from __future__ import annotations

from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.store import addresses, answered, claims, interests, products, subscribers, told
from core.store.schema import OWNED_ITEM, SUBSCRIBER

_WISHES = text(
    "UPDATE wish SET subscriber = :kept WHERE subscriber = :gone"
    " AND NOT EXISTS (SELECT 1 FROM wish WHERE subscriber = :kept)"
)
_INTERESTS = text(
    "UPDATE interest SET subscriber = :kept WHERE subscriber = :gone"
    " AND spec NOT IN (SELECT spec FROM interest WHERE subscriber = :kept)"
)


async def join(connection: AsyncConnection, gone: int, kept: int) -> None:
    """Make one of two people, by number: the one who is kept keeps what they said.

    What only the other one owned, wished, watched, asked or ticked becomes theirs, and so do
    the other's chats; what either was told they were both told. Where one of them wanted
    no answers kept, none are.
    """
    if gone == kept:
        return
    await _join_items(connection, gone, kept)
    await answered.join(connection, gone, kept)
    await claims.join(connection, gone, kept)
    for statement in (_WISHES, _INTERESTS):
        await connection.execute(statement, {"gone": gone, "kept": kept})
    specs = await interests.specs_of(connection, gone)
    theirs = await addresses.of_person(connection, gone)
    await addresses.give(connection, [known.pk for known in theirs], kept)
    await _join_rows(connection, gone, kept)
    await interests.drop_unused(connection, specs)
    await told.give_up_doubles(connection, await numbers_of(connection, kept))


async def numbers_of(connection: AsyncConnection, person: int) -> list[int]:
    """Return the numbers of the person's chats."""
    return [known.pk for known in await addresses.of_person(connection, person)]


async def _join_items(connection: AsyncConnection, gone: int, kept: int) -> None:
    instead: dict[int, int] = {}
    for item in await subscribers.owned_by(connection, gone):
        known = subscribers.same_item(await subscribers.owned_by(connection, kept), item.unit)
        mine = OWNED_ITEM.c.pk == item.pk
        if known is None:
            await connection.execute(update(OWNED_ITEM).where(mine).values(subscriber=kept))
            continue
        nickname = known.nickname or item.nickname
        await subscribers.add_to_item(connection, known, item.unit, nickname)
        if item.lent_to and not known.lent_to:
            theirs = update(OWNED_ITEM).where(OWNED_ITEM.c.pk == known.pk)
            await connection.execute(theirs.values(lent_to=item.lent_to))
        await connection.execute(delete(OWNED_ITEM).where(mine))
        await products.drop_unused(connection, {item.product})
        instead[item.pk] = known.pk
    if instead:
        await told.refer(connection, await numbers_of(connection, gone), "item", instead)


async def _join_rows(connection: AsyncConnection, gone: int, kept: int) -> None:
    both = select(SUBSCRIBER).where(SUBSCRIBER.c.pk.in_([gone, kept]))
    rows = {row.pk: row for row in await connection.execute(both)}
    one, other = rows[gone], rows[kept]
    remembers = one.remembers and other.remembers
    if not remembers:
        await answered.forget_answers(connection, kept)
    await connection.execute(delete(SUBSCRIBER).where(SUBSCRIBER.c.pk == gone))
    row = update(SUBSCRIBER).where(SUBSCRIBER.c.pk == kept)
    await connection.execute(
        row.values(
            lang=other.lang or one.lang,
            region=other.region or one.region,
            created_at=min(one.created_at, other.created_at),
            heard_at=max(one.heard_at, other.heard_at),
            remembers=remembers,
        )
    )
