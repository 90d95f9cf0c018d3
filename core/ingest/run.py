"""One cycle of one source: fetch, keep, read, revise, store, report; the edge of ingest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from time import monotonic
from types import MappingProxyType
from typing import NamedTuple

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from core.clock import Clock
from core.ingest.linking import expanded_by, named_by_suffix
from core.ingest.reading import read_all, told_apart, without_repeats
from core.ingest.report import UNREADABLE, Report
from core.ingest.reviewed import answered_by
from core.ingest.revise import Change
from core.ingest.taking import Intake, take_in
from core.model.identifier import fold
from core.sources.brands import NO_BRAND
from core.sources.contract import RawRecord, Source, SourceUnavailable
from core.store import feed, notices, source_runs
from core.store.raw import latest_versions, stored_records
from core.store.source_runs import Run, Standing
from core.store.work import Database

log = structlog.get_logger(__name__)
# Records in one transaction: long enough to be quick, short enough for others to get a turn.
BATCH = 200
# What is asked for again each time, because authorities publish under earlier dates.
OVERLAP = timedelta(days=7)
# A notice never held, published so long before the newest one, is an old one re-stamped.
NEWS = timedelta(days=3 * 365)
MOST_EARLIER = 200
OUTAGE, BACK, READ = "source_outage", "source_back", "source_read"
Progress = Callable[[int], None]


class Payload(NamedTuple):
    """A recorded payload: how to open it, what errors call it, and where it had come from."""

    opened: Callable[[], bytes]
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class _Span:
    """What a reading covers: from `since` (None: everything) until it began."""

    since: datetime | None
    at: datetime

    @property
    def recorded(self) -> bool:
        """Say whether recorded payloads were read, which cover no stretch of time."""
        return self.since == self.at


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads sources into one database; `progress` is told how many records have come."""

    database: Database
    clock: Clock
    progress: Progress | None = None

    async def cycle(
        self, source: Source, *, since: datetime | None = None, whole: bool = False
    ) -> Report:
        """Ask the source for what is new; for everything where it is due, or `whole`.

        Never raises for what the authority did wrong: the report and the log say it.
        """
        started = self.clock.now()
        standing = await self._standing(source)
        if since is None and not whole:
            since = asked_since(source, standing, started)
        return await self._read(source, source.fetch(since), _Span(since, started))

    async def replay(self, source: Source, payloads: Iterable[Payload], at: datetime) -> Report:
        """Take in recorded payloads as one reading made `at`.

        Nobody knows how much of the source they are, so they leave it as old as it was: no
        negative answer rests on them, and the first reading of all is still to come.
        They are opened one after another, only when their turn comes; one that is none of the
        source's makes the reading a failed one, and the others are taken in all the same.
        """
        return await self._read(source, _split(source, payloads, at), _Span(at, at))

    async def reparse(self, source: Source) -> Report:
        """Read again what is stored, after a parser was put right; nothing of it is news."""
        started = monotonic()
        intake = Intake(source.name, self.clock.now(), seeding=False, quiet=True)
        async for records in self._stored(source):
            await self._take_in(source, intake, records, again=True)
        await self._settle(source)
        return _report(intake, None, started)

    async def _stored(self, source: Source) -> AsyncIterator[list[RawRecord]]:
        after = 0
        while True:
            async with self.database.reading() as connection:
                found = await stored_records(connection, source.name, after, BATCH)
            if not found:
                return
            after = found[-1][0]
            yield [
                RawRecord(r.source, r.key, r.format, r.body, r.url, r.fetched_at)
                for _, r in found
            ]

    async def _standing(self, source: Source) -> Standing:
        async with self.database.reading() as connection:
            return await source_runs.standing(connection, source.name)

    async def _read(
        self, source: Source, records: AsyncIterator[RawRecord], span: _Span
    ) -> Report:
        started = monotonic()
        standing = await self._standing(source)
        intake = Intake(
            source.name,
            span.at,
            seeding=_in_silence(standing, span),
            oldest_news=await self._oldest_news(source, span.at),
        )
        error = None
        try:
            async for batch in _batches(records):
                await self._take_in(source, intake, batch)
        except SourceUnavailable as unavailable:
            error = str(unavailable) or "no reason given"
        if error is None and (span.since is None or span.recorded):
            error = _nothing_read(intake)
        await self._settle(source)
        report = _report(intake, error, started)
        ended = span.at + timedelta(seconds=report.took)
        run = Run(
            source.name, span.at, ended, span.since, report.counts, error, source.verified
        )
        async with self.database.writing() as connection:
            await source_runs.record_run(connection, run)
        _tell(standing.last, report)
        return report

    async def _oldest_news(self, source: Source, at: datetime) -> date | None:
        async with self.database.reading() as connection:
            newest = await source_runs.last_published(connection, source.name, at.date())
        return newest - NEWS if newest else None

    async def _take_in(
        self,
        source: Source,
        intake: Intake,
        batch: Sequence[RawRecord],
        *,
        again: bool = False,
    ) -> None:
        """Take in a batch; with `again` also what is byte by byte as we know it."""
        async with self.database.reading() as connection:
            keys = [record.key for record in batch]
            latest = await latest_versions(connection, source.name, keys)
        known, others = told_apart(batch, {} if again else latest)
        for last in known:
            intake.counts[UNREADABLE if last.problem else Change.SAME.value] += 1
        read = await asyncio.to_thread(read_all, source, others)
        for stretch in without_repeats(read):
            async with self.database.writing() as connection:
                await take_in(connection, intake, stretch)
        if self.progress is not None:
            self.progress(len(batch))

    async def _settle(self, source: Source) -> None:
        """Link what takes up an earlier recall; let reviewed notices answer for drafts.

        What an earlier reading did not come to, because it was killed, is done as well.
        """
        async with self.database.reading() as connection:
            left = await feed.unsettled(connection, source.name)
        if left is None:
            return
        for name in sorted(left.names):
            await self._link(source, name)
        await settle(self.database)
        async with self.database.writing() as connection:
            await feed.note_settled(connection, source.name, left)

    async def _link(self, source: Source, name: str) -> None:
        # Looking is the slow part, and keeps nobody from writing.
        async with self.database.reading() as connection:
            expands = await _taken_up(connection, source, name)
        if expands:
            async with self.database.writing() as connection:
                await feed.set_expands(connection, name, expands)


async def _taken_up(connection: AsyncConnection, source: Source, name: str) -> tuple[str, ...]:
    """Return which notice the one of that id takes up, where that is not known yet."""
    notice = await notices.notice(connection, name)
    if notice is None or notice.expands:
        return ()
    keys = [f"b:{fold(brand)}" for brand in notice.brands]
    earlier = await feed.earlier_of(connection, source.name, keys, MOST_EARLIER)
    named = named_by_suffix(notice)
    if named and (first := await notices.notice(connection, named)):
        earlier.append(first)
    return expanded_by(notice, earlier)


async def settle(database: Database) -> None:
    """Let reviewed notices answer for the feeds' drafts of them, and learn the feeds' brands.

    Needed after a change on either side: a feed's, or the catalogue's.
    """
    async with database.writing() as connection:
        pairs = await feed.reviewed_pairs(connection)
        decided = [(p, answered_by(p.notice, p.reviewed, p.changed_at)) for p in pairs]
        await feed.set_reviewed(
            connection, [(pair, name) for pair, name in decided if name != pair.reviewed_as]
        )
        known = await notices.lexicon(connection)
        brands = [name for name in await feed.feed_brands(connection) if name != NO_BRAND]
        learnt = known.with_brands(brands)
        if learnt is not known:
            await notices.put_lexicon(connection, learnt)


def asked_since(source: Source, standing: Standing, now: datetime) -> datetime | None:
    """Return from when on to ask, None for everything.

    Everything is due until the source has once been read whole, and again after its `reread`.
    """
    if standing.as_of is None or standing.complete is None:
        return None
    reread = source.cadence.reread
    if reread is not None and standing.complete.started_at + reread <= now:
        return None
    return standing.as_of - OVERLAP


def _in_silence(standing: Standing, span: _Span) -> bool:
    """Say whether nothing of a reading is news: the source is new, or not yet read whole.

    Recorded payloads that meet an empty store are taken in silently; what is recorded later is
    told beside it.
    """
    if span.recorded and standing.success is not None:
        return False
    return not standing.seeded


async def _batches(records: AsyncIterator[RawRecord]) -> AsyncIterator[list[RawRecord]]:
    batch: list[RawRecord] = []
    try:
        async for record in records:
            batch.append(record)
            if len(batch) == BATCH:
                yield batch
                batch = []
    except SourceUnavailable:
        if batch:
            yield batch  # what came before the failure came all the same
        raise
    if batch:
        yield batch


async def _split(
    source: Source, payloads: Iterable[Payload], at: datetime
) -> AsyncIterator[RawRecord]:
    refused = []
    for payload in payloads:
        # A payload that is none is refused before the first record of it is taken.
        try:
            records = await asyncio.to_thread(_records, source, payload, at)
        except SourceUnavailable as error:
            refused.append(f"{payload.name}: {error}")
            continue
        for record in records:
            yield record
    if refused:
        raise SourceUnavailable("; ".join(refused))


def _records(source: Source, payload: Payload, at: datetime) -> list[RawRecord]:
    return list(source.split(payload.opened(), payload.url, at))


def _nothing_read(intake: Intake) -> str | None:
    """Return what is wrong with a reading of everything of which not one record was readable.

    We hold nothing of it, so it may neither support an answer nor end a source's silence.
    """
    every = sum(intake.counts.values())
    if not every or intake.counts[UNREADABLE] < every:
        return None
    return f"none of its {every} records could be read"


def _report(intake: Intake, error: str | None, started: float) -> Report:
    counts = MappingProxyType(dict(intake.counts))
    return Report(intake.source, counts, error, monotonic() - started)


def _tell(before: Run | None, report: Report) -> None:
    event = event_to_log(before, report)
    if event == OUTAGE:
        log.warning(event, source=report.source, reason=report.error)
    elif event is not None:
        counts = {name: number for name, number in report.counts.items() if number}
        level = log.warning if event == BACK else log.info
        level(event, source=report.source, **counts)


def event_to_log(before: Run | None, report: Report) -> str | None:
    """Return what to log of a reading; an outage is told when it starts and when it ends."""
    failed_before = before is not None and before.error is not None
    if report.error is not None:
        return None if failed_before else OUTAGE
    return BACK if failed_before else READ
