"""What programs and other sites may read: who may ask, whether it changed, what went wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import blake2b
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PROBLEM = "application/problem+json"
# Short: a recall is to reach whoever asks often, and an unchanged answer costs one header.
KEPT = "public, max-age=60"
_OPEN = re.compile(r"/api(/(?!docs$).*)?|/feed\.atom|/recalls/[^/]+/cap\.xml")
# Pages that another site may show in a frame: what they show is the same for everybody.
FRAMES = frozenset({"/embed/check", "/embed/recalls"})
DAY = 24 * 60 * 60


def is_open(path: str) -> bool:
    """Say whether any site may read the answer at this address."""
    return _OPEN.fullmatch(path) is not None


def is_framed(path: str) -> bool:
    """Say whether any site may show this page in a frame."""
    return path in FRAMES


class Open:
    """Lets every site read the open addresses, without cookies, and nothing else."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self._app = app
        self._shared = CORSMiddleware(
            app,
            allow_origins=["*"],
            allow_methods=["GET", "HEAD"],
            allow_headers=["If-None-Match", "If-Modified-Since"],
            expose_headers=["ETag", "Last-Modified", "Link", "Retry-After"],
            max_age=DAY,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not is_open(scope["path"]):
            await self._app(scope, receive, send)
            return

        async def send_shared(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Said to everybody, so that a cache may keep one answer for all.
                headers = MutableHeaders(scope=message)
                headers["Access-Control-Allow-Origin"] = "*"
            await send(message)

        await self._shared(scope, receive, send_shared)


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return what went wrong as programs read it (RFC 9457)."""
    body = {"type": "about:blank", "title": _title(status), "status": status, "detail": detail}
    return JSONResponse(body, status, dict(headers or {}), media_type=PROBLEM)


def _title(status: int) -> str:
    known = {each.value: each.phrase for each in HTTPStatus}
    return known.get(status, "Error")


def fresh(request: Request, body: bytes, media_type: str, changed: datetime | None) -> Response:
    """Return the body, or only that the asker has it already.

    `changed` is when what it tells last changed, None where that is not known.
    """
    headers = {"ETag": f'"{blake2b(body, digest_size=16).hexdigest()}"', "Cache-Control": KEPT}
    if changed is not None:
        headers["Last-Modified"] = format_datetime(changed.astimezone(UTC), usegmt=True)
    if _held(request, headers["ETag"], changed):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


def _held(request: Request, mark: str, changed: datetime | None) -> bool:
    marks = request.headers.get("if-none-match")
    if marks is not None:
        held = {each.strip().removeprefix("W/") for each in marks.split(",")}
        return mark in held or "*" in held
    since = request.headers.get("if-modified-since")
    if since is None or changed is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except (ValueError, OverflowError):
        return False
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return changed.replace(microsecond=0) <= zoned
