"""When tasks run: after restarts, blocked loops and failures, and how they stop."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from core.clock import SystemClock
from core.schedule import FIRST, Schedule, Task, first_time
from core.store.failure import StoreUnavailable
from tests.builders import NOW

HOUR = timedelta(hours=1)
# The scheduler goes by the machine's clock: to it, such a start was due two minutes ago.
BLOCKED = timedelta(minutes=2)


class Work:
    """Something to do that takes notes of being done."""

    def __init__(self, error: Exception | None = None) -> None:
        self.done = asyncio.Event()
        self.times = 0
        self._error = error

    async def __call__(self) -> None:
        self.times += 1
        self.done.set()
        if self._error is not None:
            raise self._error


async def test_s16_a_task_missed_while_the_loop_was_blocked_runs_once() -> None:
    work = Work()
    late = SystemClock().now() - BLOCKED - FIRST
    schedule = Schedule([Task("cpsc", HOUR, None, work)], late)

    schedule.start()
    await work.done.wait()
    await schedule.stop()

    assert work.times == 1


async def test_s16_many_missed_starts_are_made_up_for_by_one() -> None:
    work = Work()
    late = SystemClock().now() - BLOCKED - FIRST
    schedule = Schedule([Task("cpsc", timedelta(seconds=40), None, work)], late)

    schedule.start()
    await work.done.wait()
    await schedule.stop()

    assert work.times == 1


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (None, NOW + FIRST),
        (NOW - timedelta(minutes=20), NOW + timedelta(minutes=40)),
        (NOW - timedelta(days=3), NOW + FIRST),
        (NOW - HOUR, NOW + FIRST),
    ],
)
def test_a_restart_goes_on_where_the_last_run_left_off(
    last: datetime | None, due: datetime
) -> None:
    assert first_time(Task("cpsc", HOUR, last, Work()), NOW) == due


@pytest.mark.parametrize("error", [StoreUnavailable("the disk is full"), ZeroDivisionError()])
async def test_a_task_that_fails_stops_no_other(error: Exception) -> None:
    failing, other = Work(error), Work()
    late = SystemClock().now() - BLOCKED
    tasks = [Task("one", HOUR, None, failing), Task("other", HOUR, None, other)]
    schedule = Schedule(tasks, late)

    schedule.start()
    await asyncio.gather(failing.done.wait(), other.done.wait())
    await schedule.stop()

    assert (failing.times, other.times) == (1, 1)


async def test_stopping_ends_what_is_being_done_and_is_safe_twice() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def endless() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    schedule = Schedule([Task("cpsc", HOUR, None, endless)], datetime(2026, 1, 1, tzinfo=UTC))
    schedule.start()
    await begun.wait()
    await schedule.stop()
    await schedule.stop()

    assert ended.is_set()


async def test_what_is_wanted_again_soon_does_not_wait_for_its_usual_turn() -> None:
    twice = asyncio.Event()
    waits = [timedelta(0), None]

    async def work() -> timedelta | None:
        if len(waits) == 1:
            twice.set()
        return waits.pop(0)

    schedule = Schedule([Task("cpsc", HOUR, None, work)], SystemClock().now() - BLOCKED)
    schedule.start()
    await twice.wait()
    await schedule.stop()

    assert waits == []


async def test_a_stop_in_the_middle_of_the_work_is_no_failure_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    begun = asyncio.Event()

    async def endless() -> None:
        begun.set()
        await asyncio.Event().wait()

    schedule = Schedule([Task("cpsc", HOUR, None, endless)], datetime(2026, 1, 1, tzinfo=UTC))
    schedule.start()
    await begun.wait()
    await schedule.stop()
    await asyncio.sleep(0)

    assert caplog.records == []
