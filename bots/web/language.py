"""The language menu: what a visitor chooses counts for the pages and for the conversation."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bots.web.channel import Said, Web
from bots.web.form import fields
from bots.web.limits import Limits
from bots.web.pages import LANGUAGE_COOKIE, Pages
from bots.web.visitor import KEPT_SECONDS, Visitors
from core.channel import TryLater
from core.text.translations import spoken

LONGEST_ADDRESS = 4_000


class Language:
    """Takes the choice of a language."""

    def __init__(self, web: Web, pages: Pages, limits: Limits, visitors: Visitors) -> None:
        """Tell the conversation through `web`, refuse by `limits`."""
        self._web = web
        self._pages = pages
        self._limits = limits
        self._visitors = visitors

    def routes(self) -> APIRouter:
        """Return the address it answers."""
        router = APIRouter(default_response_class=HTMLResponse)
        router.add_api_route("/language", self.choose, methods=["POST"], response_model=None)
        return router

    async def choose(self, request: Request) -> Response:
        """Remember the choice in the browser, tell the chat, and show the page again.

        Without the chat's token: the cookie that names the visitor is not sent from elsewhere.
        """
        if self._visitors.foreign(request):
            raise HTTPException(403)
        form = await fields(request)
        tag = spoken(form.get("lang", "")[:40])
        if tag is None:
            raise HTTPException(400)
        visitor = self._visitors.known(request)
        if visitor is not None:
            if wait := self._limits.message(visitor, request, self._web.now()):
                return self._pages.error(request, 429, wait)
            await self._tell(visitor, tag)
        response = RedirectResponse(_local(form.get("back", "")), 303)
        response.set_cookie(
            LANGUAGE_COOKIE,
            tag,
            max_age=KEPT_SECONDS,
            path="/",
            secure=self._web.settings.encrypted,
            httponly=True,
            samesite="lax",
        )
        return response

    async def _tell(self, visitor: str, tag: str) -> None:
        """Have the conversation go on in this language; its answer is the only line of it."""
        try:
            number = self._web.hear(visitor, Said(f"/language {tag}", "", tag))
        except TryLater:
            # The pages change all the same, and whatever is written next asks in this language.
            return
        if self._web.transcript(visitor):
            await self._web.answered(visitor, number)


def _local(address: str) -> str:
    """Return where to go back to: a page of ours, and the chat where it is none."""
    ours = address.startswith("/") and not address.startswith(("//", "/\\"))
    return (
        address if ours and address.isprintable() and len(address) <= LONGEST_ADDRESS else "/"
    )
