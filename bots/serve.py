"""`recallbot run`: the channels that are switched on, one process, one stop."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing, suppress
from datetime import date, datetime, timedelta
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from bots import source_list
from bots.app import open_database, open_talk, serve
from bots.ask import aged
from bots.failure import Failure
from bots.feeds import open_feeds, tasks_of
from bots.logs import set_up
from bots.photo.eyes import open_eyes
from bots.web.channel import Web
from bots.web.settings import WebSettings
from bots.web.site import site
from core.clock import Clock, SystemClock
from core.model.recall import Notice
from core.model.verdict import SourceAge
from core.query.names import names_of
from core.query.photo import Eyes
from core.query.talk import Talk
from core.schedule import Schedule
from core.settings import Settings, SettingsError, load
from core.sources.contract import Authority
from core.store import listing, notices
from core.store.listing import Cursor, Wanted
from core.store.secret import VISITORS, kept_secret
from core.store.work import Database

log = structlog.get_logger(__name__)
MEBIBYTE = 1024 * 1024
# A hundred small questions to the store, asked once for everybody who looks at that moment.
SOURCES_KEPT = timedelta(seconds=10)


class StoreReader:
    """What the pages read, straight from the store."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        """Read from `database`, with the limits of `settings`."""
        self._database = database
        self._settings = settings
        self._clock = clock
        self._told: tuple[datetime, Sequence[Mapping[str, Any]]] | None = None

    async def notice(self, name: str) -> Notice | None:
        """Return one notice, or None."""
        async with self._database.reading() as connection:
            return await notices.notice(connection, name)

    async def revisions(self, name: str) -> Sequence[notices.Revision]:
        """Return every version of a notice that we saw, oldest first."""
        async with self._database.reading() as connection:
            return await notices.revisions(connection, name)

    async def search(self, words: str, limit: int) -> Sequence[Notice]:
        """Return the notices that these words find."""
        async with self._database.reading() as connection:
            return await notices.search(connection, words, limit)

    async def latest(self, limit: int) -> Sequence[Notice]:
        """Return the newest notices."""
        async with self._database.reading() as connection:
            return await notices.latest(connection, limit)

    async def ages(self) -> Sequence[SourceAge]:
        """Return how old each source is."""
        async with self._database.reading() as connection:
            return aged(await notices.source_ages(connection), self._settings)

    async def listed(
        self, wanted: Wanted, limit: int, after: Cursor | None = None
    ) -> listing.Listing:
        """Return the notices that fit, the last published or changed first."""
        async with self._database.reading() as connection:
            return await listing.listed(connection, wanted, limit, after)

    async def fitting(self, wanted: Wanted, found: Sequence[Notice]) -> Sequence[Notice]:
        """Return those of the notices that fit."""
        async with self._database.reading() as connection:
            return await listing.fitting(connection, wanted, found)

    async def entry(self, name: str) -> listing.Entry | None:
        """Return one notice as lists have it, or None."""
        async with self._database.reading() as connection:
            return await listing.entry(connection, name)

    async def choices(self) -> Mapping[str, Sequence[str]]:
        """Return what lists can be narrowed to."""
        async with self._database.reading() as connection:
            return await listing.choices(connection)

    async def weeks(self, today: date, number: int) -> listing.Weeks:
        """Return how many recalls each of the last weeks brought."""
        async with self._database.reading() as connection:
            return await listing.weeks(connection, today, number)

    async def sources(self) -> Sequence[Mapping[str, Any]]:
        """Return what there is to say of every source, as it was within the last seconds."""
        now = self._clock.now()
        if self._told is None or now - self._told[0] > SOURCES_KEPT:
            self._told = now, await source_list.rows(self._database, self._settings, now)
        return self._told[1]

    def authority(self, source: str) -> Authority | None:
        """Return who publishes the notices of a source, None where that is not known."""
        return source_list.authority_of(source)


async def run_all(settings: Settings, clock: Clock | None = None) -> None:
    """Run until a signal asks to stop; raises Failure where it cannot start."""
    set_up(settings)
    clock = clock or SystemClock()
    web_settings = _web_settings()
    with closing(_listener(web_settings)) as listener:
        database = await open_database(settings, clock)
        try:
            await _run(database, settings, clock, (web_settings, listener))
        finally:
            await database.close()


async def _run(
    database: Database,
    settings: Settings,
    clock: Clock,
    web_at: tuple[WebSettings, socket.socket],
) -> None:
    web_settings, listener = await _known_visitors(database, web_at[0]), web_at[1]
    web = Web(web_settings, clock.now)
    async with open_eyes() as eyes:
        reader = StoreReader(database, settings, clock)
        pages = site(web, reader, web_settings, photo_limit=_most_bytes(eyes))
        server = uvicorn.Server(_uvicorn(pages))
        _stop_on_signal(server)
        with closing(await open_talk(database, settings, clock, eyes)) as talk:
            async with (
                _sources_read(database, settings, clock, talk),
                asyncio.TaskGroup() as group,
            ):
                group.create_task(serve([web], talk))
                await _pages(server, listener, web)


@asynccontextmanager
async def _sources_read(
    database: Database, settings: Settings, clock: Clock, talk: Talk
) -> AsyncIterator[None]:
    """Read the sources on schedule meanwhile, and let the conversation know new brands."""

    async def changed() -> None:
        async with database.reading() as connection:
            lexicon = await notices.lexicon(connection)
        if lexicon != talk.lexicon:
            # Arranging thousands of names takes a moment; nobody is to wait for it.
            await asyncio.to_thread(names_of, lexicon)
            talk.learn(lexicon)

    async with open_feeds(database, settings, clock) as feeds:
        schedule = Schedule(await tasks_of(feeds, database, changed), clock.now())
        schedule.start()
        try:
            yield
        finally:
            await schedule.stop()


def _most_bytes(eyes: Eyes | None) -> int | None:
    """Return how large a photo may be, None where none is read."""
    return eyes.limits["size"] * MEBIBYTE if eyes else None


async def _known_visitors(database: Database, settings: WebSettings) -> WebSettings:
    """Return settings whose secret outlives a restart, so that nobody loses their list."""
    if settings.session_secret is not None:
        return settings
    async with database.writing() as connection:
        secret = await kept_secret(connection, VISITORS)
    return settings.model_copy(update={"session_secret": SecretStr(secret)})


def _uvicorn(pages: FastAPI) -> uvicorn.Config:
    """Return how to serve: only our own setting decides whether a proxy is believed."""
    return uvicorn.Config(
        pages,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )


def _web_settings() -> WebSettings:
    try:
        return load(WebSettings)
    except SettingsError as error:
        raise Failure(str(error)) from None


def _listener(settings: WebSettings) -> socket.socket:
    """Take the address before anything else starts, so that a port in use says so at once."""
    where = f"{settings.host}:{settings.port}"
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        listener = socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Failure(
            f"cannot listen at {where}: {reason}; RECALLBOT_WEB_PORT chooses another port"
        ) from None
    listener.setblocking(False)  # noqa: FBT003 - the standard library's own
    return listener


def _stop_on_signal(server: uvicorn.Server) -> None:
    def stop() -> None:
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: Ctrl-C arrives as KeyboardInterrupt
            loop.add_signal_handler(number, stop)


async def _pages(server: uvicorn.Server, listener: socket.socket, web: Web) -> None:
    """Serve the pages until asked to stop; the signals stay ours, so that all stop as one."""
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup(sockets=[listener])
    host, port = listener.getsockname()[:2]
    log.info("ready", address=f"http://{host}:{port}")
    await server.main_loop()
    await web.close()
    await server.shutdown(sockets=[listener])
