"""Who is let in: name, password and code, or an invitation; one refusal for all that is wrong.

What was typed is never kept. An unknown name takes the work of a known one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bots.web.desk.codes import (
    NOBODYS_TOTP,
    digest_of,
    invites,
    is_invited,
    new_recovery,
    step_of,
)
from bots.web.desk.lockouts import Lockouts, wait_after
from bots.web.desk.names import named
from bots.web.desk.passwords import Passwords
from bots.web.desk.sessions import Secret, Sessions
from core.store import audit, operators
from core.store.audit import Done
from core.store.operators import Known
from core.store.work import Database

BY_APP = Done("signed_in")


class Refused(Exception):  # noqa: N818 - it is an answer, not an error
    """Somebody is not let in; `wait` where their address has to wait before it is tried."""

    def __init__(self, wait: timedelta | None = None) -> None:
        """Keep how long to wait."""
        super().__init__("refused")
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Tried:
    """What somebody typed, where they come from, and what their browser held."""

    name: str
    password: str = field(repr=False)
    code: str = field(repr=False)
    address: str = field(repr=False)
    held: Secret | None = field(default=None, repr=False)
    invitation: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Entered:
    """A session that began; how many recovery codes are left, where one was used."""

    secret: Secret
    codes_left: int | None = None


class Door:
    """Checks who wants to come in."""

    def __init__(self, database: Database, sessions: Sessions, passwords: Passwords) -> None:
        """Look people up in `database`; let them in through `sessions`."""
        self._database = database
        self._sessions = sessions
        self._passwords = passwords
        self._lockouts = Lockouts()

    @property
    def _now(self) -> Callable[[], datetime]:
        return self._sessions.now

    async def enter(self, tried: Tried) -> Entered:
        """Begin a session by password and code; raises Refused."""
        self._must_not_wait(tried)
        known = await self._known(tried.name)
        kept = known.password if known else None
        fits = await self._passwords.fits(kept, tried.password)
        async with self._database.writing() as connection:
            entered = await self._entered(connection, known if fits else None, tried, known)
        if entered is None or known is None:
            raise self._counted(tried)
        self._lockouts.succeeded(tried.address)
        await self._renew(known, tried.password)
        return entered

    async def _entered(
        self,
        connection: AsyncConnection,
        right: Known | None,
        tried: Tried,
        known: Known | None,
    ) -> Entered | None:
        """Begin the session in one transaction with what is used up for it, or count."""
        now = self._now()
        failures = await operators.begin_try(connection, known.pk, now) if known else None
        opened = await self._opened(connection, right, tried.code) if failures else None
        if right is None or opened is None:
            await self._note_failure(connection, known, failures)
            return None
        await operators.note_success(connection, right.pk)
        await audit.add(connection, now, right.name, opened)
        secret = await self._sessions.begin(connection, right.pk, tried.held)
        by_app = opened == BY_APP
        left = None if by_app else len(right.recovery) - 1
        return Entered(secret, left)

    async def _opened(
        self, connection: AsyncConnection, right: Known | None, code: str
    ) -> Done | None:
        """Use up the code and return by what they came in, None where it holds no longer."""
        step = step_of(right.totp if right else NOBODYS_TOTP, code, self._now())
        digest = digest_of(code)
        if right is None:
            return None
        same = await operators.by_number(connection, right.pk)
        if same is None or same.password != right.password:
            return None
        if step is not None and await operators.use_counter(connection, right.pk, step):
            return BY_APP
        if await operators.use_recovery(connection, right.pk, digest):
            return Done("signed_in_recovery")
        return None

    async def _note_failure(
        self, connection: AsyncConnection, known: Known | None, failures: int | None
    ) -> None:
        """Write it down, and make the next one wait; while waiting nothing is written."""
        now = self._now()
        if known is None:
            await audit.add(connection, now, "", Done("sign_in_failed"))
        elif failures is not None:
            await audit.add(connection, now, known.name, Done("sign_in_failed"))
            if wait := wait_after(failures):
                await operators.lock(connection, known.pk, now + wait)

    async def enrol(self, tried: Tried) -> tuple[Secret, tuple[str, ...]]:
        """Let somebody who was invited choose a password; return their session and codes.

        The invitation is used up. Raises Refused.
        """
        self._must_not_wait(tried)
        known = await self._known(tried.name)
        hashed = await self._passwords.hashed(tried.password)
        codes = new_recovery()
        async with self._database.writing() as connection:
            secret = await self._enrolled(connection, known, tried, hashed)
            if secret is not None and known is not None:
                await operators.set_recovery(connection, known.pk, [*map(digest_of, codes)])
        if secret is None:
            raise self._counted(tried)
        self._lockouts.succeeded(tried.address)
        return secret, codes

    async def _enrolled(
        self, connection: AsyncConnection, known: Known | None, tried: Tried, hashed: str
    ) -> Secret | None:
        now = self._now()
        kept = known.password if known else None
        failures = await operators.begin_try(connection, known.pk, now) if known else None
        step = step_of(known.totp if known else NOBODYS_TOTP, tried.code, now)
        invited = invites(kept, tried.invitation, now)
        if known is None or failures is None or step is None or not invited:
            await self._note_failure(connection, known, failures)
            return None
        if not await operators.change_password(connection, known.pk, known.password, hashed):
            return None
        await operators.use_counter(connection, known.pk, step)
        await operators.note_success(connection, known.pk)
        await audit.add(connection, now, known.name, Done("enrolled"))
        return await self._sessions.begin(connection, known.pk, tried.held)

    async def confirm(self, operator: int, password: str) -> Known | None:
        """Return who is signed in if that is their password; a wrong one counts as a try."""
        async with self._database.writing() as connection:
            failures = await operators.begin_try(connection, operator, self._now())
            known = await operators.by_number(connection, operator)
        fits = await self._passwords.fits(known.password if known else None, password)
        right = fits and failures is not None
        async with self._database.writing() as connection:
            if right:
                await operators.note_success(connection, operator)
            else:
                await self._note_failure(connection, known, failures)
        return known if right else None

    async def hashed(self, password: str) -> str:
        """Return the hash of a new password."""
        return await self._passwords.hashed(password)

    async def _known(self, name: str) -> Known | None:
        async with self._database.reading() as connection:
            known = await operators.by_name(connection, named(name))
        return known if known and known.active else None

    async def _renew(self, known: Known, password: str) -> None:
        """Keep a stronger hash where what is kept became weak."""
        if is_invited(known.password) or not self._passwords.outdated(known.password):
            return
        hashed = await self._passwords.hashed(password)
        async with self._database.writing() as connection:
            await operators.change_password(connection, known.pk, known.password, hashed)

    def _must_not_wait(self, tried: Tried) -> None:
        if wait := self._lockouts.wait(tried.address, self._now()):
            raise Refused(wait)

    def _counted(self, tried: Tried) -> Refused:
        self._lockouts.failed(tried.address, self._now())
        return Refused()
