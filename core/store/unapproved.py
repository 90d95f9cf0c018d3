"""Drafts that wait for somebody's decision: how many of each account, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.store.schema import UtcDateTime

_WAITING = text(
    "SELECT account, COUNT(*) AS n, MIN(created_at) AS since FROM draft"
    " WHERE stage = 'drafted' GROUP BY account ORDER BY account"
).columns(since=UtcDateTime())


@dataclass(frozen=True, slots=True)
class Unapproved:
    """So many drafts of an account wait, the first of them `since` then."""

    account: int
    number: int
    since: datetime


async def unapproved(connection: AsyncConnection) -> tuple[Unapproved, ...]:
    """Return the accounts of which drafts wait."""
    rows = await connection.execute(_WAITING)
    return tuple(Unapproved(row.account, row.n, row.since) for row in rows)
