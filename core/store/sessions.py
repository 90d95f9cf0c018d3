"""Browsers that are signed in at the desk; kept are digests of what their cookies hold.

(Written with the desk's sign-in; tests in tests/contracts/test_store_operators.py.)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.store.schema import DESK_SESSION, OPERATOR


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that began at one time and was last used at another, and whose it is."""

    operator: int
    name: str
    role: str
    begun_at: datetime
    seen_at: datetime


async def begin(connection: AsyncConnection, digest: str, operator: int, now: datetime) -> None:
    """Keep a session that begins now."""
    await connection.execute(
        insert(DESK_SESSION).values(digest=digest, operator=operator, begun_at=now, seen_at=now)
    )


async def find(connection: AsyncConnection, digest: str) -> SignedIn | None:
    """Return the session of somebody who may still work here, however old it is."""
    query = (
        select(
            OPERATOR.c.pk,
            OPERATOR.c.name,
            OPERATOR.c.role,
            DESK_SESSION.c.begun_at,
            DESK_SESSION.c.seen_at,
        )
        .join(OPERATOR, OPERATOR.c.pk == DESK_SESSION.c.operator)
        .where(DESK_SESSION.c.digest == digest, OPERATOR.c.active)
    )
    row = (await connection.execute(query)).first()
    return None if row is None else SignedIn(*row)


async def seen(connection: AsyncConnection, digest: str, now: datetime) -> None:
    """Note that the session is used."""
    row = update(DESK_SESSION).where(DESK_SESSION.c.digest == digest)
    await connection.execute(row.values(seen_at=now))


async def count(connection: AsyncConnection, operator: int) -> int:
    """Return how many sessions somebody has."""
    query = select(func.count()).where(DESK_SESSION.c.operator == operator)
    return int(await connection.scalar(query) or 0)


async def end(connection: AsyncConnection, digest: str) -> None:
    """Forget one session."""
    await connection.execute(delete(DESK_SESSION).where(DESK_SESSION.c.digest == digest))


async def end_all(connection: AsyncConnection, operator: int, keep: str = "") -> int:
    """Forget every session of somebody but the one to `keep`; return how many there were."""
    ended = await connection.execute(
        delete(DESK_SESSION).where(
            DESK_SESSION.c.operator == operator, DESK_SESSION.c.digest != keep
        )
    )
    return ended.rowcount


async def sweep(
    connection: AsyncConnection, begun_before: datetime, seen_before: datetime
) -> None:
    """Forget sessions that are too old, or were not used for too long."""
    old = or_(DESK_SESSION.c.begun_at < begun_before, DESK_SESSION.c.seen_at < seen_before)
    await connection.execute(delete(DESK_SESSION).where(old))
