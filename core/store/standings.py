"""Where all the sources stand at once, in a few statements: for lists of them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    Text,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from core.store.schema import NOTICE, RAW_RECORD, SOURCE_RUN, SOURCE_STATE
from core.store.source_runs import Run, Standing

_GOOD = SOURCE_RUN.c.error.is_(None)
_WHOLE = SOURCE_RUN.c.since.is_(None)


async def standings(connection: AsyncConnection, names: Sequence[str]) -> dict[str, Standing]:
    """Return where each of these sources stands; one that was never read stands nowhere."""
    if not names:
        return {}
    runs: dict[str, list[Run]] = defaultdict(list)
    for row in await connection.execute(_newest(names)):
        counts = json.loads(row.counts)
        run = Run(row.source, row.started_at, row.ended_at, row.since, counts, row.error)
        runs[row.source].append(run)
    seeded = SOURCE_STATE.c.seeded_at.is_not(None)
    states = await connection.execute(
        select(SOURCE_STATE.c.name, SOURCE_STATE.c.as_of).where(seeded)
    )
    known = {row.name: row.as_of for row in states}
    return {name: _standing(runs[name], known.get(name)) for name in names}


def _newest(names: Sequence[str]) -> Select[Any]:
    """Return the statement for the last run, the last good one and the last good one of all.

    One look into the index for each: a year of hourly runs is not to be read for three.
    """
    wanted = union_all(*(select(literal(name, Text).label("name")) for name in names))
    source = wanted.subquery("wanted")

    def last(*conditions: ColumnElement[bool]) -> ScalarSelect[int | None]:
        of_it = select(SOURCE_RUN.c.pk).where(SOURCE_RUN.c.source == source.c.name, *conditions)
        newest = of_it.order_by(SOURCE_RUN.c.started_at.desc(), SOURCE_RUN.c.pk.desc())
        return newest.limit(1).correlate(source).scalar_subquery()

    which: tuple[tuple[ColumnElement[bool], ...], ...] = ((), (_GOOD,), (_GOOD, _WHOLE))
    every = union_all(*(select(last(*conditions)).select_from(source) for conditions in which))
    in_order = SOURCE_RUN.c.started_at, SOURCE_RUN.c.pk
    return select(SOURCE_RUN).where(SOURCE_RUN.c.pk.in_(every)).order_by(*in_order)


def _standing(runs: Sequence[Run], as_of: datetime | None) -> Standing:
    good = [run for run in runs if run.error is None]
    whole = [run for run in good if run.since is None]
    last, success, complete = (found[-1] if found else None for found in (runs, good, whole))
    return Standing(last, success, complete, seeded=as_of is not None, as_of=as_of)


async def days_of_all(
    connection: AsyncConnection, since: date, until: date
) -> dict[str, list[date]]:
    """Return the day of every notice published in these days, by source, oldest first."""
    published = NOTICE.c.published
    counted = (
        select(NOTICE.c.source, published, func.count())
        .where(published >= since.isoformat(), published <= until.isoformat())
        .where(NOTICE.c.exercise.is_(False))
        .group_by(NOTICE.c.source, published)
        .order_by(published)
    )
    found: dict[str, list[date]] = defaultdict(list)
    for source, day, number in await connection.execute(counted):
        found[source] += [date.fromisoformat(day)] * number
    return found


async def unreadable_counts(connection: AsyncConnection) -> dict[str, int]:
    """Return how many records of each source could not be read in their last version."""
    later = RAW_RECORD.alias("later")
    newer = (
        select(later.c.pk)
        .where(later.c.source == RAW_RECORD.c.source, later.c.key == RAW_RECORD.c.key)
        .where(later.c.current_at > RAW_RECORD.c.current_at)
        .exists()
    )
    counted = (
        select(RAW_RECORD.c.source, func.count())
        .where(RAW_RECORD.c.problem.is_not(None), ~newer)
        .group_by(RAW_RECORD.c.source)
    )
    return {row[0]: row[1] for row in await connection.execute(counted)}
