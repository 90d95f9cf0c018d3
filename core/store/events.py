"""Events: the notices of several authorities that tell of one thing, each kept as it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import delete, func, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.event import POINTS, event_keys
from core.model.recall import Notice
from core.store.lookup import parsed
from core.store.schema import EVENT_KEY, NOTICE
from core.store.writing import Version

_INSERT = text(
    "INSERT INTO event_key (key, notice) VALUES (:key, :notice) ON CONFLICT DO NOTHING"
)
_EVENT = func.coalesce(NOTICE.c.event, NOTICE.c.pk)


async def join_events(connection: AsyncConnection, written: Sequence[Version]) -> None:
    """Give each notice the event of those it shares a page or a case number with.

    Exercises belong to no event.
    """
    keys = {v.number: event_keys(v.notice) for v in written if not v.exercise}
    known = {v.number: event_keys(v.before) for v in written if v.before is not None}
    new = {pk: names - known.get(pk, frozenset()) for pk, names in keys.items()}
    come = [{"key": key, "notice": pk} for pk, names in new.items() for key in names]
    gone = [(key, pk) for pk, names in known.items() for key in names - keys.get(pk, names)]
    asked = {str(row["key"]) for row in come}
    if gone:
        pair = tuple_(EVENT_KEY.c.key, EVENT_KEY.c.notice)
        await connection.execute(delete(EVENT_KEY).where(pair.in_(gone)))
        asked |= await _part(connection, sorted({pk for _, pk in gone}))
    if come:
        await connection.execute(_INSERT, come)
    if asked:
        await _join(connection, sorted(asked))


async def _part(connection: AsyncConnection, pks: Sequence[int]) -> set[str]:
    """Undo the events of these notices, which may hold no longer; return all their keys."""
    events = select(_EVENT).where(NOTICE.c.pk.in_(pks))
    of_them = NOTICE.c.event.in_(events) | NOTICE.c.pk.in_(events)
    members = list(await connection.scalars(select(NOTICE.c.pk).where(of_them)))
    apart = update(NOTICE).where(NOTICE.c.pk.in_(members))
    await connection.execute(apart.values(event=None))
    keys = select(EVENT_KEY.c.key).where(EVENT_KEY.c.notice.in_(members))
    return set(await connection.scalars(keys))


async def _join(connection: AsyncConnection, asked: Sequence[str]) -> None:
    """Let all that share a name, directly or through others, count as the first one's event.

    What is only pointed to joins nobody, as long as we hold no notice of that name.
    """
    names = sorted({key.removeprefix(POINTS) for key in asked})
    shared = (
        select(EVENT_KEY.c.key, _EVENT.label("event"))
        .join(NOTICE, NOTICE.c.pk == EVENT_KEY.c.notice)
        .where(EVENT_KEY.c.key.in_([*names, *(f"{POINTS}{name}" for name in names)]))
    )
    events: dict[str, set[int]] = defaultdict(set)
    named: set[str] = set()
    for row in await connection.execute(shared):
        events[row.key.removeprefix(POINTS)].add(row.event)
        if not row.key.startswith(POINTS):
            named.add(row.key)
    first = _firsts([found for name, found in events.items() if name in named])
    for event, earliest in first.items():
        if event != earliest:
            of_it = (NOTICE.c.event == event) | (NOTICE.c.pk == event)
            await connection.execute(update(NOTICE).where(of_it).values(event=earliest))


def _firsts(groups: Sequence[set[int]]) -> dict[int, int]:
    """Return for each event the smallest one that it is joined to."""
    first: dict[int, int] = {}

    def root(event: int) -> int:
        while first.setdefault(event, event) != event:
            event = first[event]
        return event

    for group in groups:
        earliest = min(root(event) for event in group)
        for event in group:
            first[root(event)] = earliest
    return {event: root(event) for event in first}


async def event_number(connection: AsyncConnection, name: str) -> int | None:
    """Return the number of the event that the notice of that id tells of, None if unknown."""
    found: int | None = await connection.scalar(select(_EVENT).where(NOTICE.c.id == name))
    return found


async def event_of(connection: AsyncConnection, name: str) -> tuple[Notice, ...]:
    """Return every notice of the event that the notice of that id tells of, it among them.

    They come in the order we first saw them; none where the id is unknown.
    """
    event = await event_number(connection, name)
    if event is None:
        return ()
    of_it = (NOTICE.c.event == event) | (NOTICE.c.pk == event)
    bodies = select(NOTICE.c.body).where(of_it).order_by(NOTICE.c.pk)
    return tuple(parsed(body) for body in await connection.scalars(bodies))
