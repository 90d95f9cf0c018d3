"""What each chat is about, kept between two messages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.store.schema import CONVERSATION, UtcDateTime

_SAVE = text(
    "INSERT INTO conversation (channel, chat, body, updated_at)"
    " VALUES (:channel, :chat, :body, :now) ON CONFLICT (channel, chat)"
    " DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at"
).bindparams(bindparam("now", type_=UtcDateTime()))


async def load(connection: AsyncConnection, channel: str, chat: str) -> str | None:
    """Return the JSON that was saved for this chat last, or None."""
    found: str | None = await connection.scalar(
        select(CONVERSATION.c.body).where(
            CONVERSATION.c.channel == channel, CONVERSATION.c.chat == chat
        )
    )
    return found


async def save(
    connection: AsyncConnection, channel: str, chat: str, body: str, now: datetime
) -> None:
    """Keep this JSON for the chat, in place of what was there."""
    values = {"channel": channel, "chat": chat, "body": body, "now": now}
    await connection.execute(_SAVE, values)


async def forget(connection: AsyncConnection, channel: str, chat: str) -> None:
    """Erase what was kept for this chat."""
    await connection.execute(
        delete(CONVERSATION).where(
            CONVERSATION.c.channel == channel, CONVERSATION.c.chat == chat
        )
    )
