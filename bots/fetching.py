"""Reading sources once, at somebody's wish: from the authorities, from files, or again."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from urllib.parse import urljoin

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bots.app import open_database
from bots.failure import Failure
from bots.feeds import Feed, open_feeds
from bots.logs import set_up
from bots.recordings import Recording, moment, recordings
from bots.source_names import chosen
from core.clock import Clock, SystemClock
from core.ingest.report import Report, together
from core.ingest.run import Payload
from core.ingest.run import Progress as Told
from core.settings import Settings
from core.sources.contract import Source, SourceUnavailable

AT_ONCE = 3
How = Literal["news", "whole", "again"]
NAMES: Mapping[How, str] = MappingProxyType({"news": "", "whole": "all", "again": "reparse"})
# Options of which only one can be meant.
ASKING = ("--since", "--all", "--reparse")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody typed: which sources, from when on, or which recorded payloads."""

    sources: tuple[str, ...] = ()
    since: str | None = None
    recorded: str | None = None
    at: str | None = None
    how: How = "news"


async def fetch_all(
    settings: Settings,
    wish: Wish,
    *,
    shown: bool = False,
    clock: Clock | None = None,
) -> list[Report]:
    """Read the sources as wished, a few side by side; one that fails does not stop the others.

    Raises Failure for a wish that cannot be.
    """
    set_up(settings.model_copy(update={"log_level": "error"}))
    clock = clock or SystemClock()
    names = chosen(wish.sources)
    files = _files(wish, names, clock)
    since = _since(wish, clock)
    database = await open_database(settings, clock)
    try:
        with _progress(shown=shown) as told:
            async with open_feeds(database, settings, clock, names, told) as feeds:
                if files is not None:
                    reports = [await _replay(feeds[0], files)]
                else:
                    reports = await _read(feeds, wish.how, since)
    finally:
        await database.close()
    return reports


def _files(wish: Wish, names: Sequence[str], clock: Clock) -> list[Recording] | None:
    if wish.recorded is None:
        if wish.at is not None:
            raise Failure("--at belongs to --from")
        return None
    _refuse_with(wish, "--from takes in what was recorded, and asks nobody", ASKING)
    if len(names) != 1:
        raise Failure("--from needs the one source that the payload is of")
    if not wish.recorded.strip():
        raise Failure("--from names no file")
    at = moment(wish.at) if wish.at else clock.now()
    if at > clock.now():
        raise Failure("--at is still to come: nothing can have been received then")
    return recordings(Path(wish.recorded), at)


def _since(wish: Wish, clock: Clock) -> datetime | None:
    if wish.since is None:
        return None
    _refuse_with(wish, "--since asks for what is new", ASKING[1:])
    since = moment(wish.since)
    if since > clock.now():
        raise Failure("--since is still to come: nothing can have been published then")
    return since


def _refuse_with(wish: Wish, because: str, options: Sequence[str]) -> None:
    typed = {"--since": wish.since is not None, f"--{NAMES[wish.how]}": wish.how != "news"}
    for option in options:
        if typed.get(option):
            raise Failure(f"{because}: leave out {option}")


async def _replay(feed: Feed, files: Sequence[Recording]) -> Report:
    files = await asyncio.to_thread(_of_the_source, feed.source, files)
    reports = []
    # What was received at one time is one reading: its pages together are the source.
    for at, received in groupby(files, key=lambda file: file.at):
        pages = [_payload(feed.source, file) for file in received]
        reports.append(await feed.reader.replay(feed.source, pages, at))
    return together(reports)


def _of_the_source(source: Source, files: Sequence[Recording]) -> list[Recording]:
    """Leave out, and say so, what lies beside the payloads: no payload, and of another kind.

    A file of the same kind as most is a payload that is broken, and its error is the reading's.
    """
    [(common, _)] = Counter(file.kind for file in files).most_common(1)
    kept = []
    for file in files:
        try:
            if file.kind != common:
                next(source.split(file.payload(), "", file.at), None)
        except SourceUnavailable as error:
            sys.stderr.write(f"recallbot: {file.path} is left out: {error}\n")
        else:
            kept.append(file)
    return kept


def _payload(source: Source, file: Recording) -> Payload:
    address = urljoin(source.authority.homepage, file.name)
    return Payload(file.payload, str(file.path), address)


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
