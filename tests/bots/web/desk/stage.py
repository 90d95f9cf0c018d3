"""A stage for the desk: a real database, the pages, people who can sign in."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pyotp
import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI

from bots.web.channel import Web
from bots.web.desk.codes import digest_of, new_recovery, new_totp
from bots.web.desk.desk import Desk, desk
from bots.web.desk.newsroom import Newsroom
from bots.web.desk.passwords import Passwords
from bots.web.desk.roles import Role
from bots.web.settings import WebSettings
from bots.web.site import site
from core.store import audit, operators
from core.store.audit import Entry
from core.store.operators import Known, Secrets
from core.store.work import Database
from tests.bots.web.stage import HOST, Shelf, Ticking

# As weak as Argon2 may be: what is tested is not its cost.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "seven green bottles"
OTHER = "eight amber lanterns"
SETTINGS = WebSettings(messages_per_minute=10_000)


@dataclass(frozen=True, slots=True)
class Somebody:
    """Somebody who works at the desk, with everything they know."""

    name: str
    totp: str = field(default_factory=new_totp)
    codes: tuple[str, ...] = field(default_factory=new_recovery)

    def code(self, at: datetime) -> str:
        """Return what their app shows."""
        return pyotp.TOTP(self.totp).at(at)


def token_in(page: str) -> str:
    """Return the token that the page's forms carry, "" where it has none."""
    found = re.search(r'name="token" value="([^"]*)"', page)
    return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class DeskStage:
    """The database, the desk, the time, and a browser without JavaScript."""

    database: Database
    desk: Desk
    app: FastAPI
    clock: Ticking
    client: httpx.AsyncClient

    async def somebody(self, name: str = "ann", role: Role = Role.ADMIN) -> Somebody:
        """Let somebody work at the desk."""
        one = Somebody(name)
        await put(self.database, one, role, self.clock.now())
        return one

    async def sign_in(self, one: Somebody, **fields: str) -> httpx.Response:
        """Sign in as the browser would, with a code that was not used yet."""
        self.clock.ahead += timedelta(seconds=60)
        return await self.try_in(
            one.name, fields.pop("password", PASSWORD), one.code(self.clock.now()), **fields
        )

    async def try_in(
        self, name: str, password: str, code: str, **fields: str
    ) -> httpx.Response:
        """Open the page and send its form."""
        typed = {"name": name, "password": password, "code": code, **fields}
        return await self.send("/desk/sign-in", typed)

    async def send(
        self, path: str, fields: Mapping[str, str], page: str | None = None
    ) -> httpx.Response:
        """Open a page, and send a form with its token to `path`."""
        shown = await self.client.get(page or path)
        filled = {"token": token_in(shown.text), **fields}
        return await self.client.post(path, data=filled)

    @asynccontextmanager
    async def another(self) -> AsyncIterator[DeskStage]:
        """Give the same desk in another browser."""
        async with browser_of(self.app) as client:
            yield DeskStage(self.database, self.desk, self.app, self.clock, client)

    async def log(self) -> list[Entry]:
        """Return what was written down, the oldest first."""
        async with self.database.reading() as connection:
            return [*reversed(await audit.page(connection, 1000))]

    async def known(self, name: str) -> Known:
        """Return what is kept of somebody."""
        async with self.database.reading() as connection:
            found = await operators.by_name(connection, name)
        assert found
        return found


async def put(database: Database, one: Somebody, role: Role, now: datetime) -> None:
    """Let somebody work at the desk of that database."""
    secrets = Secrets(CHEAP.hash(PASSWORD), one.totp, tuple(map(digest_of, one.codes)))
    async with database.writing() as connection:
        await operators.add(connection, one.name, role.value, secrets, now)


def browser_of(app: FastAPI, address: str = "203.0.113.1") -> httpx.AsyncClient:
    """Return a browser at that address."""
    transport = httpx.ASGITransport(app, client=(address, 1234))
    return httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}")


@asynccontextmanager
async def at_the_desk(
    folder: Path, settings: WebSettings = SETTINGS
) -> AsyncIterator[DeskStage]:
    """Yield the pages with the desk in them, on an empty database in `folder`."""
    database = await Database.open(f"sqlite:///{folder / 'desk.db'}")
    clock = Ticking()
    app, the_desk = pages_with(database, clock, settings)
    try:
        async with browser_of(app) as client:
            yield DeskStage(database, the_desk, app, clock, client)
    finally:
        await database.close()


def pages_with(
    database: Database,
    clock: Ticking,
    settings: WebSettings = SETTINGS,
    newsroom: Newsroom | None = None,
) -> tuple[FastAPI, Desk]:
    """Return the pages with the desk in them."""
    app = site(Web(settings, clock.now), Shelf(), settings)
    the_desk = desk(database, clock.now, settings, newsroom, Passwords(CHEAP))
    the_desk.put_into(app)
    return app, the_desk


@contextmanager
def desk_served(folder: Path, *people: tuple[Somebody, Role]) -> Iterator[str]:
    """Yield the address of the desk on a real server, with these people."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    started: Future[uvicorn.Server] = Future()

    async def run() -> None:
        database = await Database.open(f"sqlite:///{folder / 'desk.db'}")
        for one, role in people:
            await put(database, one, role, datetime.now(UTC))
        app, _ = pages_with(database, Ticking())
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, proxy_headers=False))
        started.set_result(server)
        await server.serve(sockets=[listener])
        await database.close()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    server = started.result(timeout=60)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)
        listener.close()
