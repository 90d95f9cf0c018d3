"""Inviting people to the desk: a code to choose a password with, a secret for their app."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bots.web.desk.codes import invitation, new_code, new_totp, totp_address
from bots.web.desk.names import named
from bots.web.desk.roles import Role
from core.store import audit, operators
from core.store.audit import Done
from core.store.operators import Known, Secrets


@dataclass(frozen=True, slots=True)
class Invited:
    """What somebody is handed, once; `code` is good for a day."""

    name: str
    code: str = field(repr=False)
    totp: str = field(repr=False)

    @property
    def address(self) -> str:
        """Return the otpauth:// address, for a QR code."""
        return totp_address(self.totp, self.name)


async def invite(
    connection: AsyncConnection, name: str, role: Role, now: datetime, by: str
) -> Invited:
    """Let somebody choose a password for the desk; raises NameTaken."""
    invited = Invited(named(name), new_code(), new_totp())
    await operators.add(connection, invited.name, role.value, _secrets(invited, now), now)
    done = Done("operator_added", detail=f"{invited.name}: {role}")
    await audit.add(connection, now, by, done)
    return invited


async def invite_again(
    connection: AsyncConnection, known: Known, now: datetime, by: str
) -> Invited:
    """Let somebody choose anew; what they signed in with before counts no longer."""
    invited = Invited(known.name, new_code(), new_totp())
    await operators.set_secrets(connection, known.pk, _secrets(invited, now))
    await operators.set_active(connection, known.pk, active=True)
    await audit.add(connection, now, by, Done("operator_reset", detail=known.name))
    return invited


def _secrets(invited: Invited, now: datetime) -> Secrets:
    return Secrets(invitation(invited.code, now), invited.totp)
