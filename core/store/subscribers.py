"""The people who talk to the bot, and the things they own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Row, bindparam, delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.channel import Address
from core.model.identifier import fold, skeleton
from core.model.rule import PRODUCT_KEYS
from core.model.unit import READ_BACK, Unit
from core.store import conversations, pressed
from core.store.schema import OWNED_ITEM, SUBSCRIBER, WATCHED_BRAND, WISH, UtcDateTime

# What a person tells of a unit's story may change; what is printed on it may not.
REMEMBERED = frozenset({"region", "bought", "looked", "model_read_back", "unsure", READ_BACK})
# A shorter one tells nobody's unit from others.
SHORTEST_CODE = 5
# What says nothing of one unit alone.
_OPEN = frozenset({*REMEMBERED, *PRODUCT_KEYS, "colour"})
_PERSONAL = (OWNED_ITEM, WISH, WATCHED_BRAND)
_TAKE_OVER = (
    text(
        "UPDATE wish SET subscriber = :new WHERE subscriber = :old"
        " AND NOT EXISTS (SELECT 1 FROM wish WHERE subscriber = :new)"
    ),
    text(
        "UPDATE watched_brand SET subscriber = :new WHERE subscriber = :old"
        " AND key NOT IN (SELECT key FROM watched_brand WHERE subscriber = :new)"
    ),
)
_CREATE = text(
    "INSERT INTO subscriber (channel, chat, created_at) VALUES (:channel, :chat, :now)"
    " ON CONFLICT (channel, chat) DO NOTHING"
).bindparams(bindparam("now", type_=UtcDateTime()))


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A person in one chat; `pk` is never used again after they were forgotten.

    Since `gone_at` nothing is sent to them.
    """

    pk: int
    channel: str
    chat: str
    lang: str | None
    region: str | None
    created_at: datetime
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OwnedItem:
    """One thing a person owns, what they call it, and since when we know."""

    pk: int
    unit: Unit
    nickname: str | None
    added_at: datetime


async def find_subscriber(
    connection: AsyncConnection, channel: str, chat: str
) -> Subscriber | None:
    """Return the person in that chat, or None where we know nobody there."""
    rows = await connection.execute(
        select(SUBSCRIBER).where(SUBSCRIBER.c.channel == channel, SUBSCRIBER.c.chat == chat)
    )
    row = rows.one_or_none()
    if row is None:
        return None
    return Subscriber(
        row.pk, row.channel, row.chat, row.lang, row.region, row.created_at, row.gone_at
    )


async def subscriber(
    connection: AsyncConnection, channel: str, chat: str, now: datetime
) -> Subscriber:
    """Return the person in that chat, known from `now` on if they were not before."""
    await connection.execute(_CREATE, {"channel": channel, "chat": chat, "now": now})
    found = await find_subscriber(connection, channel, chat)
    if found is None:  # pragma: no cover - the row was made or found one line above
        raise LookupError("the subscriber is gone")
    return found


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
        await connection.execute(
            update(SUBSCRIBER)
            .where(SUBSCRIBER.c.channel == place.channel, SUBSCRIBER.c.chat == place.chat)
            .values(**told)
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
    for known in await _owned_by(connection, who.pk):
        if _same(known.unit, unit):
            await _learn(connection, known, unit, nickname)
            return False
    await connection.execute(
        insert(OWNED_ITEM).values(
            subscriber=who.pk, nickname=nickname, added_at=now, **_columns(unit)
        )
    )
    return True


async def _learn(
    connection: AsyncConnection, known: OwnedItem, unit: Unit, nickname: str | None
) -> None:
    facts = MappingProxyType({**known.unit.facts, **unit.facts})
    # Codes that were confirmed stay so only while they are what was confirmed.
    unchanged = facts == known.unit.facts
    confirmed = (unit.confirmed and facts == unit.facts) or (known.unit.confirmed and unchanged)
    merged = Unit(known.unit.brand or unit.brand, known.unit.model, facts, confirmed)
    await connection.execute(
        update(OWNED_ITEM)
        .where(OWNED_ITEM.c.pk == known.pk)
        .values(nickname=nickname or known.nickname, **_columns(merged))
    )


async def items(connection: AsyncConnection, channel: str, chat: str) -> tuple[Unit, ...]:
    """Return what the person in that chat owns, in the order they told us."""
    return tuple(item.unit for item in await owned_items(connection, channel, chat))


async def owned_items(
    connection: AsyncConnection, channel: str, chat: str
) -> tuple[OwnedItem, ...]:
    """Return what the person in that chat owns and calls it, in the order they told us."""
    who = await find_subscriber(connection, channel, chat)
    return () if who is None else await _owned_by(connection, who.pk)


async def _owned_by(connection: AsyncConnection, who: int) -> tuple[OwnedItem, ...]:
    mine = select(OWNED_ITEM).where(OWNED_ITEM.c.subscriber == who)
    rows = await connection.execute(mine.order_by(OWNED_ITEM.c.pk))
    return tuple(
        OwnedItem(row.pk, _unit(row), row.nickname, row.added_at) for row in rows.all()
    )


async def remove_item(connection: AsyncConnection, who: Subscriber, unit: Unit) -> int:
    """Forget every item of the person that is this unit; return how many there were."""
    gone = [item.pk for item in await _owned_by(connection, who.pk) if _same(item.unit, unit)]
    await connection.execute(delete(OWNED_ITEM).where(OWNED_ITEM.c.pk.in_(gone)))
    return len(gone)


async def remove_number(connection: AsyncConnection, who: Subscriber, number: int) -> bool:
    """Forget the person's item of that number; False where it is none of theirs."""
    gone = await connection.execute(
        delete(OWNED_ITEM).where(OWNED_ITEM.c.pk == number, OWNED_ITEM.c.subscriber == who.pk)
    )
    return gone.rowcount > 0


async def forget(connection: AsyncConnection, channel: str, chat: str) -> None:
    """Erase the person in that chat: what they own, wish and watch, what we spoke of.

    Buttons that name a code of one of their units go, too.
    """
    await pressed.forget_naming(connection, await codes_told(connection, channel, chat))
    await conversations.forget(connection, channel, chat)
    who = await find_subscriber(connection, channel, chat)
    if who is not None:
        await _erase(connection, who)


async def codes_told(connection: AsyncConnection, channel: str, chat: str) -> set[str]:
    """Return every code of a unit of the person's, on their list or just spoken of."""
    units = await items(connection, channel, chat)
    body = await conversations.load(connection, channel, chat)
    spoken_of: Mapping[str, str] = json.loads(body).get("facts", {}) if body else {}
    told = {
        facts[name]
        for facts in (*(unit.facts for unit in units), spoken_of)
        for name in facts.keys() - _OPEN
    }
    return {code for code in told if len(code) >= SHORTEST_CODE}


async def _erase(connection: AsyncConnection, who: Subscriber) -> None:
    for table in _PERSONAL:
        await connection.execute(delete(table).where(table.c.subscriber == who.pk))
    await connection.execute(delete(SUBSCRIBER).where(SUBSCRIBER.c.pk == who.pk))


async def join(connection: AsyncConnection, old: Address, new: Address) -> None:
    """Make one of the people in two chats, both known: the one in `new` keeps what they said.

    What only the other one owned, wished or watched becomes theirs.
    """
    one = await find_subscriber(connection, old.channel, old.chat)
    other = await find_subscriber(connection, new.channel, new.chat)
    if one is None or other is None:  # pragma: no cover - the caller has looked
        raise LookupError("there are not two")
    for item in await _owned_by(connection, one.pk):
        await add_item(connection, other, item.unit, item.added_at, item.nickname)
    for statement in _TAKE_OVER:
        await connection.execute(statement, {"old": one.pk, "new": other.pk})
    await _erase(connection, one)
    row = update(SUBSCRIBER).where(SUBSCRIBER.c.pk == other.pk)
    await connection.execute(
        row.values(
            lang=other.lang or one.lang,
            region=other.region or one.region,
            created_at=min(one.created_at, other.created_at),
            gone_at=None,
        )
    )


def _columns(unit: Unit) -> dict[str, object]:
    return {
        "brand": unit.brand,
        "model": unit.model,
        "facts": json.dumps(dict(unit.facts)),
        "confirmed": unit.confirmed,
    }


def _unit(row: Row[tuple[object, ...]]) -> Unit:
    facts: Mapping[str, str] = MappingProxyType(json.loads(row.facts))
    return Unit(row.brand, row.model, facts, row.confirmed)


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
