"""`recallbot run`: the channels that are switched on, one process, one stop."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Sequence
from contextlib import closing, suppress

import structlog
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from bots.app import open_database, open_talk, serve
from bots.ask import aged
from bots.failure import Failure
from bots.logs import set_up
from bots.photo.eyes import open_eyes
from bots.web.channel import Web
from bots.web.settings import WebSettings
from bots.web.site import site
from core.clock import Clock, SystemClock
from core.model.recall import Notice
from core.model.verdict import SourceAge
from core.query.photo import Eyes
from core.settings import Settings, SettingsError, load
from core.store import notices
from core.store.secret import VISITORS, kept_secret
from core.store.work import Database

log = structlog.get_logger(__name__)
MEBIBYTE = 1024 * 1024


class StoreReader:
    """What the pages read, straight from the store."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        """Read from `database`, with the limits of `settings`."""
        self._database = database
        self._settings = settings
        self._clock = clock

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
            async with asyncio.TaskGroup() as group:
                group.create_task(serve([web], talk))
                await _pages(server, listener, web)


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
