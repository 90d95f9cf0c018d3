"""The pages on the network: an address taken first of all, and a stop that is ours."""

from __future__ import annotations

import asyncio
import socket

import uvicorn
from fastapi import APIRouter, FastAPI

from bots.failure import Failure
from bots.web.settings import WebSettings

GRACE_SECONDS = 4


class PageServer:
    """Serves the pages, and before them whatever platforms call, until it is stopped."""

    def __init__(self, pages: FastAPI, listener: socket.socket) -> None:
        """Serve `pages` at an address that is taken already; nothing is answered yet."""
        # What platforms call is not paced like visitors: they come from few addresses.
        self._door = FastAPI(openapi_url=None, redirect_slashes=False)
        self._door.mount("", pages)
        self._listener = listener
        self._server = uvicorn.Server(_config(self._door))
        self._serving: asyncio.Task[None] | None = None

    @property
    def address(self) -> str:
        """Return where the pages are."""
        host, port = self._listener.getsockname()[:2]
        return f"http://{host}:{port}"

    def mount(self, router: APIRouter) -> None:
        """Answer what `router` knows, too."""
        self._door.router.routes[:0] = router.routes

    async def start(self) -> None:
        """Answer from now on; the signals stay ours, so that all stop as one."""
        server = self._server
        server.config.load()
        server.lifespan = server.config.lifespan_class(server.config)
        await server.startup(sockets=[self._listener])
        self._serving = asyncio.create_task(server.main_loop())

    async def stop(self) -> None:
        """Take no more requests, and finish those under way within seconds."""
        self._server.should_exit = True
        if self._serving is not None:
            await self._serving
            await self._server.shutdown(sockets=[self._listener])


def _config(pages: FastAPI) -> uvicorn.Config:
    """Return how to serve: only our own setting decides whether a proxy is believed."""
    return uvicorn.Config(
        pages,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def listener_of(settings: WebSettings) -> socket.socket:
    """Take the address before anything else starts, so that a port in use says so at once.

    Raises Failure.
    """
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
