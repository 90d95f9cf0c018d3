"""What a reply told is not told again; what somebody missed while they were gone, they get."""

from __future__ import annotations

import pytest

from core.alert.missed import missed
from core.channel import Address
from core.model.delivery import State
from core.model.revision import RevisionKind
from core.model.subscriber import Takes
from core.store import chats
from core.store.replied import Replied, told_in_reply
from core.store.work import Database
from tests.builders import NOW, a_citation, a_notice
from tests.contracts.planning_stage import LEXICON, World


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


async def test_what_a_reply_told_is_not_repeated_and_followed_up(world: World) -> None:
    who = await world.owner("1")
    pk = await world.publish(a_notice())
    async with world.database.writing() as connection:
        await told_in_reply(connection, Replied(pk, who.address, None, serious=True), NOW)

    await world.plan()
    await world.publish(a_notice(note="other"), RevisionKind.REMEDY_CHANGED)
    await world.plan()

    assert await world.deliveries() == [("alert", "1", "1"), ("remedy", f"{pk}/2", "1")]


async def test_a_reply_settles_an_alert_that_waits(world: World) -> None:
    who = await world.owner("1")
    pk = await world.publish(a_notice())
    await world.plan()

    async with world.database.writing() as connection:
        await told_in_reply(connection, Replied(pk, who.address, None, serious=True), NOW)

    rows = await world.run("SELECT state, item FROM delivery")
    assert [(row.state, row.item is None) for row in rows] == [(State.SENT, False)]


async def test_whoever_comes_back_gets_what_they_missed(world: World) -> None:
    who = await world.owner("1")
    await world.publish(a_notice(id="before"))
    await world.plan()
    await world.settle(State.SENT)
    since = world.clock.now()
    place = Address("telegram", "1")
    async with world.database.writing() as connection:
        await chats.leave(connection, place, since)
    source = a_citation() | {"url": "https://cpsc.example/recall/2"}
    await world.publish(a_notice(id="during", sources=(source,)))
    await world.plan()
    assert len(await world.told()) == 1

    async with world.database.writing() as connection:
        await chats.come_back(connection, place)
        count = await missed(connection, LEXICON, place, since, world.clock.now())

    assert count == 1
    assert await world.told() == ["1", "1"]
    rows = await world.run("SELECT q.channel FROM queue q JOIN delivery d"
                           " ON d.alert = q.alert WHERE d.address = :pk AND d.state = 0",
                           pk=who.address)  # fmt: skip
    assert [row.channel for row in rows] == ["telegram"]


async def test_what_could_not_be_delivered_to_somebody_gone_waits_for_them(
    world: World,
) -> None:
    await world.owner("1")
    await world.publish(a_notice())
    await world.plan()
    await world.settle(State.GONE)
    place = Address("telegram", "1")

    async with world.database.writing() as connection:
        now = world.clock.now()
        again = await missed(connection, LEXICON, place, now, now)
        twice = await missed(connection, LEXICON, place, now, now)

    assert (again, twice) == (1, 0)


async def test_nobody_is_missed_where_nobody_is(world: World) -> None:
    async with world.database.writing() as connection:
        count = await missed(connection, LEXICON, Address("web", "9"), NOW, NOW)

    assert count == 0


async def test_a_chat_that_takes_nothing_misses_nothing(world: World) -> None:
    await world.owner("1")
    await world.publish(a_notice())
    await world.takes("1", Takes.NOTHING)
    since = world.clock.now()
    await world.plan()

    async with world.database.writing() as connection:
        place = Address("telegram", "1")
        missed_now = await missed(connection, LEXICON, place, since, world.clock.now())
        none_since = await missed(connection, LEXICON, place, world.clock.now(), NOW)

    assert (missed_now, none_since) == (0, 0)
    assert await world.told() == []


async def test_whoever_knows_already_misses_nothing(world: World) -> None:
    who = await world.owner("1")
    await world.also_at(who, "2")
    since = world.clock.now()
    await world.publish(a_notice())
    await world.plan()
    await world.settle(State.SENT)
    await world.run("DELETE FROM delivery WHERE address = :pk", pk=who.address)

    async with world.database.writing() as connection:
        place = Address("telegram", "1")
        count = await missed(connection, LEXICON, place, since, world.clock.now())

    assert count == 0
