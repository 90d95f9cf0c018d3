"""Drafts as they are read: with their alert, what became of their delivery, their posts."""

# ruff: noqa: S608 - only fixed words go into the SQL, never a value

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Row, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.delivery import Because, State
from core.model.public import Draft, Posted, Sort, Stage
from core.store.public_json import BASIS, PARTS, Unreadable, read
from core.store.rows import AT_ONCE
from core.store.schema import UtcDateTime

log = structlog.get_logger(__name__)
_MOMENT = UtcDateTime()
_EVENT = "CAST(:event AS INTEGER)"
_FIRST = f"COALESCE((SELECT e.event FROM notice e WHERE e.pk = :event), {_EVENT})"
# The notices of an event, by the number of any of them; and that number, also of none.
MEMBERS = (
    f"(SELECT m.pk FROM notice m WHERE m.event = {_FIRST}"
    f" UNION SELECT {_FIRST} UNION SELECT {_EVENT})"
)
_SELECT = (
    "SELECT f.alert, f.account, f.sort, f.stage, f.lang, f.parts, f.edits, f.basis, f.key,"
    " f.version, f.edited, f.created_at, f.due_at, f.rule, f.why, f.summed_in,"
    " l.event, l.notice, l.occurrence, l.serious, d.state, d.why AS delivery_why,"
    " d.due_at AS delivery_due_at, d.sent_at FROM draft f JOIN alert l ON l.pk = f.alert"
    " LEFT JOIN delivery d ON d.alert = f.alert AND d.address = f.account WHERE "
)
_MOMENTS = dict.fromkeys(("created_at", "due_at", "delivery_due_at", "sent_at"), _MOMENT)
_ONE = text(f"{_SELECT} f.alert = :alert AND f.account = :account").columns(**_MOMENTS)
_OF_EVENT = text(
    f"{_SELECT} l.event IN {MEMBERS} AND l.reason = 'post' ORDER BY f.alert, f.account"
).columns(**_MOMENTS)
_BEFORE = (
    " (f.alert, f.account) < (:alert, :account)"
    " ORDER BY f.alert DESC, f.account DESC LIMIT :most"
)
_PAGE = (
    text(f"{_SELECT} f.stage IN :stages AND {_BEFORE}")
    .bindparams(bindparam("stages", expanding=True))
    .columns(**_MOMENTS)
)
_EVERY = text(f"{_SELECT} {_BEFORE}").columns(**_MOMENTS)
_DUE = (
    text(f"{_SELECT} f.stage = 'pending' AND f.due_at <= :now ORDER BY f.due_at, f.alert")
    .bindparams(bindparam("now", type_=_MOMENT))
    .columns(**_MOMENTS)
)
_OUTDATED = text(
    f"{_SELECT} f.stage = 'released' AND d.state IN (0, 2) AND d.why = :why"
    " ORDER BY f.alert, f.account"
).columns(**_MOMENTS)
_POSTED = (
    text(
        "SELECT alert, account, part, message, at FROM posted WHERE alert IN :alerts"
        " ORDER BY part"
    )
    .bindparams(bindparam("alerts", expanding=True))
    .columns(at=_MOMENT)
)
_APPROVED = text(
    "SELECT p.alert, p.account, p.version, o.name FROM approval p"
    " JOIN operator o ON o.pk = p.operator WHERE p.alert IN :alerts ORDER BY p.at, o.name"
).bindparams(bindparam("alerts", expanding=True))
_LAST = 2**31 - 1

Which = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Listed:
    """A draft as the desk shows it: with its delivery, if it has one, and its posts.

    `state`, `why` and `due_at` are those of the delivery, the draft has its own.
    `doubtful` are parts that were begun and of which no receipt came. `summed_in` is the
    alert of the summary it went into.
    """

    draft: Draft
    occurrence: str
    state: State | None = None
    why: str | None = None
    due_at: datetime | None = None
    sent_at: datetime | None = None
    posted: tuple[Posted, ...] = ()
    doubtful: tuple[int, ...] = ()
    summed_in: int | None = None


async def get(connection: AsyncConnection, which: Which) -> Listed | None:
    """Return the draft (alert, account), None without one; raises public_json.Unreadable."""
    values = {"alert": which[0], "account": which[1]}
    row = (await connection.execute(_ONE, values)).one_or_none()
    if row is None:
        return None
    [found] = await _with_the_rest(connection, [_listed(row)])
    return found


async def of_event(connection: AsyncConnection, event: int) -> tuple[Listed, ...]:
    """Return all drafts on the event and on what became part of it, the oldest first.

    Here and in every list, one that cannot be read is left out, and logged.
    """
    rows = await connection.execute(_OF_EVENT, {"event": event})
    return await _with_the_rest(connection, _readable(rows))


async def page(
    connection: AsyncConnection, stages: Sequence[Stage], before: Which | None, most: int
) -> tuple[Listed, ...]:
    """Return drafts in these stages, the newest first, after the draft named `before`."""
    alert, account = before or (_LAST, _LAST)
    values: dict[str, object] = {"alert": alert, "account": account, "most": most}
    if set(stages) == set(Stage):
        rows = await connection.execute(_EVERY, values)
    else:
        named = [stage.value for stage in stages]
        rows = await connection.execute(_PAGE, {**values, "stages": named})
    return await _with_the_rest(connection, _readable(rows))


async def due(connection: AsyncConnection, now: datetime) -> tuple[Draft, ...]:
    """Return the pending drafts whose time has come, the first due first."""
    rows = await connection.execute(_DUE, {"now": now})
    found = await _with_the_rest(connection, _readable(rows))
    return tuple(listed.draft for listed in found)


async def outdated(connection: AsyncConnection) -> tuple[Listed, ...]:
    """Return what was released and not posted, since its event says something else by now."""
    rows = await connection.execute(_OUTDATED, {"why": Because.COMPOSED_ANEW.value})
    return await _with_the_rest(connection, _readable(rows))


def _readable(rows: Iterable[Row[Any]]) -> list[Listed]:
    found = []
    for row in rows:
        try:
            found.append(_listed(row))
        except ValueError as mistake:
            log.error(  # noqa: TRY400 - one line says it
                "draft_not_read", alert=row.alert, account=row.account, reason=str(mistake)
            )
    return found


def _listed(row: Row[Any]) -> Listed:
    return Listed(
        draft=draft_of(row),
        occurrence=row.occurrence,
        state=None if row.state is None else State(row.state),
        why=row.delivery_why,
        due_at=row.delivery_due_at,
        sent_at=row.sent_at,
        summed_in=row.summed_in,
    )


def draft_of(row: Row[Any]) -> Draft:
    """Return the draft of a row, without who approved it; raises public_json.Unreadable."""
    return Draft(
        alert=row.alert,
        account=row.account,
        event=row.event,
        sort=_sort(row.sort),
        stage=_stage(row.stage),
        lang=row.lang,
        parts=read(PARTS, row.parts),
        key=row.key,
        serious=bool(row.serious),
        created_at=row.created_at,
        notice=row.notice,
        basis=read(BASIS, row.basis),
        edits=read(PARTS, row.edits),
        version=row.version,
        edited=bool(row.edited),
        due_at=row.due_at,
        rule=row.rule,
        why=row.why,
    )


def _sort(word: str) -> Sort:
    try:
        return Sort(word)
    except ValueError:
        raise Unreadable("not as we write it: sort") from None


def _stage(word: str) -> Stage:
    try:
        return Stage(word)
    except ValueError:
        raise Unreadable("not as we write it: stage") from None


async def _with_the_rest(
    connection: AsyncConnection, found: Sequence[Listed]
) -> tuple[Listed, ...]:
    """Return them with their posts and with who approved them."""
    alerts = sorted({listed.draft.alert for listed in found})
    parts = await _by_draft(connection, alerts)
    names = await _approved(connection, alerts)
    return tuple([_complete(listed, parts, names) for listed in found])


def _complete(
    listed: Listed,
    parts: Mapping[Which, Sequence[Row[Any]]],
    names: Mapping[tuple[int, int, int], Sequence[str]],
) -> Listed:
    draft = listed.draft
    rows = parts.get((draft.alert, draft.account), ())
    told = names.get((draft.alert, draft.account, draft.version), ())
    return replace(
        listed,
        draft=replace(draft, approvals=tuple(told)),
        posted=tuple(
            Posted(row.part, row.message, row.at) for row in rows if row.message is not None
        ),
        doubtful=tuple(row.part for row in rows if row.message is None),
    )


async def _by_draft(
    connection: AsyncConnection, alerts: Sequence[int]
) -> Mapping[Which, list[Row[Any]]]:
    found: dict[Which, list[Row[Any]]] = defaultdict(list)
    for some in _in_turn(alerts):
        for row in await connection.execute(_POSTED, {"alerts": some}):
            found[row.alert, row.account].append(row)
    return found


async def _approved(
    connection: AsyncConnection, alerts: Sequence[int]
) -> Mapping[tuple[int, int, int], list[str]]:
    found: dict[tuple[int, int, int], list[str]] = defaultdict(list)
    for some in _in_turn(alerts):
        for row in await connection.execute(_APPROVED, {"alerts": some}):
            found[row.alert, row.account, row.version].append(row.name)
    return found


def _in_turn(alerts: Sequence[int]) -> Iterable[list[int]]:
    return (list(alerts[start : start + AT_ONCE]) for start in range(0, len(alerts), AT_ONCE))
