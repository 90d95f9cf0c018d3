"""What every page of the desk stands in: who asks, what they may, tokens, notices, the log.

A page is a method that takes a `Visit` and returns a response::

    class Drafts:
        def __init__(self, frame: Frame) -> None:
            self._frame = frame
            frame.page("/desk/drafts", self.queue)                          # GET, Deed.READ
            frame.page("/desk/drafts/{alert}/{account}/edit", self.editor, Deed.EDIT)
            frame.action("/desk/drafts/{alert}/{account}/approve", self.approve, Deed.APPROVE)

        async def queue(self, visit: Visit) -> Response:
            return self._frame.show(visit, "desk/drafts.html", drafts=...)

        async def approve(self, visit: Visit) -> Response:
            async with self._frame.database.writing() as connection:
                ...
                await self._frame.note(connection, visit, Done("approve", alert, account))
            return self._frame.done(visit, "/desk/drafts", "desk_done_approved", name=...)

`frame.show` hands a template: `me` (Operator), `may("approve")`, `token`, `notice`, `menu`, and
`errors` (field name -> text; empty unless given). Templates extend "desk/frame.html"; a POST
form begins with `{{ token_field(token) }}` from "desk/fields.html", whose `field`, `choice`
and `summary` macros say errors beside the field and on top. After a deed: `frame.done` (303
with a notice). A form with mistakes: `frame.show(visit, ..., status=422, errors={...})`.
In the menu: one line in `MENU`. Whoever may not gets 403; who is not signed in, the sign-in.
The log shows `did` by the text `desk_did_<did>`, and links to /desk/drafts/{alert}/{account}.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bots.web.desk.form import Form, read_form
from bots.web.desk.notices import Notice, Notices
from bots.web.desk.roles import Deed, Operator, allowed
from bots.web.desk.sessions import Session, Sessions
from bots.web.pages import Pages
from bots.web.visitor import Visitors
from core.store import audit
from core.store.audit import Done
from core.store.work import Database
from core.text.translations import Translator

__all__ = ["Deed", "Done", "Form", "Frame", "Operator", "Session", "Visit"]

SIGN_IN = "/desk/sign-in"
# What the menu offers: address, key of its text, what one must be allowed to do to see it.
MENU: tuple[tuple[str, str, Deed], ...] = (
    ("/desk/drafts", "desk_nav_drafts", Deed.READ),
    ("/desk/advisories/new", "desk_nav_advisory", Deed.ADVISE),
    ("/desk/accounts", "desk_nav_accounts", Deed.READ),
    ("/desk/operators", "desk_nav_operators", Deed.OPERATORS),
    ("/desk/audit", "desk_nav_audit", Deed.READ),
    ("/desk/me", "desk_nav_me", Deed.READ),
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who is signed in, and may do what they ask for.

    `now` is UTC; `form` is empty unless it was sent; `words` are those of their language.
    """

    request: Request
    operator: Operator
    session: Session
    now: datetime
    words: Translator
    form: Form = field(default_factory=Form)

    def may(self, deed: Deed) -> bool:
        """Say whether they may do that too."""
        return allowed(self.operator.role, deed)

    def part(self, name: str) -> int:
        """Return a number from the address, as in "/{alert}"; raises HTTPException (404)."""
        text = str(self.request.path_params[name])
        if not (text.isascii() and text.isdecimal() and len(text) <= 18):  # noqa: PLR2004 - fits 64 bits
            raise HTTPException(404)
        return int(text)


Answer = Callable[[Visit], Awaitable[Response]]


class Frame:
    """Serves pages of the desk to who is signed in."""

    def __init__(
        self, database: Database, pages: Pages, visitors: Visitors, sessions: Sessions
    ) -> None:
        """Know people by `sessions`, show by `pages`; `visitors` tells what others sent."""
        self.database = database
        self.pages = pages
        self.sessions = sessions
        self.router = APIRouter(default_response_class=HTMLResponse)
        self._visitors = visitors
        self._notices = Notices()

    def page(self, path: str, answer: Answer, deed: Deed = Deed.READ) -> None:
        """Show a page at that address, below /desk, to whoever may do the deed."""

        async def shown(request: Request) -> Response:
            session = await self.sessions.known(request)
            if session is None:
                return await self._stranger(request)
            return await self._answered(self._visit(request, session, Form()), deed, answer)

        self.router.add_api_route(path, shown, methods=["GET", "HEAD"], response_model=None)

    def action(
        self, path: str, answer: Answer, deed: Deed, photo_bytes: int | None = None
    ) -> None:
        """Take a form at that address from whoever may do the deed, with their own token.

        A photo of that many bytes may come with it, None: no photo.
        """

        async def taken(request: Request) -> Response:
            if self._visitors.foreign(request):
                raise HTTPException(403)
            session = await self.sessions.known(request)
            if session is None:
                return await self._stranger(request)
            form = await read_form(request, photo_bytes)
            if not session.trusts(form.one("token")):
                raise HTTPException(403)
            return await self._answered(self._visit(request, session, form), deed, answer)

        self.router.add_api_route(path, taken, methods=["POST"], response_model=None)

    def show(
        self, visit: Visit, template: str, *, status: int = 200, **fields: object
    ) -> HTMLResponse:
        """Return a page in the frame, with the notice that waits for its reader."""
        menu = [(address, key) for address, key, deed in MENU if visit.may(deed)]
        shown = self.pages.show(
            visit.request,
            template,
            **{
                "me": visit.operator,
                "may": lambda deed: visit.may(Deed(deed)),
                "token": visit.session.token,
                "notice": self._notices.take(visit.session.digest),
                "menu": menu,
                "errors": {},
                # After a form the first page: what it was sent to cannot be asked for.
                "here": "/desk" if visit.request.method == "POST" else asked_for(visit.request),
                **fields,
            },
        )
        shown.status_code = status
        return shown

    def done(self, visit: Visit, path: str, key: str, **fields: object) -> Response:
        """Lead to another page of ours, which says the text of `key` once."""
        self.tell(visit.session.digest, key, fields)
        return RedirectResponse(path, 303)

    def tell(self, digest: str, key: str, fields: Mapping[str, object]) -> None:
        """Have the next page of that session say the text of `key`."""
        self._notices.put(digest, Notice(key, dict(fields)))

    async def note(self, connection: AsyncConnection, visit: Visit, done: Done) -> None:
        """Write into the log what they did, in the transaction in which they did it."""
        await audit.add(connection, visit.now, visit.operator.name, done)

    def _visit(self, request: Request, session: Session, form: Form) -> Visit:
        words = self.pages.words(request)
        return Visit(request, session.operator, session, self.sessions.now(), words, form)

    async def _answered(self, visit: Visit, deed: Deed, answer: Answer) -> Response:
        if visit.may(deed):
            return await answer(visit)
        return self.show(visit, "desk/denied.html", status=403)

    async def _stranger(self, request: Request) -> Response:
        """Lead to the sign-in, and from there back to a page that was asked for."""
        await self.sessions.must_be_open()
        if request.method == "POST":
            return RedirectResponse(SIGN_IN, 303)
        if self._visitors.foreign(request):
            # From a link elsewhere the cookie does not come along; from our own page it does.
            return self.pages.show(request, "desk/arrival.html", address=asked_for(request))
        return RedirectResponse(f"{SIGN_IN}?{urlencode({'back': asked_for(request)})}", 303)


def asked_for(request: Request) -> str:
    """Return the address of a request without its host."""
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path
