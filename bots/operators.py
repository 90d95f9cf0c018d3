"""People of the editorial desk from the command line: invited, reset, switched off."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import segno
from sqlalchemy.ext.asyncio import AsyncConnection

from bots.app import open_database
from bots.failure import Failure
from bots.web.desk.codes import digest_of, is_invited, new_recovery, new_totp
from bots.web.desk.inviting import Invited, invite, invite_again
from bots.web.desk.names import COMMAND_LINE, LONGEST_NAME, is_name, named
from bots.web.desk.passwords import HASHER, LONGEST, SHORTEST, problem, spelled
from bots.web.desk.roles import Role
from bots.web.settings import WebSettings
from core.clock import Clock, SystemClock
from core.settings import Settings, SettingsError
from core.store import audit, operators
from core.store.audit import Done
from core.store.operators import Known, NameTaken, Secrets
from core.store.work import Database

WRONG_PASSWORD = {
    "desk_password_short": f"the password has fewer than {SHORTEST} characters",
    "desk_password_long": f"the password has more than {LONGEST} characters",
    "desk_password_easy": "the password is too easy to guess",
}


@dataclass(frozen=True, slots=True)
class Added:
    """Somebody who can sign in at once, and what they sign in with beside their password."""

    invited: Invited
    codes: tuple[str, ...] = field(repr=False)


class Operators:
    """What the command line does with the people of the desk of one database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Change `database`; `clock` tells the time."""
        self._database = database
        self._clock = clock

    async def add(self, name: str, role: Role) -> Invited:
        """Invite somebody; raises Failure."""
        _must_be_a_name(name)
        async with self._changing(name) as connection:
            return await invite(connection, name, role, self._clock.now(), COMMAND_LINE)

    async def add_with_password(self, name: str, role: Role, password: str) -> Added:
        """Let somebody sign in at once; raises Failure."""
        _must_be_a_name(name)
        if wrong := problem(password, named(name)):
            raise Failure(WRONG_PASSWORD[wrong])
        added = Added(Invited(named(name), "", new_totp()), new_recovery())
        kept = Secrets(
            HASHER.hash(spelled(password)),
            added.invited.totp,
            tuple(map(digest_of, added.codes)),
        )
        now = self._clock.now()
        async with self._changing(name) as connection:
            await operators.add(connection, named(name), role.value, kept, now)
            await self._note(connection, now, "operator_added", f"{named(name)}: {role}")
        return added

    async def reset(self, name: str) -> Invited:
        """Invite somebody anew, let in again if they were not; raises Failure."""
        async with self._changing(name) as connection:
            known = await _existing(connection, name)
            return await invite_again(connection, known, self._clock.now(), COMMAND_LINE)

    async def disable(self, name: str) -> None:
        """Let somebody in no longer, and end their sessions; raises Failure."""
        async with self._changing(name) as connection:
            known = await _existing(connection, name)
            await operators.set_active(connection, known.pk, active=False)
            await self._note(connection, self._clock.now(), "operator_off", known.name)

    async def set_role(self, name: str, role: Role) -> None:
        """Give somebody another role, and end their sessions; raises Failure."""
        async with self._changing(name) as connection:
            known = await _existing(connection, name)
            await operators.set_role(connection, known.pk, role.value)
            detail = f"{known.name}: {known.role} → {role}"
            await self._note(connection, self._clock.now(), "operator_role", detail)

    async def everybody(self) -> Sequence[Known]:
        """Return everybody, by name."""
        async with self._database.reading() as connection:
            return await operators.everybody(connection)

    @asynccontextmanager
    async def _changing(self, name: str) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._database.writing() as connection:
                yield connection
        except NameTaken:
            raise Failure(f"somebody is called {named(name)} already") from None

    async def _note(
        self, connection: AsyncConnection, now: datetime, did: str, detail: str
    ) -> None:
        await audit.add(connection, now, COMMAND_LINE, Done(did, detail=detail))


@asynccontextmanager
async def open_operators(
    settings: Settings, clock: Clock | None = None
) -> AsyncIterator[Operators]:
    """Give the people of the desk of that database; raises Failure."""
    clock = clock or SystemClock()
    database = await open_database(settings, clock)
    try:
        yield Operators(database, clock)
    finally:
        await database.close()


def _must_be_a_name(name: str) -> None:
    if not is_name(name):
        raise Failure(
            f"a name has at most {LONGEST_NAME} letters and digits, and . - _ @ after the first"
        )


async def _existing(connection: AsyncConnection, name: str) -> Known:
    known = await operators.by_name(connection, named(name))
    if known is None:
        raise Failure(f"nobody at the desk is called {named(name)[:LONGEST_NAME]}")
    return known


def rows(people: Sequence[Known]) -> list[dict[str, Any]]:
    """Return people as the command line's JSON has them, without what they sign in with."""
    return [
        {
            "name": one.name,
            "role": one.role,
            "active": one.active,
            "invited": is_invited(one.password),
            "recovery_codes": len(one.recovery),
            "created_at": one.created_at.isoformat(),
        }
        for one in people
    ]


def table(people: Sequence[Known]) -> str:
    """Return people as text, one a line."""
    if not people:
        return "Nobody works at the desk yet: recallbot operator add NAME --role admin\n"
    return "".join(f"{one.name}  {one.role}{_remark(one)}\n" for one in people)


def _remark(one: Known) -> str:
    if not one.active:
        return "  (off)"
    return "  (invited)" if is_invited(one.password) else ""


def handed(invited: Invited) -> str:
    """Return what to hand to somebody who was invited; raises Failure."""
    link = f"{_pages()}/desk/enrol?{urlencode({'name': invited.name})}"
    return (
        f"{invited.name} chooses a password within 24 hours:\n"
        f"  page           {link}\n"
        f"  one-time code  {invited.code}\n\n{_for_the_app(invited)}"
    )


def signs_in(added: Added) -> str:
    """Return what somebody signs in with beside their password."""
    codes = "".join(f"  {code}\n" for code in added.codes)
    told = f"{added.invited.name} can sign in at {_pages()}/desk\n"
    return (
        f"{told}\nRecovery codes, each for one sign-in:\n{codes}\n{_for_the_app(added.invited)}"
    )


def _for_the_app(invited: Invited) -> str:
    drawn = StringIO()
    segno.make(invited.address).terminal(out=drawn, compact=True)
    return (
        f"For their authenticator app, shown only now:\n  {invited.address}\n{drawn.getvalue()}"
    )


def _pages() -> str:
    try:
        web = WebSettings.load()
    except SettingsError as error:
        raise Failure(str(error)) from None
    return web.public_url or f"http://{web.host}:{web.port}"
