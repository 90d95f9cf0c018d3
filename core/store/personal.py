"""Everything that is kept of one person, for themselves to read."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.store import pressed, subscribers, wishes
from core.store.schema import CONVERSATION, SUBSCRIBER, WISH


async def everything(
    connection: AsyncConnection, channel: str, chat: str
) -> Mapping[str, object]:
    """Return what is kept of the person in that chat, ready for JSON."""
    who = await subscribers.find_subscriber(connection, channel, chat)
    owned = await subscribers.owned_items(connection, channel, chat)
    return {
        "channel": channel,
        "chat": chat,
        "known_since": who.created_at.isoformat() if who else None,
        "language": who.lang if who else None,
        "country": who.region if who else None,
        "not_written_to_since": who.gone_at.isoformat() if who and who.gone_at else None,
        "owned_items": [
            {
                "brand": item.unit.brand,
                "model": item.unit.model,
                "facts": dict(item.unit.facts),
                "confirmed": item.unit.confirmed,
                "nickname": item.nickname,
                "added_at": item.added_at.isoformat(),
            }
            for item in owned
        ],
        "watched_brands": list(await wishes.watched(connection, channel, chat)),
        "wishes": await _wishes(connection, channel, chat),
        "conversation": await _conversation(connection, channel, chat),
        "buttons": await pressed.naming(
            connection, await subscribers.codes_told(connection, channel, chat)
        ),
    }


async def _wishes(
    connection: AsyncConnection, channel: str, chat: str
) -> Mapping[str, object] | None:
    """Return the wishes as the row has them, None where nothing was wished."""
    rows = await connection.execute(
        select(WISH)
        .join(SUBSCRIBER, SUBSCRIBER.c.pk == WISH.c.subscriber)
        .where(SUBSCRIBER.c.channel == channel, SUBSCRIBER.c.chat == chat)
    )
    row = rows.mappings().one_or_none()
    return None if row is None else {k: v for k, v in row.items() if k != "subscriber"}


async def _conversation(
    connection: AsyncConnection, channel: str, chat: str
) -> Mapping[str, object] | None:
    rows = await connection.execute(
        select(CONVERSATION).where(
            CONVERSATION.c.channel == channel, CONVERSATION.c.chat == chat
        )
    )
    row = rows.one_or_none()
    if row is None:
        return None
    return {"about": json.loads(row.body), "updated_at": row.updated_at.isoformat()}
