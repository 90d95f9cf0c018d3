"""Public accounts that post: where they are, their rules and their style."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Row, Select, delete, exists, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from core.channel import Address
from core.model.public import Account, Rules, Style
from core.store import addresses
from core.store.public_json import RULES, STYLE, Unreadable, read, written
from core.store.schema import ACCOUNT, ADDRESS, DRAFT

log = structlog.get_logger(__name__)
_INSERT: dict[str, Callable[..., Any]] = {
    "sqlite": insert_sqlite,
    "postgresql": insert_postgresql,
}
_COPY = text(
    "INSERT INTO account (address, name, rules, style, active, since)"
    " SELECT CAST(:new AS INTEGER), name, rules, style, active, since FROM account"
    " WHERE address = :old ON CONFLICT (address) DO NOTHING"
)
# The drafts last: they say which of both addresses had one.
_FOLLOW = tuple(
    text(
        f"UPDATE {table} SET account = :new WHERE account = :old AND NOT EXISTS"  # noqa: S608 - names of ours
        f" (SELECT 1 FROM draft f WHERE f.alert = {table}.alert AND f.account = :new)"
    )
    for table in ("posted", "approval", "draft")
)


class PersonsChat(Exception):  # noqa: N818 - what it is
    """The place is a person's own chat with us: nothing public is posted there."""


@dataclass(frozen=True, slots=True)
class Described:
    """What people call an account, what it posts and how it writes."""

    name: str
    rules: Rules = field(default_factory=Rules)
    style: Style = field(default_factory=Style)


async def put_account(
    connection: AsyncConnection, place: Address, described: Described, now: datetime
) -> int:
    """Let the place be an account from now on, or be described so; return its number.

    Raises PersonsChat.
    """
    known = await addresses.address(connection, place)
    if known.subscriber is not None:
        raise PersonsChat
    said = {
        "name": described.name,
        "rules": written(RULES, described.rules),
        "style": written(STYLE, described.style),
    }
    row = _INSERT[connection.dialect.name](ACCOUNT).values(address=known.pk, since=now, **said)
    await connection.execute(row.on_conflict_do_update(index_elements=["address"], set_=said))
    return known.pk


async def accounts(connection: AsyncConnection) -> tuple[Account, ...]:
    """Return every account, the first one first; one that cannot be read is left out."""
    found = []
    for row in await connection.execute(_every().order_by(ACCOUNT.c.address)):
        try:
            found.append(_account(row))
        except Unreadable as mistake:
            log.error("account_not_read", account=row.address, reason=str(mistake))  # noqa: TRY400 - one line says it
    return tuple(found)


async def account(connection: AsyncConnection, number: int) -> Account | None:
    """Return the account of that number, None where there is none; raises Unreadable."""
    rows = await connection.execute(_every().where(ACCOUNT.c.address == number))
    row = rows.one_or_none()
    return None if row is None else _account(row)


async def at(connection: AsyncConnection, place: Address) -> Account | None:
    """Return the account of that place, None where it is none; raises Unreadable."""
    rows = await connection.execute(_every().where(addresses.is_at(place)))
    row = rows.one_or_none()
    return None if row is None else _account(row)


def _every() -> Select[Any]:
    where = ADDRESS.c.pk == ACCOUNT.c.address
    return select(ACCOUNT, ADDRESS.c.channel, ADDRESS.c.chat, ADDRESS.c.gone_at).join(
        ADDRESS, where
    )


def _account(row: Row[Any]) -> Account:
    return Account(
        number=row.address,
        channel=row.channel,
        chat=row.chat,
        name=row.name,
        rules=read(RULES, row.rules),
        style=read(STYLE, row.style),
        active=row.active,
        gone=row.gone_at is not None,
        since=row.since,
    )


async def set_name(connection: AsyncConnection, number: int, name: str) -> None:
    """Let people call the account so."""
    await _change(connection, number, name=name)


async def set_rules(connection: AsyncConnection, number: int, rules: Rules) -> None:
    """Let the account post by these rules."""
    await _change(connection, number, rules=written(RULES, rules))


async def set_style(connection: AsyncConnection, number: int, style: Style) -> None:
    """Let the account write so, from its next draft on."""
    await _change(connection, number, style=written(STYLE, style))


async def set_active(
    connection: AsyncConnection, number: int, now: datetime, *, active: bool
) -> None:
    """Draft for the account or not; one that begins again gets nothing of before `now`."""
    row = update(ACCOUNT).where(ACCOUNT.c.address == number, ACCOUNT.c.active != active)
    since = {"since": now} if active else {}
    await connection.execute(row.values(active=active, **since))


async def resume(connection: AsyncConnection, number: int) -> None:
    """Post there again though the platform refused it once."""
    gone = update(ADDRESS).where(ADDRESS.c.pk == number)
    await connection.execute(gone.values(gone_at=None))


async def remove(connection: AsyncConnection, number: int, now: datetime) -> bool:
    """Take the account away; where it has drafts it only is not active any more: False."""
    drafts = exists().where(DRAFT.c.account == number)
    gone = delete(ACCOUNT).where(ACCOUNT.c.address == number, ~drafts)
    if (await connection.execute(gone)).rowcount:
        return True
    await set_active(connection, number, now, active=False)
    return False


async def move(connection: AsyncConnection, old: int, new: int) -> None:
    """Let the account of one address, if it is one, be that of another, with all it posts.

    Where that is an account too, it stays as it is, and so do its own drafts.
    """
    for statement in (_COPY, *_FOLLOW):
        await connection.execute(statement, {"old": old, "new": new})
    await connection.execute(delete(ACCOUNT).where(ACCOUNT.c.address == old))


async def _change(connection: AsyncConnection, number: int, **values: str) -> None:
    row = update(ACCOUNT).where(ACCOUNT.c.address == number)
    await connection.execute(row.values(**values))
