"""What the outbox promises on every database: who gets what, once, in which order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from core.model.delivery import Because, State
from core.model.outbox import Claimed, Outcome
from core.store import follow_ups, forgetting, outbox
from core.store.outbox import Outbox
from core.store.work import Database
from tests.builders import NOW
from tests.contracts.conftest import only_on_postgresql
from tests.contracts.planning_stage import World
from tests.core.alert.dispatch_stage import recalled

LEASE = timedelta(minutes=1)


@pytest.fixture
def world(database: Database) -> World:
    """Give a world where nobody lives yet."""
    return World(database)


@pytest.fixture
async def other(url: str) -> AsyncIterator[Database]:
    """Give the same database as another process opens it."""
    database = await Database.open(url)
    yield database
    await database.close()


async def an_alert(world: World, owners: int, number: int = 1, hazard: str = "fire") -> None:
    for chat in range(owners):
        await world.owner(str(chat))
    await world.publish(recalled(number, hazard))
    await world.plan()


async def claim(
    database: Database, box: Outbox, most: int = 100, after: timedelta = timedelta()
) -> list[Claimed]:
    now = NOW + timedelta(hours=1) + after
    async with database.writing() as connection:
        return await box.claim(connection, now, now + LEASE, most)


async def settle(world: World, *outcomes: Outcome) -> None:
    async with world.database.writing() as connection:
        await outbox.settle(connection, outcomes)


async def rows(world: World) -> list[Any]:
    return await world.run("SELECT * FROM delivery ORDER BY alert, address")


async def is_sqlite(world: World) -> bool:
    async with world.database.reading() as connection:
        return connection.dialect.name == "sqlite"


async def test_what_is_claimed_is_nobody_elses_until_the_lease_ends(world: World) -> None:
    await an_alert(world, 3)
    first, second = Outbox("telegram"), Outbox("telegram")

    mine = await claim(world.database, first, 2)
    theirs = await claim(world.database, second)

    assert [one.chat for one in mine] == ["0", "1"]
    assert [one.chat for one in theirs] == ["2"]
    assert await claim(world.database, second) == []
    again = await claim(world.database, second, after=LEASE)
    assert [(one.chat, one.doubtful, one.attempts) for one in again] == [
        ("0", True, 2),
        ("1", True, 2),
        ("2", True, 2),
    ]


async def test_the_nearest_to_the_danger_comes_first(world: World) -> None:
    await an_alert(world, 2, 1, "laceration")
    await an_alert(world, 0, 2, "fire")

    claimed = await claim(world.database, Outbox("telegram"))

    assert [one.serious for one in claimed] == [True, True, False, False]
    assert [one.rank for one in claimed] == sorted(one.rank for one in claimed)


async def test_what_is_due_again_waits_for_what_is_more_serious(world: World) -> None:
    await an_alert(world, 3, 1, "laceration")
    box = Outbox("telegram")
    for one in await claim(world.database, box):
        await settle(world, one.became(State.LATER, Because.TRY_LATER, due_at=NOW))
    await an_alert(world, 0, 2, "fire")

    claimed = await claim(world.database, box, 4)

    assert [one.serious for one in claimed] == [True, True, True, False]


async def test_what_is_settled_stays_as_it_is(world: World) -> None:
    await an_alert(world, 1)
    (one,) = await claim(world.database, Outbox("telegram"))
    await settle(world, one.became(State.SENT, sent_at=NOW, message="7"))

    await settle(world, one.became(State.LATER, Because.TRY_LATER, due_at=NOW))
    await settle(world, one.became(State.SENT, sent_at=NOW, message="8"))

    (row,) = await rows(world)
    assert (row.state, row.message, row.due_at, row.why) == (State.SENT, "7", None, None)
    assert await claim(world.database, Outbox("telegram"), after=2 * LEASE) == []


async def test_only_whoever_holds_it_says_that_it_waits(world: World) -> None:
    await an_alert(world, 1)
    (slow,) = await claim(world.database, Outbox("telegram"))
    (quick,) = await claim(world.database, Outbox("telegram"), after=2 * LEASE)

    await settle(world, slow.became(State.LATER, Because.TRY_LATER, due_at=NOW))
    assert [row.state for row in await rows(world)] == [State.CLAIMED]
    await settle(world, quick.became(State.LATER, Because.TRY_LATER, due_at=NOW))
    assert [row.state for row in await rows(world)] == [State.LATER]
    await settle(world, slow.became(State.SENT, sent_at=NOW, message="7"))
    assert [row.state for row in await rows(world)] == [State.SENT]


async def test_what_was_given_back_comes_again_and_was_no_attempt(world: World) -> None:
    await an_alert(world, 2)
    box = Outbox("telegram")
    for one in await claim(world.database, box):
        given_back = one.became(State.LATER, Because.STOPPING, due_at=NOW, untried=True)
        await settle(world, given_back)

    again = await claim(world.database, box)

    assert [(one.chat, one.attempts, one.doubtful) for one in again] == [
        ("0", 1, False),
        ("1", 1, False),
    ]


async def test_a_queue_goes_when_it_is_planned_and_empty(world: World) -> None:
    await an_alert(world, 2)
    await world.run("UPDATE alert SET planned_at = NULL")
    box = Outbox("telegram")
    for one in await claim(world.database, box):
        await settle(world, one.became(State.SENT, sent_at=NOW))
    assert await claim(world.database, box) == []
    assert len(await world.run("SELECT * FROM queue")) == 1

    await world.run("UPDATE alert SET planned_at = created_at")
    assert await claim(world.database, box) == []

    assert await world.run("SELECT * FROM queue") == []


async def test_what_is_planned_before_the_place_that_was_read_is_found(world: World) -> None:
    await an_alert(world, 2)
    box = Outbox("telegram")
    await claim(world.database, box)
    first = (await rows(world))[0]
    which = {"alert": first.alert, "address": first.address}
    await world.run(
        "UPDATE delivery SET state = 0, due_at = NULL WHERE alert = :alert"
        " AND address = :address",
        **which,
    )

    assert [one.address for one in await claim(world.database, box)] == [first.address]


async def test_another_channel_gets_nothing_of_it(world: World) -> None:
    await an_alert(world, 1)

    assert await claim(world.database, Outbox("discord")) == []
    async with world.database.reading() as connection:
        now = NOW + timedelta(hours=1)
        assert await outbox.anything(connection, "telegram", now)
        assert not await outbox.anything(connection, "discord", now)


async def test_two_processes_at_once_share_it_out(world: World, other: Database) -> None:
    await an_alert(world, 40)
    boxes = [(world.database, Outbox("telegram")), (other, Outbox("telegram"))]

    async def take(database: Database, box: Outbox) -> list[int]:
        taken: list[int] = []
        while found := await claim(database, box, 3):
            taken += [one.address for one in found]
        return taken

    shares = await asyncio.gather(*(take(*box) for box in boxes))

    assert sorted([*shares[0], *shares[1]]) == [row.address for row in await rows(world)]


# SQLite has one writer at a time.
@only_on_postgresql
async def test_what_another_process_is_just_taking_is_passed_over(
    world: World, other: Database
) -> None:
    await an_alert(world, 4)
    now = NOW + timedelta(hours=1)
    async with world.database.writing() as connection:
        first = await Outbox("telegram").claim(connection, now, now + LEASE, 2)
        second = await claim(other, Outbox("telegram"))

    assert {one.chat for one in first} == {"0", "1"}
    assert {one.chat for one in second} == {"2", "3"}


# SQLite has one writer at a time.
@only_on_postgresql
async def test_what_is_planned_while_its_queue_is_drained_is_not_lost(
    world: World, other: Database
) -> None:
    await an_alert(world, 2)
    box, day = Outbox("telegram"), "2026-06-14"
    for one in await claim(world.database, box):
        await settle(world, one.became(State.SENT, sent_at=NOW))
    first, second = [
        follow_ups.Due(row.address, "telegram", None, (row.alert,)) for row in await rows(world)
    ]
    async with other.writing() as connection:
        await follow_ups.plan_digest(connection, first, day, 9, NOW)
    for one in await claim(world.database, box):
        await settle(world, one.became(State.SENT, sent_at=NOW))

    async with other.writing() as connection:
        await follow_ups.plan_digest(connection, second, day, 9, NOW)
        assert await claim(world.database, box) == []

    assert [one.address for one in await claim(world.database, box)] == [second.address]


async def test_whoever_is_forgotten_leaves_no_delivery_and_settling_it_is_harmless(
    world: World,
) -> None:
    await an_alert(world, 2)
    claimed = await claim(world.database, Outbox("telegram"))
    async with world.database.writing() as connection:
        await forgetting.forget(connection, "telegram", "0")

    for one in claimed:
        await settle(world, one.became(State.SENT, sent_at=NOW))

    assert [row.address for row in await rows(world)] == [claimed[1].address]


async def test_a_digest_takes_what_it_carries_along(world: World) -> None:
    await an_alert(world, 1, 1, "laceration")
    await an_alert(world, 0, 2, "laceration")
    for one in await claim(world.database, Outbox("telegram")):
        await settle(world, one.became(State.GATHERED, due_at=NOW, untried=True))
    async with world.database.writing() as connection:
        (due,) = await follow_ups.to_gather(connection, NOW, 10)
        assert await follow_ups.plan_digest(connection, due, "2026-06-14", 9, NOW)
    (digest,) = await claim(world.database, Outbox("telegram"))

    await settle(world, digest.became(State.SENT, sent_at=NOW, message="7"))

    assert digest.reason == "digest"
    assert {(row.state, row.message) for row in await rows(world)} == {(State.SENT, "7")}


async def test_a_digest_that_went_today_is_not_planned_again(world: World) -> None:
    await an_alert(world, 1, 1, "laceration")
    (one,) = await claim(world.database, Outbox("telegram"))
    await settle(world, one.became(State.GATHERED, due_at=NOW, untried=True))
    async with world.database.writing() as connection:
        (due,) = await follow_ups.to_gather(connection, NOW, 10)
        assert await follow_ups.plan_digest(connection, due, "2026-06-14", 9, NOW)
    (digest,) = await claim(world.database, Outbox("telegram"))
    await settle(world, digest.became(State.SENT, sent_at=NOW, message="7"))

    async with world.database.writing() as connection:
        assert not await follow_ups.plan_digest(connection, due, "2026-06-14", 9, NOW)
        assert await follow_ups.plan_digest(connection, due, "2026-06-15", 9, NOW)


async def test_many_are_settled_at_once(world: World) -> None:
    await an_alert(world, 30)
    claimed = await claim(world.database, Outbox("telegram"))
    outcomes = [
        one.became(State.SENT, sent_at=NOW, message=one.chat, remind_at=NOW)
        if place % 2
        else one.became(State.REJECTED, Because.POST_REJECTED)
        for place, one in enumerate(claimed)
    ]

    await settle(world, *outcomes)

    assert [row.state for row in await rows(world)] == [State.REJECTED, State.SENT] * 15
    assert [row.message for row in await rows(world)][1::2] == [one.chat for one in claimed][
        1::2
    ]
