"""What people at the desk change about themselves: password, recovery codes, other browsers."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import RedirectResponse, Response

from bots.web.desk.codes import digest_of, new_recovery
from bots.web.desk.door import Door
from bots.web.desk.frame import Frame, Visit
from bots.web.desk.passwords import LONGEST, SHORTEST, problem
from bots.web.desk.roles import Deed
from bots.web.desk.sessions import Secret
from core.store import operators, sessions
from core.store.audit import Done
from core.store.operators import Known

ME = "/desk/me"
WRONG = "desk_password_wrong"


class Me:
    """Serves the page and takes its forms."""

    def __init__(self, frame: Frame, door: Door) -> None:
        """Stand in `frame`; ask for the password once more at `door`."""
        self._frame = frame
        self._door = door
        frame.page(ME, self.page)
        frame.action(f"{ME}/password", self.change_password, Deed.READ)
        frame.action(f"{ME}/codes", self.new_codes, Deed.READ)
        frame.action(f"{ME}/elsewhere", self.end_elsewhere, Deed.READ)

    async def page(self, visit: Visit) -> Response:
        """Show what can be changed."""
        return await self._shown(visit, {})

    async def change_password(self, visit: Visit) -> Response:
        """Take a new password; every session ends, and this browser gets a new one."""
        if errors := _wrong_with(visit):
            return await self._shown(visit, errors)
        known = await self._door.confirm(visit.operator.pk, visit.form.one("password"))
        if known is None:
            return await self._shown(visit, {"password": WRONG})
        hashed = await self._door.hashed(visit.form.one("new"))
        async with self._frame.database.writing() as connection:
            secret = await self._changed(connection, visit, known, hashed)
        if secret is None:
            return await self._shown(visit, {"password": WRONG})
        self._frame.tell(secret.digest, "desk_done_password", {})
        answer = RedirectResponse(ME, 303)
        self._frame.sessions.put(answer, secret)
        return answer

    async def _changed(
        self, connection: AsyncConnection, visit: Visit, known: Known, hashed: str
    ) -> Secret | None:
        """Keep the hash and begin anew; None where another was kept meanwhile."""
        if not await operators.change_password(connection, known.pk, known.password, hashed):
            return None
        await sessions.end_all(connection, known.pk)
        await self._frame.note(connection, visit, Done("password_changed"))
        return await self._frame.sessions.begin(connection, known.pk, visit.session.secret)

    async def new_codes(self, visit: Visit) -> Response:
        """Show new recovery codes once; the old ones count no longer."""
        known = await self._door.confirm(visit.operator.pk, visit.form.one("confirm"))
        if known is None:
            return await self._shown(visit, {"confirm": WRONG})
        codes = new_recovery()
        async with self._frame.database.writing() as connection:
            await operators.set_recovery(connection, known.pk, [*map(digest_of, codes)])
            await self._frame.note(connection, visit, Done("codes_renewed"))
        return self._frame.show(visit, "desk/codes.html", codes=codes)

    async def end_elsewhere(self, visit: Visit) -> Response:
        """Sign them out in every other browser."""
        pk = visit.operator.pk
        async with self._frame.database.writing() as connection:
            ended = await sessions.end_all(connection, pk, keep=visit.session.digest)
            done = Done("signed_out_elsewhere", detail=str(ended))
            await self._frame.note(connection, visit, done)
        return self._frame.done(visit, ME, "desk_done_elsewhere")

    async def _shown(self, visit: Visit, errors: Mapping[str, str]) -> Response:
        async with self._frame.database.reading() as connection:
            known = await operators.by_number(connection, visit.operator.pk)
            browsers = await sessions.count(connection, visit.operator.pk)
        told = {
            name: visit.words(key, shortest=SHORTEST, longest=LONGEST)
            for name, key in errors.items()
        }
        return self._frame.show(
            visit,
            "desk/me.html",
            status=422 if errors else 200,
            errors=told,
            codes_left=len(known.recovery) if known else 0,
            elsewhere=browsers - 1,
            shortest=SHORTEST,
        )


def _wrong_with(visit: Visit) -> Mapping[str, str]:
    """Return what is wrong with the form of a new password, by field."""
    form = visit.form
    errors = {
        name: "desk_missing" for name in ("password", "new") if not form.one(name).strip()
    }
    if "new" not in errors and (wrong := problem(form.one("new"), visit.operator.name)):
        errors["new"] = wrong
    if "new" not in errors and form.one("again") != form.one("new"):
        errors["again"] = "desk_password_differs"
    return errors
