"""Which steps of their claims people have ticked off."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.clock import Clock
from core.store.schema import CLAIM, UtcDateTime
from core.store.subscribers import Subscriber

_SAVE = text(
    "INSERT INTO claim (subscriber, event, steps, updated_at)"
    " VALUES (:subscriber, :event, :steps, :now) ON CONFLICT (subscriber, event)"
    " DO UPDATE SET steps = excluded.steps, updated_at = excluded.updated_at"
).bindparams(bindparam("now", type_=UtcDateTime()))


class Claims:
    """Keeps the ticks of each person and event; the clock says when they were changed."""

    def __init__(self, clock: Clock) -> None:
        """Date the ticks by this clock."""
        self._clock = clock

    async def load(
        self, connection: AsyncConnection, subscriber: Subscriber, event: int
    ) -> frozenset[str]:
        """Return the names of the steps that the person ticked, none where they never did."""
        return (await claims_of(connection, subscriber.pk)).get(event, frozenset())

    async def save(
        self,
        connection: AsyncConnection,
        subscriber: Subscriber,
        event: int,
        ticked: frozenset[str],
    ) -> None:
        """Keep exactly these as the steps that the person ticked."""
        values = {"subscriber": subscriber.pk, "event": event, "steps": _json(ticked)}
        await connection.execute(_SAVE, {**values, "now": self._clock.now()})


async def claims_of(
    connection: AsyncConnection, subscriber: int
) -> Mapping[int, frozenset[str]]:
    """Return the steps that the person ticked, by the number of the event."""
    rows = await connection.execute(
        select(CLAIM).where(CLAIM.c.subscriber == subscriber).order_by(CLAIM.c.event)
    )
    return {row.event: frozenset(json.loads(row.steps)) for row in rows}


async def join(connection: AsyncConnection, gone: int, kept: int) -> None:
    """Let what one person ticked be ticked by another."""
    theirs = await claims_of(connection, kept)
    rows = await connection.execute(select(CLAIM).where(CLAIM.c.subscriber == gone))
    for row in rows.all():
        ticked = frozenset(json.loads(row.steps)) | theirs.get(row.event, frozenset())
        values = {"subscriber": kept, "event": row.event, "steps": _json(ticked)}
        await connection.execute(_SAVE, {**values, "now": row.updated_at})


def _json(ticked: frozenset[str]) -> str:
    return json.dumps(sorted(ticked))
