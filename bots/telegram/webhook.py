"""Hearing by webhook: Telegram calls a page of ours with every update."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Callable
from hashlib import sha256

from fastapi import APIRouter, Request, Response
from starlette.status import (
    HTTP_200_OK,
    HTTP_400_BAD_REQUEST,
    HTTP_401_UNAUTHORIZED,
    HTTP_503_SERVICE_UNAVAILABLE,
)
from telegram import Bot, Update

PATH = "/telegram/webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
# An update is text and the names of files; Telegram's own are a few kilobytes.
LARGEST_UPDATE = 1024 * 1024
TOO_LARGE = 413
# Telegram asks again where it gets no answer. It keeps up to 40 calls open side by side, so
# that what takes long holds up few others.
PATIENCE_SECONDS = 25
MOST_REMEMBERED = 2_000


def secret_of(token: str) -> str:
    """Return what Telegram shows us to be believed: nobody without the token knows it."""
    return hmac.new(token.encode(), b"recallbot webhook", sha256).hexdigest()


class Webhook:
    """Takes each update once, and says yes when it was settled."""

    def __init__(
        self, bot: Bot, secret: str, take: Callable[[Update], asyncio.Task[None] | None]
    ) -> None:
        """Hand updates to `take`, which returns None where that cannot be now."""
        self._bot = bot
        self._secret = secret
        self._take = take
        self._taken: dict[int, asyncio.Task[None]] = {}

    def routes(self) -> APIRouter:
        """Return the page that Telegram calls."""
        router = APIRouter()
        router.add_api_route(PATH, self.called, methods=["POST"], include_in_schema=False)
        return router

    async def called(self, request: Request) -> Response:
        """Answer one call: 200 is a promise that the update was settled."""
        shown = request.headers.get(HEADER, "").encode()
        if not hmac.compare_digest(shown, self._secret.encode()):
            return Response(status_code=HTTP_401_UNAUTHORIZED)
        body = await _body(request)
        if body is None:
            return Response(status_code=TOO_LARGE)
        update = self._update(body)
        if update is None:
            return Response(status_code=HTTP_400_BAD_REQUEST)
        done = await self._settled(update)
        return Response(status_code=HTTP_200_OK if done else HTTP_503_SERVICE_UNAVAILABLE)

    def _update(self, body: bytes) -> Update | None:
        try:
            return Update.de_json(json.loads(body), self._bot)
        except (ValueError, TypeError, KeyError, AttributeError):
            return None

    async def _settled(self, update: Update) -> bool:
        """Return whether it was; an update that comes again waits for the same end."""
        task = self._taken.get(update.update_id) or self._begun(update)
        if task is None:
            return False
        await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
        return task.done() and not task.cancelled()

    def _begun(self, update: Update) -> asyncio.Task[None] | None:
        task = self._take(update)
        if task is None:
            return None
        if len(self._taken) >= MOST_REMEMBERED:
            # What is not answered must be known when it comes again, however old it is.
            old = next(number for number, one in self._taken.items() if one.done())
            del self._taken[old]
        self._taken[update.update_id] = task
        return task


async def _body(request: Request) -> bytes | None:
    """Return the body, None where it is larger than any update."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_UPDATE:
            return None
    return bytes(body)
