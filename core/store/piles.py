"""The drafts of the desk in piles, by what a person has to do about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.delivery import Because, State
from core.model.public import Stage
from core.store.audit import Entry
from core.store.listed import Listed, Which, get
from core.store.public_json import Unreadable
from core.store.schema import AUDIT, UtcDateTime

_MOMENT = UtcDateTime()


class Pile(StrEnum):
    """What is to be done about drafts, in the order in which the desk shows them.

    HUMAN: it went wrong, or the linter stopped it. APPROVAL waits for a person, COUNTING for
    its time, UNDER_WAY for its turn. POSTED stands there or did. DROPPED: not posted.
    """

    HUMAN = "human"
    APPROVAL = "approval"
    COUNTING = "counting"
    HELD = "held"
    UNDER_WAY = "under_way"
    POSTED = "posted"
    DROPPED = "dropped"


# Of deliveries: 4 sent, 5 unknown, 6 gone, 7 rejected, 8 abandoned (core/model/delivery.py).
_PILE = (
    "CASE WHEN f.stage = 'released' AND d.state IN (5, 6, 7, 8)"
    " AND COALESCE(d.why, '') <> 'taken_down' THEN 'human'"
    " WHEN f.stage = 'drafted' AND (f.parts = '[]'"
    " OR COALESCE(f.why, '') IN ('blocked', 'does_not_fit')) THEN 'human'"
    " WHEN f.stage = 'drafted' THEN 'approval' WHEN f.stage = 'pending' THEN 'counting'"
    " WHEN f.stage = 'held' THEN 'held'"
    " WHEN f.stage = 'released' AND d.state IN (4, 8) THEN 'posted'"
    " WHEN f.stage = 'released' THEN 'under_way' ELSE 'dropped' END"
)
_FROM = (
    "FROM draft f JOIN alert l ON l.pk = f.alert"
    " LEFT JOIN delivery d ON d.alert = f.alert AND d.address = f.account"
    " WHERE (CAST(:account AS INTEGER) = 0 OR f.account = CAST(:account AS INTEGER))"
)
_COUNTS = text(f"SELECT {_PILE} AS pile, COUNT(*) AS n {_FROM} GROUP BY 1")
# What can kill is decided on first; what was posted is a history.
_SERIOUS_FIRST = "CASE WHEN l.serious THEN 0 ELSE 1 END, "
_PAGES = {
    pile: text(
        f"SELECT f.alert, f.account {_FROM} AND {_PILE} = :pile ORDER BY"
        f" {'' if pile in {Pile.POSTED, Pile.DROPPED} else _SERIOUS_FIRST}"
        " f.alert DESC, f.account LIMIT :most OFFSET :start"
    )
    for pile in Pile
}
_OPEN_OF = (
    text(
        "SELECT f.alert, f.account FROM draft f LEFT JOIN delivery d"
        " ON d.alert = f.alert AND d.address = f.account WHERE f.account IN :accounts AND"
        " (f.stage IN ('drafted', 'pending')"
        " OR (f.stage = 'released' AND d.state IN (0, 1, 2)))"
        " ORDER BY f.alert DESC LIMIT :most"
    )
).bindparams(bindparam("accounts", expanding=True))
_LAST = (
    text(
        "SELECT account, MAX(at) AS last, COUNT(DISTINCT CASE WHEN at >= :since THEN alert END)"
        " AS today FROM posted WHERE message IS NOT NULL GROUP BY account"
    )
    .bindparams(bindparam("since", type_=_MOMENT))
    .columns(last=_MOMENT)
)
_WHY_GONE = text(
    "SELECT why FROM delivery WHERE address = :account AND state = 6 ORDER BY alert DESC"
)
_OF_KEYS = text("SELECT key, alert, account FROM draft WHERE key IN :keys").bindparams(
    bindparam("keys", expanding=True)
)


_FAILED = frozenset({State.UNKNOWN, State.GONE, State.REJECTED, State.ABANDONED})
_STAGES = {
    Stage.DRAFTED: Pile.APPROVAL,
    Stage.PENDING: Pile.COUNTING,
    Stage.HELD: Pile.HELD,
    Stage.RELEASED: Pile.UNDER_WAY,
}


def pile_of(listed: Listed) -> Pile:
    """Return on which pile a draft lies."""
    draft, down = listed.draft, listed.why == Because.TAKEN_DOWN
    stopped = not draft.parts or draft.why in {"blocked", "does_not_fit"}
    if draft.stage is Stage.DRAFTED and stopped:
        return Pile.HUMAN
    if draft.stage is Stage.RELEASED and listed.state in _FAILED and not down:
        return Pile.HUMAN
    if draft.stage is Stage.RELEASED and listed.state in {State.SENT, State.ABANDONED}:
        return Pile.POSTED
    return _STAGES.get(draft.stage, Pile.DROPPED)


@dataclass(frozen=True, slots=True)
class Busy:
    """When an account posted last, and how many things since the moment asked for."""

    last: datetime
    lately: int


async def counts(connection: AsyncConnection, account: int | None) -> Mapping[Pile, int]:
    """Return how many drafts each pile has, of one account where it is given."""
    rows = await connection.execute(_COUNTS, {"account": account or 0})
    known = {row.pile: int(row.n) for row in rows}
    return {pile: known.get(pile.value, 0) for pile in Pile}


async def of_pile(
    connection: AsyncConnection, pile: Pile, account: int | None, start: int, most: int
) -> tuple[Listed, ...]:
    """Return drafts of a pile from the one at `start` on, what is serious first.

    Of what was posted or dropped the newest comes first. What cannot be read is left out.
    """
    asked = {"account": account or 0, "pile": pile.value, "most": most, "start": start}
    rows = (await connection.execute(_PAGES[pile], asked)).all()
    return await _read(connection, [(row.alert, row.account) for row in rows])


async def to_be_posted(
    connection: AsyncConnection, accounts: Sequence[int], most: int
) -> tuple[Listed, ...]:
    """Return what these accounts may post yet, the newest first."""
    rows = await connection.execute(_OPEN_OF, {"accounts": [*accounts], "most": most})
    return await _read(connection, [(row.alert, row.account) for row in rows.all()])


async def _read(connection: AsyncConnection, names: Sequence[Which]) -> tuple[Listed, ...]:
    found = []
    for which in names:
        try:
            found.append(await get(connection, which))
        except Unreadable:
            continue  # the lists of drafts log it
    return tuple(one for one in found if one is not None)


async def history(connection: AsyncConnection, which: Which, most: int) -> Sequence[Entry]:
    """Return what people and rules did about a draft, the newest first."""
    query = (
        select(AUDIT)
        .where(AUDIT.c.alert == which[0], AUDIT.c.account == which[1])
        .order_by(AUDIT.c.pk.desc())
        .limit(most)
    )
    return [
        Entry(row.pk, row.at, row.who, row.did, row.alert, row.account, row.detail)
        for row in await connection.execute(query)
    ]


async def busy(connection: AsyncConnection, since: datetime) -> Mapping[int, Busy]:
    """Return for each account that ever posted when it did last, and how much since then."""
    rows = await connection.execute(_LAST, {"since": since})
    return {row.account: Busy(row.last, int(row.today)) for row in rows}


async def why_gone(connection: AsyncConnection, account: int) -> str:
    """Return why the platform refuses the account, "" where nothing is known of it."""
    return str(await connection.scalar(_WHY_GONE, {"account": account}) or "")


async def of_keys(connection: AsyncConnection, keys: Sequence[str]) -> Mapping[str, Which]:
    """Return the drafts whose posts have these keys."""
    rows = await connection.execute(_OF_KEYS, {"keys": [*keys]})
    return {row.key: (row.alert, row.account) for row in rows}
