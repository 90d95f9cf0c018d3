"""Planning in the database: what is still to be planned, whom it reaches, its deliveries."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import structlog
from sqlalchemy import Column, Integer, MetaData, Row, Table
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.products import Product
from core.model.recall import Notice
from core.model.subscriber import GroupFeed
from core.store import planning_sql as sql
from core.store.group_feeds import read_feed
from core.store.lookup import parsed
from core.store.rows import AT_ONCE, MARKS, Into, put_rows
from core.store.seal import seal_of
from core.store.writing import CATALOGUE

log = structlog.get_logger(__name__)
CHUNK = 5_000
# Most revisions concern nobody: so many are looked at and put aside together.
AT_A_LOOK = 50
_PICKED = Into(
    Table("picked", MetaData(), Column("subscriber", Integer), Column("item", Integer)),
    ("subscriber", "item"),
    " ON CONFLICT DO NOTHING",
)


@dataclass(frozen=True, slots=True)
class Unplanned:
    """A revision of which nobody was told yet: numbers, what it is, what stands now.

    `notice` is the notice as it stands, or the reviewed one that answers in its place;
    `watched`, `fed` and `alerted` say whether anybody watches anything, any group has a feed,
    and the event has alerts.
    """

    pk: int
    number: int
    event: int
    kind: str
    quiet: bool
    exercise: bool
    shipped: bool
    notice: Notice
    watched: bool
    fed: bool
    alerted: bool


async def oldest(connection: AsyncConnection) -> list[Unplanned]:
    """Return the revisions that have waited longest to be planned, the oldest first.

    One whose notice cannot be read goes on waiting, and keeps no other from being planned.
    """
    rows = await connection.execute(sql.OLDEST, {"most": AT_A_LOOK})
    found = []
    for row in rows.all():
        try:
            found.append(_unplanned(row))
        except ValueError as mistake:
            reason = type(mistake).__name__
            log.error(  # noqa: TRY400 - one line says it
                "notice_not_read", notice=row.notice, revision=row.number, reason=reason
            )
    return found


def _unplanned(row: Row[Any]) -> Unplanned:
    return Unplanned(
        row.notice,
        row.number,
        row.event,
        row.kind,
        bool(row.quiet),
        bool(row.exercise),
        row.source == CATALOGUE,
        parsed(row.reviewed or row.body),
        bool(row.watched),
        bool(row.fed),
        bool(row.alerted),
    )


async def products(connection: AsyncConnection, keys: Collection[str]) -> dict[int, Product]:
    """Return the products that somebody owns or asked about under these keys, by number."""
    found: dict[int, Product] = {}
    ordered = sorted(keys)
    for start in range(0, len(ordered), AT_ONCE):
        some = ordered[start : start + AT_ONCE]
        mark = MARKS[connection.dialect.paramstyle]
        statement = sql.PRODUCTS.format(keys=", ".join([mark] * len(some)))
        rows = await connection.exec_driver_sql(statement, tuple(some))
        found |= {row.pk: _product(row) for row in rows}
    return found


def _product(row: Row[Any]) -> Product:
    return Product(row.brand, row.model, MappingProxyType(json.loads(row.facts)))


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of an event: its number, why, and which time that is."""

    pk: int
    event: int
    reason: str
    occurrence: str
    planned: bool


async def alerts(connection: AsyncConnection, event: int) -> list[Alert]:
    """Return every alert of the event and of what became part of it, the first ones first."""
    rows = await connection.execute(sql.ALERTS, {"event": event})
    return [
        Alert(row.pk, row.event, row.reason, row.occurrence, row.planned_at is not None)
        for row in rows
    ]


async def rehome(connection: AsyncConnection, event: int) -> None:
    """Let alerts of what became part of the event be alerts of the event."""
    await connection.execute(sql.REHOME, {"event": event})


@dataclass(frozen=True, slots=True)
class Naming:
    """What makes an alert one: its event, reason and occurrence; and what led to it."""

    event: int
    reason: str
    occurrence: str
    notice: int
    revision: int | None
    serious: bool


async def alert(
    connection: AsyncConnection,
    naming: Naming,
    now: datetime,
    planned_at: datetime | None = None,
) -> int:
    """Return the number of that alert, made at `now` where there was none."""
    named = {"event": naming.event, "reason": naming.reason, "occurrence": naming.occurrence}
    told = {"notice": naming.notice, "revision": naming.revision, "serious": naming.serious}
    await connection.execute(
        sql.ADD_ALERT, {**named, **told, "now": now, "planned_at": planned_at}
    )
    found: int = (await connection.execute(sql.ALERT, named)).scalar_one()
    return found


async def worse(connection: AsyncConnection, pk: int) -> None:
    """Let the alert be serious from now on: what waited for a digest waits no longer."""
    values = {"alert": pk, "serious": True}
    if (await connection.execute(sql.WORSE, values)).rowcount:
        await connection.execute(sql.NOT_YET, values)
        await connection.execute(sql.QUEUE_AGAIN, values)


async def alert_planned(connection: AsyncConnection, pk: int, now: datetime) -> None:
    """Note that every delivery of the alert is there."""
    await connection.execute(sql.ALERT_PLANNED, {"alert": pk, "now": now})


async def prepare(connection: AsyncConnection) -> None:
    """Make room, on this connection alone, for whom an alert is to reach."""
    for statement in (*sql.TABLES, *sql.EMPTY):
        await connection.exec_driver_sql(statement)


async def clear(connection: AsyncConnection) -> None:
    """Choose nobody."""
    for statement in sql.EMPTY:
        await connection.exec_driver_sql(statement)


async def put_away(connection: AsyncConnection) -> None:
    """Leave nothing behind on the connection."""
    for statement in sql.GONE:
        await connection.exec_driver_sql(statement)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who may be chosen: on addresses that take it, if they got none of the alerts `told`."""

    rank: int
    serious: bool
    told: tuple[int, ...] = ()

    @property
    def values(self) -> dict[str, Any]:
        """Return the parameters of the statements that choose."""
        values = {"rank": self.rank, "serious": self.serious}
        return {**values, "told": self.told} if self.told else values


async def choose_owners(connection: AsyncConnection, product: int, wanted: Wanted) -> None:
    """Choose everybody who owns the product, each once for each address."""
    statement = sql.OWNERS[bool(wanted.told)]
    await connection.execute(statement, {"product": product, **wanted.values})


# An owned item: its number, whose it is, the facts of the unit, sealed, and "confirmed".
Owned = tuple[int, int, bytes | None, bool]


async def items(
    connection: AsyncConnection, product: int, after: tuple[int, int]
) -> Sequence[Owned]:
    """Return the next items of the product in the order of (subscriber, pk)."""
    statement = _items(MARKS[connection.dialect.paramstyle])
    found: Any = await connection.exec_driver_sql(statement, (product, *after, CHUNK))
    rows: Sequence[Owned] = found.all()
    return rows


@lru_cache
def _items(mark: str) -> str:
    return sql.ITEMS.format(mark=mark)


def opener(connection: AsyncConnection) -> Callable[[bytes], str]:
    """Return what opens sealed texts of this database, in any thread."""
    return seal_of(connection.dialect).read


async def pick(connection: AsyncConnection, owners: Sequence[tuple[int, int]]) -> None:
    """Note these (subscriber, item), of whom the notice concerns the item."""
    await put_rows(connection, _PICKED, owners)


async def choose_picked(connection: AsyncConnection, wanted: Wanted) -> None:
    """Choose everybody who was picked."""
    await connection.execute(sql.PICKED[bool(wanted.told)], wanted.values)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that some people got of a product: where, which, and after which code."""

    product: int
    verdict: str
    region: str | None
    field: str | None


async def answers(connection: AsyncConnection, numbers: Collection[int]) -> list[Answer]:
    """Return the different answers that were given of these products."""
    rows = await connection.execute(sql.ANSWERS, {"products": list(numbers)})
    return [Answer(row.product, row.verdict, row.region, row.field) for row in rows]


@dataclass(frozen=True, slots=True)
class Codes:
    """Whose answer changed: of those with a `listed` code, with none, and with another."""

    listed: Collection[str]
    without: bool
    other: bool


async def choose_asked(
    connection: AsyncConnection, answer: Answer, codes: Codes, wanted: Wanted
) -> None:
    """Choose those who got that answer, as far as the codes they gave say so."""
    told = {
        "product": answer.product,
        "verdict": answer.verdict,
        "region": answer.region or "",
        "field": answer.field or "",
        "others": codes.without,
        "unlisted": codes.other,
        **wanted.values,
    }
    listed = sorted(codes.listed)
    for start in range(0, max(1, len(listed)), AT_ONCE):
        some = {**told, "codes": listed[start : start + AT_ONCE]}
        await connection.execute(sql.ASKED[bool(wanted.told)], some)


async def choose_watchers(
    connection: AsyncConnection, specs: Sequence[int], wanted: Wanted
) -> None:
    """Choose everybody who watches any of these."""
    for start in range(0, len(specs), AT_ONCE):
        some = {"specs": list(specs[start : start + AT_ONCE]), **wanted.values}
        await connection.execute(sql.WATCHERS[bool(wanted.told)], some)


async def active_feeds(connection: AsyncConnection) -> list[tuple[int, GroupFeed]]:
    """Return the feeds of all groups that we can write to, each with its address."""
    return [(row.address, read_feed(row)) for row in await connection.execute(sql.ACTIVE_FEEDS)]


async def choose_feeds(
    connection: AsyncConnection, numbers: Sequence[int], wanted: Wanted
) -> None:
    """Choose these addresses of groups."""
    for start in range(0, len(numbers), AT_ONCE):
        some = {"addresses": list(numbers[start : start + AT_ONCE]), "told": wanted.told}
        await connection.execute(sql.FEEDS, {**some, "rank": wanted.rank})


async def choose_told(connection: AsyncConnection, earlier: Sequence[int]) -> None:
    """Choose everybody who got one of these alerts, or may have, or is just getting it.

    Where they got it, or where they can be reached now.
    """
    for statement in (sql.TOLD, sql.TOLD_ELSEWHERE):
        for one in earlier:
            await connection.execute(statement, {"alert": one})


async def next_chunk(connection: AsyncConnection, after: int) -> int | None:
    """Return the last address of the next chunk of the chosen, None after the last."""
    found: int | None = await connection.scalar(sql.UNTIL, {"after": after, "most": CHUNK})
    return found


async def deliver(connection: AsyncConnection, alert: int, chunk: tuple[int, int]) -> int:
    """Give the chosen after the first and up to the second address a delivery of the alert.

    Returns how many had none.
    """
    values = {"alert": alert, "after": chunk[0], "until": chunk[1]}
    put = await connection.execute(sql.DELIVER, values)
    await connection.execute(sql.QUEUE, values)
    return put.rowcount


async def done(connection: AsyncConnection, some: Sequence[Unplanned], now: datetime) -> None:
    """Note that everybody whom these revisions concern has a delivery."""
    values = [{"notice": one.pk, "number": one.number, "now": now} for one in some]
    await connection.execute(sql.DONE, values)
    if any(one.alerted for one in some):
        # Also of a run that was killed, and whose people have gone since.
        await connection.execute(sql.PLANNED, values)


async def nobody_at_all(connection: AsyncConnection) -> bool:
    """Say whether there is nobody who could be told anything."""
    return bool(await connection.scalar(sql.NOBODY_AT_ALL))


async def none_reach_anybody(connection: AsyncConnection, now: datetime) -> None:
    """Note of every revision that it reaches nobody, if there still is nobody."""
    await connection.execute(sql.ALL_DONE, {"now": now})


async def hold(
    connection: AsyncConnection, holder: str, now: datetime, length: timedelta
) -> bool:
    """Take the lease on planning, or keep it for longer; False where somebody else has it."""
    mine = f"{_stamp(now + length)} {holder}"
    values = {"mine": mine, "now": _stamp(now), "holder": f"% {holder}"}
    return (await connection.execute(sql.LEASE, values)).rowcount > 0


async def release(connection: AsyncConnection, holder: str) -> None:
    """Let others plan."""
    await connection.execute(sql.RELEASE, {"holder": f"% {holder}"})


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
