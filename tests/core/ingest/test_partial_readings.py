"""What was read in part makes nothing known as whole; what was cut short is made up for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.ingest.report import Report
from core.ingest.run import BATCH, OVERLAP, Payload, Reader
from core.sources.contract import Cadence, RawRecord
from core.store import notices, source_runs
from core.store.source_runs import Standing
from core.store.work import Database
from tests.builders import NOW
from tests.fakes import FakeSource, a_record
from tests.scenarios.stage import FixedClock

PAGE = "https://fake.example/page"
DAY = timedelta(days=1)


@dataclass(slots=True)
class Press:
    """An authority, what was recorded of it, and the bot that reads both."""

    database: Database
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    source: FakeSource = field(default_factory=lambda: FakeSource(at=NOW))

    @property
    def reader(self) -> Reader:
        return Reader(self.database, self.clock)

    async def replays(self, *records: Any) -> dict[str, int]:
        body = json.dumps(records).encode()
        pages = [Payload(lambda: body, "one.json", PAGE)]
        report = await self.reader.replay(self.source, pages, self.clock.now())
        return dict(report.counts)

    async def reads(
        self, *records: Any, since: datetime | None = None, down: str | None = None
    ) -> Report:
        self.source.records, self.source.down = records, down
        return await self.reader.cycle(self.source, since=since)

    async def standing(self) -> Standing:
        async with self.database.reading() as connection:
            return await source_runs.standing(connection, self.source.name)

    async def ages(self) -> dict[str, datetime]:
        async with self.database.reading() as connection:
            return {name: at for name, at, _ in await notices.source_ages(connection)}

    async def loud(self) -> int:
        async with self.database.reading() as connection:
            statement = text("SELECT count(*) FROM revision WHERE NOT quiet")
            return int(await connection.scalar(statement) or 0)


@pytest.fixture
async def press(tmp_path: Path) -> AsyncIterator[Press]:
    database = await Database.open(f"sqlite:///{tmp_path / 'press.db'}")
    yield Press(database)
    await database.close()


async def test_a_recorded_payload_makes_no_source_fresh_or_known(press: Press) -> None:
    counts = await press.replays(a_record("1"), a_record("2"))

    standing = await press.standing()
    assert counts == {"seeded": 2}
    assert await press.ages() == {}
    assert (standing.seeded, standing.complete) == (False, None)
    assert standing.last is not None
    assert standing.last.counts == {"seeded": 2}


async def test_the_first_reading_after_a_recorded_payload_asks_for_everything_in_silence(
    press: Press,
) -> None:
    await press.replays(a_record("1"))
    press.clock.pass_days(1)

    first = await press.reads(a_record("1"), a_record("2"), a_record("3"))

    assert press.source.asked == [None]
    assert dict(first.counts) == {"same": 1, "seeded": 2}
    assert await press.loud() == 0
    assert await press.ages() == {"fake": NOW + DAY}


async def test_only_what_meets_an_empty_store_is_taken_in_silently(press: Press) -> None:
    first = await press.replays(a_record("1"))
    press.clock.pass_days(1)
    second = await press.replays(a_record("1", state="closed"), a_record("2"))

    assert (first, second) == ({"seeded": 1}, {"closed": 1, "new": 1})
    assert await press.loud() == 2


async def test_a_recorded_payload_after_a_reading_that_broke_off_announces_nothing(
    press: Press,
) -> None:
    await press.reads(a_record("1"), down="connection lost")

    counts = await press.replays(a_record("1"), a_record("2"))

    assert counts == {"same": 1, "seeded": 1}
    assert await press.loud() == 0


async def test_a_recorded_payload_is_news_beside_a_source_that_is_known(press: Press) -> None:
    await press.reads(a_record("1"))
    press.clock.pass_days(5)

    counts = await press.replays(a_record("2"))

    assert counts == {"new": 1}
    assert await press.ages() == {"fake": NOW}
    standing = await press.standing()
    assert standing.complete is not None
    assert standing.complete.started_at == NOW


async def test_recorded_payloads_that_cannot_be_read_are_an_error(press: Press) -> None:
    pages = [Payload(lambda: b"[1, 2]", "one.json", PAGE)]

    report = await press.reader.replay(press.source, pages, NOW)

    assert report.error == "none of its 2 records could be read"


async def test_what_was_asked_for_by_no_reading_is_asked_for_by_the_next(press: Press) -> None:
    press.source.cadence = Cadence(DAY)
    await press.reads(a_record("1"))
    press.clock.pass_days(30)

    await press.reads(a_record("2"), since=press.clock.now() - DAY)
    gap = await press.ages()
    await press.reads(a_record("2"))

    assert gap == {"fake": NOW}
    assert press.source.asked[-1] == NOW - OVERLAP
    assert await press.ages() == {"fake": NOW + 30 * DAY}


async def test_a_reading_that_begins_before_the_last_one_ended_leaves_no_gap(
    press: Press,
) -> None:
    await press.reads(a_record("1"))
    press.clock.pass_days(3)

    await press.reads(a_record("2"), since=NOW - DAY)

    assert await press.ages() == {"fake": NOW + 3 * DAY}


@dataclass(slots=True)
class Stuck:
    """An authority that sends its records and then nothing more, not even an end."""

    source: FakeSource
    sent: asyncio.Event = field(default_factory=asyncio.Event)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.source, name)

    async def fetch(self, since: datetime | None) -> AsyncIterator[RawRecord]:
        async for record in self.source.fetch(since):
            yield record
        self.sent.set()
        await asyncio.Event().wait()


async def test_what_a_reading_that_was_cut_short_did_not_link_is_linked_by_the_next(
    press: Press,
) -> None:
    first = a_record("25-001", title="Acme recalls its power bank")
    second = a_record("26-001", title="Acme expands the recall of its power bank")
    others = [
        a_record(f"o-{n}", brands=[f"Brand {n}"], product=f"Thing {n}")
        for n in range(BATCH - 2)
    ]
    press.source.records = [first, second, *others]
    stuck = Stuck(press.source)
    reading = asyncio.create_task(press.reader.cycle(stuck))
    await stuck.sent.wait()
    reading.cancel()
    await asyncio.wait([reading])

    report = await press.reads(first, second, *others)

    async with press.database.reading() as connection:
        linked = await notices.notice(connection, "fake-26-001")
        lexicon = await notices.lexicon(connection)
    assert dict(report.counts) == {"same": BATCH}
    assert linked is not None
    assert linked.expands == ("fake-25-001",)
    assert "Brand 7" in {maker.name for maker in lexicon.makers}
