"""A Mastodon on loopback: mastodon_mock, and in front of it what can go wrong on the way."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import aiohttp
import httpx
from aiohttp import web
from mastodon_mock.config import (
    DatabaseConfig,
    MastodonMockConfig,
    SeedAccount,
    SeedConfig,
)
from mastodon_mock.testing import MockServer

_TAG = re.compile(r"<[^>]*>")
NAME = "recalls"
TOKEN = "mock_token"
OTHER_NAME = "warnings"
OTHER_TOKEN = "other_token"
SEED = SeedConfig(
    accounts=[
        SeedAccount(username=NAME, access_token=TOKEN, bot=True),
        SeedAccount(username=OTHER_NAME, access_token=OTHER_TOKEN),
    ]
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What becomes of the next request like this: another answer, or a cut connection.

    Where it is `cut`, the server has taken it if it `arrives`.
    """

    method: str
    path: str
    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    arrives: bool = False


@dataclass(slots=True)
class MastodonServer:
    """An instance with two accounts, as a client reaches it.

    It answers while it is `opened`, and notes that it was `called`.
    """

    mock: str
    session: aiohttp.ClientSession
    host: str = ""
    asked: list[tuple[str, str, Mapping[str, str], str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    called: asyncio.Event = field(default_factory=asyncio.Event)
    _stands: dict[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """Return what its readers see of all that came through here."""
        return unescape(_TAG.sub("\n", "\n".join(self._stands.values())))

    @property
    def standing(self) -> list[str]:
        """Return how all that stands on the first account reads now, oldest first.

        The instance itself is asked, which also has what nobody waited for the answer to.
        """
        found: list[dict[str, Any]] = []
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with httpx.Client(base_url=f"{self.mock}/api/v1/accounts", headers=headers) as http:
            me = http.get("/verify_credentials").raise_for_status().json()["id"]
            page: list[dict[str, Any]] = [{}]
            while page:
                older = {"max_id": found[-1]["id"]} if found else {}
                answer = http.get(f"/{me}/statuses", params={"limit": 40, **older})
                page = answer.raise_for_status().json()
                found += page
        return [unescape(_TAG.sub("\n", one["content"])) for one in reversed(found)]

    @property
    def login(self) -> str:
        """Return the first account as the settings want it."""
        return f"{NAME}@{self.host}:{TOKEN}"

    @property
    def chat(self) -> str:
        """Return the first account as an address has it."""
        return f"{NAME}@{self.host}"

    def fails(self, method: str, path: str, **more: Any) -> None:
        """Let the next such request go wrong."""
        self.faults.append(Fault(method, path, **more))

    def asked_for(self, method: str, path: str) -> list[tuple[Mapping[str, str], str]]:
        """Return the headers and bodies of such requests, in their order."""
        return [
            (head, body)
            for how, where, head, body in self.asked
            if (how, where) == (method, path)
        ]

    async def statuses(self, token: str = TOKEN) -> list[dict[str, Any]]:
        """Return what stands on an account, oldest first."""
        me = await self._read("/api/v1/accounts/verify_credentials", token)
        newest = await self._read(f"/api/v1/accounts/{me['id']}/statuses", token)
        return list(reversed(newest))

    async def _read(self, path: str, token: str) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        async with self.session.get(f"{self.mock}{path}", headers=headers) as answer:
            return await answer.json()

    async def pass_on(self, request: web.Request) -> web.StreamResponse:
        """Answer as the mock does, unless something is to go wrong."""
        body = await request.read()
        path = request.path.rstrip("/")
        told = body.decode(errors="replace")
        self.asked.append((request.method, path, dict(request.headers), told))
        self.called.set()
        await self.opened.wait()
        fault = self._fault(request.method, path)
        if fault and not fault.cut:
            return web.Response(status=fault.status, text=fault.body, headers=fault.headers)
        answer = None if fault and not fault.arrives else await self._passed(request, body)
        if fault or answer is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return answer

    def _fault(self, method: str, path: str) -> Fault | None:
        for fault in self.faults:
            if (fault.method, fault.path) == (method, path):
                self.faults.remove(fault)
                return fault
        return None

    async def _passed(self, request: web.Request, body: bytes) -> web.Response:
        kept = {"Authorization", "Content-Type", "Idempotency-Key"}
        headers = {name: text for name, text in request.headers.items() if name in kept}
        url = f"{self.mock}{request.path_qs}"
        async with self.session.request(
            request.method, url, data=body, headers=headers
        ) as answer:
            content = await answer.read()
            if request.method in {"POST", "PUT"} and "/statuses" in request.path and answer.ok:
                status = json.loads(content)
                self._stands[status["id"]] = status["content"]
            kind = answer.headers.get("Content-Type", "application/json")
            return web.Response(
                body=content, status=answer.status, headers={"Content-Type": kind}
            )


@asynccontextmanager
async def a_mastodon() -> AsyncIterator[MastodonServer]:
    """Give an instance on which nobody has posted."""
    config = MastodonMockConfig(database=DatabaseConfig(path=":memory:"), seed=SEED)
    mock = MockServer(config=config)
    await asyncio.to_thread(mock.start)
    try:
        async with aiohttp.ClientSession() as session:
            server = MastodonServer(mock.base_url, session)
            server.opened.set()
            application = web.Application(client_max_size=20_000_000)
            application.router.add_route("*", "/{path:.*}", server.pass_on)
            runner = web.AppRunner(application)
            await runner.setup()
            try:
                site = web.TCPSite(runner, "127.0.0.1", 0)
                await site.start()
                server.host = f"127.0.0.1:{runner.addresses[0][1]}"
                yield server
            finally:
                await runner.cleanup()
    finally:
        await asyncio.to_thread(mock.stop)
