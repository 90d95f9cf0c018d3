"""Who works at the desk, for admins: inviting, roles, and who is let in no longer."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import segno
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bots.web.desk.codes import is_invited
from bots.web.desk.frame import Frame, Visit
from bots.web.desk.inviting import Invited, invite, invite_again
from bots.web.desk.names import LONGEST_NAME, is_name
from bots.web.desk.roles import Deed, Role
from core.store import operators
from core.store.audit import Done
from core.store.operators import Known, NameTaken

PEOPLE = "/desk/operators"


class People:
    """Serves the page and takes its forms."""

    def __init__(self, frame: Frame, public_url: str) -> None:
        """Stand in `frame`; links for others begin with `public_url`, or else as ours did."""
        self._frame = frame
        self._public_url = public_url
        frame.page(PEOPLE, self.page, Deed.OPERATORS)
        frame.action(PEOPLE, self.invite, Deed.OPERATORS)
        frame.action(f"{PEOPLE}/{{pk}}/role", self.set_role, Deed.OPERATORS)
        frame.action(f"{PEOPLE}/{{pk}}/off", self.switch_off, Deed.OPERATORS)
        frame.action(f"{PEOPLE}/{{pk}}/reset", self.reset, Deed.OPERATORS)

    async def page(self, visit: Visit) -> Response:
        """Show everybody."""
        return await self._shown(visit, {})

    async def invite(self, visit: Visit) -> Response:
        """Invite somebody, and show once what they are to be handed."""
        name, role = visit.form.one("name"), _role(visit)
        if not is_name(name):
            return await self._shown(visit, {"name": "desk_name_bad"})
        try:
            async with self._frame.database.writing() as connection:
                invited = await invite(connection, name, role, visit.now, visit.operator.name)
        except NameTaken:
            return await self._shown(visit, {"name": "desk_name_taken"})
        return self._handed(visit, invited)

    async def reset(self, visit: Visit) -> Response:
        """Invite somebody anew who lost their phone or password; they are signed out."""
        async with self._frame.database.writing() as connection:
            known = await self._other(connection, visit)
            invited = await invite_again(connection, known, visit.now, visit.operator.name)
        return self._handed(visit, invited)

    async def set_role(self, visit: Visit) -> Response:
        """Give somebody else another role; they are signed out."""
        role = _role(visit)
        async with self._frame.database.writing() as connection:
            known = await self._other(connection, visit)
            await operators.set_role(connection, known.pk, role.value)
            done = Done("operator_role", detail=f"{known.name}: {known.role} → {role}")
            await self._frame.note(connection, visit, done)
        return self._frame.done(visit, PEOPLE, "desk_done_role", name=known.name)

    async def switch_off(self, visit: Visit) -> Response:
        """Let somebody else in no longer."""
        async with self._frame.database.writing() as connection:
            known = await self._other(connection, visit)
            await operators.set_active(connection, known.pk, active=False)
            await self._frame.note(connection, visit, Done("operator_off", detail=known.name))
        return self._frame.done(visit, PEOPLE, "desk_done_off", name=known.name)

    async def _other(self, connection: AsyncConnection, visit: Visit) -> Known:
        """Return whom the address names; raises HTTPException for oneself and for nobody.

        Nobody changes their own role, so that an admin is left.
        """
        known = await operators.by_number(connection, visit.part("pk"))
        if known is None:
            raise HTTPException(404)
        if known.pk == visit.operator.pk:
            raise HTTPException(400)
        return known

    def _handed(self, visit: Visit, invited: Invited) -> Response:
        base = self._public_url or str(visit.request.base_url).rstrip("/")
        link = f"{base}/desk/enrol?{urlencode({'name': invited.name})}"
        drawn = segno.make(invited.address).svg_inline(
            scale=4, border=4, dark="#000", light="#fff"
        )
        # Drawn by us from letters and digits; nothing in it was typed as markup.
        picture = Markup(drawn)  # noqa: S704 - see above
        return self._frame.show(
            visit, "desk/invited.html", invited=invited, link=link, picture=picture
        )

    async def _shown(self, visit: Visit, errors: Mapping[str, str]) -> Response:
        async with self._frame.database.reading() as connection:
            people = await operators.everybody(connection)
        return self._frame.show(
            visit,
            "desk/operators.html",
            status=422 if errors else 200,
            errors={name: visit.words(key) for name, key in errors.items()},
            given={"name": visit.form.one("name")[:LONGEST_NAME]},
            people=people,
            roles=tuple(Role),
            is_invited=is_invited,
        )


def _role(visit: Visit) -> Role:
    """Return the chosen role; raises HTTPException where there is none such."""
    try:
        return Role(visit.form.one("role"))
    except ValueError:
        raise HTTPException(400) from None
