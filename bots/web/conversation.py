"""The chat page: what was said, the box to write in, and a request that waits for the reply."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bots.web.channel import Said, Web
from bots.web.form import Form, read, whole_number
from bots.web.limits import MESSAGES_FOR_A_PHOTO, Limits
from bots.web.pages import Pages, languages, partial, seconds
from bots.web.visitor import Visitors
from core.channel import TryLater
from core.model.message import Button
from core.query.commands import text_of

LONGEST_MESSAGE = 2_000
MEBIBYTE = 1024 * 1024
# What a newcomer may press; real recalled products, written as people write them.
EXAMPLES = tuple(
    Button(text, text)
    for text in ("Anker PowerCore A1263", "IKEA VARMFRONT E2038", "INIU BI-B41")
)


class Refusal(Exception):  # noqa: N818 - it is an answer, not an error
    """A message we do not take: the status, and the key of what the visitor is told."""

    def __init__(
        self, status: int, key: str, wait: timedelta | None = None, size: int = 0
    ) -> None:
        """Keep them; `wait` until it may be tried again, `size` of what is too long."""
        super().__init__(key)
        self.status = status
        self.key = key
        self.wait = wait
        self.size = size


class Conversation:
    """Serves the chat page and takes its messages."""

    def __init__(self, web: Web, pages: Pages, limits: Limits, visitors: Visitors) -> None:
        """Speak through `web`, show by `pages`, refuse by `limits`."""
        self._web = web
        self._pages = pages
        self._limits = limits
        self._visitors = visitors

    def routes(self) -> APIRouter:
        """Return the addresses it answers."""
        router = APIRouter(default_response_class=HTMLResponse)
        router.add_api_route("/", self.page, methods=["GET", "HEAD"], response_model=None)
        router.add_api_route("/messages", self.news, methods=["GET"], response_model=None)
        router.add_api_route("/messages", self.take, methods=["POST"], response_model=None)
        router.add_api_route(
            "/pictures/{number}", self.picture, methods=["GET"], response_model=None
        )
        return router

    async def page(self, request: Request) -> Response:
        """Show the chat.

        A visitor who follows a link from another site comes without the cookie, which only
        our own pages are given. They are sent here once more by a page of ours, so that the
        conversation they already have is not replaced by a new one.
        """
        visitor = self._visitors.known(request)
        draft = request.query_params.get("ask", "")[:LONGEST_MESSAGE]
        draft = draft or text_of(request.query_params.get("start", ""))
        if visitor is None and self._visitors.foreign(request):
            return self._pages.show(request, "arrival.html", ask=draft)
        return self._chat(request, visitor or self._visitors.new(), draft)

    async def news(self, request: Request) -> Response:
        """Return what was said since the page was last told, or 204 where nothing was."""
        visitor = self._visitors.known(request)
        after = whole_number(request.query_params.get("after", ""))
        transcript = self._web.transcript(visitor) if visitor else None
        if visitor is None or transcript is None or transcript.last <= after:
            return Response(status_code=204)
        return HTMLResponse(self._fragment(request, visitor, after))

    async def picture(self, request: Request, number: str) -> Response:
        """Return the picture of one entry to the visitor in whose transcript it stands."""
        visitor = self._visitors.known(request)
        transcript = self._web.transcript(visitor) if visitor else None
        jpeg = transcript.picture(whole_number(number)) if transcript else None
        if jpeg is None:
            raise HTTPException(404)
        return Response(jpeg, media_type="image/jpeg")

    async def take(self, request: Request) -> Response:
        """Take a message, wait for the reply, and return what is new."""
        if self._visitors.foreign(request):
            # Before anything is read: what another site sends may be large.
            return self._pages.error(request, 403)
        form = await read(request, self._limits.photo_bytes)
        visitor = self._visitors.known(request)
        try:
            chat = visitor or ""
            number = self._web.hear(chat, self._accepted(request, visitor, form))
        except TryLater as error:
            refusal = Refusal(503, "web_error_503", error.retry_after)
            return self._refused(request, visitor, form, refusal)
        except Refusal as refusal:
            return self._refused(request, visitor, form, refusal)
        # From here on whoever reads the photo has it alone, and lets go of it.
        form = replace(form, photo=None)
        answered = await self._web.answered(chat, number)
        if not partial(request):
            return RedirectResponse("/#latest", 303)
        notice = "" if answered else self._pages.words(request)("web_no_answer_yet")
        return HTMLResponse(self._fragment(request, chat, form.after, notice))

    def _accepted(self, request: Request, visitor: str | None, form: Form) -> Said:
        """Return what the visitor says; raises Refusal."""
        if visitor is None or not self._visitors.trusts(request, visitor, form.token):
            raise Refusal(403, "web_page_renewed")
        count = 1 if form.photo is None else MESSAGES_FOR_A_PHOTO
        if wait := self._limits.message(visitor, request, self._web.now(), count):
            raise Refusal(429, "web_error_429", wait)
        lang = next(iter(languages(request)), None)
        if form.press is not None:
            return Said(form.press, self._label(visitor, form), lang)
        if form.too_large:
            raise Refusal(413, "web_photo_too_large", size=self._megabytes or 0)
        if form.photo is None and not form.text.strip():
            raise Refusal(400, "web_empty")
        if len(form.text) > LONGEST_MESSAGE:
            raise Refusal(413, "web_too_long", size=len(form.text))
        return Said(form.text, self._shown(request, form), lang, form.photo)

    def _shown(self, request: Request, form: Form) -> str:
        """Return how it stands in the transcript: of a photo only that there was one."""
        if form.photo is None:
            return form.text
        return f"{self._pages.words(request)('photo_sent')}\n{form.text}".strip()

    @property
    def _megabytes(self) -> int | None:
        """Return how large a photo may be, None where photos are off."""
        limit = self._limits.photo_bytes
        return None if limit is None else limit // MEBIBYTE

    def _label(self, visitor: str, form: Form) -> str:
        """Return what the pressed button says on it.

        Raises Refusal where the chat has moved on since the page was shown, so that a "yes"
        never answers another question than the one the visitor saw.
        """
        transcript = self._web.transcript(visitor)
        choices = transcript.choices if transcript else EXAMPLES
        label = next((each.label for each in choices if each.says == form.press), None)
        if label is None or form.after != (transcript.last if transcript else 0):
            raise Refusal(409, "web_moved_on")
        return label

    def _refused(
        self, request: Request, visitor: str | None, form: Form, refusal: Refusal
    ) -> Response:
        """Say why and give the text back; a page without a valid cookie gets a new one."""
        visitor = visitor or self._visitors.new()
        notice = self._pages.words(request)(
            refusal.key, limit=LONGEST_MESSAGE, size=refusal.size
        )
        if partial(request):
            html = self._fragment(request, visitor, form.after, notice)
            response = HTMLResponse(html)
            self._visitors.remember(response, visitor)
        else:
            response = self._chat(request, visitor, form.draft, notice)
        response.status_code = refusal.status
        if refusal.wait:
            response.headers["Retry-After"] = seconds(refusal.wait)
        return response

    def _chat(
        self, request: Request, visitor: str, draft: str = "", notice: str = ""
    ) -> HTMLResponse:
        fields = self._state(visitor, 0, notice)
        response = self._pages.show(request, "chat.html", draft=draft, **fields)
        self._visitors.remember(response, visitor)
        return response

    def _fragment(self, request: Request, visitor: str, after: int, notice: str = "") -> str:
        return self._pages.html(request, "news.html", **self._state(visitor, after, notice))

    def _state(self, visitor: str, after: int, notice: str) -> dict[str, object]:
        transcript = self._web.transcript(visitor)
        return {
            "entries": transcript.after(after) if transcript else (),
            "choices": transcript.choices if transcript else EXAMPLES,
            # What is to be confirmed stands beside the choices, however long the answer is.
            "asked_of": transcript.last if transcript and transcript.shows_picture else None,
            "begun": transcript is not None,
            "after": transcript.last if transcript else 0,
            "token": self._visitors.token(visitor),
            "notice": notice,
            "megabytes": self._megabytes,
            "photo_bytes": self._limits.photo_bytes,
        }
