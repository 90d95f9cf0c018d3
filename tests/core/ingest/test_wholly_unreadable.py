"""A reading of which nothing could be read is no success, however well the server answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.ingest.run import Reader
from core.store import source_runs
from core.store.work import Database
from tests.builders import NOW
from tests.fakes import FakeSource, a_record
from tests.scenarios.stage import FixedClock


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(f"sqlite:///{tmp_path / 'news.db'}")
    yield database
    await database.close()


async def _standing(database: Database) -> source_runs.Standing:
    async with database.reading() as connection:
        return await source_runs.standing(connection, "fake")


async def test_a_whole_reading_without_one_readable_record_is_an_outage(
    database: Database,
) -> None:
    source = FakeSource(records=(1, 2, "three"), at=NOW)

    report = await Reader(database, FixedClock(NOW)).cycle(source, whole=True)

    standing = await _standing(database)
    assert report.error == "none of its 3 records could be read"
    assert (standing.seeded, standing.success) == (False, None)


async def test_the_readable_records_after_it_are_still_taken_in_silently(
    database: Database,
) -> None:
    source = FakeSource(records=(1, 2), at=NOW)
    reader = Reader(database, FixedClock(NOW))
    await reader.cycle(source, whole=True)
    source.records = (a_record("26-1"), a_record("26-2"))

    report = await reader.cycle(source, whole=True)

    assert report.counts == {"seeded": 2}


async def test_what_is_new_may_be_one_unreadable_record_alone(database: Database) -> None:
    source = FakeSource(records=(a_record("26-1"),), at=NOW)
    reader = Reader(database, FixedClock(NOW))
    await reader.cycle(source, whole=True)
    source.records = (1,)

    report = await reader.cycle(source, since=NOW - timedelta(days=1))

    assert (report.counts, report.error) == ({"unreadable": 1}, None)
