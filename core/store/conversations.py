"""What each chat is about, kept between two messages."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.channel import Address
from core.store import addresses
from core.store.keyring import place_of
from core.store.schema import ADDRESS, CONVERSATION, PLACE, UtcDateTime
from core.store.seal import Sealed

# That somebody spoke is noted once a day: it is about who has not spoken for years.
HEARD_EVERY = timedelta(days=1)
_SAVE = text(
    "INSERT INTO conversation (address, body, updated_at)"
    " SELECT pk, :body, :now FROM address WHERE place = :place ON CONFLICT (address)"
    " DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at"
).bindparams(
    bindparam("place", type_=PLACE),
    bindparam("body", type_=Sealed()),
    bindparam("now", type_=UtcDateTime()),
)
_HEARD = text(
    "UPDATE subscriber SET heard_at = :now WHERE heard_at < :before"
    " AND pk = (SELECT subscriber FROM address WHERE place = :place)"
).bindparams(
    bindparam("place", type_=PLACE),
    bindparam("before", type_=UtcDateTime()),
    bindparam("now", type_=UtcDateTime()),
)


async def load(connection: AsyncConnection, channel: str, chat: str) -> str | None:
    """Return the JSON that was saved for this chat last, or None."""
    found: str | None = await connection.scalar(
        select(CONVERSATION.c.body)
        .join(ADDRESS, ADDRESS.c.pk == CONVERSATION.c.address)
        .where(addresses.is_at(Address(channel, chat)))
    )
    return found


async def save(
    connection: AsyncConnection, channel: str, chat: str, body: str, now: datetime
) -> None:
    """Keep this JSON for the chat, in place of what was there."""
    place = Address(channel, chat)
    values = {"place": place_of(channel, chat), "body": body, "now": now}
    if not (await connection.execute(_SAVE, values)).rowcount:
        await addresses.address(connection, place)
        await connection.execute(_SAVE, values)
    await heard(connection, place, now)


async def heard(connection: AsyncConnection, place: Address, now: datetime) -> None:
    """Note that the person in that chat, if we know one, said something, once a day."""
    named = {"place": place_of(place.channel, place.chat)}
    await connection.execute(_HEARD, {**named, "before": now - HEARD_EVERY, "now": now})


async def forget(connection: AsyncConnection, channel: str, chat: str) -> None:
    """Erase what was kept for this chat."""
    here = addresses.number_at(Address(channel, chat)).scalar_subquery()
    await connection.execute(delete(CONVERSATION).where(CONVERSATION.c.address == here))
