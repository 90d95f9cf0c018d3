"""A group's first post, shown before it goes: held back by those who look after the group."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.model.delivery import Because, State
from tests.core.query.told_stage import Standing, a_stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Standing]:
    async with a_stage(tmp_path) as stage:
        await stage.in_group("/feed on")
        await stage.publish()
        yield stage


async def rows(stage: Standing) -> list[tuple[State, str | None]]:
    found = await stage.world.run("SELECT state, why FROM delivery ORDER BY alert")
    return [(State(row.state), row.why) for row in found]


async def test_turning_it_on_says_that_the_first_post_is_shown(stage: Standing) -> None:
    shown = await stage.in_group("/feed")

    assert "I show it here for 30 seconds" in shown.plain


async def test_what_still_waits_is_held_back(stage: Standing) -> None:
    told = await stage.in_group("/feed skip 1")
    again = await stage.in_group("/feed skip 1")

    assert told.plain == "I will not post it."
    assert again.plain.startswith("I cannot hold that back")
    assert again.anew
    assert await rows(stage) == [(State.ABANDONED, Because.HELD_BACK)]


async def test_what_is_on_hold_is_held_back(stage: Standing) -> None:
    await stage.world.run("UPDATE delivery SET state = 2, why = 'on_hold'")

    await stage.in_group("/feed skip 1")

    assert await rows(stage) == [(State.ABANDONED, Because.HELD_BACK)]


@pytest.mark.parametrize("state", [State.CLAIMED, State.SENT, State.UNKNOWN])
async def test_what_is_out_cannot_be_held_back(stage: Standing, state: State) -> None:
    await stage.world.settle(state)

    told = await stage.in_group("/feed skip 1")

    assert told.plain.startswith("I cannot hold that back")
    assert [found for found, _ in await rows(stage)] == [state]


@pytest.mark.parametrize(
    "says", ["/feed skip", "/feed skip x", "/feed skip 99", f"/feed skip {'9' * 20}"]
)
async def test_what_is_no_post_of_the_group_is_not_held_back(
    stage: Standing, says: str
) -> None:
    told = await stage.in_group(says)

    assert told.plain.startswith("I cannot hold that back")
    assert [found for found, _ in await rows(stage)] == [State.WAITING]


async def test_only_those_who_look_after_the_group_hold_back(stage: Standing) -> None:
    told = await stage.in_group("/feed skip 1", admin=False)

    assert told.plain == "Only those who look after this group can set that up."
    assert [found for found, _ in await rows(stage)] == [State.WAITING]
