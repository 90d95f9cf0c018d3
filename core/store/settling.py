"""Who holds which deliveries, and what became of them: many rows in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Integer, MetaData, Table, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.outbox import Outcome
from core.store.rows import AT_ONCE, MARKS, Into, values_of
from core.store.schema import UtcDateTime

_MOMENT = UtcDateTime()
# One row a statement is twice the work, and the thread of SQLite would wait for its turn beside
# the sending at every row.
_HOLD = (
    "UPDATE delivery SET state = 1, due_at = v.due_at, attempts = delivery.attempts + 1,"
    " sent_at = COALESCE(delivery.sent_at, v.sent_at)"
    " FROM v WHERE delivery.alert = v.alert AND delivery.address = v.address"
)
# What was sent was sent, also where somebody else has it by now; anything else is for whoever
# has it to say, and each who takes it counts one attempt more.
_SETTLE = (
    "UPDATE delivery SET state = v.state, due_at = v.due_at, why = v.why,"
    " sent_at = CASE WHEN delivery.attempts <= v.untried THEN NULL"
    " ELSE COALESCE(v.sent_at, delivery.sent_at) END,"
    " message = COALESCE(v.message, delivery.message), remind_at = v.remind_at,"
    " attempts = delivery.attempts - v.untried"
    " FROM v WHERE delivery.alert = v.alert AND delivery.address = v.address"
    " AND ((delivery.state = 1 AND delivery.attempts = v.attempts)"
    " OR (v.state = 4 AND delivery.state < 4))"
)
_V = Table(
    "v",
    MetaData(),
    *(Column(name, Integer) for name in ("alert", "address", "state", "untried", "attempts")),
    *(Column(name, _MOMENT) for name in ("due_at", "sent_at", "remind_at")),
    *(Column(name, Text) for name in ("why", "message")),
)
_HELD = Into(_V, ("alert", "address", "due_at", "sent_at"))
_DONE = Into(
    _V,
    (
        *("alert", "address", "state", "why", "due_at", "sent_at", "message", "remind_at"),
        *("untried", "attempts"),
    ),
)
_SETTLE_GATHERED = text(
    "UPDATE delivery SET state = :state, due_at = NULL, sent_at = :sent_at, message = :message"
    " WHERE address = :address AND state = 3 AND why = :digest"
    " AND alert IN (SELECT pk FROM alert)"
).bindparams(bindparam("sent_at", type_=_MOMENT))
# What stands in `why` of the deliveries that a digest carries: this and its number.
_CARRIED = "digest "


def digest_mark(alert: int) -> str:
    """Return what stands in `why` of the deliveries that a digest carries."""
    return f"{_CARRIED}{alert}"


async def hold(
    connection: AsyncConnection,
    which: Iterable[tuple[int, int]],
    now: datetime,
    until: datetime,
) -> None:
    """Take these deliveries, (alert, address), until then: one attempt more for each."""
    await _write(connection, _HOLD, _HELD, [(*one, until, now) for one in which])


async def settle(connection: AsyncConnection, outcomes: Iterable[Outcome]) -> None:
    """Write down what became of deliveries; of those somebody else settled, nothing.

    What a digest carried shares its fate.
    """
    told = list(outcomes)
    await _write(connection, _SETTLE, _DONE, [_as_row(one) for one in told])
    for one in told:
        if one.digest and one.state.settled:
            values = {"address": one.address, "digest": digest_mark(one.alert)}
            found = {"state": int(one.state), "sent_at": one.sent_at, "message": one.message}
            await connection.execute(_SETTLE_GATHERED, values | found)


def _as_row(one: Outcome) -> tuple[Any, ...]:
    return (
        *(one.alert, one.address, int(one.state), one.why, one.due_at, one.sent_at),
        *(one.message, one.remind_at, int(one.untried), one.attempts),
    )


async def _write(
    connection: AsyncConnection, change: str, into: Into, rows: Sequence[tuple[Any, ...]]
) -> None:
    """Change deliveries, each by its row of values."""
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        values = tuple(values_of(connection.dialect, into, some))
        mark = MARKS[connection.dialect.paramstyle]
        await connection.exec_driver_sql(_statement(change, into, len(some), mark), values)


@lru_cache(maxsize=1024)
def _statement(change: str, into: Into, count: int, mark: str) -> str:
    """Return the statement; PostgreSQL takes the types of all rows from the first one."""
    row = f"({', '.join([mark] * len(into.columns))})"
    first = row if mark == MARKS["qmark"] else f"({', '.join(map(_typed, into.columns))})"
    rows = ", ".join([first, *[row] * (count - 1)])
    return f"WITH v ({', '.join(into.columns)}) AS (VALUES {rows}) {change}"


def _typed(name: str) -> str:
    column = _V.c[name].type
    kinds = {Integer: "INTEGER", Text: "TEXT"}
    return f"CAST(%s AS {kinds.get(type(column), 'TIMESTAMPTZ')})"
