"""What stands on platforms, part by part, and what is about to be posted there."""

# ruff: noqa: S608 - only fixed words go into the SQL, never a value

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.public import Draft, Sort, Stage
from core.store.drafts import get, versions
from core.store.listed import MEMBERS
from core.store.schema import UtcDateTime

_MOMENT = UtcDateTime()
Basis = tuple[tuple[int, int], ...]
# Longer than anything waits for its turn, or for a platform, before it is given up.
LONGEST_WAIT = timedelta(days=30)
_BEGUN = text("SELECT part, message FROM posted WHERE alert = :alert AND account = :account")
_BEGIN = text(
    "INSERT INTO posted (alert, account, part, at) VALUES (:alert, :account, :part, :now)"
    " ON CONFLICT (alert, account, part) DO NOTHING"
).bindparams(bindparam("now", type_=_MOMENT))
_NOTE = text(
    "UPDATE posted SET message = :message"
    " WHERE alert = :alert AND account = :account AND part = :part"
)
_NOT_BEGUN = text(
    "DELETE FROM posted WHERE alert = :alert AND account = :account AND part = :part"
    " AND message IS NULL"
)
_NEWEST = text(
    "SELECT notice, MAX(number) AS number FROM revision WHERE notice IN :notices"
    " GROUP BY notice"
).bindparams(bindparam("notices", expanding=True))
# Of what a human took down nothing stands; what went into a summary stands as the summary.
# SQLite takes the tables of a cross join in their order: from the event, off primary keys.
_STANDING = text(
    "SELECT DISTINCT s.alert, s.sort, p.part, p.message, p.at"
    " FROM alert l CROSS JOIN draft f CROSS JOIN draft s CROSS JOIN delivery d"
    f" CROSS JOIN posted p WHERE l.event IN {MEMBERS} AND l.reason = 'post'"
    " AND f.alert = l.pk AND f.account = :account AND s.account = f.account AND s.alert ="
    " CASE WHEN f.stage = 'summed' THEN f.summed_in ELSE f.alert END AND s.alert <> :alert"
    " AND d.alert = s.alert AND d.address = s.account"
    " AND p.alert = s.alert AND p.account = s.account"
    " AND p.message IS NOT NULL AND COALESCE(d.why, '') <> 'taken_down'"
    " ORDER BY p.at, s.alert, p.part"
).columns(at=_MOMENT)
_COUNTS = "f.sort <> 'correction'"
_AT = text(
    "SELECT MIN(p.at) AS at FROM posted p"
    " JOIN draft f ON f.alert = p.alert AND f.account = p.account"
    f" WHERE p.account = :account AND p.at >= :since AND {_COUNTS} GROUP BY p.alert"
).bindparams(bindparam("since", type_=_MOMENT))
_TO_COME = (
    text(
        "SELECT f.due_at FROM draft f"
        " JOIN delivery d ON d.alert = f.alert AND d.address = f.account"
        " WHERE f.stage = 'released' AND f.due_at >= :long_ago AND f.account = :account"
        f" AND d.state IN (0, 1, 2) AND {_COUNTS} AND NOT EXISTS"
        " (SELECT 1 FROM posted p WHERE p.alert = f.alert AND p.account = f.account)"
    )
    .bindparams(bindparam("long_ago", type_=_MOMENT))
    .columns(due_at=_MOMENT)
)


@dataclass(frozen=True, slots=True)
class Standing:
    """An earlier post of an account: its alert, what it is, and the names of its parts there.

    A name is empty where the platform has the part under one that we do not know.
    """

    alert: int
    sort: Sort
    messages: tuple[str, ...]

    @property
    def first(self) -> str | None:
        """Return the name of its first part, None where it is not known."""
        return self.messages[0] or None

    @property
    def last(self) -> str | None:
        """Return the name of its last part whose name is known: what a reply goes below."""
        return next((name for name in reversed(self.messages) if name), None)


@dataclass(frozen=True, slots=True)
class Ready:
    """A released draft with all that posting it rests on.

    `begun` are the parts that were begun, from 0: the platform's name of each, None without a
    receipt, "" for one we do not know. It is `stale` where the event says something else by
    now. `earlier` is the newest post on the event, also a summary; `original` the first one on
    this event alone, which `draft.edits` are the new text of.
    """

    draft: Draft
    begun: Mapping[int, str | None]
    stale: bool
    earlier: Standing | None = None
    original: Standing | None = None


async def ready(connection: AsyncConnection, alert: int, account: int) -> Ready | None:
    """Return what is to be posted; None where there is no released draft.

    Raises public_json.Unreadable.
    """
    listed = await get(connection, (alert, account))
    if listed is None or listed.draft.stage is not Stage.RELEASED:
        return None
    draft = listed.draft
    stands = await _as_it_stands(connection, draft)
    earlier = await _earlier(connection, draft) if draft.event else []
    alone = [one for one in earlier if one.sort in {Sort.RECALL, Sort.CORRECTION}]
    return Ready(
        draft,
        await begun(connection, (alert, account)),
        stale=set(stands) != set(draft.basis),
        earlier=earlier[-1] if earlier else None,
        original=alone[0] if alone else None,
    )


async def _as_it_stands(connection: AsyncConnection, draft: Draft) -> Basis:
    """Return what the basis would be now; of what is about no event, of the same notices."""
    if not draft.basis:
        return ()
    if draft.event:
        return await versions(connection, draft.event)
    notices = [notice for notice, _ in draft.basis]
    rows = await connection.execute(_NEWEST, {"notices": notices})
    return tuple((row.notice, row.number) for row in rows)


async def _earlier(connection: AsyncConnection, draft: Draft) -> list[Standing]:
    """Return the account's other posts on the event that stand there, the oldest first."""
    values = {"event": draft.event, "account": draft.account, "alert": draft.alert}
    parts: dict[tuple[int, str], dict[int, str]] = {}
    for row in await connection.execute(_STANDING, values):
        parts.setdefault((row.alert, row.sort), {})[row.part] = row.message
    return [
        Standing(alert, Sort(sort), _in_order(names)) for (alert, sort), names in parts.items()
    ]


def _in_order(names: Mapping[int, str]) -> tuple[str, ...]:
    """Return the names by part; one in between of which no receipt came has none."""
    return tuple(names.get(part, "") for part in range(max(names) + 1))


async def begun(connection: AsyncConnection, which: tuple[int, int]) -> dict[int, str | None]:
    """Return the parts that were begun, and the platform's names, None without a receipt."""
    rows = await connection.execute(_BEGUN, {"alert": which[0], "account": which[1]})
    return {row.part: row.message for row in rows}


async def begin_part(
    connection: AsyncConnection, which: tuple[int, int], part: int, now: datetime
) -> None:
    """Note, before it is sent, that a part is about to be; again changes nothing."""
    named = {"alert": which[0], "account": which[1], "part": part}
    await connection.execute(_BEGIN, {**named, "now": now})


async def not_begun(connection: AsyncConnection, which: tuple[int, int], part: int) -> None:
    """Forget that a part was begun: it is certain that it does not stand there."""
    named = {"alert": which[0], "account": which[1], "part": part}
    await connection.execute(_NOT_BEGUN, named)


async def note_part(
    connection: AsyncConnection, which: tuple[int, int], part: int, message: str
) -> None:
    """Note the platform's name of a part that was begun, "" where it told none."""
    named = {"alert": which[0], "account": which[1], "part": part}
    await connection.execute(_NOTE, {**named, "message": message})


async def posted_since(
    connection: AsyncConnection, account: int, since: datetime
) -> tuple[datetime, ...]:
    """Return when the account posted, since then, what counts towards its day; in order.

    What is released and still to be posted counts too, at the time it is due, and if that is
    over at `since`. Corrections do not count: what was said has to be put right.
    """
    values = {"account": account, "since": since}
    was = [row.at for row in await connection.execute(_AT.columns(at=_MOMENT), values)]
    waits = {"account": account, "long_ago": since - LONGEST_WAIT}
    to_come = [row.due_at for row in await connection.execute(_TO_COME, waits)]
    return tuple(sorted([*was, *(max(due, since) for due in to_come)]))
