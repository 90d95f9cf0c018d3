"""Tests of the alarm: deliveries to the addresses that are named, and to nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.channel import Address
from core.model.delivery import Reason, State, Tier, rank
from core.store import addresses
from core.store.schema import UtcDateTime

_MOMENT = UtcDateTime()
_NOTICE = text(
    "SELECT n.pk, COALESCE(n.event, n.pk) AS event,"
    " (SELECT MAX(number) FROM revision r WHERE r.notice = n.pk) AS revision"
    " FROM notice n WHERE n.id = :name AND NOT n.exercise"
)
_ALERT = text(
    "INSERT INTO alert (event, reason, occurrence, notice, revision, serious, created_at,"
    " planned_at) VALUES (:event, :reason, :occurrence, :notice, :revision, :serious, :now,"
    " :now) RETURNING pk"
).bindparams(bindparam("now", type_=_MOMENT))
# Later, until this process has taken it: no other one is to send it at the same time.
_DELIVERY = text(
    "INSERT INTO delivery (alert, address, rank, state, due_at)"
    " VALUES (:alert, :address, :rank, :state, :due) ON CONFLICT DO NOTHING"
).bindparams(bindparam("due", type_=_MOMENT))
_OUTCOMES = text("SELECT address, state, why, message FROM delivery WHERE alert = :alert")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a test at one address."""

    place: Address
    state: State
    why: str | None
    message: str | None


async def plan(
    connection: AsyncConnection,
    name: str,
    audience: Sequence[Address],
    now: datetime,
    due: datetime,
) -> int | None:
    """Plan a test of the notice of that id for these addresses; None where it is unknown.

    Its deliveries are those of `audience`, whatever else the database holds: nobody is looked
    for. Whoever dies before they are sent leaves them to others from `due` on.
    """
    notice = (await connection.execute(_NOTICE, {"name": name})).one_or_none()
    if notice is None:
        return None
    told = {"event": notice.event, "notice": notice.pk, "revision": notice.revision}
    which = {"reason": Reason.TEST.value, "occurrence": now.isoformat(), "serious": False}
    alert = int(await connection.scalar(_ALERT, {**told, **which, "now": now}) or 0)
    place = rank(Tier.FOLLOW_UP, serious=False)
    for one in audience:
        known = await addresses.address(connection, one)
        row = {"alert": alert, "address": known.pk, "rank": place, "due": due}
        await connection.execute(_DELIVERY, row | {"state": int(State.LATER)})
    return alert


async def outcomes(
    connection: AsyncConnection, alert: int, audience: Sequence[Address]
) -> list[Outcome]:
    """Return what became of the test at each of these addresses."""
    rows = {row.address: row for row in await connection.execute(_OUTCOMES, {"alert": alert})}
    found = []
    for one in audience:
        known = await addresses.find(connection, one)
        row = rows.get(known.pk) if known else None
        if row is not None:
            found.append(Outcome(one, State(row.state), row.why, row.message))
    return found
