"""The sources as they are wired: which are switched on, and one cycle of each, politely."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bots.ask import EVERY, NONE, VERIFIED, named_sources
from bots.failure import Failure
from core.clock import Clock
from core.ingest.report import Report
from core.ingest.run import Progress, Reader
from core.schedule import Task
from core.settings import Settings, variable
from core.sources.contract import Source
from core.sources.exchange import Manners
from core.sources.http import Fetcher
from core.sources.registry import SOURCES, UnknownSource, build
from core.store import source_runs
from core.store.work import Database

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
        for name in names or switched_on(settings):
            fetcher = Fetcher(manners(settings), clock=clock)
            stack.push_async_callback(fetcher.aclose)
            reader = Reader(database, clock, progress)
            feeds.append(Feed(source_named(name, fetcher), fetcher, reader))
        yield feeds


async def tasks_of(feeds: Sequence[Feed], database: Database, changed: Changed) -> list[Task]:
    """Return what is to be done for each feed, and from when on; `changed` follows a change."""

    async def read(feed: Feed) -> None:
        if (await feed.cycle()).moved:
            await changed()

    tasks = []
    for feed in feeds:
        async with database.reading() as connection:
            last = (await source_runs.standing(connection, feed.source.name)).last
        begun = last.started_at if last else None
        every = feed.source.cadence.every
        tasks.append(Task(feed.source.name, every, begun, partial(read, feed)))
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
        raise Failure(f"{setting}: there is no source {unknown[0]!r}; there are {known}")


def source_named(name: str, fetcher: Fetcher) -> Source:
    """Return the source of that name; raises Failure where there is none."""
    try:
        return build(name, fetcher)
    except UnknownSource as error:
        raise Failure(str(error)) from None
