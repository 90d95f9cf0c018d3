"""How many recalls there were each week, by hazard: a picture, and the numbers beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from bots.web.facts import number
from bots.web.pages import Pages
from bots.web.reader import Reader
from core.model.recall import HazardKind
from core.store.listing import Weeks
from core.text.translations import Translator

SHOWN_WEEKS = 26
MOST_SERIES = 7


@dataclass(frozen=True, slots=True)
class Series:
    """One hazard, or the rest of them: its name, and how many recalls each week."""

    name: str
    counts: tuple[int, ...]


class Charts:
    """Serves the picture and the page it stands on."""

    def __init__(self, reader: Reader, pages: Pages, now: Callable[[], datetime]) -> None:
        """Read from `reader`, show by `pages`; `now` tells the time in UTC."""
        self._reader = reader
        self._pages = pages
        self._now = now

    def routes(self) -> APIRouter:
        """Return the addresses it answers."""
        router = APIRouter()
        both = ["GET", "HEAD"]
        router.add_api_route("/weeks", self.page, methods=both, response_model=None)
        router.add_api_route("/weeks.svg", self.picture, methods=both, response_model=None)
        return router

    async def page(self, request: Request) -> Response:
        """Show the picture and its numbers, the newest week first."""
        weeks, words = await self._weeks(), self._pages.words(request)
        shown = series(weeks, words)
        rows = [
            (monday, recalls, [one.counts[place] for one in shown])
            for place, (monday, recalls) in enumerate(
                zip(weeks.mondays, weeks.recalls, strict=True)
            )
        ]
        return self._pages.show(
            request, "weeks.html", shown=shown, rows=rows[::-1], weeks=weeks, number=number
        )

    async def picture(self, request: Request) -> Response:
        """Draw it."""
        from bots.web.drawing import draw  # noqa: PLC0415 - slow to import, and rarely needed

        weeks, words = await self._weeks(), self._pages.words(request)
        shown = series(weeks, words)
        drawn = await asyncio.to_thread(draw, weeks.mondays, shown, words)
        return Response(drawn, media_type="image/svg+xml")

    async def _weeks(self) -> Weeks:
        return await self._reader.weeks(self._now().date(), SHOWN_WEEKS)


def series(weeks: Weeks, words: Translator) -> tuple[Series, ...]:
    """Return the most frequent hazards, the rest of them together."""
    ranked = sorted(
        (kind for kind in weeks.hazards if kind is not HazardKind.OTHER),
        key=lambda kind: -sum(weeks.hazards[kind]),
    )
    shown = [
        Series(words(f"web_hazard_{kind}"), weeks.hazards[kind])
        for kind in ranked[:MOST_SERIES]
    ]
    rest = [*ranked[MOST_SERIES:], *(k for k in weeks.hazards if k is HazardKind.OTHER)]
    if rest:
        summed = zip(*(weeks.hazards[kind] for kind in rest), strict=True)
        shown.append(Series(words("web_weeks_rest"), tuple(sum(each) for each in summed)))
    return tuple(shown)
