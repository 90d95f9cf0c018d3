"""The notices that authorities published within some days."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.recall import Notice
from core.store.lookup import parsed

# Of an event the first notice stands for all.
_BETWEEN = text(
    "SELECT body FROM notice WHERE published >= :first AND published <= :last"
    " AND NOT exercise AND (event IS NULL OR event = pk) ORDER BY published DESC, pk DESC"
)


async def published_between(
    connection: AsyncConnection, first: date, last: date
) -> tuple[Notice, ...]:
    """Return one notice of each event that began within these days, the newest first."""
    days = {"first": first.isoformat(), "last": last.isoformat()}
    rows = await connection.execute(_BETWEEN, days)
    return tuple(parsed(row.body) for row in rows)
