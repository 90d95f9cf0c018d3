"""Reading sources once, at somebody's wish: from the authorities, from files, or again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Literal
from urllib.parse import urljoin

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bots.app import open_database
from bots.failure import Failure
from bots.feeds import Feed, open_feeds
from bots.logs import set_up
from bots.recordings import Recording, moment, recordings
from core.clock import Clock, SystemClock
from core.ingest.report import Report, together
from core.ingest.run import Progress as Told
from core.settings import Settings
from core.sources.contract import Source

AT_ONCE = 3
How = Literal["news", "whole", "again"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody typed: which sources, from when on, or which recorded payloads."""

    sources: tuple[str, ...] = ()
    since: str | None = None
    recorded: Path | None = None
    at: str | None = None


async def fetch_all(
    settings: Settings,
    wish: Wish,
    how: How = "news",
    *,
    shown: bool = False,
    clock: Clock | None = None,
) -> list[Report]:
    """Read the sources as wished, a few side by side; one that fails does not stop the others.

    Raises Failure for a wish that cannot be.
    """
    set_up(settings.model_copy(update={"log_level": "error"}))
    clock = clock or SystemClock()
    files = _files(wish, clock)
    since = moment(wish.since) if wish.since else None
    database = await open_database(settings, clock)
    try:
        with _progress(shown=shown) as told:
            async with open_feeds(database, settings, clock, wish.sources, told) as feeds:
                if files is not None:
                    reports = [await _replay(feeds[0], files)]
                else:
                    reports = await _read(feeds, how, since)
    finally:
        await database.close()
    return reports


def _files(wish: Wish, clock: Clock) -> list[Recording] | None:
    if wish.recorded is None:
        if wish.at is not None:
            raise Failure("--at belongs to --from")
        return None
    if len(wish.sources) != 1:
        raise Failure("--from needs the one source that the payload is of")
    if wish.since is not None:
        raise Failure("--since asks an authority, --from a file: choose one")
    at = moment(wish.at) if wish.at else clock.now()
    if at > clock.now():
        raise Failure("--at is still to come: nothing can have been received then")
    return recordings(wish.recorded, at)


async def _replay(feed: Feed, files: Sequence[Recording]) -> Report:
    reports = []
    # What was received at one time is one reading: its pages together are the source.
    for at, received in groupby(files, key=lambda file: file.at):
        pages = [(file.payload, _address(feed.source, file)) for file in received]
        reports.append(await feed.reader.replay(feed.source, pages, at))
    return together(reports)


def _address(source: Source, file: Recording) -> str:
    return urljoin(source.authority.homepage, file.name)


async def _read(feeds: Sequence[Feed], how: How, since: datetime | None) -> list[Report]:
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(feed: Feed) -> Report:
        async with turns:
            if how == "again":
                return await feed.reader.reparse(feed.source)
            return await feed.cycle(since, whole=how == "whole")

    return list(await asyncio.gather(*(one(feed) for feed in feeds)))


@contextmanager
def _progress(*, shown: bool) -> Iterator[Told | None]:
    if not shown:
        yield None
        return
    columns = (SpinnerColumn(), TextColumn("{task.completed} records"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda number: bar.update(task, advance=number)
