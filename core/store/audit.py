"""What was done at the desk and on the command line, by whom, to which post; only added to.

(Written with the desk's sign-in; tests in tests/contracts/test_store_operators.py.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.store.schema import AUDIT


@dataclass(frozen=True, slots=True)
class Entry:
    """Who did what when, to which draft: its alert and its account; and a remark."""

    pk: int
    at: datetime
    who: str
    did: str
    alert: int | None = None
    account: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody did: a short word ("approve"), to which draft, and a remark."""

    did: str
    alert: int | None = None
    account: int | None = None
    detail: str = ""


async def add(connection: AsyncConnection, now: datetime, who: str, done: Done) -> None:
    """Write down that somebody did something; `who` is a name, "" for somebody unknown."""
    await connection.execute(
        insert(AUDIT).values(
            at=now,
            who=who,
            did=done.did,
            alert=done.alert,
            account=done.account,
            detail=done.detail,
        )
    )


async def page(
    connection: AsyncConnection, most: int, before: int | None = None
) -> Sequence[Entry]:
    """Return what was written last, or last before number `before`; the newest first."""
    query = select(AUDIT).order_by(AUDIT.c.pk.desc()).limit(most)
    if before is not None:
        query = query.where(AUDIT.c.pk < before)
    rows = await connection.execute(query)
    return [
        Entry(row.pk, row.at, row.who, row.did, row.alert, row.account, row.detail)
        for row in rows
    ]
