"""What every request meets first: size, pace and failures; and the headers of every answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bots.web.limits import MOST_BYTES, Limits
from bots.web.multipart import is_multipart, most_bytes
from bots.web.openness import is_open
from bots.web.pages import Pages
from core.channel import TryLater

BODY_SECONDS = 15
ENDLESS = 10**20
PHOTOS_AT = "/messages"
STATIC_FILES = "/static/"
# Pages name the files with a mark that changes when they do.
STATIC_KEPT = "public, max-age=3600"
# What a page says depends on the language the browser asks for, or the visitor chose.
VARY = "Accept-Language, Cookie"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
TRANSPORT = {"Strict-Transport-Security": "max-age=31536000"}

log = structlog.get_logger(__name__)


class Headers:
    """Adds to every answer what keeps a browser from being tricked with it."""

    def __init__(self, app: ASGIApp, *, encrypted: bool) -> None:
        """Wrap `app`; `encrypted` where people reach it by https."""
        self._app = app
        self._headers = HEADERS | (TRANSPORT if encrypted else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        static = scope.get("path", "").startswith(STATIC_FILES)
        shared = is_open(scope.get("path", ""))
        kept = STATIC_KEPT if static else "no-store"

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                headers.setdefault("Cache-Control", kept)
                if shared:
                    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
                elif not static:
                    headers.add_vary_header(VARY)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class Failures:
    """Turns an exception into a page, and logs its kind and place but never its text."""

    def __init__(self, app: ASGIApp, pages: Pages) -> None:
        """Wrap `app`; show failures by `pages`."""
        self._app = app
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_and_note(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except Exception as error:
            # No trace: it may quote what somebody wrote.
            log.error("page_failed", error=type(error).__name__, at=_place(error))  # noqa: TRY400 - see above
            if not started:
                response = self._pages.error(Request(scope), 500)
                await response(scope, receive, send)


def _place(error: Exception) -> str:
    """Return the file and line that raised."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else ""


class Pace:
    """Refuses an address that asks for too many pages."""

    def __init__(
        self, app: ASGIApp, pages: Pages, limits: Limits, now: Callable[[], datetime]
    ) -> None:
        """Wrap `app`; count by `limits`."""
        self._app = app
        self._pages = pages
        self._limits = limits
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and not scope["path"].startswith(STATIC_FILES):
            request = Request(scope)
            wait = self._limits.page(request, self._now())
            if wait:
                response = self._pages.error(request, 429, wait)
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)


class Size:
    """Reads the whole body before anybody looks at it, and refuses one that is too large.

    A form with a photo is let through to be read as it comes, a few at a time.
    """

    def __init__(
        self,
        app: ASGIApp,
        pages: Pages,
        limits: Limits,
        patience_seconds: float = BODY_SECONDS,
    ) -> None:
        """Wrap `app`; refuse by `pages` what is too large or takes longer to arrive."""
        self._app = app
        self._pages = pages
        self._limits = limits
        self._patience_seconds = patience_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            if self._limits.photo_bytes is not None and _may_hold_a_photo(request):
                await self._let_in(request, self._limits.photo_bytes, send)
                return
            async with asyncio.timeout(self._patience_seconds):
                body = await _whole_body(request)
        except ClientDisconnect:
            return
        except TimeoutError:
            await self._refuse(408, scope, receive, send)
            return
        if body is None:
            await self._refuse(413, scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)

    async def _let_in(self, request: Request, photo_bytes: int, send: Send) -> None:
        """Hold a place for a photo while it arrives and is answered."""
        if _claimed(request, 0) > most_bytes(photo_bytes):
            await self._refuse(413, request.scope, request.receive, send)
            return
        try:
            with self._limits.upload(request):
                await self._app(request.scope, request.receive, send)
        except TryLater as later:
            response = self._pages.error(request, 503, later.retry_after)
            await _cut_off(response)(request.scope, request.receive, send)

    async def _refuse(self, status: int, scope: Scope, receive: Receive, send: Send) -> None:
        response = self._pages.error(Request(scope), status)
        await _cut_off(response)(scope, receive, send)


def _cut_off(response: Response) -> Response:
    """What is left of the body is not read, so the connection cannot be used again."""
    response.headers["Connection"] = "close"
    return response


async def _whole_body(request: Request) -> bytes | None:
    """Return the body, or None where it is, or claims to be, too large."""
    if _claimed(request, 0) > MOST_BYTES:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)


def _may_hold_a_photo(request: Request) -> bool:
    content_type = request.headers.get("content-type", "")
    large = _claimed(request, MOST_BYTES + 1) > MOST_BYTES
    return large and request.url.path == PHOTOS_AT and is_multipart(content_type)


def _claimed(request: Request, unknown: int) -> int:
    """Return how long the body claims to be, `unknown` without a claim; nonsense is endless."""
    claimed = request.headers.get("content-length")
    if claimed is None:
        return unknown
    return int(claimed[:20]) if claimed.isascii() and claimed.isdecimal() else ENDLESS


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed
