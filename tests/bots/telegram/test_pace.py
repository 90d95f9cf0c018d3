"""How fast we may write: the schedule by itself, and who waits for it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.telegram import pace
from bots.telegram.pace import SLACK, UNLIMITED, Limit, Limits, Pace, Timetable, smoothly
from core.channel import TryLater
from tests.builders import STEADY

STRICT = Limits(Limit(3, 1), Limit(1, 1), Limit(2, 60))


@dataclass(slots=True)
class Time:
    """A clock that stands until everybody sleeps, and then goes to whoever wakes first."""

    now: float = 0.0
    asleep: list[tuple[float, asyncio.Future[None]]] = field(default_factory=list)

    def read(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        waking: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.asleep.append((self.now + seconds, waking))
        await waking

    async def pass_by(self) -> None:
        """Let everybody do what they can, then let time pass until somebody wakes."""
        for _ in range(10):
            await asyncio.sleep(0)
        self.asleep = [one for one in self.asleep if not one[1].done()]
        if self.asleep:
            at, waking = min(self.asleep, key=lambda one: one[0])
            self.now = max(self.now, at)
            waking.set_result(None)
            await asyncio.sleep(0)


def times(timetable: Timetable, chats: list[int]) -> list[tuple[int, float]]:
    """Return when each message would go, one after the other as early as may be."""
    now, sent = 0.0, []
    for chat in chats:
        now = max(now, timetable.free_at(chat, now))
        timetable.take(chat, now)
        sent.append((chat, now))
    return sent


CHATS = st.lists(st.sampled_from([1, 2, 3, -4, -5]), max_size=60)


@given(CHATS)
@STEADY
def test_no_window_of_any_limit_is_ever_overrun(chats: list[int]) -> None:
    limits = Limits(Limit(5, 1), Limit(2, 2), Limit(4, 60))

    sent = times(Timetable(limits), chats)

    every = [at for _, at in sent]
    assert_within(every, limits.overall)
    for chat in set(chats):
        own = [at for one, at in sent if one == chat]
        assert_within(own, limits.chat)
        assert_within(own, limits.group if chat < 0 else limits.chat)


def assert_within(sent: list[float], limit: Limit) -> None:
    pairs = zip(sent, sent[limit.count :], strict=False)
    assert all(later - early >= limit.seconds for early, later in pairs)


@pytest.mark.parametrize("rate", [1, 2, 3, 29, 30, 31, 1000])
def test_any_rate_is_kept_over_a_second_or_more(rate: int) -> None:
    limit = smoothly(rate)

    assert limit.count / limit.seconds == pytest.approx(rate)
    assert limit.count <= max(1, rate / 3)


def test_one_chat_that_is_full_leaves_the_others_alone() -> None:
    timetable = Timetable(STRICT)
    timetable.take(1, 0.0)

    assert timetable.free_at(1, 0.0) == SLACK
    assert timetable.free_at(2, 0.0) <= 0.0


def test_a_halt_concerns_the_chat_that_was_refused() -> None:
    timetable = Timetable(STRICT)

    timetable.halt(1, until=9.0, now=0.0)

    assert timetable.free_at(1, 0.0) == 9.0
    assert timetable.free_at(2, 0.0) <= 0.0
    assert timetable.free_at(1, 9.0) <= 9.0


def test_a_second_chat_refused_meanwhile_halts_everything_until_both_are_over() -> None:
    timetable = Timetable(STRICT)
    timetable.halt(1, until=9.0, now=0.0)

    timetable.halt(2, until=5.0, now=1.0)

    assert timetable.free_at(3, 1.0) == 9.0


def test_a_second_refusal_after_the_first_is_over_concerns_its_own_chat() -> None:
    timetable = Timetable(STRICT)
    timetable.halt(1, until=2.0, now=0.0)

    timetable.halt(2, until=9.0, now=3.0)

    assert timetable.free_at(3, 3.0) <= 3.0


def test_a_shorter_halt_does_not_end_a_longer_one() -> None:
    timetable = Timetable(STRICT)
    timetable.halt(1, until=9.0, now=0.0)

    timetable.halt(1, until=2.0, now=1.0)

    assert timetable.free_at(1, 1.0) == 9.0


def test_chats_that_nothing_was_sent_to_for_long_are_forgotten() -> None:
    timetable = Timetable(Limits(Limit(1, 0), Limit(3, 3), Limit(20, 60)))
    for chat in range(pace.MOST_CHATS):
        timetable.take(chat, 0.0)

    timetable.take(-1, 100.0)

    assert len(timetable._chats) == 1


def test_without_limits_nothing_waits_and_nothing_is_kept() -> None:
    timetable = Timetable(UNLIMITED)

    for _ in range(100):
        timetable.take(1, 0.0)

    assert timetable.free_at(1, 0.0) <= 0.0
    assert not timetable._overall.sent


async def order(limits: Limits, wanted: list[tuple[str, int, bool]]) -> list[tuple[str, float]]:
    """Return who got their turn when: `wanted` are names, chats, and whether it is a reply."""
    time = Time()
    ours = Pace(limits, time.read, time.sleep)
    served: list[tuple[str, float]] = []

    async def one(name: str, chat: int, reply: bool) -> None:  # noqa: FBT001 - from a table
        await ours.turn(chat, reply=reply)
        served.append((name, round(time.now, 1)))

    async with asyncio.TaskGroup() as group:
        for each in wanted:
            group.create_task(one(*each))
        while len(served) < len(wanted):
            await time.pass_by()
    await ours.close()
    return served


async def test_replies_go_before_everything_that_waits() -> None:
    wanted = [(f"alert {number}", number, False) for number in range(6)]

    served = await order(STRICT, [*wanted, ("reply", 99, True)])

    assert [name for name, _ in served] == [
        *("alert 0", "alert 1", "alert 2", "reply"),
        *("alert 3", "alert 4", "alert 5"),
    ]


async def test_who_waits_for_a_full_chat_lets_others_pass_and_keeps_their_place() -> None:
    served = await order(
        Limits(Limit(100, 1), Limit(1, 1), Limit(20, 60)),
        [("a1", 1, False), ("a2", 1, False), ("b1", 2, False), ("a3", 1, False)],
    )

    assert served == [("a1", 0.0), ("b1", 0.0), ("a2", 1.0), ("a3", 2.0)]


async def test_a_group_gets_its_twenty_a_minute() -> None:
    served = await order(Limits(), [(str(number), -7, True) for number in range(21)])

    assert served[-1][1] >= 60
    assert served[-2][1] < 60


async def test_a_halt_is_over_for_whoever_waits_and_for_nobody_else_before() -> None:
    time = Time()
    ours = Pace(STRICT, time.read, time.sleep)
    ours.halt(1, 5.0)
    halted = asyncio.create_task(ours.turn(1, reply=True))

    await ours.turn(2, reply=False)
    assert not halted.done()
    while not halted.done():
        await time.pass_by()

    assert time.now == 5.0
    await ours.close()


async def test_a_halt_that_comes_while_somebody_waits_holds_them_too() -> None:
    time = Time()
    ours = Pace(STRICT, time.read, time.sleep)
    await ours.turn(1, reply=True)
    waiting = asyncio.create_task(ours.turn(1, reply=True))
    await asyncio.sleep(0)

    ours.halt(1, 7.0)
    while not waiting.done():
        await time.pass_by()

    assert time.now == 7.0
    await ours.close()


async def test_who_stops_waiting_takes_nobodys_turn() -> None:
    time = Time()
    ours = Pace(STRICT, time.read, time.sleep)
    await ours.turn(1, reply=True)
    given_up = asyncio.create_task(ours.turn(1, reply=True))
    await asyncio.sleep(0)
    waiting = asyncio.create_task(ours.turn(1, reply=True))

    given_up.cancel()
    while not waiting.done():
        await time.pass_by()

    assert time.now == pytest.approx(SLACK)
    await ours.close()


async def test_when_it_closes_everybody_who_waits_is_told() -> None:
    time = Time()
    ours = Pace(STRICT, time.read, time.sleep)
    ours.halt(1, 100.0)
    waiting = asyncio.create_task(ours.turn(1, reply=True))
    await asyncio.sleep(0)

    await ours.close()

    with pytest.raises(TryLater):
        await waiting
