"""Running the shared statements over SQLAlchemy."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.keys import Probe
from core.store.lookup import Statement, Stored, chosen, finding


async def rows_of(
    connection: AsyncConnection, statements: Iterable[Statement]
) -> list[Row[Any]]:
    """Return the rows of all the statements, one after the other."""
    found: list[Row[Any]] = []
    for statement in statements:
        result = await connection.execute(_clause(statement.sql), dict(statement.values))
        found += result.all()
    return found


@lru_cache(maxsize=256)
def _clause(sql: str) -> TextClause:
    return text(sql)


async def found_by(connection: AsyncConnection, probe: Probe, limit: int) -> list[Stored]:
    """Return the notices that a probe finds, the best first."""
    rows = await rows_of(connection, finding(probe, limit))
    return chosen(((row.notice, row.body, row.rank, row.day) for row in rows), limit)
