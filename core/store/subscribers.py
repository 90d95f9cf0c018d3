"""The people who talk to the bot, and the things they own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.channel import Address
from core.model.identifier import fold, skeleton
from core.model.products import Product, split, unit_of
from core.model.rule import PRODUCT_KEYS
from core.model.unit import READ_BACK, Unit
from core.store import addresses, conversations, products
from core.store.addresses import Known
from core.store.schema import ADDRESS, OWNED_ITEM, PRODUCT, SUBSCRIBER

# What a person tells of a unit's story may change; what is printed on it may not.
REMEMBERED = frozenset({"region", "bought", "looked", "model_read_back", "unsure", READ_BACK})


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A person as seen from one of their chats; `pk` is never used again once forgotten.

    `address` is the number of the chat, and since `gone_at` nothing is sent there. Answers
    are kept while `remembers`.
    """

    pk: int
    channel: str
    chat: str
    lang: str | None
    region: str | None
    created_at: datetime
    gone_at: datetime | None = None
    address: int = 0
    remembers: bool = True


@dataclass(frozen=True, slots=True)
class OwnedItem:
    """One thing a person owns, what they call it, since when we know, and who has it now."""

    pk: int
    unit: Unit
    nickname: str | None
    added_at: datetime
    lent_to: str | None = None
    product: int = 0


async def find_subscriber(
    connection: AsyncConnection, channel: str, chat: str
) -> Subscriber | None:
    """Return the person in that chat, or None where we know nobody there."""
    rows = await connection.execute(
        select(SUBSCRIBER, ADDRESS.c.pk.label("address"), ADDRESS.c.gone_at)
        .join(ADDRESS, ADDRESS.c.subscriber == SUBSCRIBER.c.pk)
        .where(addresses.is_at(Address(channel, chat)))
    )
    row = rows.one_or_none()
    if row is None:
        return None
    told = (row.lang, row.region, row.created_at, row.gone_at, row.address, row.remembers)
    return Subscriber(row.pk, channel, chat, *told)


async def subscriber(
    connection: AsyncConnection, channel: str, chat: str, now: datetime
) -> Subscriber:
    """Return the person in that chat, known from `now` on if they were not before."""
    place = Address(channel, chat)
    known = await addresses.address(connection, place)
    if known.subscriber is None:
        await _settle_in(connection, known, now)
    else:
        await conversations.heard(connection, place, now)
    found = await find_subscriber(connection, channel, chat)
    if found is None:  # pragma: no cover - the row was made or found one line above
        raise LookupError("the subscriber is gone")
    return found


async def _settle_in(connection: AsyncConnection, known: Known, now: datetime) -> None:
    """Make a person of the chat, unless another process just did."""
    held = select(ADDRESS.c.subscriber).where(ADDRESS.c.pk == known.pk).with_for_update()
    if await connection.scalar(held) is not None:  # pragma: no cover - only in a race
        return
    made = await connection.execute(
        insert(SUBSCRIBER)
        .values(created_at=now, heard_at=now, remembers=True)
        .returning(SUBSCRIBER.c.pk)
    )
    await addresses.give(connection, [known.pk], made.scalar_one())


async def set_region(connection: AsyncConnection, who: Subscriber, region: str | None) -> None:
    """Remember the person's country (ISO 3166 alpha-2), or None for no longer knowing it."""
    row = update(SUBSCRIBER).where(SUBSCRIBER.c.pk == who.pk)
    await connection.execute(row.values(region=region))


async def set_lang(connection: AsyncConnection, who: Subscriber, lang: str | None) -> None:
    """Remember the language the person chose, or None for what their platform says."""
    row = update(SUBSCRIBER).where(SUBSCRIBER.c.pk == who.pk)
    await connection.execute(row.values(lang=lang))


async def learn(
    connection: AsyncConnection, place: Address, lang: str | None, region: str | None
) -> None:
    """Remember the language and country of the person in that chat, if we know them."""
    told = {name: one for name, one in (("lang", lang), ("region", region)) if one}
    if told:
        here = addresses.person_at(place).scalar_subquery()
        await connection.execute(
            update(SUBSCRIBER).where(SUBSCRIBER.c.pk == here).values(**told)
        )


async def add_item(
    connection: AsyncConnection,
    who: Subscriber,
    unit: Unit,
    now: datetime,
    nickname: str | None = None,
) -> bool:
    """Remember that the person owns this unit; False where they told us of it before.

    What they now say of it in addition is kept with what we knew.
    """
    # Held, so that of two who add the same at once the second finds it.
    mine = select(SUBSCRIBER.c.pk).where(SUBSCRIBER.c.pk == who.pk)
    await connection.execute(mine.with_for_update(key_share=True))
    known = same_item(await owned_by(connection, who.pk), unit)
    if known is not None:
        await add_to_item(connection, known, unit, nickname)
        return False
    columns = await _columns(connection, unit)
    await connection.execute(
        insert(OWNED_ITEM).values(subscriber=who.pk, nickname=nickname, added_at=now, **columns)
    )
    return True


def same_item(owned: Iterable[OwnedItem], unit: Unit) -> OwnedItem | None:
    """Return the first item that can be this very unit, None where it is a new one."""
    return next((item for item in owned if _same(item.unit, unit)), None)


async def add_to_item(
    connection: AsyncConnection, known: OwnedItem, unit: Unit, nickname: str | None
) -> None:
    """Keep what was now told of an item with what was known of it, which stands."""
    facts = MappingProxyType({**known.unit.facts, **unit.facts})
    # Codes that were confirmed stay so only while they are what was confirmed.
    unchanged = facts == known.unit.facts
    confirmed = (unit.confirmed and facts == unit.facts) or (known.unit.confirmed and unchanged)
    merged = Unit(known.unit.brand or unit.brand, known.unit.model, facts, confirmed)
    columns = await _columns(connection, merged)
    await connection.execute(
        update(OWNED_ITEM)
        .where(OWNED_ITEM.c.pk == known.pk)
        .values(nickname=nickname or known.nickname, **columns)
    )
    if columns["product"] != known.product:
        await products.drop_unused(connection, {known.product})


async def items(connection: AsyncConnection, channel: str, chat: str) -> tuple[Unit, ...]:
    """Return what the person in that chat owns, in the order they told us."""
    return tuple(item.unit for item in await owned_items(connection, channel, chat))


async def owned_items(
    connection: AsyncConnection, channel: str, chat: str
) -> tuple[OwnedItem, ...]:
    """Return what the person in that chat owns and calls it, in the order they told us."""
    who: int | None = await connection.scalar(addresses.person_at(Address(channel, chat)))
    return () if who is None else await owned_by(connection, who)


async def owned_by(connection: AsyncConnection, who: int) -> tuple[OwnedItem, ...]:
    """Return what the person of that number owns, in the order they told us."""
    shared = (PRODUCT.c.brand, PRODUCT.c.model, PRODUCT.c.facts.label("shared"))
    mine = (
        select(OWNED_ITEM, *shared)
        .join(PRODUCT, PRODUCT.c.pk == OWNED_ITEM.c.product)
        .where(OWNED_ITEM.c.subscriber == who)
    )
    rows = await connection.execute(mine.order_by(OWNED_ITEM.c.pk))
    return tuple(map(_item, rows.all()))


async def remove_item(connection: AsyncConnection, who: Subscriber, unit: Unit) -> int:
    """Forget every item of the person that is this unit; return how many there were."""
    gone = [item for item in await owned_by(connection, who.pk) if _same(item.unit, unit)]
    await _remove(connection, gone)
    return len(gone)


async def remove_number(connection: AsyncConnection, who: Subscriber, number: int) -> bool:
    """Forget the person's item of that number; False where it is none of theirs."""
    gone = [item for item in await owned_by(connection, who.pk) if item.pk == number]
    await _remove(connection, gone)
    return bool(gone)


async def _remove(connection: AsyncConnection, gone: list[OwnedItem]) -> None:
    numbers = [item.pk for item in gone]
    await connection.execute(delete(OWNED_ITEM).where(OWNED_ITEM.c.pk.in_(numbers)))
    await products.drop_unused(connection, {item.product for item in gone})


async def rename(
    connection: AsyncConnection, who: Subscriber, number: int, nickname: str | None
) -> bool:
    """Let the person's item of that number be called so; False where it is none of theirs."""
    return await _change(connection, who, number, nickname=nickname)


async def lend(
    connection: AsyncConnection, who: Subscriber, number: int, to: str | None
) -> bool:
    """Remember who has the person's item now, None for themselves; False where not theirs."""
    return await _change(connection, who, number, lent_to=to)


async def _change(
    connection: AsyncConnection, who: Subscriber, number: int, **told: str | None
) -> bool:
    mine = (OWNED_ITEM.c.pk == number, OWNED_ITEM.c.subscriber == who.pk)
    changed = await connection.execute(update(OWNED_ITEM).where(*mine).values(**told))
    return changed.rowcount > 0


async def _columns(connection: AsyncConnection, unit: Unit) -> dict[str, object]:
    product, own = split(unit)
    return {
        "product": await products.intern(connection, product),
        "facts": json.dumps(dict(own)) if own else None,
        "confirmed": unit.confirmed,
    }


def _item(row: Row[tuple[object, ...]]) -> OwnedItem:
    own: Mapping[str, str] = json.loads(row.facts) if row.facts else {}
    shared = json.loads(row.shared)
    product = Product(row.brand, row.model, MappingProxyType(shared))
    unit = unit_of(product, own, row.confirmed)
    return OwnedItem(row.pk, unit, row.nickname, row.added_at, row.lent_to, row.product)


def _same(one: Unit, other: Unit) -> bool:
    """Say whether both can be one thing: the same product, and nothing printed that differs."""
    if any(_differ(one.facts[name], other.facts[name]) for name in _printed(one, other)):
        return False
    models = [fold(unit.model or "") for unit in (one, other)]
    brands = [fold(unit.brand or "") for unit in (one, other)]
    if models[0] or models[1]:
        return models[0] == models[1] and ("" in brands or brands[0] == brands[1])
    known = [PRODUCT_KEYS & unit.facts.keys() for unit in (one, other)]
    if known[0] or known[1]:
        return bool(known[0] & known[1])
    return brands[0] == brands[1]


def _printed(one: Unit, other: Unit) -> set[str]:
    return (one.facts.keys() & other.facts.keys()) - REMEMBERED


def _differ(one: str, other: str) -> bool:
    return skeleton(fold(one)) != skeleton(fold(other))
