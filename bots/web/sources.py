"""The page of the sources: whose recalls are read, on what terms, how fresh, what is odd."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from babel.dates import format_timedelta
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from bots.web.facts import number
from bots.web.pages import Pages
from bots.web.reader import Reader
from core.text.compose import source_name
from core.text.translations import Translator


class Sources:
    """Serves it."""

    def __init__(self, reader: Reader, pages: Pages, now: Callable[[], datetime]) -> None:
        """Read from `reader`, show by `pages`; `now` tells the time in UTC."""
        self._reader = reader
        self._pages = pages
        self._now = now

    def routes(self) -> APIRouter:
        """Return the addresses it answers."""
        router = APIRouter()
        both = ["GET", "HEAD"]
        router.add_api_route("/sources", self.page, methods=both, response_model=None)
        return router

    async def page(self, request: Request) -> Response:
        """Show each source with its terms, its age and what is odd about it."""
        ages = {age.name: age for age in await self._reader.ages()}
        return self._pages.show(
            request,
            "sources.html",
            rows=await self._reader.sources(),
            ages=ages,
            now=self._now(),
            source_name=source_name,
            number=number,
            long_ago=long_ago,
            day_of=lambda text: datetime.fromisoformat(text).date(),
        )


def long_ago(seconds: int, words: Translator) -> str:
    """Return how long ago something was: "3 days"."""
    return format_timedelta(timedelta(seconds=seconds), locale=words.locale)
