"""Secrets that the bot makes for itself once and must find again after a restart."""

from __future__ import annotations

import secrets

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

VISITORS = "visitor_secret"
STRENGTH = 32
_KEEP = text(
    "INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING"
)
_KEPT = text("SELECT value FROM meta WHERE name = :name")


async def kept_secret(connection: AsyncConnection, name: str) -> str:
    """Return the secret of that name, made at the first call; two callers get the same."""
    made = {"name": name, "value": secrets.token_urlsafe(STRENGTH)}
    await connection.execute(_KEEP, made)
    return str(await connection.scalar(_KEPT, {"name": name}))
