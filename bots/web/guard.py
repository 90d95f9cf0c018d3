"""What every request meets first: size, pace and failures; and the headers of every answer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import datetime

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bots.web.limits import MOST_BYTES, MOST_CARD_PHOTO_BYTES, Limits
from bots.web.multipart import is_multipart, most_bytes
from bots.web.openness import is_framed, is_open
from bots.web.pages import Pages
from core.channel import TryLater

BODY_SECONDS = 15
ENDLESS = 10**20
PHOTOS_AT = "/messages"
CARD_PHOTOS_AT = re.compile(r"/desk/drafts/[0-9]+/[0-9]+/photo")
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
# Other sites load the script that sizes our frames, and show the frames themselves.
SCRIPT_FOR_OTHERS = "/static/embed.js"
SHARED = {"Cross-Origin-Resource-Policy": "cross-origin"}
POLICY = "Content-Security-Policy"
FRAMED = {
    **{name: value for name, value in HEADERS.items() if name != "X-Frame-Options"},
    **SHARED,
    POLICY: HEADERS[POLICY].replace("frame-ancestors 'none'", "frame-ancestors *"),
}
# The page that shows site owners what a frame looks like.
FRAMING_PAGE = "/embed"
FRAMING = HEADERS | {POLICY: f"{HEADERS[POLICY]}; frame-src 'self'"}
TRANSPORT = {"Strict-Transport-Security": "max-age=31536000"}

log = structlog.get_logger(__name__)


class Headers:
    """Adds to every answer what keeps a browser from being tricked with it."""

    def __init__(self, app: ASGIApp, *, encrypted: bool) -> None:
        """Wrap `app`; `encrypted` where people reach it by https."""
        self._app = app
        self._transport = TRANSPORT if encrypted else {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope.get("path", "")
        static = path.startswith(STATIC_FILES)
        kept = STATIC_KEPT if static else "no-store"
        vary = _vary(path)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_headers(path) | self._transport)
                headers.setdefault("Cache-Control", kept)
                if vary:
                    headers.add_vary_header(vary)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _headers(path: str) -> dict[str, str]:
    """Return the headers of an answer at this address."""
    if is_framed(path):
        return FRAMED
    if is_open(path) or path == SCRIPT_FOR_OTHERS:
        return HEADERS | SHARED
    return FRAMING if path == FRAMING_PAGE else HEADERS


def _vary(path: str) -> str:
    """Return by what an answer differs; a frame knows no cookie."""
    if is_open(path) or path.startswith(STATIC_FILES):
        return ""
    return "Accept-Language" if is_framed(path) else VARY


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
            photo_bytes = _photo_bytes(request, self._limits)
            if photo_bytes is not None:
                await self._let_in(request, photo_bytes, send)
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


def _photo_bytes(request: Request, limits: Limits) -> int | None:
    """Return how large the photo in a request may be, None where none is taken."""
    large = _claimed(request, MOST_BYTES + 1) > MOST_BYTES
    if not large or not is_multipart(request.headers.get("content-type", "")):
        return None
    if CARD_PHOTOS_AT.fullmatch(request.url.path):
        return MOST_CARD_PHOTO_BYTES
    return limits.photo_bytes if request.url.path == PHOTOS_AT else None


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
