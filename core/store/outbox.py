"""The outbox: what is to be sent next through a channel, and what became of it."""

# ruff: noqa: S608 - only fixed words go into the SQL, never a value

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import Row, TextualSelect, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.delivery import LAST_RANK, Because, State
from core.model.outbox import Answered, Claimed, Item, Outcome
from core.model.subscriber import Takes
from core.model.unit import Unit
from core.store.schema import UtcDateTime
from core.store.seal import SealBroken, Sealed, seal_of
from core.store.settling import digest_mark, hold, settle
from core.store.subscribers import owned_by
from core.store.wishes import read_wishes

__all__ = [
    "QUEUED",
    "Outbox",
    "anything",
    "claim_here",
    "digest_mark",
    "earlier_posts",
    "items_of",
    "mistaken",
    "settle",
    "things_of",
    "units_of",
]

_MOMENT = UtcDateTime()
# How long what cannot be opened is left alone.
UNREADABLE = timedelta(hours=1)
# Whoever is written to, how and when they want that, and what it is about.
_COLUMNS = (
    "d.alert, d.address, d.rank, d.state, d.attempts, d.why, d.item, d.answered, d.sent_at,"
    " l.event, l.reason, l.occurrence, l.notice, l.revision, l.serious,"
    " a.channel, a.chat, a.takes, a.subscriber, a.gone_at, s.lang, s.region,"
    " w.alerts, w.pace, w.hour, w.quiet_from, w.quiet_to, w.zone,"
    " p.brand, p.model, p.facts AS product_facts, o.facts, o.confirmed, o.nickname, o.lent_to,"
    " n.verdict, n.at, n.region AS asked_in, o.pk AS owned, n.pk AS told"
)
_JOINS = (
    " FROM delivery d JOIN address a ON a.pk = d.address JOIN alert l ON l.pk = d.alert"
    " LEFT JOIN subscriber s ON s.pk = a.subscriber"
    " LEFT JOIN wish w ON w.subscriber = a.subscriber"
    " LEFT JOIN owned_item o ON o.pk = d.item AND o.subscriber = a.subscriber"
    " LEFT JOIN answered n ON n.pk = d.answered AND n.subscriber = a.subscriber"
    " LEFT JOIN product p ON p.pk = COALESCE(o.product, n.product)"
)
_FRESH = (
    f"SELECT {_COLUMNS}{_JOINS} WHERE d.alert = :alert AND d.address > :after"
    " AND d.state = 0 AND d.rank = :rank AND a.channel = :channel"
    " ORDER BY d.address LIMIT :most"
)
_DUE = (
    f"SELECT {_COLUMNS}{_JOINS} WHERE d.rank = :rank AND d.due_at <= :now"
    " AND d.state IN (1, 2) AND a.channel = :channel ORDER BY d.due_at LIMIT :most"
)
# What waits for one address, off the keys of the alerts that its channel may still have.
_HERE = (
    f"SELECT {_COLUMNS}{_JOINS} WHERE d.address = :here AND d.state = 0"
    " AND d.alert IN (SELECT q.alert FROM queue q JOIN address c ON c.channel = q.channel"
    " WHERE c.pk = :here) ORDER BY d.rank, d.alert LIMIT :most"
)
_DUE_HERE = (
    f"SELECT {_COLUMNS}{_JOINS} WHERE d.due_at <= :now AND d.state IN (1, 2)"
    " AND d.address = :here ORDER BY d.rank, d.alert LIMIT :most"
)
_OF_ALERT = (
    f"SELECT {_COLUMNS}{_JOINS} WHERE d.alert = :alert AND d.state = 2 ORDER BY d.address"
)
_RANKS = " UNION ALL ".join(f"SELECT {rank} AS rank" for rank in range(LAST_RANK + 1))
# Where something may lie, nearest to the danger first; 0 stands for what is due again. Each
# rank is asked for by itself: together they would be sorted, and of a morning there are many.
_PLACES = text(
    f"SELECT rank, 0 AS alert, 0 AS planned FROM ({_RANKS}) AS r WHERE EXISTS ("
    "SELECT 1 FROM delivery d JOIN address a ON a.pk = d.address"
    " WHERE d.rank = r.rank AND d.due_at <= :now AND d.state IN (1, 2)"
    " AND a.channel = :channel)"
    " UNION ALL SELECT q.rank, q.alert, CASE WHEN l.planned_at IS NULL THEN 0 ELSE 1 END"
    " FROM queue q JOIN alert l ON l.pk = q.alert WHERE q.channel = :channel"
    " ORDER BY 1, 2"
).bindparams(bindparam("now", type_=_MOMENT))
# Whoever plans holds the row (QUEUED below), so that nobody takes it away before what was
# planned can be seen.
_FREE = text(
    "SELECT 1 FROM queue WHERE channel = :channel AND rank = :rank AND alert = :alert"
    " FOR UPDATE SKIP LOCKED"
)
_DRAINED = text(
    "DELETE FROM queue WHERE channel = :channel AND rank = :rank AND alert = :alert"
    " AND EXISTS (SELECT 1 FROM alert WHERE pk = :alert AND planned_at IS NOT NULL)"
    " AND NOT EXISTS (SELECT 1 FROM delivery d JOIN address a ON a.pk = d.address"
    " WHERE d.alert = :alert AND d.state = 0 AND d.rank = :rank AND a.channel = :channel)"
)
QUEUED = " ON CONFLICT (channel, rank, alert) DO UPDATE SET rank = excluded.rank"


@dataclass(slots=True)
class Outbox:
    """The deliveries of one channel, as one process takes them: in order of rank.

    `_passed` is how far each queue was read: a place to go on from, nothing more. What is to
    be sent is what the deliveries say.
    """

    channel: str
    _passed: dict[tuple[int, int], int] = field(default_factory=dict)

    async def claim(
        self, connection: AsyncConnection, now: datetime, until: datetime, most: int
    ) -> list[Claimed]:
        """Take at most `most` deliveries, which nobody else gets until `until`.

        They come in the order of rank; within one, those that are due again, whose holder let
        the lease end too, before new ones. One that cannot be read waits.
        """
        if most <= 0:
            return []
        rows = await self._next(connection, now, most)
        return await _taken(connection, rows, now, until)

    async def _next(
        self, connection: AsyncConnection, now: datetime, most: int
    ) -> list[Row[tuple[object, ...]]]:
        found: list[Row[tuple[object, ...]]] = []
        values = {"channel": self.channel, "now": now}
        for place in (await connection.execute(_PLACES, values)).all():
            left = most - len(found)
            if place.alert:
                found += await self._fresh(connection, place, left)
            else:
                due = {**values, "rank": place.rank, "most": left}
                found += await connection.execute(_statement(connection, _DUE), due)
            if len(found) >= most:
                break
        return found

    async def _fresh(
        self, connection: AsyncConnection, place: Row[tuple[object, ...]], most: int
    ) -> list[Row[tuple[object, ...]]]:
        which = (place.rank, place.alert)
        rows = await self._after(connection, which, most)
        if not rows and place.planned:
            passed = self._passed.pop(which, 0)
            if not await self._drained(connection, which) and passed:
                # What was planned since lies before.
                rows = await self._after(connection, which, most)
        return rows

    async def _after(
        self, connection: AsyncConnection, place: tuple[int, int], most: int
    ) -> list[Row[tuple[object, ...]]]:
        values = {
            "channel": self.channel,
            "rank": place[0],
            "alert": place[1],
            "after": self._passed.get(place, 0),
            "most": most,
        }
        rows = list(await connection.execute(_statement(connection, _FRESH), values))
        if rows:
            self._passed[place] = rows[-1].address
        return rows

    async def _drained(self, connection: AsyncConnection, place: tuple[int, int]) -> bool:
        """Take the queue away where nothing waits in it any more; say whether it is."""
        rank, alert = place
        values = {"channel": self.channel, "rank": rank, "alert": alert}
        if connection.dialect.name != "sqlite" and not await connection.scalar(_FREE, values):
            return False
        return (await connection.execute(_DRAINED, values)).rowcount > 0


async def _taken(
    connection: AsyncConnection,
    rows: Sequence[Row[tuple[object, ...]]],
    now: datetime,
    until: datetime,
) -> list[Claimed]:
    await hold(connection, [(row.alert, row.address) for row in rows], now, until)
    opened = seal_of(connection.dialect).read
    claimed, broken = [], []
    for row in rows:
        try:
            claimed.append(_claimed(row, now, until, opened))
        except (SealBroken, ValueError) as mistake:
            broken.append(_unreadable(row, mistake, now + UNREADABLE))
    await settle(connection, broken)
    return claimed


async def claim_here(
    connection: AsyncConnection, here: int, now: datetime, until: datetime, most: int
) -> list[Claimed]:
    """Take what waits for the address of that number, where its channel cannot push."""
    values = {"here": here, "now": now, "most": most}
    rows = (await connection.execute(_statement(connection, _DUE_HERE), values)).all()
    fresh = {"here": here, "most": max(0, most - len(rows))}
    more = (await connection.execute(_statement(connection, _HERE), fresh)).all()
    return await _taken(connection, [*rows, *more], now, until)


async def claim_alert(
    connection: AsyncConnection, alert: int, now: datetime, until: datetime
) -> list[Claimed]:
    """Take every delivery of that alert that is to be sent later, due or not."""
    rows = (await connection.execute(_statement(connection, _OF_ALERT), {"alert": alert})).all()
    return await _taken(connection, rows, now, until)


async def anything(connection: AsyncConnection, channel: str, now: datetime) -> bool:
    """Say whether something may be there to be claimed."""
    return (
        await connection.execute(_PLACES, {"channel": channel, "now": now})
    ).first() is not None


_STATEMENTS: dict[tuple[str, str], TextualSelect] = {}


def _statement(connection: AsyncConnection, sql: str) -> TextualSelect:
    """Return the query so that what another process is just taking is passed over."""
    which = (sql, connection.dialect.name)
    if which not in _STATEMENTS:
        lock = "" if connection.dialect.name == "sqlite" else " FOR UPDATE OF d SKIP LOCKED"
        times = dict.fromkeys(("gone_at", "sent_at", "at"), _MOMENT)
        asked = text(sql + lock)
        if ":now" in sql:
            asked = asked.bindparams(bindparam("now", type_=_MOMENT))
        _STATEMENTS[which] = asked.columns(**times)
    return _STATEMENTS[which]


def _unreadable(row: Row[tuple[object, ...]], mistake: Exception, due: datetime) -> Outcome:
    """Return that it waits: its seal is broken until the right key is there."""
    later = Outcome(row.alert, row.address, State.LATER, mistaken(mistake), row.attempts + 1)
    return replace(later, due_at=due, untried=True)


def mistaken(mistake: Exception) -> str:
    """Return what stands in `why` of what a mistake of ours keeps from being sent."""
    return f"mistake {type(mistake).__name__}"


def _claimed(
    row: Row[tuple[object, ...]], now: datetime, until: datetime, opened: Callable[[bytes], str]
) -> Claimed:
    return Claimed(
        alert=row.alert,
        address=row.address,
        rank=row.rank,
        attempts=row.attempts + 1,
        until=until,
        event=row.event,
        reason=row.reason,
        occurrence=row.occurrence,
        notice=row.notice,
        revision=row.revision,
        serious=bool(row.serious),
        since=row.sent_at or now,
        channel=row.channel,
        chat=opened(row.chat),
        takes=Takes(row.takes),
        subscriber=row.subscriber,
        gone=row.gone_at is not None,
        lang=row.lang,
        region=row.region,
        wishes=None if row.pace is None else read_wishes(row),
        item=_item(row, opened),
        answered=None if row.verdict is None else Answered(row.verdict, row.at),
        missing=_missing(row),
        doubtful=row.state == State.CLAIMED or Because.MAY_HAVE_ARRIVED in (row.why or ""),
        why=row.why,
    )


def _missing(row: Row[tuple[object, ...]]) -> bool:
    return (row.item is not None and row.owned is None) or (
        row.answered is not None and row.told is None
    )


def _item(row: Row[tuple[object, ...]], opened: Callable[[bytes], str]) -> Item | None:
    if row.owned is None and row.told is None:
        return None
    facts: dict[str, str] = json.loads(row.product_facts or "{}")
    if row.facts is not None:
        facts |= json.loads(opened(row.facts))
    if row.owned is None and row.asked_in:
        facts["region"] = row.asked_in
    unit = Unit(row.brand, row.model, MappingProxyType(facts), bool(row.confirmed))
    nickname, lent_to = (one and opened(one) for one in (row.nickname, row.lent_to))
    return Item(unit, nickname, lent_to)


_UNITS = text(
    "SELECT o.pk, o.facts, o.confirmed, p.brand, p.model, p.facts AS product_facts"
    " FROM owned_item o JOIN product p ON p.pk = o.product WHERE o.pk = :item"
).columns(facts=Sealed())


async def units_of(connection: AsyncConnection, items: Sequence[int]) -> dict[int, Unit]:
    """Return the units of these items, as far as they are still owned."""
    found: dict[int, Unit] = {}
    for item in dict.fromkeys(items):
        row = (await connection.execute(_UNITS, {"item": item})).one_or_none()
        if row is not None:
            told = json.loads(row.product_facts or "{}") | json.loads(row.facts or "{}")
            found[item] = Unit(
                row.brand, row.model, MappingProxyType(told), bool(row.confirmed)
            )
    return found


async def items_of(connection: AsyncConnection, subscriber: int | None) -> list[Item]:
    """Return every thing of a person's, the first one first."""
    if subscriber is None:
        return []
    return [
        Item(one.unit, one.nickname, one.lent_to)
        for one in await owned_by(connection, subscriber)
    ]


_SEVERAL = text(
    "SELECT subscriber FROM owned_item WHERE subscriber IN :people"
    " GROUP BY subscriber HAVING COUNT(*) > 1"
).bindparams(bindparam("people", expanding=True))


async def things_of(
    connection: AsyncConnection, people: Sequence[int]
) -> dict[int, tuple[Item, ...]]:
    """Return every thing of those among these people who own several."""
    several = await connection.scalars(_SEVERAL, {"people": list(dict.fromkeys(people))})
    return {one: tuple(await items_of(connection, one)) for one in several.all()}


@dataclass(frozen=True, slots=True)
class Earlier:
    """The first post on an event: the platform's name of it, and when it went.

    It is not its `own` where it was one of several on a digest.
    """

    message: str | None = None
    sent_at: datetime | None = None
    own: bool = True


_EARLIER = (
    "SELECT d.message, d.sent_at,"
    " CASE WHEN d.why LIKE 'digest %' THEN 0 ELSE 1 END AS own FROM alert l"
    " JOIN delivery d ON d.alert = l.pk AND d.address = :address"
    " WHERE l.event = :event AND l.reason IN ('alert', 'answer', 'feed')"
    " AND d.state IN (4, 5) ORDER BY d.sent_at"
)


async def earlier_posts(
    connection: AsyncConnection, pairs: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], Earlier]:
    """Return, for (address, event), the first post on it."""
    statement = text(_EARLIER).columns(sent_at=_MOMENT)
    found: dict[tuple[int, int], Earlier] = {}
    for address, event in dict.fromkeys(pairs):
        rows = await connection.execute(statement, {"address": address, "event": event})
        first = rows.first()
        if first is not None:
            own = bool(first.own)
            found[address, event] = Earlier(first.message, first.sent_at, own)
    return found
