"""Who approved which version of a draft."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.store.drafts import OPEN, Stale
from core.store.schema import UtcDateTime

# Two who approve at once come one after the other, so that the second counts the first.
_DRAFT = text(
    "UPDATE draft SET version = version WHERE alert = :alert AND account = :account"
    " AND version = :version AND stage IN :open"
).bindparams(bindparam("open", expanding=True))
_APPROVE = text(
    "INSERT INTO approval (alert, account, operator, version, at)"
    " VALUES (:alert, :account, :operator, :version, :now)"
    " ON CONFLICT (alert, account, operator) DO UPDATE SET version = excluded.version,"
    " at = CASE WHEN approval.version = excluded.version THEN approval.at ELSE excluded.at END"
).bindparams(bindparam("now", type_=UtcDateTime()))
_APPROVALS = text(
    "SELECT o.name FROM approval p JOIN operator o ON o.pk = p.operator"
    " WHERE p.alert = :alert AND p.account = :account AND p.version = :version"
    " ORDER BY p.at, o.name"
)
_TAKE_BACK = text(
    "DELETE FROM approval WHERE alert = :alert AND account = :account AND operator = :operator"
)
_ANEW = text("DELETE FROM approval WHERE alert = :alert AND account = :account")
# Of what stands on a platform it stays known who approved it.
_OF = text(
    "DELETE FROM approval WHERE operator = :operator AND NOT EXISTS (SELECT 1 FROM posted p"
    " WHERE p.alert = approval.alert AND p.account = approval.account)"
)


async def approve(
    connection: AsyncConnection,
    which: tuple[int, int],
    version: int,
    operator: int,
    now: datetime,
) -> tuple[str, ...]:
    """Note that the operator approves that version; return the names of all who do.

    Raises drafts.Stale where the draft is another version by now, or no longer open.
    """
    named = {"alert": which[0], "account": which[1], "version": version}
    stages = [stage.value for stage in OPEN]
    if not (await connection.execute(_DRAFT, {**named, "open": stages})).rowcount:
        raise Stale
    await connection.execute(_APPROVE, {**named, "operator": operator, "now": now})
    return await approvals(connection, which, version)


async def approvals(
    connection: AsyncConnection, which: tuple[int, int], version: int
) -> tuple[str, ...]:
    """Return the names of those who approved that version, the first one first."""
    named = {"alert": which[0], "account": which[1], "version": version}
    return tuple(await connection.scalars(_APPROVALS, named))


async def take_back(connection: AsyncConnection, which: tuple[int, int], operator: int) -> None:
    """Take the operator's approval of a draft back."""
    named = {"alert": which[0], "account": which[1], "operator": operator}
    await connection.execute(_TAKE_BACK, named)


async def forget(connection: AsyncConnection, which: tuple[int, int]) -> None:
    """Let a draft be approved anew by everybody."""
    await connection.execute(_ANEW, {"alert": which[0], "account": which[1]})


async def forget_all_of(connection: AsyncConnection, operator: int) -> None:
    """Let what the operator approved wait for others, unless it is posted."""
    await connection.execute(_OF, {"operator": operator})
