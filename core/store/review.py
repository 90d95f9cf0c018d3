"""Drafted notices that nobody has reviewed yet, and the records they were made from."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.recall import Notice, State
from core.store.intake import CATALOGUE
from core.store.lookup import parsed
from core.store.schema import NOTICE, RAW_RECORD


@dataclass(frozen=True, slots=True)
class Drafted:
    """A feed's notice, and which source it came from."""

    source: str
    notice: Notice


async def drafts(connection: AsyncConnection, limit: int) -> tuple[Drafted, ...]:
    """Return the drafted notices that still answer for themselves, newest first."""
    standing = (
        (NOTICE.c.source != CATALOGUE)
        & (NOTICE.c.state != State.RETRACTED.value)
        & NOTICE.c.reviewed_as.is_(None)
        & NOTICE.c.exercise.is_(False)
    )
    newest = (NOTICE.c.published.desc(), NOTICE.c.pk.desc())
    rows = await connection.execute(
        select(NOTICE.c.source, NOTICE.c.body).where(standing).order_by(*newest).limit(limit)
    )
    found = (Drafted(row.source, parsed(row.body)) for row in rows)
    return tuple(one for one in found if not one.notice.complete)


async def drafted(connection: AsyncConnection, name: str) -> Drafted | None:
    """Return the feed's notice of that id, or None where there is none."""
    feed = (NOTICE.c.id == name) & (NOTICE.c.source != CATALOGUE)
    row = (await connection.execute(select(NOTICE.c.source, NOTICE.c.body).where(feed))).first()
    return None if row is None else Drafted(row.source, parsed(row.body))


async def record_of(connection: AsyncConnection, name: str) -> bytes | None:
    """Return the newest raw record that the notice of that id was read from, or None."""
    newest = (RAW_RECORD.c.current_at.desc(), RAW_RECORD.c.pk.desc())
    body = await connection.scalar(
        select(RAW_RECORD.c.body).where(RAW_RECORD.c.notice == name).order_by(*newest).limit(1)
    )
    return None if body is None else zlib.decompress(body)
