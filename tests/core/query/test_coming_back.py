"""What waits for somebody: on a channel that cannot push, and after they were gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.channel import Address, Left
from core.model import recall
from core.model.delivery import State
from core.model.revision import RevisionKind
from tests.core.query.told_stage import LISTED, RECALLED, Standing, a_stage

PHONE = Address("telegram", "42")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Standing]:
    async with a_stage(tmp_path) as stage:
        yield stage


async def states(stage: Standing) -> list[State]:
    rows = await stage.world.run("SELECT state FROM delivery ORDER BY alert, address")
    return [State(row.state) for row in rows]


async def test_what_waits_is_shown_once_when_somebody_comes(stage: Standing) -> None:
    await stage.says("/add Acme X100")
    await stage.publish()

    first, again = await stage.waiting(), await stage.waiting()
    others = await stage.waiting("bob")

    assert "Product safety recall" in first[0].plain
    assert (len(first), again, others) == (1, (), ())
    assert await states(stage) == [State.SENT]


async def test_two_who_look_at_once_are_shown_it_once(stage: Standing) -> None:
    await stage.says("/add Acme X100")
    await stage.publish()

    shown = await asyncio.gather(*(stage.waiting() for _ in range(5)))

    assert sorted(map(len, shown)) == [0, 0, 0, 0, 1]


async def test_what_no_longer_concerns_them_is_not_shown(stage: Standing) -> None:
    await stage.says("/add Acme X100")
    await stage.publish()
    await stage.says("/mine remove 1")

    assert await stage.waiting() == ()
    assert await states(stage) == [State.ABANDONED]


async def test_whoever_turned_alerts_off_is_shown_none(stage: Standing) -> None:
    await stage.says("/add Acme X100")
    await stage.publish()
    await stage.says("/alerts off")

    assert await stage.waiting() == ()
    assert await states(stage) == [State.ABANDONED]


async def test_of_several_reminders_the_last_is_shown(stage: Standing) -> None:
    alert = await stage.alerted()
    for days in (1, 2, 7):
        await stage.days_later(days)

    [shown] = await stage.waiting()

    [told] = await stage.told(alert)
    assert told.already == 3
    assert "/told done" in shown.buttons[0].says


async def test_a_correction_waits_for_whoever_was_shown_the_recall(stage: Standing) -> None:
    await stage.alerted()
    closed = RECALLED.model_copy(update={"state": recall.State.CLOSED})

    await stage.world.publish(closed, RevisionKind.CLOSED)
    await stage.world.plan()
    [told] = await stage.waiting()

    assert "safe." not in told.plain
    assert "Acme X100" in told.plain


async def test_what_a_reply_told_is_not_told_again_and_corrected_all_the_same(
    stage: Standing,
) -> None:
    await stage.publish()

    added = await stage.says("/add Acme X100")
    repeated = await stage.waiting()
    changed = RECALLED.model_copy(update={"product": "Acme X100 and X101 power banks"})
    await stage.world.publish(changed, RevisionKind.CORRECTED)
    await stage.world.plan()
    corrected = await stage.waiting()
    await stage.days_later(1)
    reminded = await stage.waiting()

    assert [button.says for button in added.buttons][-4:] == [
        "/told stopped 1",
        "/told notmine 1",
        "/told which 1",
        "/told remind 1",
    ]
    assert repeated == ()
    assert (len(corrected), len(reminded)) == (1, 1)


async def test_what_needs_no_check_is_not_noted_as_told(stage: Standing) -> None:
    await stage.publish()

    added = await stage.says("/add Acme L200")

    assert all(not button.says.startswith("/told") for button in added.buttons)
    assert await states(stage) == []


async def test_the_same_thing_told_in_another_chat_is_not_noted_twice(stage: Standing) -> None:
    await stage.publish()
    await stage.says("/add Acme X100")
    code = (await stage.says("/link")).plain.split("/link ")[1].split()[0]
    await stage.says(f"/link {code}", "phone")

    again = await stage.says("/add Acme X100", "phone")

    assert again.buttons[-1].says == "/told remind 1"
    assert await states(stage) == [State.SENT]


@pytest.mark.parametrize("word", ["/start", "hello", "/mine"])
async def test_s10_whoever_is_back_hears_what_they_missed(stage: Standing, word: str) -> None:
    await stage.says("/add Acme X100", "42", channel="telegram")
    await stage.says("/add Acme L200", "42", channel="telegram")
    stage.clock.move(hours=1)
    await stage.talk.note(Left(PHONE))
    stage.clock.move(days=3)
    await stage.publish()
    await stage.publish(LISTED)
    gone = await states(stage)

    await stage.says(word, "42", channel="telegram")
    await stage.says(word, "42", channel="telegram")

    assert State.WAITING not in gone
    assert await states(stage) == [State.WAITING, State.WAITING]


async def test_of_a_stranger_nothing_waits(stage: Standing) -> None:
    assert await stage.waiting("nobody") == ()
