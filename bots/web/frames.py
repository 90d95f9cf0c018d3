"""Small pages for frames on other sites: a question answered, and the newest recalls.

They need no script and no cookie, and keep nothing. What they answer is what a public group is
told: the model is spoken of, and a serial number is neither read nor repeated.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bots.web.channel import Web
from bots.web.form import fields
from bots.web.limits import Limits
from bots.web.openness import fresh
from bots.web.pages import Pages, theme
from bots.web.reader import Reader
from bots.web.recalls import asked_of
from core.channel import TryLater
from core.text.names import region_names

LONGEST_QUESTION = 200
USUAL, MOST = 5, 20
HTML = "text/html; charset=utf-8"
NO_ANSWER_PAUSE = timedelta(seconds=20)


class Frames:
    """Serves the frames."""

    def __init__(self, web: Web, reader: Reader, pages: Pages, limits: Limits) -> None:
        """Ask through `web`, read from `reader`, show by `pages`, refuse by `limits`."""
        self._web = web
        self._reader = reader
        self._pages = pages
        self._limits = limits

    def routes(self) -> APIRouter:
        """Return the addresses it answers."""
        router = APIRouter(default_response_class=HTMLResponse)
        both = ["GET", "HEAD"]
        router.add_api_route("/embed/check", self.form, methods=both, response_model=None)
        router.add_api_route("/embed/check", self.check, methods=["POST"], response_model=None)
        router.add_api_route("/embed/recalls", self.recalls, methods=both, response_model=None)
        return router

    async def form(self, request: Request) -> Response:
        """Show the field, with what the site around it wrote into it; nothing is asked yet."""
        asked = " ".join(request.query_params.get("q", "")[:LONGEST_QUESTION].split())
        return self._check(request, 200, draft=asked)

    async def check(self, request: Request) -> Response:
        """Answer a question; its words stand neither in an address nor on the page again."""
        text = " ".join((await fields(request)).get("text", "").split())
        words = self._pages.words(request)
        if not text:
            return self._check(request, 400, notice=words("web_empty"))
        if len(text) > LONGEST_QUESTION:
            notice = words("web_too_long", limit=LONGEST_QUESTION, size=len(text))
            return self._check(request, 413, notice=notice)
        if wait := self._limits.question(request, self._web.now()):
            return self._pages.error(request, 429, wait)
        try:
            answer = await self._web.asked(text, words.lang)
        except TryLater as later:
            return self._pages.error(request, 503, later.retry_after)
        if answer is None:
            return self._pages.error(request, 503, NO_ANSWER_PAUSE)
        return self._check(request, 200, answer=answer)

    def _check(
        self,
        request: Request,
        status: int,
        *,
        draft: str = "",
        notice: str = "",
        answer: str = "",
    ) -> Response:
        page = self._pages.html(
            request,
            "embed_check.html",
            theme=theme(request),
            again=_again(request),
            draft=draft,
            notice=notice,
            answer=answer,
            longest=LONGEST_QUESTION,
        )
        return HTMLResponse(page, status)

    async def recalls(self, request: Request) -> Response:
        """Show the recalls that fit, the last published or changed first."""
        asked = asked_of(request, "limit")
        limit = min(asked.limit, MOST) if "limit" in asked.model_fields_set else USUAL
        part = await self._reader.listed(asked.wanted, limit, None)
        named = (self._reader.authority(entry.source) for entry in part.entries)
        lines = dict.fromkeys(one.attribution for one in named if one and one.attribution)
        page = self._pages.html(
            request,
            "embed_recalls.html",
            theme=theme(request),
            found=[entry.notice for entry in part.entries],
            attributions=tuple(lines),
            narrowing=asked.narrowing,
            region_names=region_names,
        )
        return fresh(request, page.encode(), HTML, None)


def _again(request: Request) -> str:
    """Return where the next question goes: the same frame, in the same language and look."""
    kept = {
        name: request.query_params[name][:40]
        for name in ("lang", "theme")
        if name in request.query_params
    }
    return f"/embed/check?{urlencode(kept)}" if kept else "/embed/check"
