"""Taking in what a source says: new notices, changed ones, their keys and their revisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice

from sqlalchemy import bindparam, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.keys import keys_of_notice
from core.model.recall import Notice, State
from core.store.lookup import parsed
from core.store.schema import NOTICE, NOTICE_KEY, REVISION
from core.store.words import words_of

CATALOGUE = "catalogue"
BATCH = 500
INTAKE_LOCK = 7_257_002


class RevisionKind(StrEnum):
    """What one version of a notice was, as far as the store can tell."""

    NEW = "new"
    CHANGED = "changed"
    CLOSED = "closed"
    REOPENED = "reopened"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the notices of one source.

    `refused` are the ids that another source already holds; those notices were not stored.
    """

    new: int = 0
    changed: int = 0
    same: int = 0
    retracted: int = 0
    refused: tuple[str, ...] = ()

    def __add__(self, other: Counts) -> Counts:
        """Return both together."""
        return Counts(
            self.new + other.new,
            self.changed + other.changed,
            self.same + other.same,
            self.retracted + other.retracted,
            self.refused + other.refused,
        )


@dataclass(frozen=True, slots=True)
class _Known:
    pk: int
    source: str
    body: str


@dataclass(frozen=True, slots=True)
class _Change:
    """A notice's number in the database, what it says now, and what it said before."""

    pk: int
    notice: Notice
    before: Notice | None = None

    @property
    def kind(self) -> RevisionKind:
        if self.before is None:
            return RevisionKind.NEW
        if self.before.state is self.notice.state:
            return RevisionKind.CHANGED
        return _KINDS[self.notice.state]


_KINDS = {
    State.OPEN: RevisionKind.REOPENED,
    State.CLOSED: RevisionKind.CLOSED,
    State.RETRACTED: RevisionKind.RETRACTED,
}


async def put_notices(
    connection: AsyncConnection, source: str, notices: Iterable[Notice], now: datetime
) -> Counts:
    """Store what `source` says at `now`; where an id comes twice, the last one counts.

    A notice that is missing was not withdrawn, so it stays as it is. Only the catalogue speaks
    for all it ever said: what it no longer has is marked as retracted, unless it is empty.
    Nothing is ever deleted.
    """
    await _one_at_a_time(connection)
    incoming = {notice.id: notice for notice in notices}
    counts = Counts()
    remaining = iter(incoming.values())
    while batch := list(islice(remaining, BATCH)):
        counts += await _put(connection, source, batch, now)
    if source == CATALOGUE and incoming:
        counts += await _retract(connection, incoming, now)
    return counts


async def _one_at_a_time(connection: AsyncConnection) -> None:
    """Let no other process put notices meanwhile; on SQLite the transaction sees to it."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text(f"SELECT pg_advisory_xact_lock({INTAKE_LOCK})"))


async def _put(
    connection: AsyncConnection, source: str, notices: Sequence[Notice], now: datetime
) -> Counts:
    known = await _known(connection, [notice.id for notice in notices])
    new = [notice for notice in notices if notice.id not in known]
    ours = [n for n in notices if n.id in known and known[n.id].source == source]
    changed = [
        _Change(known[n.id].pk, n, parsed(known[n.id].body))
        for n in ours
        if known[n.id].body != n.model_dump_json()
    ]
    refused = tuple(n.id for n in notices if n.id in known and known[n.id].source != source)
    await _update(connection, changed)
    added = await _insert(connection, source, new, now)
    await _revise(connection, [*changed, *added], now)
    await _reindex(connection, [*changed, *added])
    return Counts(len(new), len(changed), len(ours) - len(changed), 0, refused)


async def _known(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, _Known]:
    columns = (NOTICE.c.id, NOTICE.c.pk, NOTICE.c.source, NOTICE.c.body)
    rows = await connection.execute(select(*columns).where(NOTICE.c.id.in_(ids)))
    return {row.id: _Known(row.pk, row.source, row.body) for row in rows}


async def _retract(
    connection: AsyncConnection, kept: Mapping[str, Notice], now: datetime
) -> Counts:
    standing = (NOTICE.c.source == CATALOGUE) & (NOTICE.c.state != State.RETRACTED.value)
    rows = await connection.execute(
        select(NOTICE.c.id, NOTICE.c.pk, NOTICE.c.body).where(standing)
    )
    changes = []
    for row in rows.all():
        if row.id not in kept:
            before = parsed(row.body)
            retracted = before.model_copy(update={"state": State.RETRACTED})
            changes.append(_Change(row.pk, retracted, before))
    await _update(connection, changes)
    await _revise(connection, changes, now)
    return Counts(retracted=len(changes))


def _columns(notice: Notice) -> dict[str, str]:
    return {
        "published": notice.published.isoformat() if notice.published else "",
        "state": notice.state.value,
        "brand": notice.brands[0],
        "product": notice.product,
        "words": words_of(notice),
        "body": notice.model_dump_json(),
    }


async def _insert(
    connection: AsyncConnection, source: str, notices: Sequence[Notice], now: datetime
) -> list[_Change]:
    if not notices:
        return []
    rows = await connection.execute(
        insert(NOTICE).returning(NOTICE.c.id, NOTICE.c.pk),
        [{"id": n.id, "source": source, "first_seen": now, **_columns(n)} for n in notices],
    )
    numbers = {row.id: row.pk for row in rows}
    return [_Change(numbers[notice.id], notice) for notice in notices]


async def _update(connection: AsyncConnection, changes: Sequence[_Change]) -> None:
    if changes:
        statement = update(NOTICE).where(NOTICE.c.pk == bindparam("which"))
        rows = [{"which": change.pk, **_columns(change.notice)} for change in changes]
        await connection.execute(statement, rows)


async def _revise(
    connection: AsyncConnection, changes: Sequence[_Change], now: datetime
) -> None:
    if not changes:
        return
    old = [change.pk for change in changes if change.before is not None]
    last = select(REVISION.c.notice, func.max(REVISION.c.number).label("last"))
    rows = await connection.execute(
        last.where(REVISION.c.notice.in_(old)).group_by(REVISION.c.notice)
    )
    numbers = {row.notice: row.last for row in rows}
    await connection.execute(
        insert(REVISION),
        [
            {
                "notice": change.pk,
                "number": numbers.get(change.pk, 0) + 1,
                "kind": change.kind.value,
                "body": change.notice.model_dump_json(),
                "seen_at": now,
            }
            for change in changes
        ],
    )


async def _reindex(connection: AsyncConnection, changes: Sequence[_Change]) -> None:
    gone: list[dict[str, object]] = []
    come: list[dict[str, object]] = []
    for change in changes:
        before = _index(change.before) if change.before else set()
        after = _index(change.notice)
        gone += [{"which": k, "on": d, "of": change.pk} for k, d in before - after]
        come += [{"key": k, "day": d, "notice": change.pk} for k, d in after - before]
    if gone:
        statement = delete(NOTICE_KEY).where(
            NOTICE_KEY.c.key == bindparam("which"),
            NOTICE_KEY.c.day == bindparam("on"),
            NOTICE_KEY.c.notice == bindparam("of"),
        )
        await connection.execute(statement, gone)
    if come:
        await connection.execute(insert(NOTICE_KEY), come)


def _index(notice: Notice) -> set[tuple[str, int]]:
    day = notice.published.toordinal() if notice.published else 0
    return {(key, day) for key in keys_of_notice(notice)}
