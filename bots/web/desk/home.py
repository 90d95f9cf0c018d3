"""The first page of the desk, and the way out."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from bots.web.desk.frame import MENU, SIGN_IN, Frame, Visit
from bots.web.desk.roles import Deed
from core.store import sessions
from core.store.audit import Done


class Home:
    """Serves both."""

    def __init__(self, frame: Frame) -> None:
        """Stand in `frame`."""
        self._frame = frame
        frame.page("/desk", self.first)
        frame.action("/desk/sign-out", self.sign_out, Deed.READ)

    async def first(self, visit: Visit) -> Response:
        """Lead to the first page of the menu that is theirs."""
        return RedirectResponse(
            next(address for address, _, deed in MENU if visit.may(deed)), 303
        )

    async def sign_out(self, visit: Visit) -> Response:
        """End the session, here and in the browser."""
        async with self._frame.database.writing() as connection:
            await sessions.end(connection, visit.session.digest)
            await self._frame.note(connection, visit, Done("signed_out"))
        answer = RedirectResponse(SIGN_IN, 303)
        self._frame.sessions.drop(answer)
        return answer
