"""Keeping the facets of notices, newest first, so that narrowed lists are read off an index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.facets import facets_of
from core.model.recall import Notice
from core.store.rows import Into, put_rows
from core.store.schema import NOTICE, NOTICE_FACET

_FACETS = Into(NOTICE_FACET, ("facet", "at", "notice"))
_GONE = delete(NOTICE_FACET).where(
    NOTICE_FACET.c.facet == bindparam("which"),
    NOTICE_FACET.c.at == bindparam("then"),
    NOTICE_FACET.c.notice == bindparam("of"),
)
_MOVED = update(NOTICE).where(NOTICE.c.pk == bindparam("which"))


@dataclass(frozen=True, slots=True)
class Listed:
    """A notice that was written: its number, what stood before, and whether it is news.

    An exercise stands in no list. `stands` is where a notice that was just inserted stands.
    """

    pk: int
    notice: Notice
    before: Notice | None
    news: bool
    exercise: bool
    stands: datetime | None = None


def first_moment(notice: Notice, now: datetime, *, news: bool) -> datetime:
    """Return where a new notice stands in lists: `now` where it is news, else its day.

    A day still to come counts as now, and so does none.
    """
    if news or notice.published is None:
        return now
    return min(now, datetime.combine(notice.published, time(), UTC))


def seconds(moment: datetime) -> int:
    """Return a moment as lists are ordered by it."""
    return int(moment.timestamp())


async def list_anew(
    connection: AsyncConnection, source: str, written: Sequence[Listed], now: datetime
) -> None:
    """Put notices of the source that were just written where they belong in every list."""
    stood = {one.pk: one.stands for one in written if one.stands is not None}
    stood |= await _moments(connection, [one.pk for one in written if one.stands is None])
    old = [one for one in written if one.before is not None]
    moved = [{"which": one.pk, "updated_at": now} for one in old if one.news]
    gone = [
        {"which": facet, "then": seconds(stood[one.pk]), "of": one.pk}
        for one in old
        if one.before is not None
        for facet in facets_of(one.before, source)
    ]
    come = [
        (facet, at, one.pk)
        for one in written
        if not one.exercise
        for at in [seconds(now if one.news and one.before else stood[one.pk])]
        for facet in facets_of(one.notice, source)
    ]
    if gone:
        await connection.execute(_GONE, gone)
    if moved:
        await connection.execute(_MOVED, moved)
    await put_rows(connection, _FACETS, sorted(come))


async def _moments(connection: AsyncConnection, numbers: Sequence[int]) -> dict[int, datetime]:
    if not numbers:
        return {}
    columns = (NOTICE.c.pk, NOTICE.c.updated_at, NOTICE.c.first_seen)
    rows = await connection.execute(select(*columns).where(NOTICE.c.pk.in_(numbers)))
    return {row.pk: row.updated_at or row.first_seen for row in rows}
