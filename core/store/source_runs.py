"""Readings of the sources: when each was read, what came of it, and what went wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.facets import SOURCE
from core.store.schema import NOTICE, NOTICE_FACET, SOURCE_RUN, SOURCE_STATE, UtcDateTime

KEPT = timedelta(days=400)
_MOMENT = UtcDateTime()
_WHOLLY = text(
    "INSERT INTO source_state (name, as_of, seeded_at, proves)"
    " VALUES (:name, :at, :at, :proves)"
    " ON CONFLICT (name) DO UPDATE SET"
    " as_of = CASE WHEN excluded.as_of > source_state.as_of"
    " THEN excluded.as_of ELSE source_state.as_of END,"
    " seeded_at = COALESCE(source_state.seeded_at, excluded.seeded_at),"
    " proves = excluded.proves"
).bindparams(bindparam("at", type_=_MOMENT))
# What was published between the last reading and `since` was asked for by neither.
_WITHOUT_GAP = text(
    "UPDATE source_state SET as_of = :at WHERE name = :name"
    " AND seeded_at IS NOT NULL AND as_of >= :since AND as_of < :at"
).bindparams(bindparam("at", type_=_MOMENT), bindparam("since", type_=_MOMENT))


@dataclass(frozen=True, slots=True)
class Run:
    """One reading of a source; `since` is None where everything was read.

    It covers what was published from `since` to `started_at`: a recorded payload, of which
    nobody knows how much it covers, has both alike. `counts` are its outcomes by name, `error`
    one line where the source could not be read. What an unverified source does not find
    `proves` nothing.
    """

    source: str
    started_at: datetime
    ended_at: datetime
    since: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    error: str | None = None
    proves: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a source stands: its last reading, the last good one, the last good one of all.

    It is `seeded` once all of it was read, and `as_of` is until when we have all of it since.
    """

    last: Run | None = None
    success: Run | None = None
    complete: Run | None = None
    seeded: bool = False
    as_of: datetime | None = None


async def record_run(connection: AsyncConnection, run: Run) -> None:
    """Keep a reading; a good one that leaves no gap makes what we hold as fresh as its start.

    Only a good reading of everything makes a source known and ends the silence of a new one.
    Readings of more than a year ago are let go, but for the last good ones: an outage does not
    undo them.
    """
    await connection.execute(
        insert(SOURCE_RUN),
        {
            "source": run.source,
            "started_at": run.started_at,
            "ended_at": run.ended_at,
            "since": run.since,
            "counts": json.dumps(dict(run.counts)),
            "error": run.error,
        },
    )
    await connection.execute(delete(SOURCE_RUN).where(*_let_go(run)))
    if run.error is None:
        covered = {"name": run.source, "at": run.started_at}
        if run.since is None:
            await connection.execute(_WHOLLY, covered | {"proves": run.proves})
        else:
            await connection.execute(_WITHOUT_GAP, covered | {"since": run.since})


def _let_go(run: Run) -> tuple[ColumnElement[bool], ...]:
    good = SOURCE_RUN.c.error.is_(None)
    lasting = [
        select(func.max(SOURCE_RUN.c.started_at))
        .where(SOURCE_RUN.c.source == run.source, good, *whole)
        .scalar_subquery()
        for whole in ((), (SOURCE_RUN.c.since.is_(None),))
    ]
    started = SOURCE_RUN.c.started_at
    kept = [func.coalesce(started == last, False) for last in lasting]
    return (SOURCE_RUN.c.source == run.source, started < run.started_at - KEPT, ~or_(*kept))


async def standing(connection: AsyncConnection, source: str) -> Standing:
    """Return where the source stands."""
    whole = (SOURCE_STATE.c.name == source) & SOURCE_STATE.c.seeded_at.is_not(None)
    as_of = await connection.scalar(select(SOURCE_STATE.c.as_of).where(whole))
    good = SOURCE_RUN.c.error.is_(None)
    return Standing(
        last=await _last(connection, source, []),
        success=await _last(connection, source, [good]),
        complete=await _last(connection, source, [good, SOURCE_RUN.c.since.is_(None)]),
        seeded=as_of is not None,
        as_of=as_of,
    )


async def _last(
    connection: AsyncConnection, source: str, conditions: Sequence[object]
) -> Run | None:
    newest = select(SOURCE_RUN).where(SOURCE_RUN.c.source == source, *conditions)  # type: ignore[arg-type]
    found = await connection.execute(
        newest.order_by(SOURCE_RUN.c.started_at.desc(), SOURCE_RUN.c.pk.desc()).limit(1)
    )
    row = found.one_or_none()
    if row is None:
        return None
    counts = json.loads(row.counts)
    return Run(source, row.started_at, row.ended_at, row.since, counts, row.error)


async def publication_days(
    connection: AsyncConnection, source: str, since: date, until: date
) -> list[date]:
    """Return the day of every notice that the source published in these days, oldest first."""
    days = select(NOTICE.c.published).where(
        NOTICE.c.source == source,
        NOTICE.c.exercise.is_(False),
        NOTICE.c.published >= since.isoformat(),
        NOTICE.c.published <= until.isoformat(),
    )
    rows = await connection.scalars(days.order_by(NOTICE.c.published))
    return [date.fromisoformat(day) for day in rows]


async def last_published(connection: AsyncConnection, source: str, until: date) -> date | None:
    """Return the day of the source's newest notice, leaving out days still to come."""
    day = await connection.scalar(
        select(func.max(NOTICE.c.published)).where(
            NOTICE.c.source == source,
            NOTICE.c.published > "",
            NOTICE.c.published <= until.isoformat(),
        )
    )
    return date.fromisoformat(day) if day else None


async def notice_counts(connection: AsyncConnection) -> dict[str, int]:
    """Return how many notices we hold of each source, by name."""
    facet = NOTICE_FACET.c.facet
    # Read off the index of lists, which holds no exercises.
    counted = select(facet, func.count()).where(facet >= SOURCE, facet < SOURCE[:-1] + ";")
    rows = await connection.execute(counted.group_by(facet))
    return {row[0].removeprefix(SOURCE): row[1] for row in rows}
