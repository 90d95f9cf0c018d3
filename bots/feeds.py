"""The sources as they are wired: which are switched on, and one cycle of each, politely."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from bots.ask import EVERY, NONE, VERIFIED, named_sources
from bots.failure import Failure
from bots.source_names import chosen, guesses
from core.clock import Clock
from core.ingest.report import Report
from core.ingest.run import Progress, Reader
from core.schedule import Task
from core.settings import Settings, variable
from core.sources.contract import Source
from core.sources.exchange import Manners
from core.sources.http import Fetcher
from core.sources.registry import SOURCES, UnknownSource, build
from core.store.standings import standings
from core.store.work import Database

# How long a source that failed is left alone; twice as long after each further failure.
AFTER_FAILURE = timedelta(minutes=15)
MOST_DOUBLINGS = 10
Changed = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Feed:
    """One source that is read into a database, and the connection it is asked over."""

    source: Source
    fetcher: Fetcher
    reader: Reader

    async def cycle(self, since: datetime | None = None, *, whole: bool = False) -> Report:
        """Read it once; what was fetched counts as known only when all of it is stored."""
        report = await self.reader.cycle(self.source, since=since, whole=whole)
        if report.error is None:
            self.fetcher.settle()
        else:
            self.fetcher.forget()
        return report


@asynccontextmanager
async def open_feeds(
    database: Database,
    settings: Settings,
    clock: Clock,
    names: Sequence[str] = (),
    progress: Progress | None = None,
) -> AsyncIterator[list[Feed]]:
    """Give the feeds of these names, or of those that are switched on; closes them at the end.

    Raises Failure for a name that there is not.
    """
    async with AsyncExitStack() as stack:
        feeds = []
        for name in chosen(names) or switched_on(settings):
            fetcher = Fetcher(manners(settings), clock=clock)
            stack.push_async_callback(fetcher.aclose)
            reader = Reader(database, clock, progress)
            feeds.append(Feed(source_named(name, fetcher), fetcher, reader))
        yield feeds


@dataclass(slots=True)
class Turn:
    """One feed's turn on the schedule; `changed` follows a reading that moved something."""

    feed: Feed
    changed: Changed
    failures: int = 0

    async def __call__(self) -> timedelta | None:
        """Read the feed; return how soon it is to be tried again where that failed."""
        report = await self.feed.cycle()
        if report.moved:
            await self.changed()
        if report.error is None:
            self.failures = 0
            return None
        self.failures += 1
        return tried_again(self.feed.source.cadence.every, self.failures)


def tried_again(every: timedelta, failures: int) -> timedelta:
    """Return how soon a source is asked again after so many failures in a row, one or more.

    An outage of a minute is not to cost half a day; one of a day is not to be hammered at.
    """
    doublings = min(failures - 1, MOST_DOUBLINGS)
    return min(every, AFTER_FAILURE * (1 << doublings))


async def tasks_of(feeds: Sequence[Feed], database: Database, changed: Changed) -> list[Task]:
    """Return what is to be done for each feed, and from when on; `changed` follows a change."""
    async with database.reading() as connection:
        known = await standings(connection, [feed.source.name for feed in feeds])
    tasks = []
    for feed in feeds:
        standing, every = known[feed.source.name], feed.source.cadence.every
        last = standing.last
        if last and last.error is None and not standing.seeded:
            last = None  # only recordings: all of it is due at once
        begun = last.started_at if last else None
        if last and last.error is not None:
            begun = last.started_at - every + tried_again(every, 1)
        tasks.append(Task(feed.source.name, every, begun, Turn(feed, changed)))
    return tasks


def manners(settings: Settings) -> Manners:
    """Return how we ask: with a contact where one is set."""
    return Manners(contact=settings.contact_url) if settings.contact_url else Manners()


def switched_on(settings: Settings) -> list[str]:
    """Return the names of the sources that are read on schedule.

    Raises Failure where the settings name one that there is not.
    """
    wanted = named_sources(settings)
    _must_be_known("source_max_age_days", list(settings.source_max_age_days))
    _must_be_known("sources", wanted or ())
    if wanted is not None:
        return wanted
    if settings.sources.strip().lower() == VERIFIED:
        return [name for name in SOURCES if source_named(name, Fetcher()).verified]
    return list(SOURCES)


def _must_be_known(field: str, names: Sequence[str]) -> None:
    unknown = [name for name in names if name not in SOURCES]
    if unknown:
        known = ", ".join((VERIFIED, EVERY, NONE, *SOURCES))
        setting = variable(Settings, field)
        near = "".join(f"; did you mean {name}?" for name in guesses(unknown[0])[:1])
        told = near or f"; there are {known}"
        raise Failure(f"{setting}: there is no source {unknown[0]!r}{told}")


def source_named(name: str, fetcher: Fetcher) -> Source:
    """Return the source of that name; raises Failure where there is none."""
    try:
        return build(name, fetcher)
    except UnknownSource as error:
        raise Failure(str(error)) from None
