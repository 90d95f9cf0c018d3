"""Drafts of public posts: what each account is to post of an event, and how far it came."""

# ruff: noqa: S608 - only fixed words go into the SQL, never a value

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Update, bindparam, case, or_, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.delivery import Reason
from core.model.public import Draft, Part, Stage
from core.store import planning, planning_sql
from core.store.listed import MEMBERS, Listed, due, get, of_event, outdated, page
from core.store.public_json import BASIS, PARTS, written
from core.store.schema import DRAFT, UtcDateTime

__all__ = [
    "OPEN",
    "About",
    "Anew",
    "Listed",
    "Move",
    "Stale",
    "alert_for",
    "alone_with",
    "change",
    "compose_anew",
    "draft",
    "due",
    "get",
    "move",
    "of_event",
    "outdated",
    "page",
    "versions",
]

OPEN = tuple(stage for stage in Stage if stage.open)
_MOMENT = UtcDateTime()
# Of several events that became one, each may have its post already: the first one counts.
_ALERT = text(
    f"SELECT pk FROM alert WHERE event IN {MEMBERS} AND reason = :reason"
    " AND occurrence = :occurrence ORDER BY pk LIMIT 1"
)
_VERSIONS = text(
    "SELECT r.notice, MAX(r.number) AS number FROM revision r JOIN notice n ON n.pk = r.notice"
    f" WHERE n.pk IN {MEMBERS} AND NOT n.exercise GROUP BY r.notice ORDER BY r.notice"
)
_STILL = text(
    "UPDATE draft SET version = version WHERE alert IN"
    f" (SELECT pk FROM alert WHERE event IN {MEMBERS})"
)
_ADD = text(
    "INSERT INTO draft (alert, account, sort, stage, lang, parts, edits, basis, key, version,"
    " edited, created_at, due_at, rule, why) VALUES (:alert, :account, :sort, :stage, :lang,"
    " :parts, :edits, :basis, :key, :version, :edited, :created_at, :due_at, :rule, :why)"
    " ON CONFLICT (alert, account) DO NOTHING"
).bindparams(bindparam("created_at", type_=_MOMENT), bindparam("due_at", type_=_MOMENT))


class Stale(Exception):  # noqa: N818 - what it is
    """Somebody changed the draft meanwhile, or it is not where this can be done to it."""


@dataclass(frozen=True, slots=True)
class About:
    """What a post is about: its event (0 for none), which post on it, what led to it.

    `occurrence` is "1" for the first post on an event, "<notice>/<revision>" for a
    correction, and anything of its own where the event is 0.
    """

    event: int
    occurrence: str
    notice: int | None = None
    revision: int | None = None
    serious: bool = False


@dataclass(frozen=True, slots=True)
class Anew:
    """A draft composed again: its parts, what they were composed from, the edits of old posts.

    `serious` makes its alert so; one that is serious stays so. `kept` are words of a person's,
    which stay theirs though what they rest on changed: nobody has approved them on that.
    """

    parts: tuple[Part, ...]
    basis: tuple[tuple[int, int], ...]
    edits: tuple[Part, ...] = ()
    serious: bool = False
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """From which stages to which, when it is due then, why, and in which summary it went."""

    to: Stage
    come_from: tuple[Stage, ...] = OPEN
    due_at: datetime | None = None
    why: str | None = None
    summed_in: int | None = None


async def alert_for(connection: AsyncConnection, about: About, now: datetime) -> int:
    """Return the number of the alert of that post, made where there was none."""
    named = {"event": about.event, "reason": Reason.POST.value, "occurrence": about.occurrence}
    found: int | None = await connection.scalar(_ALERT, named)
    if found is None:
        told = {"notice": about.notice, "revision": about.revision, "serious": about.serious}
        moments = {"now": now, "planned_at": now}
        await connection.execute(planning_sql.ADD_ALERT, {**named, **told, **moments})
        found = (await connection.execute(_ALERT, named)).scalar_one()
    return found


async def draft(connection: AsyncConnection, new: Draft) -> bool:
    """Keep a draft; False, and nothing is changed, where (alert, account) has one."""
    values = {
        "alert": new.alert,
        "account": new.account,
        "sort": new.sort.value,
        "stage": new.stage.value,
        "lang": new.lang,
        "parts": written(PARTS, new.parts),
        "edits": written(PARTS, new.edits),
        "basis": written(BASIS, new.basis),
        "key": new.key,
        "version": new.version,
        "edited": new.edited,
        "created_at": new.created_at,
        "due_at": new.due_at,
        "rule": new.rule,
        "why": new.why,
    }
    return (await connection.execute(_ADD, values)).rowcount > 0


async def versions(connection: AsyncConnection, event: int) -> tuple[tuple[int, int], ...]:
    """Return (notice, newest revision) of every notice of the event: what `basis` is to be."""
    rows = await connection.execute(_VERSIONS, {"event": event})
    return tuple((row.notice, row.number) for row in rows)


async def alone_with(connection: AsyncConnection, event: int) -> None:
    """Keep others from deciding on the event's drafts until the transaction is over."""
    await connection.execute(_STILL, {"event": event})


async def compose_anew(connection: AsyncConnection, old: Draft, anew: Anew) -> Draft:
    """Put what was composed again in place of what `old` says; return the draft as it is now.

    Where parts and edits are the same only the basis changes, also of a released draft. Else
    it is another version, which nobody has approved: a released one is withdrawn before. The
    stage stays. Raises Stale.
    """
    said = {"parts": written(PARTS, anew.parts), "edits": written(PARTS, anew.edits)}
    before = {"parts": written(PARTS, old.parts), "edits": written(PARTS, old.edits)}
    new = replace(old, basis=anew.basis, serious=old.serious or anew.serious)
    stages: tuple[Stage, ...] = (*OPEN, Stage.RELEASED)
    values: dict[str, object] = {"basis": written(BASIS, anew.basis)}
    if said != before or anew.kept:
        new = replace(new, parts=anew.parts, edits=anew.edits, edited=anew.kept)
        new = replace(new, version=old.version + 1, approvals=())
        stages = OPEN
        values |= {**said, "version": new.version, "edited": anew.kept}
    row = _at(old.alert, old.account, old.version, stages)
    _must_be_one((await connection.execute(row.values(**values))).rowcount)
    if anew.serious:
        await planning.worse(connection, old.alert)
    return new


async def change(
    connection: AsyncConnection, which: tuple[int, int], version: int, parts: tuple[Part, ...]
) -> int:
    """Let that version of an open draft say what a person wrote; return its new version.

    It goes out no longer by itself: what a person wrote waits until people approved it. Where
    it says so already all stays as it is. Raises Stale.
    """
    said = written(PARTS, parts)
    same = DRAFT.c.parts == said
    stays = or_(same, DRAFT.c.stage != Stage.PENDING.value)
    row = _at(*which, version, OPEN).values(
        parts=said,
        version=case((same, DRAFT.c.version), else_=DRAFT.c.version + 1),
        edited=case((same, DRAFT.c.edited), else_=True),
        stage=case((stays, DRAFT.c.stage), else_=Stage.DRAFTED.value),
        due_at=case((stays, DRAFT.c.due_at), else_=None),
    )
    found = await connection.scalar(row.returning(DRAFT.c.version))
    if found is None:
        raise Stale
    return int(found)


async def move(
    connection: AsyncConnection, which: tuple[int, int], version: int, step: Move
) -> None:
    """Take that version of a draft to another stage; `release` alone releases. Raises Stale."""
    if step.to is Stage.RELEASED or Stage.RELEASED in step.come_from:
        raise ValueError("what is released has a delivery: release it, or withdraw it")
    row = _at(*which, version, step.come_from)
    values = {"stage": step.to.value, "due_at": step.due_at, "why": step.why}
    changed = await connection.execute(row.values(**values, summed_in=step.summed_in))
    _must_be_one(changed.rowcount)


def _at(alert: int, account: int, version: int, stages: tuple[Stage, ...]) -> Update:
    """Return the change of one version of a draft that is in one of these stages."""
    return update(DRAFT).where(
        DRAFT.c.alert == alert,
        DRAFT.c.account == account,
        DRAFT.c.version == version,
        DRAFT.c.stage.in_([stage.value for stage in stages]),
    )


def _must_be_one(rows: int) -> None:
    if not rows:
        raise Stale
