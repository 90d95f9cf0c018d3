"""What a reply told already, and what waits for somebody who comes back."""

# ruff: noqa: S608 - only a fixed ending goes into the SQL, never a value

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.delivery import FIRST, Progress, Reason, Tier, rank
from core.store import planning
from core.store import planning_sql as sql
from core.store.outbox import QUEUED
from core.store.planning import Naming
from core.store.schema import UtcDateTime

# A broadcast may have been under way when somebody left, and a week's digest been gathered.
UNDER_WAY = timedelta(days=9)
_SINCE = text(
    "SELECT n.pk, COALESCE(n.event, n.pk) AS event FROM notice n WHERE n.id = :id"
    " AND NOT n.exercise AND EXISTS (SELECT 1 FROM revision r WHERE r.notice = n.pk"
    " AND r.planned_at >= :since)"
).bindparams(bindparam("since", type_=UtcDateTime()))
_KNOWN = text(
    "SELECT 1 FROM alert l JOIN address b ON b.subscriber = :subscriber"
    " JOIN delivery d ON d.alert = l.pk AND d.address = b.pk"
    " WHERE l.event = :event AND l.reason IN ('alert', 'answer')"
    f" AND NOT {sql.came_to_nothing('d')} LIMIT 1"
)
_PUT = text(
    "INSERT INTO delivery (alert, address, rank, state, item)"
    " SELECT :alert, pk, :rank, 0, :item FROM address WHERE pk = :address"
    f" AND (takes = 'everything' OR (:serious AND takes = 'serious')){sql.ANEW}"
)
_QUEUE = text(
    "INSERT INTO queue (channel, rank, alert)"
    f" SELECT channel, :rank, :alert FROM address WHERE pk = :address{QUEUED}"
)


@dataclass(frozen=True, slots=True)
class Replied:
    """That a person was told of an event in a reply: where, of which item, and how it is named.

    `message` is the platform's name of the reply where it is known; `remind_at` is when the
    person is first reminded.
    """

    event: int
    address: int
    item: int | None
    serious: bool
    message: str | None = None
    remind_at: datetime | None = None


async def told_in_reply(connection: AsyncConnection, what: Replied, now: datetime) -> int:
    """Note that the person knows, so that no alert repeats it, and what follows reaches them.

    An alert that still waits for the same address is taken as sent. Returns the number of the
    alert.
    """
    naming = _first(what.event, what.event, serious=what.serious)
    alert = await planning.alert(connection, naming, now, now)
    values = {
        "alert": alert,
        "address": what.address,
        "rank": rank(Tier.OWNER, serious=what.serious),
        "item": what.item,
        "message": what.message,
        "remind_at": what.remind_at,
        "progress": int(Progress.REACHED),
        "now": now,
    }
    await connection.execute(sql.REPLIED, values)
    return alert


def _first(event: int, notice: int, *, serious: bool) -> Naming:
    return Naming(event, Reason.ALERT.value, FIRST, notice, None, serious)


@dataclass(frozen=True, slots=True)
class Due:
    """An item of somebody's, and a notice that concerns it."""

    notice: str
    item: int
    serious: bool


@dataclass(frozen=True, slots=True)
class Back:
    """Who is back, on which address, and since when they were away."""

    subscriber: int
    address: int
    channel: str
    since: datetime


async def take_up(connection: AsyncConnection, back: Back) -> int:
    """Let wait again what could not be delivered since the person left; return how much."""
    values = {"address": back.address, "since": back.since - UNDER_WAY}
    returned = await connection.execute(sql.RETURNED, values)
    if returned.rowcount:
        await connection.execute(sql.REQUEUE, {**values, "channel": back.channel})
    return returned.rowcount


async def make_good(
    connection: AsyncConnection, back: Back, due: Sequence[Due], now: datetime
) -> int:
    """Plan the alerts of these notices that were news since then and that the person lacks."""
    count = 0
    for one in due:
        when = {"id": one.notice, "since": back.since}
        found = (await connection.execute(_SINCE, when)).first()
        if found is None:
            continue
        asked = {"event": found.event, "subscriber": back.subscriber}
        if (await connection.execute(_KNOWN, asked)).first() is not None:
            continue
        alert = await planning.alert(
            connection, _first(found.event, found.pk, serious=one.serious), now, now
        )
        place = {"alert": alert, "address": back.address}
        order = {"rank": rank(Tier.OWNER, serious=one.serious)}
        told = {"item": one.item, "serious": one.serious}
        put = await connection.execute(_PUT, {**place, **order, **told})
        if put.rowcount:
            await connection.execute(_QUEUE, {**place, **order})
        count += put.rowcount
    return count
