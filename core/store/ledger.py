"""The outbox as an operator sees it: counts, single deliveries without people, what to redo."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.delivery import Because, State
from core.store.outbox import digest_mark
from core.store.schema import UtcDateTime

_MOMENT = UtcDateTime()
_PARTS = re.compile(r"parts \d+ ")
_COUNTS = text(
    "SELECT d.state, l.reason, a.channel,"
    " CASE WHEN d.state IN (5, 6, 7, 8) THEN COALESCE(d.why, '') ELSE '' END AS why,"
    " COUNT(*) AS n FROM delivery d JOIN alert l ON l.pk = d.alert"
    " JOIN address a ON a.pk = d.address GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
)
_ENTRIES = (
    "SELECT d.alert, d.address, d.state, d.why, d.attempts, d.due_at, d.sent_at,"
    " l.event, l.reason, l.occurrence, l.created_at, a.channel, n.id AS notice"
    " FROM delivery d JOIN alert l ON l.pk = d.alert JOIN address a ON a.pk = d.address"
    " LEFT JOIN notice n ON n.pk = l.notice WHERE {condition}"
    " ORDER BY d.alert DESC, d.address LIMIT :most"
)
_WAITING = (
    text(
        "SELECT a.channel, COUNT(*) AS n, MIN(COALESCE(d.due_at, l.created_at)) AS since"
        " FROM delivery d JOIN alert l ON l.pk = d.alert JOIN address a ON a.pk = d.address"
        " WHERE d.state = 0 OR (d.state IN (1, 2) AND d.due_at <= :now)"
        " GROUP BY a.channel ORDER BY a.channel"
    )
    .bindparams(bindparam("now", type_=_MOMENT))
    .columns(since=_MOMENT)
)
_NEXT = text(
    "SELECT MIN(moment) AS moment FROM (SELECT MIN(due_at) AS moment FROM delivery"
    " WHERE due_at IS NOT NULL UNION ALL"
    " SELECT MIN(remind_at) FROM delivery WHERE remind_at IS NOT NULL) AS moments"
).columns(moment=_MOMENT)
_UNPLANNED = text(
    "SELECT COUNT(*) AS n, MIN(seen_at) AS since,"
    " EXISTS (SELECT 1 FROM revision WHERE planned_at IS NOT NULL) AS begun"
    " FROM revision WHERE planned_at IS NULL"
).columns(since=_MOMENT)
# What rested goes out again as if for the first time. What a digest carries shares its fate.
_AGAIN = (
    "UPDATE delivery SET state = 2, due_at = :now, why = :why, attempts = 0, sent_at = NULL,"
    " message = NULL, remind_at = NULL"
    " WHERE state IN (5, 7, 8) AND COALESCE(why, '') NOT LIKE 'digest %'"
    " AND {condition} RETURNING alert, address"
)
_GIVEN_UP = (
    "UPDATE delivery SET state = 8, due_at = NULL, why = :why, remind_at = NULL"
    " WHERE state IN (0, 2, 3, 5, 7) AND COALESCE(why, '') NOT LIKE 'digest %'"
    " AND {condition} RETURNING alert, address"
)
_CARRIED = text(
    "UPDATE delivery SET state = :state WHERE address = :address AND why = :digest"
    " AND state IN (3, 5, 7, 8) AND alert IN (SELECT pk FROM alert)"
)
_DIGESTS = text("SELECT pk FROM alert WHERE reason = 'digest'")
_ANYTHING = text(
    "SELECT EXISTS (SELECT 1 FROM notice) OR EXISTS (SELECT 1 FROM address)"
    " OR EXISTS (SELECT 1 FROM subscriber)"
)
_REASON = text("SELECT reason FROM alert WHERE pk = :alert")
_NOT_SENT = text(
    "SELECT COUNT(*) FROM delivery WHERE state IN (0, 5, 7)"
    " OR (state IN (1, 2, 3) AND due_at <= :now)"
).bindparams(bindparam("now", type_=_MOMENT))
_ONE = "alert = :alert AND address = :address"
_OF_STATE = "state = :state AND alert IN (SELECT pk FROM alert)"


@dataclass(frozen=True, slots=True)
class Count:
    """How many deliveries of one kind there are; `why` where they rest unsent."""

    state: State
    reason: str
    channel: str
    why: str
    number: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One delivery, told by numbers alone: nobody reads from it where it goes."""

    alert: int
    address: int
    channel: str
    event: int
    notice: str | None
    reason: str
    occurrence: str
    state: State
    why: str | None
    attempts: int
    planned_at: datetime
    due_at: datetime | None
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many deliveries of a channel could be sent now, and since when the oldest could."""

    channel: str
    number: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many revisions are still to be planned, and since when the oldest has waited.

    `begun` says that some were planned before: somebody planned on this database.
    """

    revisions: int
    since: datetime | None
    begun: bool


async def counts(connection: AsyncConnection) -> list[Count]:
    """Return how many deliveries there are by state, reason, channel and why they rest."""
    found: Counter[tuple[int, str, str, str]] = Counter()
    for row in await connection.execute(_COUNTS):
        found[row.state, row.reason, row.channel, _kind(row.why)] += row.n
    return [Count(State(kind[0]), *kind[1:], n) for kind, n in sorted(found.items())]


def _kind(why: str) -> str:
    """Return the reason without what is only of use to whoever sends."""
    return _PARTS.sub("", why).partition(" ")[0]


async def entries(
    connection: AsyncConnection, most: int, state: State | None = None
) -> list[Entry]:
    """Return the deliveries planned last, of one state where it is given."""
    condition = "1 = 1" if state is None else "d.state = :state"
    statement = text(_ENTRIES.format(condition=condition)).columns(
        created_at=_MOMENT, due_at=_MOMENT, sent_at=_MOMENT
    )
    values = {"most": most} | ({} if state is None else {"state": int(state)})
    return [
        Entry(
            *(row.alert, row.address, row.channel, row.event, row.notice),
            *(row.reason, row.occurrence, State(row.state), row.why, row.attempts),
            *(row.created_at, row.due_at, row.sent_at),
        )
        for row in await connection.execute(statement, values)
    ]


async def overdue(connection: AsyncConnection, now: datetime) -> list[Waiting]:
    """Return, by channel, what could be sent now and is not, and since when the oldest."""
    rows = await connection.execute(_WAITING, {"now": now})
    return [Waiting(row.channel, row.n, row.since) for row in rows]


async def next_due(connection: AsyncConnection) -> datetime | None:
    """Return when something is to be sent, gathered or reminded of next, None for never."""
    found: datetime | None = await connection.scalar(_NEXT)
    return found


async def backlog(connection: AsyncConnection) -> Backlog:
    """Return what is still to be planned."""
    row = (await connection.execute(_UNPLANNED)).one()
    return Backlog(row.n, row.since, bool(row.begun))


async def retry_one(
    connection: AsyncConnection, alert: int, address: int, now: datetime
) -> int:
    """Send one delivery again that rests unsent; return how many there were of it."""
    return await _redo(connection, _AGAIN, {"alert": alert, "address": address, "now": now})


async def retry_all(connection: AsyncConnection, state: State, now: datetime) -> int:
    """Send all again that rest in that state: unknown, rejected or abandoned."""
    return await _redo(connection, _AGAIN, {"state": int(state), "now": now})


async def abandon_one(connection: AsyncConnection, alert: int, address: int) -> int:
    """Give up one delivery that was not sent; return how many there were of it."""
    return await _redo(connection, _GIVEN_UP, {"alert": alert, "address": address})


async def abandon_all(connection: AsyncConnection, state: State) -> int:
    """Give up all that are in that state, and were not sent for sure."""
    return await _redo(connection, _GIVEN_UP, {"state": int(state)})


async def _redo(connection: AsyncConnection, statement: str, values: dict[str, object]) -> int:
    again = statement is _AGAIN
    why = Because.RETRIED if again else Because.GIVEN_UP
    done = text(statement.format(condition=_ONE if "alert" in values else _OF_STATE))
    if again:
        done = done.bindparams(bindparam("now", type_=_MOMENT))
    rows = (await connection.execute(done, values | {"why": why.value})).all()
    fate = State.GATHERED if again else State.ABANDONED
    digests = set(await connection.scalars(_DIGESTS)) if rows else set()
    for row in rows:
        if row.alert in digests:
            carried = {"address": row.address, "digest": digest_mark(row.alert)}
            await connection.execute(_CARRIED, carried | {"state": int(fate)})
    return len(rows)


async def reason_of(connection: AsyncConnection, alert: int) -> str | None:
    """Return why an alert was planned, None where there is none of that number."""
    found: str | None = await connection.scalar(_REASON, {"alert": alert})
    return found


async def not_sent(connection: AsyncConnection, now: datetime) -> int:
    """Return how many deliveries are overdue, or rest where nobody knows that they arrived."""
    return int(await connection.scalar(_NOT_SENT, {"now": now}) or 0)


async def is_new(connection: AsyncConnection) -> bool:
    """Say whether the database holds no notice and knows nobody."""
    return not await connection.scalar(_ANYTHING)
