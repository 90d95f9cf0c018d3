"""What follows an alert: reminders, digests, and how far its owners came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.delivery import Progress, Reason
from core.model.subscriber import Wishes
from core.store.outbox import QUEUED, digest_mark
from core.store.schema import UtcDateTime
from core.store.wishes import read_wishes

_MOMENT = UtcDateTime()
_NOW = bindparam("now", type_=_MOMENT)
_TO_REMIND = (
    text(
        "SELECT d.alert, d.address, d.item, d.answered, d.sent_at, d.progress,"
        " l.event, l.notice, l.revision, l.serious, a.channel,"
        " (SELECT COUNT(*) FROM alert r JOIN delivery e ON e.alert = r.pk"
        " AND e.address = d.address"
        " WHERE r.event = l.event AND r.reason = 'reminder') AS already,"
        # Of the same thing, on the same address, something newer that reminds as well.
        " EXISTS (SELECT 1 FROM alert r JOIN delivery e ON e.alert = r.pk"
        " AND e.address = d.address WHERE r.pk > d.alert AND r.reason IN ('alert', 'answer')"
        " AND e.item = d.item AND e.remind_at IS NOT NULL) AS overtaken"
        " FROM delivery d JOIN alert l ON l.pk = d.alert JOIN address a ON a.pk = d.address"
        " WHERE d.remind_at <= :now ORDER BY d.remind_at LIMIT :most"
    )
    .bindparams(_NOW)
    .columns(sent_at=_MOMENT)
)
_REMIND_AT = text(
    "UPDATE delivery SET remind_at = :then WHERE alert = :alert AND address = :address"
).bindparams(bindparam("then", type_=_MOMENT))
_ALERT = text(
    "INSERT INTO alert (event, reason, occurrence, notice, revision, serious, created_at,"
    " planned_at)"
    " VALUES (:event, :reason, :occurrence, :notice, :revision, :serious, :now, :now)"
    " ON CONFLICT (event, reason, occurrence) DO UPDATE SET notice = excluded.notice,"
    " revision = excluded.revision RETURNING pk"
).bindparams(_NOW)
_DELIVERY = text(
    "INSERT INTO delivery (alert, address, rank, state, item, answered)"
    " VALUES (:alert, :address, :rank, 0, :item, :answered) ON CONFLICT DO NOTHING"
)
_QUEUE = text(
    "INSERT INTO queue (channel, rank, alert) VALUES (:channel, :rank, :alert)" + QUEUED  # noqa: S608 - fixed words
)
_TO_GATHER = text(
    "SELECT d.alert, d.address, a.channel, a.subscriber,"
    " w.alerts, w.pace, w.hour, w.quiet_from, w.quiet_to, w.zone"
    " FROM delivery d JOIN address a ON a.pk = d.address"
    " LEFT JOIN wish w ON w.subscriber = a.subscriber"
    " WHERE d.due_at <= :now AND d.state = 3 ORDER BY d.address, d.alert LIMIT :most"
).bindparams(_NOW)
_CARRIED = text(
    "UPDATE delivery SET due_at = NULL, why = :digest"
    " WHERE alert = :alert AND address = :address AND state = 3"
)
_PUT_OFF = text(
    "UPDATE delivery SET due_at = :then"
    " WHERE alert = :alert AND address = :address AND state = 3"
).bindparams(bindparam("then", type_=_MOMENT))
_STATE = text("SELECT state FROM delivery WHERE alert = :alert AND address = :address")


@dataclass(frozen=True, slots=True)
class ToRemind:
    """A delivery whose owner is to be reminded, and how many reminders there were.

    It is `overtaken` where a newer recall of the same thing reminds them as well.
    """

    alert: int
    address: int
    item: int | None
    answered: int | None
    sent_at: datetime
    progress: Progress | None
    event: int
    notice: int | None
    revision: int | None
    serious: bool
    channel: str
    already: int
    overtaken: bool


@dataclass(frozen=True, slots=True)
class Due:
    """What was gathered for an address whose digest is due."""

    address: int
    channel: str
    wishes: Wishes | None
    alerts: tuple[int, ...]


async def to_remind(connection: AsyncConnection, now: datetime, most: int) -> list[ToRemind]:
    """Return those whose reminder is due, the most overdue first."""
    rows = await connection.execute(_TO_REMIND, {"now": now, "most": most})
    return [_to_remind(row) for row in rows]


def _to_remind(row: Row[tuple[object, ...]]) -> ToRemind:
    progress = Progress(row.progress) if row.progress else None
    told = (row.alert, row.address, row.item, row.answered, row.sent_at, progress)
    about = (row.event, row.notice, row.revision, bool(row.serious), row.channel)
    return ToRemind(*told, *about, row.already, bool(row.overtaken))


async def plan_reminder(
    connection: AsyncConnection, one: ToRemind, rank: int, then: datetime | None, now: datetime
) -> None:
    """Let one more reminder go, and the next one be due `then`."""
    values: dict[str, object] = {
        "event": one.event,
        "reason": Reason.REMINDER.value,
        "occurrence": str(one.already + 1),
        "notice": one.notice,
        "revision": one.revision,
        "serious": one.serious,
        "now": now,
    }
    alert = await connection.scalar(_ALERT, values)
    delivery = {"alert": alert, "address": one.address, "rank": rank}
    told = {"item": one.item, "answered": one.answered}
    await connection.execute(_DELIVERY, delivery | told)
    await connection.execute(_QUEUE, {"channel": one.channel, "rank": rank, "alert": alert})
    await remind_at(connection, one.alert, one.address, then)


async def remind_at(
    connection: AsyncConnection, alert: int, address: int, then: datetime | None
) -> None:
    """Let the next reminder of this delivery be due then, or with None no more."""
    values = {"then": then, "alert": alert, "address": address}
    await connection.execute(_REMIND_AT, values)


async def to_gather(connection: AsyncConnection, now: datetime, most: int) -> list[Due]:
    """Return whose digests are due, with some of what waits for them."""
    rows = await connection.execute(_TO_GATHER, {"now": now, "most": most})
    found: dict[int, Due] = {}
    for row in rows:
        known = found.get(row.address)
        wished = None if row.pace is None else read_wishes(row)
        alerts = (*known.alerts, row.alert) if known else (row.alert,)
        found[row.address] = Due(row.address, row.channel, wished, alerts)
    return list(found.values())


async def plan_digest(
    connection: AsyncConnection, due: Due, day: str, rank: int, now: datetime
) -> bool:
    """Let the digest of that day carry what is due; False where it has already gone.

    However often it is asked for, an address has one digest a day.
    """
    values: dict[str, object] = {
        "event": 0,
        "reason": Reason.DIGEST.value,
        "occurrence": day,
        "notice": None,
        "revision": None,
        "serious": False,
        "now": now,
    }
    digest = int(await connection.scalar(_ALERT, values) or 0)
    told: dict[str, object] = {"alert": digest, "address": due.address}
    nothing = {"rank": rank, "item": None, "answered": None}
    made = await connection.execute(_DELIVERY, told | nothing)
    if not made.rowcount and await connection.scalar(_STATE, told) != 0:
        return False
    carried = [
        {"alert": one, "address": due.address, "digest": digest_mark(digest)}
        for one in due.alerts
    ]
    await connection.execute(_CARRIED, carried)
    await connection.execute(_QUEUE, {"channel": due.channel, "rank": rank, "alert": digest})
    return True


async def put_off(connection: AsyncConnection, due: Due, then: datetime) -> None:
    """Let what was gathered wait for a later digest."""
    rows = [{"alert": one, "address": due.address, "then": then} for one in due.alerts]
    await connection.execute(_PUT_OFF, rows)


_MINE = text(
    "SELECT d.alert, d.address, d.item, d.answered, d.sent_at, d.progress, l.event,"
    " (SELECT COUNT(*) FROM alert r JOIN delivery e ON e.alert = r.pk"
    " AND e.address = d.address WHERE r.event = l.event AND r.reason = 'reminder') AS already"
    " FROM alert l JOIN delivery d ON d.alert = l.pk WHERE l.reason IN ('alert', 'answer')"
    " AND l.event = (SELECT event FROM alert WHERE pk = :alert)"
    " AND d.address IN (SELECT pk FROM address WHERE subscriber = :subscriber)"
    " ORDER BY d.alert"
).columns(sent_at=_MOMENT)
_PROGRESS = text(
    "UPDATE delivery SET progress = :progress, remind_at = :then"
    " WHERE alert = :alert AND address = :address"
).bindparams(bindparam("then", type_=_MOMENT))
_TALLY = text(
    "SELECT d.progress, COUNT(*) AS n FROM alert l JOIN delivery d ON d.alert = l.pk"
    " WHERE l.event = :event AND l.reason IN ('alert', 'answer') AND d.state = 4"
    " AND (d.item IS NOT NULL OR d.answered IS NOT NULL) GROUP BY d.progress"
)


@dataclass(frozen=True, slots=True)
class Told:
    """A delivery of an event that a person got, and how far they came."""

    alert: int
    address: int
    item: int | None
    answered: int | None
    sent_at: datetime | None
    progress: Progress | None
    event: int
    already: int


async def told_of(connection: AsyncConnection, subscriber: int, alert: int) -> Sequence[Told]:
    """Return what the person was told of the event of that alert, in any of their chats."""
    rows = await connection.execute(_MINE, {"subscriber": subscriber, "alert": alert})
    return [
        Told(
            *(row.alert, row.address, row.item, row.answered, row.sent_at),
            Progress(row.progress) if row.progress else None,
            *(row.event, row.already),
        )
        for row in rows
    ]


async def note_progress(
    connection: AsyncConnection, one: Told, progress: Progress, then: datetime | None
) -> None:
    """Note how far the person came, and when they are reminded next."""
    values = {"alert": one.alert, "address": one.address, "progress": int(progress)}
    await connection.execute(_PROGRESS, values | {"then": then})


async def tally(connection: AsyncConnection, event: int) -> dict[Progress, int]:
    """Return how many owners of the event's products came how far; nobody is named."""
    counted = dict.fromkeys(Progress, 0)
    for row in await connection.execute(_TALLY, {"event": event}):
        counted[Progress(row.progress or Progress.REACHED)] += row.n
    return counted
