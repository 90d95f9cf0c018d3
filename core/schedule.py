"""What runs when: each source at its own pace, through restarts, outages and blocked loops."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from core.clock import SystemClock
from core.store.failure import StoreUnavailable

log = structlog.get_logger(__name__)
# Sources are not all asked in the same second, neither at the start nor later.
JITTER = 0.1
FIRST = timedelta(seconds=2)
APART = timedelta(seconds=5)
PATIENCE = 10.0
_SECOND = timedelta(seconds=1)

# It tells of every job that it starts; we tell of every source that was read.
logging.getLogger("apscheduler").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Task:
    """Something to be done every so often; `last` is when it was last begun, None: never.

    What `do` returns is how soon it is wanted again, where that is sooner than usual.
    """

    name: str
    every: timedelta
    last: datetime | None
    do: Callable[[], Awaitable[timedelta | None]]


class Schedule:
    """Runs tasks until it is stopped; each at most once at a time.

    A task that was missed, because the machine slept, the loop was blocked or the program was
    down, runs as soon as possible, and once. One that fails is logged and comes again.
    """

    def __init__(self, tasks: Sequence[Task], now: datetime) -> None:
        """Plan the tasks; nothing runs yet."""
        self._running: set[asyncio.Task[timedelta | None]] = set()
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        for place, task in enumerate(tasks):
            seconds = max(1, round(task.every / _SECOND))
            self._scheduler.add_job(
                self._run,
                IntervalTrigger(seconds=seconds, jitter=round(seconds * JITTER)),
                args=(task,),
                id=task.name,
                next_run_time=first_time(task, now) + place * APART,
                coalesce=True,
                max_instances=1,
                # A run that is late is late, never dropped.
                misfire_grace_time=None,
            )

    def start(self) -> None:
        """Begin; needs a running event loop."""
        self._scheduler.start()

    async def stop(self) -> None:
        """Start nothing more, and end what is being done; safe to call twice."""
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        running = list(self._running)
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=PATIENCE)
        # Last, for it takes what still runs then for a failure, and says so at length.
        self._scheduler.shutdown(wait=False)

    async def _run(self, task: Task) -> None:
        done = asyncio.ensure_future(_guarded(task))
        self._running.add(done)
        try:
            await asyncio.wait([done])
        finally:
            self._running.discard(done)
        soon = None if done.cancelled() else done.result()
        job = self._scheduler.get_job(task.name)
        if soon is not None and job is not None:
            # The scheduler goes by the machine's clock, whatever ours says; and to it this run
            # has not ended yet, so that one at once would be dropped.
            wanted = SystemClock().now() + max(soon, _SECOND)
            job.modify(next_run_time=min(wanted, job.next_run_time))


async def _guarded(task: Task) -> timedelta | None:
    try:
        return await task.do()
    except StoreUnavailable as error:
        log.error("task_failed", task=task.name, reason=str(error))  # noqa: TRY400
    except Exception:
        # One task's trouble is no other's: it is told whole, and tried again in its turn.
        log.exception("task_failed", task=task.name)
    return None


def first_time(task: Task, now: datetime) -> datetime:
    """Return when a task is first due: as if the program had never been down."""
    soonest = now + FIRST
    return soonest if task.last is None else max(soonest, task.last + task.every)
