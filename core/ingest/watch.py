"""How each source is doing: its age, its counts, and the alarms, as an operator wants it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.ingest.alarms import HISTORY, Alarm, outage, plenty, silence, unreadable
from core.ingest.report import SEEDED, UNREADABLE
from core.ingest.revise import Change
from core.sources.contract import Source
from core.store.source_runs import Run, Standing, notice_counts
from core.store.standings import days_of_all, standings, unreadable_counts
from core.store.work import Database

WEEK = timedelta(days=7)
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


async def health_of(
    database: Database, sources: Sequence[Source], now: datetime
) -> dict[str, Health]:
    """Return how each of these sources is doing, by name; a few statements for all of them."""
    today = now.date()
    names = [source.name for source in sources]
    async with database.reading() as connection:
        standing = await standings(connection, names)
        held = await notice_counts(connection)
        days = await days_of_all(connection, today - HISTORY, today)
        unread = await unreadable_counts(connection)
    found = {}
    for source in sources:
        name, stands = source.name, standing[source.name]
        alarms = tuple(alarms_of(source, stands, days.get(name, ()), now))
        found[name] = Health(stands, held.get(name, 0), unread.get(name, 0), alarms)
    return found


def alarms_of(
    source: Source, standing: Standing, days: Sequence[date], now: datetime
) -> Iterator[Alarm]:
    """Yield what is odd about a source that published on these days, oldest first."""
    found = [silence(days, now.date()) if standing.seeded else None]
    if (last := standing.last) is not None:
        since = standing.success.started_at if standing.success else last.started_at
        read = last.started_at.date()
        found.append(plenty([day for day in days if day < read - WEEK], news_of(last), read))
        found.append(unreadable(last.counts))
        found.append(outage(now - since, source.cadence.every, last.error))
    return (alarm for alarm in found if alarm is not None)


def news_of(run: Run) -> int:
    """Return how many notices one reading changed or added, aloud."""
    return sum(number for name, number in run.counts.items() if name not in UNMOVED)
