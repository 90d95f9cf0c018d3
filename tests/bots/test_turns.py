"""The turns of the sources on the schedule: when one that failed is asked again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bots.app import open_database
from bots.feeds import AFTER_FAILURE, Feed, Turn, tasks_of, tried_again
from core.ingest.run import Reader
from core.schedule import FIRST, first_time
from core.settings import Settings
from core.sources.http import Fetcher
from core.store import source_runs
from core.store.source_runs import Run
from core.store.work import Database
from tests.builders import NOW
from tests.fakes import FakeSource, a_record
from tests.scenarios.stage import FixedClock

HOUR = timedelta(hours=1)


async def nothing_follows() -> None:
    """Stand in for what follows a change."""


async def opened(folder: Path) -> Database:
    settings = Settings(database_url=str(folder / "own.db"))
    return await open_database(settings, FixedClock(NOW))


def a_feed(database: Database, source: FakeSource) -> Feed:
    return Feed(source, Fetcher(), Reader(database, FixedClock(NOW)))


@pytest.mark.parametrize(
    ("every", "failures", "wait"),
    [
        (12 * HOUR, 1, AFTER_FAILURE),
        (12 * HOUR, 2, 2 * AFTER_FAILURE),
        (12 * HOUR, 4, 8 * AFTER_FAILURE),
        (12 * HOUR, 400, 12 * HOUR),
        (AFTER_FAILURE / 3, 1, AFTER_FAILURE / 3),
    ],
)
def test_a_source_that_failed_is_asked_again_soon_and_then_less_and_less(
    every: timedelta, failures: int, wait: timedelta
) -> None:
    assert tried_again(every, failures) == wait


async def test_failures_in_a_row_are_counted_until_a_reading_succeeds(tmp_path: Path) -> None:
    database = await opened(tmp_path)
    source = FakeSource(records=[a_record()], at=NOW)
    turn = Turn(a_feed(database, source), nothing_follows)

    source.down = "down"
    failed = [await turn(), await turn()]
    source.down = None
    well = await turn()
    source.down = "down again"
    again = await turn()
    await database.close()

    assert well is None
    assert failed[0] == again == tried_again(source.cadence.every, 1)
    assert failed[1] == tried_again(source.cadence.every, 2)


async def test_after_a_restart_a_source_that_had_failed_is_not_left_for_its_whole_turn(
    tmp_path: Path,
) -> None:
    database = await opened(tmp_path)
    sources = [FakeSource(name=name, at=NOW) for name in ("well", "failed", "new")]
    async with database.writing() as connection:
        for name, error in (("well", None), ("failed", "down")):
            run = Run(name, NOW, NOW, None, {}, error)
            await source_runs.record_run(connection, run)

    feeds = [a_feed(database, source) for source in sources]
    tasks = await tasks_of(feeds, database, nothing_follows)
    await database.close()

    assert [task.last for task in tasks] == [NOW, NOW + AFTER_FAILURE - HOUR, None]
    assert [first_time(task, NOW + FIRST) for task in tasks] == [
        NOW + HOUR,
        NOW + AFTER_FAILURE,
        NOW + 2 * FIRST,
    ]


async def test_a_source_of_which_there_are_only_recordings_is_due_at_once(
    tmp_path: Path,
) -> None:
    database = await opened(tmp_path)
    async with database.writing() as connection:
        await source_runs.record_run(connection, Run("played", NOW, NOW, NOW, {}))

    tasks = await tasks_of(
        [a_feed(database, FakeSource(name="played", at=NOW))], database, nothing_follows
    )
    await database.close()

    assert [task.last for task in tasks] == [None]
