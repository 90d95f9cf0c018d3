"""A web server that takes what is posted to it: a hook of JSON, ntfy or Slack."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(slots=True)
class Hook:
    """A web server: it takes whatever is posted, unless it is told to answer otherwise."""

    host: str = ""
    taken: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: list[int | None] = field(default_factory=list)

    @property
    def told(self) -> list[dict[str, Any]]:
        """Return what was posted, in its order."""
        return [body for _, body in self.taken]

    @property
    def shown(self) -> str:
        """Return what its readers see of it."""
        return "\n".join(
            f"{one.get('title', '')}\n{one.get('message', '')}" for one in self.told
        )

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Take a post; it is cut off where the answer is None."""
        status = self.answers.pop(0) if self.answers else 200
        if status == 200 or status is None:
            body = await request.read()
            self.taken.append((request.path_qs, json.loads(body) if body[:1] == b"{" else {}))
        if status is None:
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=status or 200, text="ok")


@asynccontextmanager
async def a_hook() -> AsyncIterator[Hook]:
    """Give a web server that takes posts."""
    hook = Hook()
    application = web.Application(client_max_size=20_000_000)
    application.router.add_route("*", "/{path:.*}", hook.take)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        hook.host = f"127.0.0.1:{runner.addresses[0][1]}"
        yield hook
    finally:
        await runner.cleanup()
