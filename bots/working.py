"""`recallbot work`: plans and sends what waits, without listening and without pages."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bots.app import open_database
from bots.ask import limits
from bots.broadcast import Broadcast
from bots.channels import WEB, Patience, Supervised, chosen
from bots.failure import Failure
from bots.logs import set_up
from bots.publishing import Publishing, drawn, page_below, voices_of
from bots.registry import PLATFORMS, found
from bots.serve import SENDING_SECONDS, asked_to_stop
from bots.surroundings import Surroundings
from bots.web.settings import WebSettings
from core.channel import Channel
from core.clock import Clock, SystemClock
from core.model.lexicon import Lexicon
from core.schedule import Schedule, Task
from core.settings import Settings, SettingsError, load
from core.store import notices
from core.store.positions import KeptPositions
from core.store.pressed import Pressed
from core.store.purse import KeptPurse
from core.store.work import Database

log = structlog.get_logger(__name__)
NAMES_READ_EVERY = timedelta(minutes=1)
LAST_RECEIPTS_SECONDS = 2.0


@dataclass(slots=True)
class Names:
    """The names known by now; another process may learn new ones."""

    database: Database
    lexicon: Lexicon

    async def learn(self) -> None:
        """Read them from the store again."""
        async with self.database.reading() as connection:
            self.lexicon = await notices.lexicon(connection)


async def work(
    settings: Settings, clock: Clock | None = None, only: Sequence[str] = ()
) -> None:
    """Plan and send through the channels that are set up, or `only` these, until a signal.

    Any number of processes may do so with one database. Raises Failure where it cannot start.
    """
    set_up(settings)
    clock, names = clock or SystemClock(), _pushing(only)
    async with AsyncExitStack() as stack:
        database = await open_database(settings, clock)
        stack.push_async_callback(database.close)
        known = Names(database, Lexicon())
        await known.learn()
        broadcast = Broadcast(
            database, clock, limits(settings), lambda: known.lexicon, settings.retention_days
        )
        broadcast.draw = drawn
        around = without_pages(database, settings, clock)
        channels = [Supervised(name, opener(name, around)) for name in names]
        page = page_below(around.public_url)
        publishing = Publishing(database, clock, voices_of(channels), page, broadcast.wake)
        stopping = stack.enter_context(asked_to_stop())
        tasks = [*broadcast.tasks, *publishing.tasks]
        tasks += [Task("names", NAMES_READ_EVERY, clock.now(), known.learn)]
        schedule = Schedule(tasks, clock.now())
        opening = [asyncio.create_task(_kept_open(one, stopping)) for one in channels]
        schedule.start()
        broadcast.start(channels)
        log.info("working", channels=", ".join(names))
        try:
            await stopping.wait()
        finally:
            await asyncio.gather(*opening)
            await _stop(schedule, broadcast, channels)


def _pushing(only: Sequence[str]) -> list[str]:
    names = [name for name in chosen(only) if name != WEB]
    if not names:
        raise Failure("no platform has a token, so there is nothing to send through")
    return names


def without_pages(database: Database, settings: Settings, clock: Clock) -> Surroundings:
    """Return what a channel is given that only sends; raises Failure for wrong settings."""
    try:
        public_url = load(WebSettings).public_url
    except SettingsError as error:
        raise Failure(str(error)) from None
    return Surroundings(
        clock.now,
        Pressed(database, clock),
        lambda *_: (),
        public_url,
        processes=settings.processes,
        purse=KeptPurse(database, clock),
        positions=KeptPositions(database),
    )


def opener(name: str, around: Surroundings) -> Callable[[], Awaitable[Channel | None]]:
    """Return what opens a platform's channel to send through, None where it is not set up."""

    async def open_it() -> Channel | None:
        channel: Channel | None = await found(PLATFORMS[name].opens)(around)
        return channel

    return open_it


async def _kept_open(one: Supervised, stopping: asyncio.Event) -> None:
    """Open the channel, and where that fails try again with growing pauses."""
    patience, failures = Patience(), 0
    while one.channel is None and not stopping.is_set():
        try:
            await one.opened()
        except Exception as error:  # the other channels go on
            failures += 1
            if failures == 1:
                reason = type(error).__name__
                log.error("channel_failed", channel=one.name, reason=reason)  # noqa: TRY400 - one line says it
            pause = min(patience.longest_pause, patience.first_pause * 2.0 ** min(failures, 16))
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await stopping.wait()


async def _stop(
    schedule: Schedule, broadcast: Broadcast, channels: Sequence[Supervised]
) -> None:
    """Finish what is under way and give back the rest; within ten seconds."""
    planning = asyncio.create_task(schedule.stop())
    sending = asyncio.create_task(broadcast.finish())
    await asyncio.wait({sending}, timeout=SENDING_SECONDS)
    await asyncio.gather(*(one.close() for one in channels))
    await asyncio.wait({planning, sending}, timeout=LAST_RECEIPTS_SECONDS)
