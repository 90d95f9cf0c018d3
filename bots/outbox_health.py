"""Whether the outbox moves: a line each for what waits, what rests and what is not planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bots.registry import PLATFORMS
from core.model.delivery import State
from core.store import ledger
from core.store.ledger import Backlog, Count, Waiting
from core.store.work import Database

# Longer than a broadcast is paused after the first failures, and than planning takes.
LATE = timedelta(minutes=15)
Told = tuple[str, bool, str]


async def health(database: Database, now: datetime) -> list[Told]:
    """Return lines of (subject, right, what to know or do)."""
    async with database.reading() as connection:
        waiting = await ledger.overdue(connection, now)
        backlog = await ledger.backlog(connection)
        counts = await ledger.counts(connection)
    return [*_sending(waiting, now), *_resting(counts), _planning(backlog, now)]


def _sending(waiting: Sequence[Waiting], now: datetime) -> Iterator[Told]:
    pushing = [one for one in waiting if one.channel in PLATFORMS]
    if not pushing:
        yield "outbox", True, "nothing waits that could be sent"
    for one in pushing:
        for_long = now - one.since
        told = f"{one.number} to send through {one.channel}, the oldest for {_long(for_long)}"
        if for_long > LATE:
            told += "; is `recallbot run` or `recallbot work` running, and the platform up?"
        yield "outbox", for_long <= LATE, told


def _resting(counts: Sequence[Count]) -> Iterator[Told]:
    """Tell what waits for a human; it stands in nobody's way."""
    resting = Counter[State]()
    for one in counts:
        resting[one.state] += one.number
    told = [
        f"{resting[state]} {state.name.lower()}"
        for state in (State.UNKNOWN, State.REJECTED)
        if resting[state]
    ]
    if told:
        yield "outbox", True, f"{', '.join(told)}: look at `recallbot outbox list --state NAME`"


def _planning(backlog: Backlog, now: datetime) -> Told:
    if backlog.since is None:
        return "planning", True, "everything is planned"
    lag = now - backlog.since
    told = f"{backlog.revisions} versions of recalls to be planned, the oldest for {_long(lag)}"
    if not backlog.begun:
        return "planning", True, f"{told}; `recallbot run` begins with them"
    if lag > LATE:
        told += "; is `recallbot run` or `recallbot work` running?"
    return "planning", lag <= LATE, told


def _long(time: timedelta) -> str:
    minutes = round(time / timedelta(minutes=1))
    return f"{minutes} min" if minutes < 120 else f"{round(minutes / 60)} h"  # noqa: PLR2004 - two hours
