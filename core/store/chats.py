"""Where people are: chats that moved, and those who do not want to hear from us."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core.channel import Address


async def move(connection: AsyncConnection, old: Address, new: Address) -> None:
    """Take everything we know of the chat `old` along to `new`, and join it to what is there."""
    raise NotImplementedError


async def leave(connection: AsyncConnection, address: Address, now: datetime) -> None:
    """Send nothing to the chat from `now` on, until somebody speaks there again."""
    raise NotImplementedError
