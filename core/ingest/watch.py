"""How each source is doing: its age, its counts, and the alarms, as an operator wants it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.ingest.alarms import HISTORY, Alarm, outage, plenty, silence, unreadable
from core.ingest.report import SEEDED, UNREADABLE
from core.ingest.revise import Change
from core.sources.contract import Source
from core.store import source_runs
from core.store.raw import unreadable as unread_records
from core.store.source_runs import Run, Standing
from core.store.work import Database

UNMOVED = frozenset({Change.SAME.value, UNREADABLE, SEEDED})


@dataclass(frozen=True, slots=True)
class Health:
    """One source: where it stands, how many notices and unreadable records, what is odd."""

    standing: Standing
    notices: int
    unreadable: int
    alarms: tuple[Alarm, ...]

    def age(self, now: datetime) -> timedelta | None:
        """Return how long ago it was last read well, None where it never was."""
        success = self.standing.success
        return None if success is None else now - success.started_at


async def health(database: Database, source: Source, now: datetime) -> Health:
    """Return how a source is doing."""
    today = now.date()
    async with database.reading() as connection:
        standing = await source_runs.standing(connection, source.name)
        held = (await source_runs.notice_counts(connection)).get(source.name, 0)
        days = await source_runs.publication_days(
            connection, source.name, today - HISTORY, today
        )
        unread = len(await unread_records(connection, source.name))
    last = standing.last
    found = [silence(days, today) if standing.seeded else None]
    if last is not None:
        since = standing.success.started_at if standing.success else last.started_at
        before = [day for day in days if day < last.started_at.date() - timedelta(days=7)]
        found.append(plenty(before, news_of(last), last.started_at.date()))
        found.append(unreadable(last.counts))
        found.append(outage(now - since, source.cadence.every, last.error))
    alarms = tuple(alarm for alarm in found if alarm is not None)
    return Health(standing, held, unread, alarms)


def news_of(run: Run) -> int:
    """Return how many notices one reading changed or added, aloud."""
    return sum(number for name, number in run.counts.items() if name not in UNMOVED)
