"""What stands between us and Bluesky, and on order answers itself or cuts the line."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType, TracebackType
from typing import Self

import aiohttp
from aiohttp import web

PUT = "com.atproto.repo.putRecord"
UPLOAD = "com.atproto.repo.uploadBlob"
LOG_IN = "com.atproto.server.createSession"
REFRESH = "com.atproto.server.refreshSession"
READ = "com.atproto.repo.getRecord"
_NONE: Mapping[str, str] = MappingProxyType({})
_TOLD = ("Content-Type", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset")


class Between:
    """Passes everything on, and keeps in `asked` what was."""

    def __init__(self, behind: str) -> None:
        """Stand in front of the server at that address."""
        self.asked: list[str] = []
        self._behind = behind
        self._cuts: list[str] = []
        self._refusals: dict[str, list[web.Response]] = {}

    async def __aenter__(self) -> Self:
        """Open the line."""
        application = web.Application(client_max_size=10_000_000)
        application.router.add_route("*", "/xrpc/{method}", self._pass)
        self._session = aiohttp.ClientSession()
        self._runner = web.AppRunner(application)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the line."""
        del kind, error, trace
        await self._runner.cleanup()
        await self._session.close()

    def cuts(self, method: str) -> None:
        """Cut the line once that arrived, before it is answered; once."""
        self._cuts.append(method)

    def refuses(
        self, method: str, status: int, body: str, headers: Mapping[str, str] = _NONE
    ) -> None:
        """Answer that with this, once, and pass nothing on."""
        answer = web.Response(status=status, text=body, headers=headers)
        answer.content_type = "application/json" if body.startswith("{") else "text/html"
        self._refusals.setdefault(method, []).append(answer)

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        self.asked.append(method)
        if self._refusals.get(method):
            return self._refusals[method].pop(0)
        answer = await self._passed_on(request)
        if method in self._cuts and request.transport:
            self._cuts.remove(method)
            request.transport.abort()
        return answer

    async def _passed_on(self, request: web.Request) -> web.Response:
        wanted = {"Authorization", "Content-Type"}
        headers = {name: value for name, value in request.headers.items() if name in wanted}
        url = f"{self._behind}{request.path_qs}"
        body = await request.read()
        async with self._session.request(
            request.method, url, data=body or None, headers=headers
        ) as answer:
            told = {name: answer.headers[name] for name in _TOLD if name in answer.headers}
            return web.Response(status=answer.status, body=await answer.read(), headers=told)
