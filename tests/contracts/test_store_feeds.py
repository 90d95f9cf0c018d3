"""What the store promises of feeds on every database: records, readings, events, crashes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from core.ingest.run import Reader
from core.model.keys import probe_of_unit
from core.sources.contract import RawRecord
from core.store import notices, raw, source_runs
from core.store.raw import Kept, Raw, digest_of, pack
from core.store.rows import AT_ONCE
from core.store.source_runs import Run
from core.store.work import Database
from tests.builders import NOW, a_notice, a_rule, a_unit
from tests.fakes import FakeSource, a_record
from tests.scenarios.stage import FixedClock

ROOT = Path(__file__).parent.parent.parent
HOUR = timedelta(hours=1)
# It reads one authority, says so after the first records are stored, and waits to be killed.
STOPS_WHILE_READING = """
import asyncio, sys
from core.ingest.run import Reader
from core.store.work import Database
from tests.builders import NOW
from tests.fakes import FakeSource, a_record
from tests.scenarios.stage import FixedClock

class Endless(FakeSource):
    async def fetch(self, since):
        async for record in FakeSource.fetch(self, since):
            yield record
        print("stored", flush=True)
        await asyncio.to_thread(sys.stdin.read)

async def main():
    database = await Database.open(sys.argv[1], patience=60)
    records = [a_record(str(number)) for number in range(450)]
    await Reader(database, FixedClock(NOW)).cycle(Endless(records=records, at=NOW))

asyncio.run(main())
"""


def a_raw(body: bytes = b"{}", key: str = "1", form: str = "json") -> Raw:
    return Raw("cpsc", key, form, body, "https://cpsc.example/api", NOW)


async def kept(database: Database, *records: Raw, hours: int = 0, **what: Any) -> None:
    async with database.writing() as connection:
        ready = [Kept(pack(record, digest_of(record)), **what) for record in records]
        await raw.keep_raw(connection, "cpsc", ready, NOW + hours * HOUR)


async def last(database: Database) -> list[Raw]:
    async with database.reading() as connection:
        return [record for _, record in await raw.stored_records(connection, "cpsc", 0, 99)]


async def test_a_raw_record_comes_back_byte_by_byte(database: Database) -> None:
    record = a_raw(bytes(range(256)) * 50)

    await kept(database, record)

    assert await last(database) == [record]
    async with database.reading() as connection:
        size = await connection.scalar(text("SELECT length(body) FROM raw_record"))
    assert size < len(record.body) / 10


async def test_the_same_bytes_are_kept_once_and_every_version_is(database: Database) -> None:
    for hour, body in enumerate((b"a", b"b", b"a")):
        await kept(database, a_raw(body), hours=hour)

    async with database.reading() as connection:
        versions = await connection.scalar(text("SELECT count(*) FROM raw_record"))
        known = await raw.latest_versions(connection, "cpsc", ["1", "2"])
    assert versions == 2
    assert [record.body for record in await last(database)] == [b"a"]
    assert known.keys() == {("1", "json")}
    assert known["1", "json"].digest == digest_of(a_raw(b"a"))


async def test_more_records_than_one_statement_takes_are_each_kept_once(
    database: Database,
) -> None:
    count = 2 * AT_ONCE + 1
    many = [a_raw(f"{number}".encode(), key=f"{number}") for number in range(count)]

    await kept(database, *many, problem="not yet\0 understood")
    await kept(database, *many[1:], hours=1, notice="cpsc-1")

    async with database.reading() as connection:
        columns = "problem, notice, count(*) AS number"
        grouped = f"SELECT {columns} FROM raw_record GROUP BY problem, notice ORDER BY number"  # noqa: S608 - names of ours
        rows = [tuple(row) for row in await connection.execute(text(grouped))]
    assert rows == [("not yet understood", None, 1), (None, "cpsc-1", count - 1)]


async def test_a_notice_of_many_models_is_found_by_each_of_them(database: Database) -> None:
    models = [f"ZB{number:05}" for number in range(AT_ONCE)]
    rule = a_rule({"op": "model", "any_of": models, "match": "exact"})
    async with database.writing() as connection:
        await notices.put_notices(connection, "cpsc", [a_notice(rule)], NOW)
        found = [
            await notices.candidates(connection, probe_of_unit(a_unit(model=model)), 10)
            for model in (models[0], models[-1])
        ]

    assert [len(hits) for hits in found] == [1, 1]


async def test_two_formats_of_one_key_are_two_records(database: Database) -> None:
    await kept(database, a_raw(b"a"), a_raw(b"a", form="rss"), a_raw(b"\0", key="\0two"))

    assert len(await last(database)) == 3


async def test_an_unreadable_record_is_kept_with_its_reason_until_it_is_read(
    database: Database,
) -> None:
    await kept(database, a_raw(b"bad"), problem="no\n title")
    async with database.reading() as connection:
        [unread] = await raw.unreadable(connection, "cpsc")

    await kept(database, a_raw(b"good"), hours=1, notice="cpsc-1")
    async with database.reading() as connection:
        left = await raw.unreadable(connection, "cpsc")

    assert (unread.key, unread.problem) == ("1", "no title")
    assert left == []


def a_run(hours: int, **facts: Any) -> Run:
    at = NOW + hours * HOUR
    return Run("cpsc", at, at + timedelta(minutes=1), **facts)


async def test_a_source_that_proves_nothing_is_known_but_not_asked(
    database: Database,
) -> None:
    async with database.writing() as connection:
        await source_runs.record_run(connection, a_run(1, proves=False))
        unproven = await notices.source_ages(connection)
        standing = await source_runs.standing(connection, "cpsc")
        await source_runs.record_run(connection, a_run(2))
        proven = await notices.source_ages(connection)

    assert unproven == []
    assert standing.seeded
    assert [state.name for state in proven] == ["cpsc"]


async def test_readings_say_where_a_source_stands(database: Database) -> None:
    runs = [
        a_run(0, error="down"),
        a_run(1, since=NOW - HOUR, counts={"new": 1}),
        a_run(2, counts={"same": 1}),
        a_run(3, since=NOW),
        a_run(4, since=NOW, error="down again"),
    ]
    seeded = []
    async with database.writing() as connection:
        before = await source_runs.standing(connection, "cpsc")
        for run in runs:
            await source_runs.record_run(connection, run)
            seeded.append((await source_runs.standing(connection, "cpsc")).seeded)
        standing = await source_runs.standing(connection, "cpsc")
        [state] = await notices.source_ages(connection)

    assert before == source_runs.Standing()
    assert (standing.last, standing.success, standing.complete) == (runs[4], runs[3], runs[2])
    assert seeded == [False, False, True, True, True]
    assert state.as_of == runs[3].started_at


async def test_what_is_read_late_makes_nothing_older(database: Database) -> None:
    async with database.writing() as connection:
        for hours in (5, 1):
            await source_runs.record_run(connection, a_run(hours))
        [state] = await notices.source_ages(connection)

    assert state.as_of == NOW + 5 * HOUR


async def test_readings_of_long_ago_are_let_go(database: Database) -> None:
    async with database.writing() as connection:
        for hours in (0, 24 * 500):
            await source_runs.record_run(connection, a_run(hours))
        count = await connection.scalar(text("SELECT count(*) FROM source_run"))

    assert count == 1


async def test_the_days_of_publication_are_told_by_source(database: Database) -> None:
    async with database.writing() as connection:
        many = [a_notice(id=f"n-{day}", published=date(2026, 1, day)) for day in (9, 3, 5)]
        await notices.put_notices(connection, "cpsc", [*many, a_notice(published=None)], NOW)
        await notices.put_notices(connection, "opss", [a_notice(id="o")], NOW)
        days = await source_runs.publication_days(
            connection, "cpsc", date(2026, 1, 4), date(2026, 2, 1)
        )
        newest = await source_runs.last_published(connection, "cpsc", date(2026, 1, 6))
        none = await source_runs.last_published(connection, "fda", date(2026, 1, 6))
        counts = await source_runs.notice_counts(connection)

    assert days == [date(2026, 1, 5), date(2026, 1, 9)]
    assert (newest, none) == (date(2026, 1, 5), None)
    assert counts == {"cpsc": 4, "opss": 1}


async def test_events_that_turn_out_to_be_one_are_joined(database: Database) -> None:
    one, two, three = (f"https://page.example/{name}" for name in "abc")
    bridge = at_page(a_notice(id="c", linked=(one, two, three)), "https://own.example/c")
    async with database.writing() as connection:
        first = [at_page(a_notice(id="a"), one), at_page(a_notice(id="b"), two)]
        await notices.put_notices(connection, "cpsc", first, NOW)
        apart = await notices.event_of(connection, "a")
        await notices.put_notices(connection, "opss", [bridge], NOW)
        together = await notices.event_of(connection, "b")

    assert [notice.id for notice in apart] == ["a"]
    assert [notice.id for notice in together] == ["a", "b", "c"]


async def test_notices_that_only_point_to_the_same_page_are_no_event(
    database: Database,
) -> None:
    advice = "https://page.example/advice"
    ours = at_page(a_notice(id="a", linked=(advice,)), "https://own.example/a")
    theirs = at_page(a_notice(id="b", linked=(advice,)), "https://own.example/b")
    async with database.writing() as connection:
        await notices.put_notices(connection, "cpsc", [ours, theirs], NOW)
        event = await notices.event_of(connection, "a")

    assert [notice.id for notice in event] == ["a"]


async def test_an_event_falls_apart_when_what_held_it_together_is_corrected(
    database: Database,
) -> None:
    one, two = (f"https://page.example/{name}" for name in "ab")
    bridge = at_page(a_notice(id="c", linked=(one, two)), "https://own.example/c")
    async with database.writing() as connection:
        first = [at_page(a_notice(id="a"), one), at_page(a_notice(id="b"), two)]
        await notices.put_notices(connection, "cpsc", first, NOW)
        await notices.put_notices(connection, "opss", [bridge], NOW)
        corrected = bridge.model_copy(update={"linked": (two,)})
        await notices.put_notices(connection, "opss", [corrected], NOW)
        left = await notices.event_of(connection, "a")
        kept = await notices.event_of(connection, "c")

    assert [notice.id for notice in left] == ["a"]
    assert [notice.id for notice in kept] == ["b", "c"]


def at_page(notice: Any, url: str) -> Any:
    source = notice.sources[0].model_copy(update={"url": url})
    return notice.model_copy(update={"sources": (source,)})


async def test_a_feed_is_read_on_every_database(database: Database) -> None:
    clock = FixedClock(NOW)
    source = FakeSource(records=[a_record("1"), a_record("2"), {"key": "3"}], at=NOW)
    reader = Reader(database, clock)
    first = await reader.cycle(source, whole=True)
    source.records = [a_record("1", state="closed"), a_record("2"), a_record("3"), 4]
    second = await reader.cycle(source, whole=True)
    again = await reader.reparse(source)

    assert dict(first.counts) == {"seeded": 3}
    assert dict(second.counts) == {"same": 1, "closed": 1, "corrected": 1, "unreadable": 1}
    assert dict(again.counts) == {"same": 3, "unreadable": 1}


def start(url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", STOPS_WHILE_READING, url],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


async def test_s24_killed_while_reading_nothing_is_lost_and_nothing_repeats(url: str) -> None:
    program = start(url)
    assert program.stdout is not None
    lines = [await asyncio.to_thread(program.stdout.readline)]
    while lines[-1] not in {"stored\n", ""}:
        lines.append(await asyncio.to_thread(program.stdout.readline))
    program.send_signal(signal.SIGKILL)
    await asyncio.to_thread(program.communicate)

    database = await Database.open(url, patience=30)
    records = [a_record(str(number)) for number in range(450)]
    report = await Reader(database, FixedClock(NOW + HOUR)).cycle(
        FakeSource(records=records, at=NOW + HOUR)
    )
    async with database.reading() as connection:
        revisions = await connection.scalar(text("SELECT count(*) FROM revision"))
        loud = await connection.scalar(text("SELECT count(*) FROM revision WHERE NOT quiet"))
    await database.close()

    assert lines[-1] == "stored\n"
    assert dict(report.counts) == {"same": 400, "seeded": 50}
    assert (revisions, loud) == (450, 0)


def test_the_sources_records_can_be_kept() -> None:
    record = RawRecord("cpsc", "1", "json", b"{}", "https://cpsc.example/api", NOW)

    assert digest_of(record) == digest_of(a_raw())
