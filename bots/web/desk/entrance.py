"""The pages of whoever is not signed in yet: signing in, and answering an invitation."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bots.web.desk.door import Door, Refused, Tried
from bots.web.desk.form import Form, read_form
from bots.web.desk.frame import SIGN_IN, Frame, asked_for
from bots.web.desk.names import LONGEST_NAME, named
from bots.web.desk.passwords import LONGEST, SHORTEST, problem
from bots.web.desk.sessions import Secret, new_secret
from bots.web.limits import address
from bots.web.pages import seconds
from bots.web.visitor import Visitors

ENROL = "/desk/enrol"
HOME = "/desk"
LONGEST_ADDRESS = 2_000
GET = ["GET", "HEAD"]


class Entrance:
    """Serves them."""

    def __init__(
        self, frame: Frame, door: Door, visitors: Visitors, *, behind_proxy: bool
    ) -> None:
        """Let people in by `door`; behind a proxy, count whom it names."""
        self._frame = frame
        self._door = door
        self._visitors = visitors
        self._proxy = behind_proxy

    def routes(self) -> APIRouter:
        """Return the addresses it answers."""
        router = APIRouter(default_response_class=HTMLResponse)
        router.add_api_route(SIGN_IN, self.page, methods=GET, response_model=None)
        router.add_api_route(SIGN_IN, self.sign_in, methods=["POST"], response_model=None)
        router.add_api_route(ENROL, self.page, methods=GET, response_model=None)
        router.add_api_route(ENROL, self.enrol, methods=["POST"], response_model=None)
        return router

    async def page(self, request: Request) -> Response:
        """Show the form; whoever is signed in already is led on."""
        await self._frame.sessions.must_be_open()
        if await self._frame.sessions.known(request):
            return RedirectResponse(local(request.query_params.get("back", "")), 303)
        if self._visitors.foreign(request) and not self._frame.sessions.held(request):
            return self._frame.pages.show(
                request, "desk/arrival.html", address=asked_for(request)
            )
        given = {
            "back": request.query_params.get("back", ""),
            "name": request.query_params.get("name", "")[:LONGEST_NAME],
        }
        return self._form(request, given)

    async def sign_in(self, request: Request) -> Response:
        """Begin a session, or say that something does not fit, and nothing more."""
        await self._frame.sessions.must_be_open()
        form = await self._form_of(request)
        if isinstance(form, Response):
            return form
        errors = {
            name: "desk_missing"
            for name in ("name", "password", "code")
            if not form.one(name).strip()
        }
        if errors:
            return self._form(request, _given(form), errors, 422)
        try:
            entered = await self._door.enter(self._tried(request, form))
        except Refused as refused:
            return self._refused(request, form, refused)
        if entered.codes_left is not None:
            told = {"count": entered.codes_left}
            self._frame.tell(entered.secret.digest, "desk_done_recovery_used", told)
        return self._in(RedirectResponse(local(form.one("back")), 303), entered.secret)

    async def enrol(self, request: Request) -> Response:
        """Take a first password with the invitation, and show the recovery codes once."""
        await self._frame.sessions.must_be_open()
        form = await self._form_of(request)
        if isinstance(form, Response):
            return form
        if errors := _wrong_with(form):
            return self._form(request, _given(form), errors, 422)
        try:
            secret, codes = await self._door.enrol(self._tried(request, form))
        except Refused as refused:
            return self._refused(request, form, refused)
        shown = self._frame.pages.show(request, "desk/enrolled.html", codes=codes)
        return self._in(shown, secret)

    async def _form_of(self, request: Request) -> Form | Response:
        """Return the form, or the page anew where it came from elsewhere or is too old."""
        if self._visitors.foreign(request):
            return self._frame.pages.error(request, 403)
        form = await read_form(request)
        held = self._frame.sessions.held(request)
        if held is None or not held.trusts(form.one("token")):
            return self._form(request, _given(form), {"": "desk_page_renewed"}, 403)
        return form

    def _tried(self, request: Request, form: Form) -> Tried:
        return Tried(
            form.one("name"),
            form.one("password"),
            form.one("code"),
            address(request, behind_proxy=self._proxy),
            self._frame.sessions.held(request),
            form.one("invitation"),
        )

    def _refused(self, request: Request, form: Form, refused: Refused) -> Response:
        enrolling = request.url.path == ENROL
        key = "desk_enrol_refused" if enrolling else "desk_sign_in_refused"
        answer = self._form(request, _given(form), {"": key}, 429 if refused.wait else 401)
        if refused.wait:
            answer.headers["Retry-After"] = seconds(refused.wait)
        return answer

    def _form(
        self,
        request: Request,
        given: Mapping[str, str],
        errors: Mapping[str, str] | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        """Return the page with its form; a browser that holds nothing gets a secret for it."""
        held = self._frame.sessions.held(request)
        secret = held or new_secret()
        template = "enrol" if request.url.path == ENROL else "sign_in"
        words = self._frame.pages.words(request)
        told = {
            name: words(key, shortest=SHORTEST, longest=LONGEST)
            for name, key in (errors or {}).items()
        }
        shown = self._frame.pages.show(
            request,
            f"desk/{template}.html",
            token=secret.token,
            given=given,
            here=asked_for(request),
            errors=told,
            shortest=SHORTEST,
        )
        shown.status_code = status
        if held is None:
            self._frame.sessions.put(shown, secret)
        return shown

    def _in(self, response: Response, secret: Secret) -> Response:
        self._frame.sessions.put(response, secret)
        return response


def _given(form: Form) -> Mapping[str, str]:
    """Return what stands in the form again; never what is secret."""
    return {name: form.one(name)[:LONGEST_ADDRESS] for name in ("name", "back")}


def _wrong_with(form: Form) -> Mapping[str, str]:
    """Return what is wrong with an answer to an invitation, by field."""
    password = form.one("password")
    errors = {
        name: "desk_missing"
        for name in ("name", "invitation", "password", "code")
        if not form.one(name).strip()
    }
    if "password" not in errors and (wrong := problem(password, named(form.one("name")))):
        errors["password"] = wrong
    if "password" not in errors and form.one("again") != password:
        errors["again"] = "desk_password_differs"
    return errors


def local(back: str) -> str:
    """Return where to go on: a page of the desk, and its first where it is none."""
    path = back.partition("?")[0]
    plain = back.isprintable() and "\\" not in back and ".." not in path
    ours = path == HOME or path.startswith(f"{HOME}/")
    here = path not in {SIGN_IN, ENROL}
    return back if ours and here and plain and len(back) <= LONGEST_ADDRESS else HOME
