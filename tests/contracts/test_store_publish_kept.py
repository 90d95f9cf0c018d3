"""An account outlives what people have erased, what grows old, and chats that move."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.channel import Address
from core.model.delivery import State
from core.model.public import Sort
from core.model.subscriber import GroupFeed, Takes
from core.store import (
    accounts,
    addresses,
    chats,
    conversations,
    forgetting,
    group_feeds,
    joining,
    posted,
    retention,
    told,
)
from core.store.drafts import About
from core.store.work import Database
from tests.builders import a_notice
from tests.contracts.planning_stage import World
from tests.contracts.publishing_stage import Newsroom, a_part

GROUP = Address("telegram", "-100")
MOVED = Address("telegram", "-200")
AGES = timedelta(days=10_000)


@pytest.fixture
def room(database: Database) -> Newsroom:
    """Give an empty newsroom."""
    return Newsroom(database)


async def test_forgetting_a_group_leaves_its_account_and_what_it_posted(room: Newsroom) -> None:
    number = await room.account(GROUP.chat, channel=GROUP.channel)
    which = await room.sent(number)
    now = room.clock.now()
    async with room.database.writing() as connection:
        await conversations.save(connection, GROUP.channel, GROUP.chat, '{"facts": {}}', now)
        await group_feeds.save_feed(connection, GROUP, GroupFeed(), now)
        await addresses.set_takes(connection, GROUP, Takes.NOTHING)
    await room.publish(a_notice())
    await World(room.database, room.clock).run(
        "INSERT INTO alert (event, reason, occurrence, serious, created_at)"
        " VALUES (1, 'feed', '1', false, :now)",
        now="2026-01-01 00:00:00+00",
    )
    await room.world.run(
        "INSERT INTO delivery (alert, address, rank, state)"
        " SELECT pk, :number, 3, 4 FROM alert WHERE reason = 'feed'",
        number=number,
    )

    async with room.database.writing() as connection:
        await forgetting.forget(connection, GROUP.channel, GROUP.chat)
        kept = await accounts.at(connection, GROUP)
        known = await addresses.find(connection, GROUP)
        feed = await group_feeds.group_feed(connection, GROUP)

    assert kept is not None
    assert known is not None
    assert (known.pk, known.takes, feed) == (number, Takes.EVERYTHING, None)
    assert (await room.get(which)).state is State.SENT
    assert [await room.count(name) for name in ("conversation", "delivery", "posted")] == [
        0,
        1,
        1,
    ]


async def test_forgetting_a_person_leaves_the_account_in_their_chat(room: Newsroom) -> None:
    who = await room.world.owner("ann")
    number = await room.account(GROUP.chat, channel=GROUP.channel)
    async with room.database.writing() as connection:
        await addresses.give(connection, [number], who.pk)

    async with room.database.writing() as connection:
        await forgetting.forget(connection, "telegram", "ann")
        kept = await addresses.find(connection, GROUP)
        gone = await addresses.find(connection, Address("telegram", "ann"))

    assert kept is not None
    assert (kept.pk, kept.subscriber, gone) == (number, None, None)


async def test_no_account_is_ever_too_old(room: Newsroom) -> None:
    spoken = await room.account(GROUP.chat, channel=GROUP.channel)
    left = await room.account("left")
    now = room.clock.now()
    async with room.database.writing() as connection:
        await conversations.save(connection, GROUP.channel, GROUP.chat, "{}", now)
        await chats.leave(connection, Address("mastodon", "left"), now)
        await addresses.address(connection, Address("web", "somebody"))
        await addresses.set_gone(connection, Address("web", "somebody"), now)

    async with room.database.writing() as connection:
        swept = await retention.sweep(connection, now + AGES)
        every = await accounts.accounts(connection)

    assert swept.chats == 1
    assert [(one.number, one.gone) for one in every] == [(spoken, False), (left, True)]


async def test_an_account_whose_chat_moved_goes_along_without_old_names(
    room: Newsroom,
) -> None:
    number = await room.account(GROUP.chat, channel=GROUP.channel)
    which = await room.sent(number)

    async with room.database.writing() as connection:
        await chats.move(connection, GROUP, MOVED)
        found = await accounts.at(connection, MOVED)
        names = await posted.begun(connection, which)

    assert found is not None
    assert found.number == number
    assert names == {0: ""}


async def test_an_account_that_moves_into_a_known_chat_is_that_chats(room: Newsroom) -> None:
    old = await room.account(GROUP.chat, channel=GROUP.channel)
    event = await room.publish(a_notice())
    sent = await room.sent(old, About(event, "1"))
    waiting = await room.released(old, About(event, f"{event}/2"), sort=Sort.CORRECTION)
    async with room.database.writing() as connection:
        new = (await addresses.address(connection, MOVED)).pk

    async with room.database.writing() as connection:
        await chats.move(connection, GROUP, MOVED)
        found = await accounts.accounts(connection)
        ready = await posted.ready(connection, waiting[0], new)

    assert [(one.number, one.chat) for one in found] == [(new, MOVED.chat)]
    assert ready is not None
    assert ready.earlier is not None
    assert (ready.earlier.alert, ready.earlier.messages) == (sent[0], ("",))
    assert (await room.get((sent[0], new))).state is State.SENT


async def test_of_two_accounts_that_become_one_the_new_chats_own_stays(room: Newsroom) -> None:
    old = await room.account(GROUP.chat, channel=GROUP.channel)
    new = await room.account(MOVED.chat, channel=MOVED.channel)
    both = About(0, "weekly")
    await room.draft(old, both, parts=(a_part("old"),))
    kept = await room.draft(new, both, parts=(a_part("new"),))
    along = await room.draft(old)

    async with room.database.writing() as connection:
        await chats.move(connection, GROUP, MOVED)
        found = await accounts.accounts(connection)

    assert [(one.number, one.name) for one in found] == [(new, "The -200")]
    assert (await room.get(kept)).draft.parts == (a_part("new"),)
    assert (await room.get((along[0], new))).draft.account == new
    assert await room.count("draft") == 2


async def test_accounts_of_one_person_each_post_for_themselves(room: Newsroom) -> None:
    ann = await room.world.owner("ann")
    numbers = [await room.account(chat) for chat in ("one", "other")]
    async with room.database.writing() as connection:
        await addresses.give(connection, numbers, ann.pk)
    about = About(0, "weekly")
    which = [await room.released(number, about) for number in numbers]

    async with room.database.writing() as connection:
        await told.give_up_doubles(connection, await joining.numbers_of(connection, ann.pk))

    assert [(await room.get(one)).state for one in which] == [State.WAITING, State.WAITING]
