"""The outbox as an operator reads it, and as a program does; nobody's address is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from bots.app import open_database
from bots.failure import Failure
from core.clock import Clock, SystemClock
from core.model.delivery import State
from core.settings import Settings
from core.store import ledger
from core.store.ledger import Count, Entry

NAMES: Mapping[str, State] = {state.name.lower(): state for state in State}
# What rests unsent, and may be sent again.
RESTING = (State.UNKNOWN, State.REJECTED, State.ABANDONED)
# What may still be given up.
OPEN = (State.WAITING, State.LATER, State.GATHERED, State.UNKNOWN, State.REJECTED)


def state_named(name: str, among: Sequence[State] = tuple(State)) -> State:
    """Return the state of that name; raises Failure where there is none among these."""
    found = NAMES.get(name.strip().lower())
    if found is None or found not in among:
        known = ", ".join(state.name.lower() for state in among)
        raise Failure(f"there is no state {name!r} here; there are {known}")
    return found


def rows(counts: Sequence[Count]) -> list[dict[str, Any]]:
    """Return the counts as the command line's JSON and the page have them."""
    return [
        {
            "state": one.state.name.lower(),
            "reason": one.reason,
            "channel": one.channel,
            "why": one.why or None,
            "deliveries": one.number,
        }
        for one in counts
    ]


async def counted(settings: Settings, clock: Clock | None = None) -> list[dict[str, Any]]:
    """Return how many deliveries there are of each kind; raises Failure."""
    database = await open_database(settings, clock)
    try:
        async with database.reading() as connection:
            return rows(await ledger.counts(connection))
    finally:
        await database.close()


async def listed(settings: Settings, state: State | None, most: int) -> list[dict[str, Any]]:
    """Return the deliveries planned last, of one state where it is given; raises Failure."""
    database = await open_database(settings)
    try:
        async with database.reading() as connection:
            return [_entry(one) for one in await ledger.entries(connection, most, state)]
    finally:
        await database.close()


def _entry(one: Entry) -> dict[str, Any]:
    return {
        "alert": one.alert,
        "address": one.address,
        "channel": one.channel,
        "event": one.event or None,
        "notice": one.notice,
        "reason": one.reason,
        "occurrence": one.occurrence,
        "state": one.state.name.lower(),
        "why": one.why,
        "attempts": one.attempts,
        "planned_at": one.planned_at.isoformat(),
        "due_at": one.due_at.isoformat() if one.due_at else None,
        "sent_at": one.sent_at.isoformat() if one.sent_at else None,
    }


async def retried(
    settings: Settings, which: tuple[int, int] | State, clock: Clock | None = None
) -> int:
    """Let what rests unsent go out again; return how many there were. Raises Failure."""
    now = (clock or SystemClock()).now()
    database = await open_database(settings, clock)
    try:
        async with database.writing() as connection:
            if isinstance(which, State):
                return await ledger.retry_all(connection, which, now)
            return await ledger.retry_one(connection, *which, now)
    finally:
        await database.close()


async def abandoned(settings: Settings, which: tuple[int, int] | State) -> int:
    """Give up what was not sent; return how many there were. Raises Failure."""
    database = await open_database(settings)
    try:
        async with database.writing() as connection:
            if isinstance(which, State):
                return await ledger.abandon_all(connection, which)
            return await ledger.abandon_one(connection, *which)
    finally:
        await database.close()


def table(counts: Sequence[Mapping[str, Any]]) -> str:
    """Return the counts as text: each state with its sum, and below it what it is made of."""
    if not counts:
        return "The outbox is empty: nothing was ever planned.\n"
    sums: Counter[str] = Counter()
    for row in counts:
        sums[row["state"]] += row["deliveries"]
    lines = []
    for state, number in sums.items():
        lines.append(f"{state} {number}")
        for row in counts:
            if row["state"] == state:
                why = f" ({row['why']})" if row["why"] else ""
                lines.append(f"  {row['channel']}, {row['reason']}{why}: {row['deliveries']}")
    return "\n".join(lines) + "\n"


def entries_table(entries: Sequence[Mapping[str, Any]]) -> str:
    """Return single deliveries as text, a line each."""
    return "".join(f"{_line(entry)}\n" for entry in entries) or "There is none.\n"


def _line(entry: Mapping[str, Any]) -> str:
    about = entry["notice"] or (f"event {entry['event']}" if entry["event"] else "no event")
    when = entry["sent_at"] or entry["due_at"] or entry["planned_at"]
    why = f" ({entry['why']})" if entry["why"] else ""
    named = f"{entry['alert']} {entry['address']}"
    told = f"{entry['channel']}, {entry['reason']} {entry['occurrence']}, {about}"
    return f"{named}: {entry['state']}{why}, {told}, {when[:16].replace('T', ' ')}"
