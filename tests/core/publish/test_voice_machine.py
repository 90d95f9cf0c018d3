"""The public voice through any history: what is posted was approved and so, nothing is lost."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from core.channel import DeliveryError, DeliveryUnknown, PostRejected, TryLater
from core.model.delivery import State
from core.model.public import Mode, Rules, Sort, Stage
from core.model.recall import Notice
from core.model.revision import RevisionKind
from core.publish.deciding import NO_LONGER_SO, TOLD_ELSEWHERE
from core.publish.desk import Who
from core.store import posted
from core.store.drafts import Stale
from core.store.listed import Listed
from core.store.outbox import Outbox
from core.store.posted import Ready
from core.store.work import Database
from tests.builders import STEADY
from tests.contracts.store_cases import sqlite_case
from tests.core.alert.board import Board
from tests.core.publish.newspaper import Newspaper, a_recall, changed, edited, which

T = TypeVar("T")
MODES = (
    Rules(Mode.AUTOMATIC, per_day=3),
    Rules(Mode.DELAYED, delay=timedelta(minutes=30)),
    Rules(Mode.APPROVAL),
    Rules(Mode.AUTOMATIC, two_for_serious=True),
)
CHANGED = (
    RevisionKind.EXPANDED,
    RevisionKind.CORRECTED,
    RevisionKind.RETRACTED,
    RevisionKind.CLOSED,
    RevisionKind.REOPENED,
)
DEEDS = ("approve", "hold", "drop", "take_up", "edit")
FAILURES = st.sampled_from(
    (TryLater(timedelta(minutes=7)), DeliveryUnknown(), PostRejected("malformed"))
)


class Histories(RuleBasedStateMachine):
    """Recalls, revisions, decisions, failures and kills in any order, on one database."""

    def __init__(self) -> None:
        """Open a database of one's own."""
        super().__init__()
        self._stack = ExitStack()
        self._loop = asyncio.new_event_loop()
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        case = self._stack.enter_context(sqlite_case(folder))
        url = self._stack.enter_context(case.fresh(empty=False))
        self.paper = Newspaper(self._do(Database.open(url)))
        self.notices: list[Notice] = []
        self.people: list[Who] = []
        self.ruled: dict[int, Rules] = {}

    def _do(self, doing: Awaitable[T]) -> T:
        return self._loop.run_until_complete(_awaited(doing))

    @initialize(finds=st.booleans(), edits=st.booleans())
    def begins(self, *, finds: bool, edits: bool) -> None:
        """Let there be a platform, accounts of every mode, and two people."""
        self.paper.board = Board(finds=finds, edits=edits)
        for number, rules in enumerate(MODES):
            self.ruled[self._do(self.paper.account(rules, chat=f"@{number}"))] = rules
        self.people = [self._do(self.paper.operator(name)) for name in ("anna", "ben")]

    @rule(hazard=st.sampled_from(("fire", "laceration")), quiet=st.booleans())
    def recall(self, hazard: str, *, quiet: bool) -> None:
        """Publish something new."""
        notice = a_recall(str(len(self.notices)), hazard=hazard)
        self.notices.append(notice)
        self._do(self.paper.publish(notice, quiet=quiet))

    @precondition(lambda self: self.notices)
    @rule(place=st.integers(0, 99), kind=st.sampled_from(CHANGED), quiet=st.booleans())
    def revise(self, place: int, kind: RevisionKind, *, quiet: bool) -> None:
        """Publish another version of something."""
        place %= len(self.notices)
        before = self.notices[place]
        states = {RevisionKind.RETRACTED: "retracted", RevisionKind.CLOSED: "closed"}
        models = {"op": "model", "any_of": [f"M{place}", f"N{place}"], "match": "exact"}
        plain = kind in {RevisionKind.EXPANDED, RevisionKind.CORRECTED}
        facts = {"units": models} if plain else {"state": states.get(kind, "open")}
        self.notices[place] = changed(before, **facts)
        self._do(self.paper.publish(self.notices[place], kind, quiet=quiet))

    @rule(place=st.integers(0, 99), deed=st.sampled_from(DEEDS), who=st.integers(0, 1))
    def decide(self, place: int, deed: str, who: int) -> None:
        """Let a person decide on a draft."""
        drafts = self._do(self.paper.drafts())
        if drafts:
            self._do(self._decided(drafts[place % len(drafts)], deed, self.people[who]))

    async def _decided(self, one: Listed, deed: str, who: Who) -> None:
        desk, draft = self.paper.desk, one.draft
        with suppress(Stale):
            if deed == "edit":
                if draft.parts:
                    parts = edited(draft.parts, "Ours.")
                    await desk.edit(which(one), draft.version, parts, who)
            else:
                await getattr(desk, deed)(which(one), draft.version, who)

    @rule()
    def work(self) -> None:
        """Draft, sum up, release."""
        self._do(self.paper.work())

    @rule()
    def draft(self) -> None:
        """Draft alone."""
        self._do(self.paper.draft())

    @rule(minutes=st.sampled_from((0, 11, 60, 24 * 60)))
    def send(self, minutes: int) -> None:
        """Send what may be sent by then; judge all that comes."""
        self.paper.clock.move(minutes=minutes)
        ready = self._do(self._ready())
        before = len(self.paper.board.posts)
        self._do(self.paper.send())
        for hung in self.paper.board.posts[before:]:
            key, _, part = hung.key.partition(".")
            self._judge(ready[key], int(part or 0))

    async def _ready(self) -> dict[str, Ready]:
        found = {}
        for one in await self.paper.drafts():
            async with self.paper.database.reading() as connection:
                ready = await posted.ready(connection, *which(one))
            if ready is not None:
                found[ready.draft.key] = ready
        return found

    def _judge(self, ready: Ready, part: int) -> None:
        """Say whether that could be posted: approved, and so when nobody can have read it."""
        draft = ready.draft
        rules = self.ruled[draft.account]
        by_hand = rules.mode is Mode.APPROVAL
        needed = 2 if draft.serious and rules.two_for_serious else int(by_hand)
        assert len(set(draft.approvals)) >= needed, "nobody approved it"
        assert not ready.stale or part or ready.begun, "it is not so any more"
        assert part not in ready.begun or ready.begun[part] is None, "it stands there already"

    @rule(error=FAILURES, arrives=st.booleans())
    def fail(self, error: DeliveryError, *, arrives: bool) -> None:
        """Let the platform fail at the next post."""
        unknown = isinstance(error, DeliveryUnknown)
        if len(self.paper.board.answers) < 3:
            self.paper.board.answer(error, arrives=arrives and unknown)

    @rule()
    def killed(self) -> None:
        """Let a process take what waits, and be killed before it sends."""
        self._do(self._killed())

    async def _killed(self) -> None:
        now = self.paper.clock.now()
        async with self.paper.database.writing() as connection:
            until = now + timedelta(minutes=5)
            await Outbox("memory").claim(connection, now, until, 3)

    def teardown(self) -> None:
        """Let everything end well, and look at what became of every draft."""
        self.paper.board.answers.clear()
        try:
            for _ in range(12):
                if self.people:
                    self.work()
                    self.send(11)
            for _ in range(3):
                if self.people:
                    self.work()
                    self.send(24 * 60)
            self._look()
        finally:
            self._do(self.paper.database.close())
            self._loop.close()
            self._stack.close()

    def _look(self) -> None:
        drafts = self._do(self.paper.drafts())
        left = self._do(self.paper.world.run("SELECT 1 FROM revision WHERE drafted_at IS NULL"))
        assert left == []
        for one in drafts:
            self._rests(one)
        keys = self.paper.board.keys()
        assert len(keys) == len(set(keys)), "said twice"
        for notice in self.notices:
            if notice.state.value == "retracted":
                self._taken_back(notice, drafts)

    def _rests(self, one: Listed) -> None:
        """Say that a draft came to its end: posted, dropped, summed up, or before a human."""
        draft = one.draft
        if draft.stage is Stage.RELEASED:
            assert one.state is not None
            assert one.state.settled, f"lost: {one.state} {one.why}"
        elif draft.stage is Stage.DROPPED:
            assert draft.why in {None, NO_LONGER_SO, TOLD_ELSEWHERE}
        elif draft.stage is Stage.SUMMED:
            assert one.summed_in is not None
        else:
            assert draft.stage in {Stage.DRAFTED, Stage.HELD}, "nobody looks at it"

    def _taken_back(self, notice: Notice, drafts: list[Listed]) -> None:
        """Say that each post of what was withdrawn has a draft below it that says so."""
        row = self._do(
            self.paper.world.run("SELECT pk FROM notice WHERE id = :id", id=notice.id)
        )[0]
        for one in drafts:
            first = one.draft.sort is Sort.RECALL and one.draft.event == row.pk
            if first and one.state in {State.SENT, State.UNKNOWN}:
                mine = [
                    other
                    for other in drafts
                    if other.draft.event == row.pk
                    and other.draft.account == one.draft.account
                    and other.draft.sort is Sort.CORRECTION
                ]
                assert mine, "the withdrawal of a post was lost"


async def _awaited(doing: Awaitable[T]) -> T:
    return await doing


TestHistories = Histories.TestCase
TestHistories.settings = settings(STEADY, max_examples=10, stateful_step_count=25)
