"""From draft to delivery and back: released, withdrawn, tried again, what a human saw there."""

# ruff: noqa: S608 - only fixed words go into the SQL, never a value

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.delivery import Because, State, Tier, rank
from core.model.public import Stage
from core.store.drafts import OPEN, Stale, get
from core.store.outbox import QUEUED
from core.store.schema import UtcDateTime

_MOMENT = UtcDateTime()
_WHICH = "alert = :alert AND address = :account"
_DRAFT = "alert = :alert AND account = :account"
_RELEASED = (
    text(
        "UPDATE draft SET stage = 'released', due_at = :due_at, why = NULL"
        f" WHERE {_DRAFT} AND version = :version AND stage IN :open"
    )
    .bindparams(bindparam("open", expanding=True))
    .bindparams(bindparam("due_at", type_=_MOMENT))
)
_SERIOUS = text("SELECT serious FROM alert WHERE pk = :alert")
# What stands there, or may, or was there until a human took it down.
_STANDS = f"EXISTS (SELECT 1 FROM posted WHERE {_DRAFT} AND message IS NOT NULL)"
_NOWHERE = (
    "delivery.state IN (0, 2, 6, 7, 8) AND COALESCE(delivery.why, '') <> 'taken_down'"
    f" AND COALESCE(delivery.why, '') NOT LIKE '%{Because.MAY_HAVE_ARRIVED}%'"
    f" AND NOT {_STANDS}"
)
_DELIVER = text(
    "INSERT INTO delivery (alert, address, rank, state, due_at)"
    " VALUES (:alert, :account, :rank, :state, :due_at)"
    " ON CONFLICT (alert, address) DO UPDATE SET rank = excluded.rank, state = excluded.state,"
    " due_at = excluded.due_at, why = NULL, attempts = 0, sent_at = NULL, message = NULL"
    f" WHERE {_NOWHERE}"
).bindparams(bindparam("due_at", type_=_MOMENT))
_QUEUE = text(
    "INSERT INTO queue (channel, rank, alert) SELECT a.channel, d.rank, d.alert"
    " FROM delivery d JOIN address a ON a.pk = d.address"
    f" WHERE d.alert = :alert AND d.address = :account AND d.state = 0{QUEUED}"
)
_TAKE_BACK = text(f"DELETE FROM delivery WHERE {_WHICH} AND {_NOWHERE}")
_BACK_TO = text(
    f"UPDATE draft SET stage = :to, due_at = NULL WHERE {_DRAFT} AND stage = 'released'"
)
_NOT_THERE = text(f"DELETE FROM posted WHERE {_DRAFT} AND message IS NULL")
_AGAIN = text(
    "UPDATE delivery SET state = 0, due_at = NULL, why = :why, attempts = 0, sent_at = NULL,"
    f" message = NULL WHERE {_WHICH} AND state IN (5, 6, 7, 8)"
    " AND COALESCE(why, '') <> 'taken_down'"
    f" AND EXISTS (SELECT 1 FROM draft WHERE {_DRAFT} AND stage = 'released')"
)
_TO_BE_POSTED = text(f"UPDATE draft SET due_at = :now WHERE {_DRAFT}").bindparams(
    bindparam("now", type_=_MOMENT)
)
_NAME = text(
    "INSERT INTO posted (alert, account, part, message, at)"
    " VALUES (:alert, :account, :part, :message, :now)"
    " ON CONFLICT (alert, account, part) DO UPDATE SET message ="
    " COALESCE(NULLIF(excluded.message, ''), posted.message, '')"
).bindparams(bindparam("now", type_=_MOMENT))
_PARTS = text(f"SELECT COUNT(*) FROM posted WHERE {_DRAFT} AND message IS NOT NULL")
_ALL_THERE = text(
    "UPDATE delivery SET state = 4, due_at = NULL, why = :why,"
    " sent_at = COALESCE(sent_at, :now), message = (SELECT NULLIF(message, '') FROM posted"
    f" WHERE {_DRAFT} AND part = 0) WHERE {_WHICH} AND state = 5"
).bindparams(bindparam("now", type_=_MOMENT))
_REST = text(
    "UPDATE delivery SET state = 0, due_at = NULL, why = :why, attempts = 0"
    f" WHERE {_WHICH} AND state = 5"
)
_TAKEN_DOWN = text(
    f"UPDATE delivery SET state = 8, due_at = NULL, why = :why WHERE {_WHICH}"
    f" AND (state IN (4, 5) OR (state IN (6, 7, 8) AND {_STANDS}))"
)


@dataclass(frozen=True, slots=True)
class Release:
    """Which version of a draft is released, and when it is to be posted (None: at once)."""

    alert: int
    account: int
    version: int
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A part (from 0) that a human saw on the platform, and its name there, "" if not known."""

    alert: int
    account: int
    part: int
    message: str = ""


async def release(connection: AsyncConnection, one: Release, now: datetime) -> None:
    """Let the open draft be posted: its delivery is there from now on. Raises drafts.Stale.

    What is due already is posted at once. The draft's `due_at` is when it was to be posted.
    """
    which = {"alert": one.alert, "account": one.account}
    due = max(now, one.due_at or now)
    draft = {"version": one.version, "due_at": due, "open": [stage.value for stage in OPEN]}
    if not (await connection.execute(_RELEASED, {**which, **draft})).rowcount:
        raise Stale
    serious = bool(await connection.scalar(_SERIOUS, which))
    waits = due > now
    values = {
        "rank": rank(Tier.GROUP, serious=serious),
        "state": int(State.LATER if waits else State.WAITING),
        "due_at": due if waits else None,
    }
    if not (await connection.execute(_DELIVER, {**which, **values})).rowcount:
        raise Stale
    await connection.execute(_QUEUE, which)


async def withdraw(
    connection: AsyncConnection, which: tuple[int, int], to: Stage = Stage.HELD
) -> bool:
    """Take a released draft back to an open stage, or drop it; its delivery goes.

    False where it is being posted, or where something of it stands there or may stand there.
    """
    named = {"alert": which[0], "account": which[1]}
    if not (await connection.execute(_TAKE_BACK, named)).rowcount:
        return False
    # What was begun was refused, or it would stand there or be doubtful.
    await connection.execute(_NOT_THERE, named)
    await connection.execute(_BACK_TO, {**named, "to": to.value})
    return True


async def again(connection: AsyncConnection, which: tuple[int, int], now: datetime) -> bool:
    """Try a post again that rests unsent; False where it does not rest.

    A human says by this that no part of it stands there of which no receipt is known.
    """
    named = {"alert": which[0], "account": which[1]}
    tried = await connection.execute(_AGAIN, {**named, "why": Because.RETRIED.value})
    if not tried.rowcount:
        return False
    await connection.execute(_NOT_THERE, named)
    await connection.execute(_TO_BE_POSTED, {**named, "now": now})
    await connection.execute(_QUEUE, named)
    return True


async def seen_there(connection: AsyncConnection, seen: Seen, now: datetime) -> bool:
    """Note that this part stands there; False where its post is neither unknown nor sent.

    Once every part does, it is sent; until then the rest is still to be posted.
    """
    found = await get(connection, (seen.alert, seen.account))
    if found is None or found.state not in {State.UNKNOWN, State.SENT}:
        return False
    parts = len(found.draft.parts)
    if not 0 <= seen.part < parts:
        return False
    named = {"alert": seen.alert, "account": seen.account}
    message = {"part": seen.part, "message": seen.message}
    await connection.execute(_NAME, {**named, **message, "now": now})
    told = {**named, "why": Because.SEEN_THERE.value}
    if await connection.scalar(_PARTS, named) == parts:
        await connection.execute(_ALL_THERE, {**told, "now": now})
    else:
        await connection.execute(_REST, told)
        await connection.execute(_QUEUE, named)
    return True


async def taken_down(connection: AsyncConnection, which: tuple[int, int]) -> bool:
    """Note that a human took the post down, so that nothing replies to it or edits it.

    False where none stands there.
    """
    named = {"alert": which[0], "account": which[1]}
    told = await connection.execute(_TAKEN_DOWN, {**named, "why": Because.TAKEN_DOWN.value})
    return told.rowcount > 0
