"""What people say of an alert, and what waits where nothing is pushed, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.alert.follow_up import plan_follow_ups
from core.channel import Address, Inbound
from core.model.delivery import Progress, State
from core.model.lexicon import Lexicon
from core.model.message import Message
from core.query.talk import Talk
from core.store import addresses, answered, follow_ups, outbox, progress, subscribers
from core.store.work import Database
from tests.builders import a_maker, a_notice
from tests.contracts.planning_stage import World

ANN = Address("web", "ann")
LEASE = timedelta(minutes=2)


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


@pytest.fixture
def talk(world: World) -> Talk:
    return Talk(world.database, Lexicon.of([a_maker()], [a_notice()]), world.clock)


async def says(talk: Talk, text: str, place: Address = ANN) -> Message:
    return await talk.reply(Inbound(place, text, talk.clock.now(), "en"))


async def test_what_waits_for_one_address_is_taken_by_one(world: World) -> None:
    await world.owner("ann", "web")
    await world.owner("bob", "web")
    await world.publish(a_notice())
    await world.plan()
    now = world.clock.now()

    async with world.database.writing() as connection:
        here = await addresses.find(connection, ANN)
        assert here is not None
        first = await outbox.claim_here(connection, here.pk, now, now + LEASE, 5)
        again = await outbox.claim_here(connection, here.pk, now, now + LEASE, 5)
        late = now + 2 * LEASE
        after = await outbox.claim_here(connection, here.pk, late, late + LEASE, 5)
        none = await outbox.claim_here(connection, here.pk, late, late + LEASE, 0)

    assert [one.chat for one in first] == ["ann"]
    assert again == none == []
    assert [(one.attempts, one.doubtful) for one in after] == [(2, True)]


async def test_only_what_waits_for_that_chat_is_held_back(world: World) -> None:
    await world.owner("ann", "web")
    await world.owner("bob", "web")
    await world.publish(a_notice())
    await world.plan()

    async with world.database.writing() as connection:
        held = await progress.hold_back(connection, ANN, 1)
        again = await progress.hold_back(connection, ANN, 1)
        unknown = await progress.hold_back(connection, Address("web", "eve"), 1)

    rows = await world.run("SELECT state, why FROM delivery ORDER BY address")
    assert (held, again, unknown) == (True, False, False)
    assert [(row.state, row.why) for row in rows] == [
        (State.ABANDONED, "held_back"),
        (State.WAITING, None),
    ]


async def test_a_check_is_noted_for_whoever_was_told(world: World) -> None:
    who = await world.owner("ann", "web")
    other = await world.owner("bob", "web")
    await world.publish(a_notice())
    await world.plan()
    await world.settle(State.SENT)

    async with world.database.writing() as connection:
        await progress.note_checked(connection, who.pk, "acme-x100-us")
        await progress.note_checked(connection, who.pk, "nothing-of-ours")
        alert = await progress.alert_of_event(connection, who.pk, 1)
        assert alert is not None
        mine = await follow_ups.told_of(connection, who.pk, alert)
        theirs = await follow_ups.told_of(connection, other.pk, alert)
        none = await progress.alert_of_event(connection, who.pk, 99)

    assert [one.progress for one in mine] == [Progress.CHECKED]
    assert [one.progress for one in theirs] == [None]
    assert none is None


async def test_a_person_is_told_once_whatever_they_say(world: World, talk: Talk) -> None:
    await says(talk, "Acme X100")
    await world.publish(a_notice())
    await world.plan()

    [told] = await talk.waiting_for(ANN)
    which = await says(talk, told.buttons[2].says)
    added = await says(talk, "/add Acme X100")
    done = await says(talk, told.buttons[0].says)
    link = await says(talk, "/link")
    code = link.plain.split("/link ")[1].split()[0]
    linked = await says(talk, f"/link {code}", Address("web", "phone"))
    watched = await says(talk, "/watch Acme fire")

    assert which.plain.startswith("This is about your Acme X100.")
    assert added.buttons[-1].says == "/told remind 2"
    assert done.plain.startswith("Noted")
    assert linked.plain.startswith("Linked")
    assert "Acme + Fire" in watched.plain
    assert await talk.waiting_for(ANN) == ()
    world.clock.move(days=1)
    await plan_follow_ups(world.database, world.clock.now())
    assert len(await talk.waiting_for(ANN)) == 1


async def test_what_goes_wrong_with_an_answer_leaves_the_rest_of_the_turn(
    world: World, talk: Talk
) -> None:
    await world.run("ALTER TABLE answered RENAME TO mislaid")
    await says(talk, "Acme X100")
    await world.run("ALTER TABLE mislaid RENAME TO answered")

    added = await says(talk, "I have this")

    assert added.plain.startswith("I will remember: Acme X100.")
    async with world.database.reading() as connection:
        who = await subscribers.find_subscriber(connection, "web", "ann")
        assert who is not None
        assert await answered.answers_of(connection, who.pk) == ()
