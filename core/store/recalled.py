"""Recalls as public posts tell of them: event by event, newest first or by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import JSON, Select, bindparam, cast, func, select, text, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.identifier import fold
from core.model.recall import Notice, State
from core.store.lookup import parsed
from core.store.schema import NOTICE

AT_ONCE = 100
_NEWEST = text(
    "SELECT COALESCE(event, pk) AS event FROM notice WHERE state = :open AND NOT exercise"
    " ORDER BY published DESC, pk DESC"
)
_MEMBERS = text(
    "SELECT pk, COALESCE(event, pk) AS event, body FROM notice"
    " WHERE (event IN :events OR pk IN :events) AND NOT exercise ORDER BY pk"
).bindparams(bindparam("events", expanding=True))


@dataclass(frozen=True, slots=True)
class Recalled:
    """One event with all of its notices, the first one seen first."""

    event: int
    notices: tuple[Notice, ...]

    @property
    def open(self) -> tuple[Notice, ...]:
        """Return those of its notices that stand."""
        return tuple(one for one in self.notices if one.state is State.OPEN)


async def newest(connection: AsyncConnection) -> tuple[int, ...]:
    """Return the events of which a notice stands, the one published last first."""
    rows = await connection.scalars(_NEWEST, {"open": State.OPEN.value})
    return tuple(dict.fromkeys(rows))


async def recalled(connection: AsyncConnection, events: Sequence[int]) -> tuple[Recalled, ...]:
    """Return these events, at most AT_ONCE, in their order; one that is no more is left out."""
    found: dict[int, list[Notice]] = {event: [] for event in events}
    for row in await connection.execute(_MEMBERS, {"events": list(events)}):
        found.setdefault(row.event, []).append(parsed(row.body))
    return tuple(Recalled(event, tuple(found[event])) for event in events if found[event])


async def named(connection: AsyncConnection, name: str) -> tuple[int, ...]:
    """Return the events that have a notice of that id, else of that official number.

    A number is found however it is spelt ("25-337", "25337"); several authorities may have
    given the same.
    """
    event = select(NOTICE.c.event, NOTICE.c.pk).where(
        NOTICE.c.id == name, NOTICE.c.exercise.is_(False)
    )
    row = (await connection.execute(event)).one_or_none()
    if row is not None:
        return (row.event or row.pk,)
    wanted = fold(name)
    if not wanted:
        return ()
    rows = await connection.execute(_numbers(connection))
    return tuple(dict.fromkeys(row.event for row in rows if fold(row.number) == wanted))


def _numbers(connection: AsyncConnection) -> Select[tuple[int, str]]:
    """Return the query for the official numbers of all notices, read out of their bodies."""
    of_text = cast if connection.dialect.name == "postgresql" else type_coerce
    number = of_text(NOTICE.c.body, JSON)["number"].as_string()
    event = func.coalesce(NOTICE.c.event, NOTICE.c.pk)
    real = select(event.label("event"), number.label("number"))
    return real.where(NOTICE.c.exercise.is_(False), number.is_not(None)).order_by(NOTICE.c.pk)
