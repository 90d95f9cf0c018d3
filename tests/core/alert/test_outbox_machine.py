"""The outbox through any history: nothing lost, nothing twice unless nobody could know."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Awaitable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sqlalchemy import text

from core.model.delivery import Because, State
from core.model.outbox import Claimed, Outcome
from core.store import forgetting, outbox
from core.store.outbox import Outbox
from core.store.work import Database
from tests.builders import NOW, STEADY
from tests.contracts.planning_stage import Ticking, World
from tests.contracts.store_cases import sqlite_case

T = TypeVar("T")
LEASE = timedelta(minutes=1)
PEOPLE = 4
_ALERT = text(
    "INSERT INTO alert (event, reason, occurrence, serious, created_at, planned_at)"
    " VALUES (:event, 'alert', '1', true, :now, :now) RETURNING pk"
)
_DELIVER = text(
    "INSERT INTO delivery (alert, address, rank, state) SELECT :alert, pk, :rank, 0"
    " FROM address"
)
_QUEUE = text("INSERT INTO queue VALUES ('telegram', :rank, :alert)")


class Histories(RuleBasedStateMachine):
    """Plans, takes, sends, forgets and dies in any order, on one database."""

    def __init__(self) -> None:
        """Open a database of one's own."""
        super().__init__()
        self._stack = ExitStack()
        self._loop = asyncio.new_event_loop()
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        case = self._stack.enter_context(sqlite_case(folder))
        url = self._stack.enter_context(case.fresh(empty=False))
        self.database = self._do(Database.open(url))
        self.world, self.box = World(self.database, Ticking()), Outbox("telegram")
        self.held: list[Claimed] = []
        self.stale: list[Claimed] = []
        self.arrived: Counter[tuple[int, int]] = Counter()
        self.excused: Counter[tuple[int, int]] = Counter()
        self.refused: set[tuple[int, int]] = set()
        self.events = 0

    def _do(self, doing: Awaitable[T]) -> T:
        return self._loop.run_until_complete(_awaited(doing))

    @initialize()
    def people_come(self) -> None:
        """Let some people be known."""
        for chat in range(PEOPLE):
            self._do(self.world.person(str(chat)))

    @rule(rank=st.sampled_from((0, 4)))
    def plan(self, rank: int) -> None:
        """Alert everybody of something new."""
        self.events += 1
        self._do(self._planned(rank))

    async def _planned(self, rank: int) -> None:
        async with self.database.writing() as connection:
            told = {"event": self.events, "now": str(NOW)}
            which = {"alert": await connection.scalar(_ALERT, told), "rank": rank}
            await connection.execute(_DELIVER, which)
            await connection.execute(_QUEUE, which)

    @rule(most=st.integers(1, 5))
    def claim(self, most: int) -> None:
        """Take some."""
        taken = self._do(self._claimed(most))
        keys = {_which(one) for one in taken}
        # What this process lost to itself when the lease ended, it does not begin any more.
        self.stale += [one for one in self.held if _which(one) in keys]
        self.held = [one for one in self.held if _which(one) not in keys] + taken

    async def _claimed(self, most: int) -> list[Claimed]:
        async with self.database.writing() as connection:
            now = self.world.clock.now()
            return await self.box.claim(connection, now, now + LEASE, most)

    @precondition(lambda self: self.held)
    @rule(place=st.integers(0, 99), noted=st.booleans())
    def send(self, place: int, *, noted: bool) -> None:
        """Send one; it arrives, and where it is not `noted` the process dies just then."""
        one = self._next(place)
        self.arrived[_which(one)] += 1
        if noted:
            self._settle(one, State.SENT)
        else:
            self.excused[_which(one)] += 1
            self.die()

    @precondition(lambda self: self.held)
    @rule(place=st.integers(0, 99), arrives=st.booleans())
    def doubt(self, place: int, *, arrives: bool) -> None:
        """Send one of which nobody knows whether it arrived."""
        one = self._next(place)
        self.arrived[_which(one)] += arrives
        if one.doubtful:
            self._settle(one, State.UNKNOWN)
        else:
            self.excused[_which(one)] += 1
            self._settle(one, State.LATER, Because.MAY_HAVE_ARRIVED)

    @precondition(lambda self: self.held)
    @rule(place=st.integers(0, 99), state=st.sampled_from((State.GONE, State.REJECTED)))
    def refuse(self, place: int, state: State) -> None:
        """Let the platform refuse one for good."""
        one = self._next(place)
        self.refused.add(_which(one))
        self._settle(one, state)

    @precondition(lambda self: self.held)
    @rule(place=st.integers(0, 99), untried=st.booleans())
    def put_off(self, place: int, *, untried: bool) -> None:
        """Try one again later, or give it back."""
        one = self._next(place)
        why = one.why_still or Because.TRY_LATER
        self._settle(one, State.LATER, why, untried=untried)

    @precondition(lambda self: self.stale)
    @rule()
    def settle_late(self) -> None:
        """Write down, when it has long been somebody else's, that one waits."""
        self._settle(self.stale.pop(), State.LATER, Because.TRY_LATER)

    @rule()
    def die(self) -> None:
        """Forget all that was only in memory."""
        self.held, self.stale, self.box = [], [], Outbox("telegram")

    @rule()
    def leases_end(self) -> None:
        """Let time pass; of what is held nothing is begun any more."""
        self.world.clock.move(seconds=2 * LEASE.total_seconds())
        self.stale, self.held = self.stale + self.held, []

    @rule(chat=st.integers(0, PEOPLE - 1))
    def forget(self, chat: int) -> None:
        """Erase somebody."""
        self._do(self._forgotten(str(chat)))

    async def _forgotten(self, chat: str) -> None:
        async with self.database.writing() as connection:
            await forgetting.forget(connection, "telegram", chat)

    def _next(self, place: int) -> Claimed:
        return self.held.pop(place % len(self.held))

    def _settle(
        self, one: Claimed, state: State, why: str | None = None, *, untried: bool = False
    ) -> None:
        now = self.world.clock.now()
        due = {"due_at": now} if state is State.LATER else {}
        self._do(self._settled(one.became(state, why, untried=untried, **due)))

    async def _settled(self, outcome: Outcome) -> None:
        async with self.database.writing() as connection:
            await outbox.settle(connection, [outcome])

    def teardown(self) -> None:
        """Let everything end well, and count."""
        self.die()
        self.leases_end()
        while taken := self._do(self._claimed(50)):
            for one in taken:
                self.arrived[_which(one)] += 1
                self._settle(one, State.SENT)
        rows = self._do(self.world.run("SELECT * FROM delivery"))
        queues = self._do(self.world.run("SELECT * FROM queue"))
        self._do(self.database.close())
        self._loop.close()
        self._stack.close()
        assert all(State(row.state).settled for row in rows)
        assert queues == []
        for row in rows:
            which = (row.alert, row.address)
            wanted = 0 if which in self.refused or row.state == State.UNKNOWN else 1
            assert self.arrived[which] >= wanted, "lost"
        for which, times in self.arrived.items():
            assert times <= 1 + self.excused[which], "said twice"


async def _awaited(doing: Awaitable[T]) -> T:
    return await doing


def _which(one: Claimed) -> tuple[int, int]:
    return (one.alert, one.address)


TestHistories = Histories.TestCase
TestHistories.settings = settings(STEADY, max_examples=25, stateful_step_count=25)
