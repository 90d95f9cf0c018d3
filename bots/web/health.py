"""How fresh what we hold is: a page for people, and the same for machines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bots.web.pages import Pages
from bots.web.reader import Reader
from core.text.compose import source_name


class Health:
    """Serves both."""

    def __init__(self, reader: Reader, pages: Pages, now: Callable[[], datetime]) -> None:
        """Read from `reader`, show by `pages`; `now` tells the time in UTC."""
        self._reader = reader
        self._pages = pages
        self._now = now

    def routes(self) -> APIRouter:
        """Return the addresses it answers."""
        router = APIRouter()
        both = ["GET", "HEAD"]
        router.add_api_route("/health", self.page, methods=both, response_model=None)
        router.add_api_route("/health.json", self.machine, methods=both, response_model=None)
        return router

    async def page(self, request: Request) -> Response:
        """Show each source, its age, and whether a negative answer may rest on it."""
        ages = await self._reader.ages()
        return self._pages.show(
            request, "health.html", ages=ages, now=self._now(), source_name=source_name
        )

    async def machine(self) -> Response:
        """Return the same as JSON; a stale source is told, but the pages still work."""
        now = self._now()
        ages = await self._reader.ages()
        fresh = bool(ages) and all(age.fresh(now) for age in ages)
        sources = [
            {
                "name": age.name,
                "as_of": age.as_of.isoformat(),
                "limit_days": age.limit.days,
                "fresh": age.fresh(now),
            }
            for age in ages
        ]
        status = "ok" if fresh else "stale"
        return JSONResponse({"status": status, "now": now.isoformat(), "sources": sources})
