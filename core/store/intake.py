"""Taking in what a source says of itself as a whole: the catalogue, and sources in tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.recall import Notice, State
from core.model.revision import RevisionKind
from core.store.events import join_events
from core.store.lookup import parsed
from core.store.schema import NOTICE
from core.store.writing import CATALOGUE, Version, one_at_a_time, write

__all__ = ["CATALOGUE", "Counts", "put_notices"]

BATCH = 500


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
    await one_at_a_time(connection)
    incoming = {notice.id: notice for notice in notices}
    counts = Counts()
    remaining = iter(incoming.values())
    while batch := list(islice(remaining, BATCH)):
        counts += await _put(connection, source, batch, now)
    if source == CATALOGUE and incoming:
        counts += await _retract(connection, incoming, now)
    return counts


async def _put(
    connection: AsyncConnection, source: str, notices: Sequence[Notice], now: datetime
) -> Counts:
    known = await _known(connection, [notice.id for notice in notices])
    new = [Version(n, RevisionKind.NEW) for n in notices if n.id not in known]
    ours = [n for n in notices if n.id in known and known[n.id].source == source]
    changed = [
        _changed(known[n.id].pk, parsed(known[n.id].body), n)
        for n in ours
        if known[n.id].body != n.model_dump_json()
    ]
    refused = tuple(n.id for n in notices if n.id in known and known[n.id].source != source)
    written = await write(connection, source, [*changed, *new], now)
    # Those that are the same too: they may be older than the events.
    same = [Version(n, None, known[n.id].pk) for n in ours]
    await join_events(connection, [*same, *written])
    return Counts(len(new), len(changed), len(ours) - len(changed), 0, refused)


def _changed(pk: int, before: Notice, notice: Notice) -> Version:
    other_state = before.state is not notice.state
    kind = _KINDS[notice.state] if other_state else RevisionKind.CHANGED
    return Version(notice, kind, pk, before)


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
    gone = [(row.pk, parsed(row.body)) for row in rows.all() if row.id not in kept]
    retracted = [
        _changed(pk, before, before.model_copy(update={"state": State.RETRACTED}))
        for pk, before in gone
    ]
    await write(connection, CATALOGUE, retracted, now)
    return Counts(retracted=len(retracted))
