"""One more country that recalls a thing: news to those who live there, and to no others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.alert.follow_up import plan_follow_ups
from core.model.delivery import State
from core.model.recall import Notice
from core.store import subscribers
from core.store.work import Database
from tests.builders import a_citation, a_notice
from tests.contracts.planning_stage import World


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def of_country(country: str, name: str = "") -> Notice:
    source = a_citation() | {"url": f"https://authority.example/{country}{name}"}
    notice_id = f"acme-{country.lower()}{name}"
    return a_notice(id=notice_id, regions=(country,), sources=(source,))


async def lives_in(world: World, chat: str, region: str | None) -> None:
    who = await world.owner(chat)
    async with world.database.writing() as connection:
        await subscribers.set_region(connection, who, region)


@pytest.mark.parametrize(
    ("home", "told"),
    [("DE", 1), ("JP", 2), ("CN", 2), ("US", 1), (None, 1)],
)
async def test_who_was_told_hears_again_only_of_their_own_country(
    world: World, home: str | None, told: int
) -> None:
    await lives_in(world, "ann", home)

    for country in ("US", "JP", "CN"):
        await world.publish(of_country(country))
        await world.plan()
        await world.settle(State.SENT)

    assert len(await world.told()) == told


async def test_a_second_recall_of_ones_own_country_is_told(world: World) -> None:
    await lives_in(world, "ann", "JP")

    for name in ("", "-again"):
        await world.publish(of_country("JP", name))
        await world.plan()

    assert await world.told() == ["ann", "ann"]


async def test_a_recall_of_all_the_world_is_told_whatever_was_told_before(
    world: World,
) -> None:
    await lives_in(world, "ann", "DE")

    for country in ("JP", "WORLD"):
        await world.publish(of_country(country))
        await world.plan()

    assert await world.told() == ["ann", "ann"]


async def test_another_thing_of_theirs_is_told_all_the_same(world: World) -> None:
    await lives_in(world, "ann", "DE")
    await world.publish(of_country("JP"))
    await world.plan()
    await lives_in(world, "bob", "DE")

    await world.publish(of_country("CN"))
    await world.plan()

    assert await world.told() == ["ann", "bob"]


async def test_of_one_thing_only_the_newest_recall_reminds(world: World) -> None:
    await lives_in(world, "ann", "JP")
    for name in ("", "-again"):
        await world.publish(of_country("JP", name))
        await world.plan()
    told_at = world.clock.now()
    await world.run(
        "UPDATE delivery SET state = 4, sent_at = :at, remind_at = :at",
        at=told_at.strftime("%Y-%m-%d %H:%M:%S"),
    )

    await plan_follow_ups(world.database, told_at + timedelta(days=1))

    reminders = [told for told in await world.deliveries() if told[0] == "reminder"]
    assert reminders == [("reminder", "1", "ann")]
