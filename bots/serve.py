"""`recallbot run`: the channels that are switched on, one process, one stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass

import structlog
from pydantic import SecretStr

from bots.app import open_database, open_talk
from bots.ask import limits
from bots.broadcast import Broadcast
from bots.channels import WEB, Channels, Supervised, chosen, opened
from bots.failure import Failure
from bots.feeds import open_feeds, tasks_of
from bots.logs import set_up
from bots.newsroom import newsroom_of
from bots.page_server import PageServer, listener_of
from bots.photo.eyes import open_eyes
from bots.publishing import Publishing, drawn, page_below, voices_of
from bots.store_reader import StoreReader
from bots.surroundings import Surroundings
from bots.web.channel import Web
from bots.web.desk.desk import desk
from bots.web.settings import WebSettings
from bots.web.site import site
from core.channel import Channel
from core.clock import Clock, SystemClock
from core.model.lexicon import Lexicon
from core.query.names import names_of
from core.query.photo import Eyes
from core.query.suggest import suggest
from core.query.talk import Talk
from core.schedule import Schedule
from core.settings import Settings, SettingsError, load
from core.store import notices
from core.store.positions import KeptPositions
from core.store.pressed import Pressed
from core.store.purse import KeptPurse
from core.store.secret import VISITORS, kept_secret
from core.store.work import Database

log = structlog.get_logger(__name__)
MEBIBYTE = 1024 * 1024
# What is being read when we stop is read again after the next start.
READING_SECONDS = 1.0
# What is on its way out has so long to arrive before the channels close.
SENDING_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Parts:
    """What every channel and page rests on, opened once."""

    settings: Settings
    web: WebSettings
    clock: Clock
    database: Database
    eyes: Eyes | None
    talk: Talk
    broadcast: Broadcast

    @property
    def photo_limit(self) -> int | None:
        """Return how many bytes a photo may have, None where none is read."""
        return self.eyes.limits["size"] * MEBIBYTE if self.eyes else None

    @property
    def surroundings(self) -> Surroundings:
        """Return what a channel is given."""
        return Surroundings(
            self.clock.now,
            Pressed(self.database, self.clock),
            lambda field, typed, brand: suggest(self.talk.lexicon, field, typed, brand),
            self.web.public_url,
            self.photo_limit,
            self.settings.processes,
            KeptPurse(self.database, self.clock),
            KeptPositions(self.database),
        )


async def run_all(
    settings: Settings, clock: Clock | None = None, only: Sequence[str] = ()
) -> None:
    """Run the channels that are set up, or `only` these, until a signal asks to stop.

    Raises Failure where it cannot start. A stop takes at most ten seconds; a second signal
    ends the process at once.
    """
    set_up(settings)
    names, web_settings = chosen(only), _web_settings()
    async with AsyncExitStack() as stack:
        listener = None
        if WEB in names:
            listener = stack.enter_context(closing(listener_of(web_settings)))
        parts = await _open_parts(stack, settings, clock or SystemClock(), web_settings)
        web = Web(parts.web, parts.clock.now)
        pages = served = None
        if listener is not None:
            reader = StoreReader(parts.database, settings, parts.clock)
            served = site(web, reader, parts.web, photo_limit=parts.photo_limit)
            pages = PageServer(served, listener)
        every = [_supervised(name, parts, web, pages) for name in names]
        channels = Channels(every, parts.talk)
        stopping = stack.enter_context(asked_to_stop())
        publishing = _publishing(parts, every)
        if served is not None:
            newsroom = newsroom_of(publishing.voices, parts.broadcast.wake)
            desk(parts.database, parts.clock.now, parts.web, newsroom).put_into(served)
        schedule = await stack.enter_async_context(_sources_read(parts, publishing))
        try:
            await _start(channels, pages, parts)
            parts.broadcast.start(every)
            await stopping.wait()
        finally:
            await _stop(schedule, channels, pages, parts.broadcast)


async def _open_parts(
    stack: AsyncExitStack, settings: Settings, clock: Clock, web: WebSettings
) -> Parts:
    database = await open_database(settings, clock)
    stack.push_async_callback(database.close)
    eyes = await stack.enter_async_context(open_eyes())
    talk = stack.enter_context(closing(await open_talk(database, settings, clock, eyes)))
    known = await _known_visitors(database, web)
    broadcast = Broadcast(
        database, clock, limits(settings), lambda: talk.lexicon, settings.retention_days
    )
    broadcast.draw = drawn
    return Parts(settings, known, clock, database, eyes, talk, broadcast)


def _supervised(name: str, parts: Parts, web: Web, pages: PageServer | None) -> Supervised:
    """Return a channel of the registry as it is to be opened and kept going."""

    async def open_web() -> Channel:
        return web

    async def open_platform() -> Channel | None:
        return await opened(name, parts.surroundings, pages)

    return Supervised(name, open_web if name == WEB else open_platform)


def _publishing(parts: Parts, channels: Sequence[Supervised]) -> Publishing:
    page = page_below(parts.web.public_url)
    spoken = voices_of(channels)
    return Publishing(parts.database, parts.clock, spoken, page, parts.broadcast.wake)


async def _start(channels: Channels, pages: PageServer | None, parts: Parts) -> None:
    await channels.start()
    where = {}
    if pages is not None:
        await pages.start()
        where["address"] = pages.address
    log.info("ready", channels=", ".join(channels.names), **where)
    if channels.names != [WEB]:
        # Names are completed while somebody types, so they are arranged beforehand.
        await asyncio.to_thread(_arrange, parts.talk.lexicon)


async def _stop(
    schedule: Schedule, channels: Channels, pages: PageServer | None, broadcast: Broadcast
) -> None:
    """Begin nothing new, finish what was begun, and let go of everybody; within ten seconds."""
    reading = asyncio.create_task(schedule.stop())
    sending = asyncio.create_task(broadcast.finish())
    await asyncio.gather(channels.finish(), asyncio.wait({sending}, timeout=SENDING_SECONDS))
    closing_pages = [pages.stop()] if pages is not None else []
    # Alerts that wait for their turn are let go of here, and given back to the outbox.
    await asyncio.gather(channels.close(), *closing_pages)
    await asyncio.wait({reading, sending}, timeout=READING_SECONDS)


@asynccontextmanager
async def _sources_read(parts: Parts, publishing: Publishing) -> AsyncIterator[Schedule]:
    """Read the sources on schedule meanwhile, and plan alerts and posts of what they bring.

    The conversation gets to know new brands.
    """
    database, talk, broadcast = parts.database, parts.talk, parts.broadcast

    async def changed() -> None:
        async with database.reading() as connection:
            lexicon = await notices.lexicon(connection)
        if lexicon != talk.lexicon:
            # Arranging thousands of names takes a moment; nobody is to wait for it.
            await asyncio.to_thread(_arrange, lexicon)
            talk.learn(lexicon)
        await broadcast.plan()
        await publishing.draft()

    async with open_feeds(database, parts.settings, parts.clock) as feeds:
        tasks = [*broadcast.tasks, *publishing.tasks]
        tasks += [*await tasks_of(feeds, database, changed)]
        schedule = Schedule(tasks, parts.clock.now())
        schedule.start()
        try:
            yield schedule
        finally:
            await schedule.stop()


def _arrange(lexicon: Lexicon) -> None:
    names_of(lexicon)
    suggest(lexicon, "brand", "")


async def _known_visitors(database: Database, settings: WebSettings) -> WebSettings:
    """Return settings whose secret outlives a restart, so that nobody loses their list."""
    if settings.session_secret is not None:
        return settings
    async with database.writing() as connection:
        secret = await kept_secret(connection, VISITORS)
    return settings.model_copy(update={"session_secret": SecretStr(secret)})


def _web_settings() -> WebSettings:
    try:
        return load(WebSettings)
    except SettingsError as error:
        raise Failure(str(error)) from None


@contextmanager
def asked_to_stop() -> Iterator[asyncio.Event]:
    """Give what the first signal sets; a second one does what signals do by themselves."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop() -> None:
        stopping.set()
        for number in before:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)

    for number in before:
        with suppress(NotImplementedError):  # Windows: Ctrl-C arrives as KeyboardInterrupt
            loop.add_signal_handler(number, stop)
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            with suppress(NotImplementedError):
                loop.remove_signal_handler(number)
            signal.signal(number, handler)
