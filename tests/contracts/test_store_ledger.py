"""What an operator sees of the outbox and may do with it, on every database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.alert.follow_up import plan_follow_ups
from core.model.delivery import State
from core.store import ledger
from core.store.work import Database
from tests.builders import a_notice
from tests.contracts.planning_stage import World


@pytest.fixture
async def world(database: Database) -> World:
    """Give three owners of a product that was recalled, whose alerts are planned."""
    world = World(database)
    for chat in ("ann", "bea", "cem"):
        await world.owner(chat)
    await world.publish(a_notice())
    await world.plan()
    return world


async def states(world: World) -> dict[str, int]:
    """Return how many deliveries there are in each state."""
    async with world.database.reading() as connection:
        found = await ledger.counts(connection)
    sums: dict[str, int] = {}
    for one in found:
        sums[one.state.name] = sums.get(one.state.name, 0) + one.number
    return sums


async def rest(world: World, chat: str, state: State, why: str) -> tuple[int, int]:
    """Let one chat's delivery rest in that state; return its numbers."""
    await world.settle(int(state), chat)
    (row,) = await world.run(
        "UPDATE delivery SET why = :why WHERE state = :state RETURNING alert, address",
        why=why,
        state=int(state),
    )
    return row.alert, row.address


async def test_deliveries_are_counted_by_state_reason_and_channel(world: World) -> None:
    await rest(world, "ann", State.UNKNOWN, "parts 2 may_have_arrived")

    async with world.database.reading() as connection:
        found = await ledger.counts(connection)

    told = [(one.state, one.reason, one.channel, one.why, one.number) for one in found]
    assert told == [
        (State.WAITING, "alert", "telegram", "", 2),
        (State.UNKNOWN, "alert", "telegram", "may_have_arrived", 1),
    ]


async def test_single_deliveries_are_told_by_numbers_alone(world: World) -> None:
    numbers = await rest(world, "bea", State.REJECTED, "post_rejected")

    async with world.database.reading() as connection:
        every = await ledger.entries(connection, 10)
        rejected = await ledger.entries(connection, 10, State.REJECTED)

    assert len(every) == 3
    assert [(one.alert, one.address) for one in rejected] == [numbers]
    assert rejected[0].notice == a_notice().id
    assert "bea" not in repr(rejected)


async def test_what_rests_goes_out_again_as_if_for_the_first_time(world: World) -> None:
    numbers = await rest(world, "ann", State.UNKNOWN, "may_have_arrived")
    await world.run("UPDATE delivery SET attempts = 9 WHERE state = 5")

    async with world.database.writing() as connection:
        once = await ledger.retry_one(connection, *numbers, world.clock.now())
        again = await ledger.retry_one(connection, *numbers, world.clock.now())
    (row,) = await world.run("SELECT why, attempts, sent_at FROM delivery WHERE state = 2")

    assert (once, again) == (1, 0)
    assert (row.why, row.attempts, row.sent_at) == ("retried", 0, None)


async def test_all_of_one_state_are_sent_again_and_what_was_sent_never_is(
    world: World,
) -> None:
    await rest(world, "ann", State.REJECTED, "post_rejected")
    await rest(world, "bea", State.SENT, "")

    async with world.database.writing() as connection:
        number = await ledger.retry_all(connection, State.REJECTED, world.clock.now())
        of_sent = await ledger.retry_all(connection, State.SENT, world.clock.now())

    assert (number, of_sent) == (1, 0)
    assert await states(world) == {"WAITING": 1, "LATER": 1, "SENT": 1}


async def test_what_was_not_sent_can_be_given_up_and_what_was_sent_cannot(
    world: World,
) -> None:
    sent = await rest(world, "ann", State.SENT, "")

    async with world.database.writing() as connection:
        of_sent = await ledger.abandon_one(connection, *sent)
        waiting = await ledger.abandon_all(connection, State.WAITING)

    assert (of_sent, waiting) == (0, 2)
    assert await states(world) == {"SENT": 1, "ABANDONED": 2}


async def test_what_a_digest_carries_shares_what_becomes_of_it(world: World) -> None:
    now = world.clock.now()
    await world.settle(int(State.GATHERED), "ann")
    await world.run("UPDATE delivery SET due_at = :now WHERE state = 3", now=now)
    await plan_follow_ups(world.database, now)
    (digest,) = await world.run(
        "UPDATE delivery SET state = 7 WHERE alert IN"
        " (SELECT pk FROM alert WHERE reason = 'digest') RETURNING alert, address"
    )
    await world.run("UPDATE delivery SET state = 7 WHERE state = 3")

    async with world.database.writing() as connection:
        number = await ledger.retry_all(connection, State.REJECTED, now)
    tried = await states(world)
    async with world.database.writing() as connection:
        await ledger.abandon_one(connection, digest.alert, digest.address)

    assert number == 1
    assert tried == {"WAITING": 2, "LATER": 1, "GATHERED": 1}
    assert await states(world) == {"WAITING": 2, "ABANDONED": 2}


async def test_what_waits_is_told_by_channel_with_the_oldest(world: World) -> None:
    now = world.clock.now()
    await rest(world, "ann", State.LATER, "try_later")
    await world.run(
        "UPDATE delivery SET due_at = :later WHERE state = 2", later=now + timedelta(hours=1)
    )

    async with world.database.reading() as connection:
        (waiting,) = await ledger.overdue(connection, now)
        due = await ledger.next_due(connection)

    assert (waiting.channel, waiting.number) == ("telegram", 2)
    assert waiting.since <= now
    assert due == now + timedelta(hours=1)


async def test_what_is_not_planned_yet_is_counted(world: World) -> None:
    async with world.database.reading() as connection:
        before = await ledger.backlog(connection)
    await world.publish(a_notice(id="other"))
    async with world.database.reading() as connection:
        after = await ledger.backlog(connection)

    assert (before.revisions, before.since) == (0, None)
    assert after.revisions == 1
    assert after.since is not None
    assert after.begun


async def test_a_database_is_new_until_something_is_in_it(database: Database) -> None:
    async with database.reading() as connection:
        before = await ledger.is_new(connection)
    await World(database).publish(a_notice())
    async with database.reading() as connection:
        after = await ledger.is_new(connection)

    assert before
    assert not after
