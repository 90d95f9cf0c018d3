"""Who works at the editorial desk: names, roles, hashed passwords, and what was tried.

(Written with the desk's sign-in; tests in tests/contracts/test_store_operators.py.)
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from core.store import approvals
from core.store.schema import DESK_SESSION, OPERATOR


class NameTaken(Exception):  # noqa: N818 - it is told to people
    """Somebody works at the desk under that name already."""


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody at the desk; `password` is an Argon2 hash, or an invitation to choose one.

    `recovery` are digests of the codes that are left.
    """

    pk: int
    name: str
    role: str
    active: bool
    created_at: datetime
    failures: int
    locked_until: datetime | None
    password: str = field(repr=False)
    totp: str = field(repr=False)
    recovery: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What somebody signs in with; see Known."""

    password: str = field(repr=False)
    totp: str = field(repr=False)
    recovery: tuple[str, ...] = field(default=(), repr=False)


async def add(
    connection: AsyncConnection, name: str, role: str, secrets: Secrets, now: datetime
) -> int:
    """Let somebody work at the desk, and return their number; raises NameTaken."""
    row = insert(OPERATOR).values(
        name=name,
        role=role,
        password=secrets.password,
        totp=secrets.totp,
        recovery=json.dumps(secrets.recovery),
        counter=0,
        created_at=now,
        failures=0,
    )
    try:
        made = await connection.execute(row.returning(OPERATOR.c.pk))
    except IntegrityError:
        raise NameTaken(name) from None
    return int(made.scalar_one())


async def anybody(connection: AsyncConnection) -> bool:
    """Say whether anybody ever worked at the desk."""
    found = await connection.scalar(select(OPERATOR.c.pk).limit(1))
    return found is not None


async def by_name(connection: AsyncConnection, name: str) -> Known | None:
    """Return whoever has exactly that name."""
    return await _one(connection, OPERATOR.c.name == name)


async def by_number(connection: AsyncConnection, pk: int) -> Known | None:
    """Return whoever has that number."""
    return await _one(connection, OPERATOR.c.pk == pk)


async def everybody(connection: AsyncConnection) -> Sequence[Known]:
    """Return everybody, by name."""
    rows = await connection.execute(select(OPERATOR).order_by(OPERATOR.c.name))
    return [_known(row) for row in rows]


async def _one(connection: AsyncConnection, condition: ColumnElement[bool]) -> Known | None:
    row = (await connection.execute(select(OPERATOR).where(condition))).first()
    return None if row is None else _known(row)


def _known(row: Row[tuple[object, ...]]) -> Known:
    return Known(
        row.pk,
        row.name,
        row.role,
        row.active,
        row.created_at,
        row.failures,
        row.locked_until,
        row.password,
        row.totp,
        tuple(json.loads(row.recovery)),
    )


async def set_role(connection: AsyncConnection, pk: int, role: str) -> None:
    """Give them another role; they are signed out, and what they approved waits for others."""
    await _change(connection, pk, role=role)
    await approvals.forget_all_of(connection, pk)
    await _sign_out(connection, pk)


async def set_active(connection: AsyncConnection, pk: int, *, active: bool) -> None:
    """Let them in, or no longer; they are signed out, and what they approved waits for others.

    What is released or posted stays so.
    """
    await _change(connection, pk, active=active)
    await approvals.forget_all_of(connection, pk)
    await _sign_out(connection, pk)


async def change_password(
    connection: AsyncConnection, pk: int, before: str, after: str
) -> bool:
    """Put another hash in place of `before`; False where that is no longer what is kept."""
    row = update(OPERATOR).where(OPERATOR.c.pk == pk, OPERATOR.c.password == before)
    return (await connection.execute(row.values(password=after))).rowcount == 1


async def set_secrets(connection: AsyncConnection, pk: int, secrets: Secrets) -> None:
    """Replace all they sign in with, let them try at once, and sign them out everywhere."""
    await _change(
        connection,
        pk,
        password=secrets.password,
        totp=secrets.totp,
        recovery=json.dumps(secrets.recovery),
        counter=0,
        failures=0,
        locked_until=None,
    )
    await _sign_out(connection, pk)


async def set_recovery(connection: AsyncConnection, pk: int, codes: Sequence[str]) -> None:
    """Replace their recovery codes, given as digests."""
    await _change(connection, pk, recovery=json.dumps(list(codes)))


async def use_counter(connection: AsyncConnection, pk: int, step: int) -> bool:
    """Use up a TOTP step and those before it; False where it was used already."""
    row = update(OPERATOR).where(OPERATOR.c.pk == pk, OPERATOR.c.counter < step)
    return (await connection.execute(row.values(counter=step))).rowcount == 1


async def use_recovery(connection: AsyncConnection, pk: int, digest: str) -> bool:
    """Use up a recovery code; False where there is none such, or it was used already."""
    found = await by_number(connection, pk)
    if found is None or digest not in found.recovery:
        return False
    left = [one for one in found.recovery if one != digest]
    row = update(OPERATOR).where(
        OPERATOR.c.pk == pk, OPERATOR.c.recovery == json.dumps(found.recovery)
    )
    changed = await connection.execute(row.values(recovery=json.dumps(left)))
    return changed.rowcount == 1


async def begin_try(connection: AsyncConnection, pk: int, now: datetime) -> int | None:
    """Count a sign-in as failed until it succeeds, and return how many failed in a row.

    None where none is to be tried now. Two at once are counted one after the other.
    """
    row = update(OPERATOR).where(
        OPERATOR.c.pk == pk,
        OPERATOR.c.active,
        or_(OPERATOR.c.locked_until.is_(None), OPERATOR.c.locked_until <= now),
    )
    counted = row.values(failures=OPERATOR.c.failures + 1).returning(OPERATOR.c.failures)
    failures: int | None = await connection.scalar(counted)
    return failures


async def lock(connection: AsyncConnection, pk: int, until: datetime) -> None:
    """Try no sign-in as them until then."""
    await _change(connection, pk, locked_until=until)


async def note_success(connection: AsyncConnection, pk: int) -> None:
    """Forget the sign-ins that failed."""
    await _change(connection, pk, failures=0, locked_until=None)


async def _change(connection: AsyncConnection, pk: int, **values: Any) -> None:
    await connection.execute(update(OPERATOR).where(OPERATOR.c.pk == pk).values(**values))


async def _sign_out(connection: AsyncConnection, pk: int) -> None:
    await connection.execute(delete(DESK_SESSION).where(DESK_SESSION.c.operator == pk))
