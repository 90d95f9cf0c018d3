"""The page of the outbox: how much was told and what became of it, in numbers alone."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from bots.web.facts import number
from bots.web.pages import Pages
from bots.web.reader import Reader
from core.text.translations import Translator


class Outbox:
    """Serves it."""

    def __init__(self, reader: Reader, pages: Pages) -> None:
        """Read from `reader`, show by `pages`."""
        self._reader = reader
        self._pages = pages

    def routes(self) -> APIRouter:
        """Return the addresses it answers."""
        router = APIRouter()
        both = ["GET", "HEAD"]
        router.add_api_route("/outbox", self.page, methods=both, response_model=None)
        return router

    async def page(self, request: Request) -> Response:
        """Show how many deliveries there are of each kind."""
        rows = await self._reader.outbox()
        return self._pages.show(request, "outbox.html", rows=rows, number=number, named=named)


def named(kind: str, name: str | None, words: Translator) -> str:
    """Return a state, a reason or why something rests, in words; nothing for None."""
    if not name:
        return ""
    key = f"web_outbox_{kind}_{name}"
    return words(key if words.has(key) else "web_outbox_why_other")
