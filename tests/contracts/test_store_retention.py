"""What the store promises of people who are not heard of any more."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text, update

from core.channel import Address
from core.model.delivery import State
from core.model.subscriber import GroupFeed
from core.model.verdict import Verdict
from core.store import (
    addresses,
    answered,
    chats,
    conversations,
    group_feeds,
    retention,
    subscribers,
)
from core.store.answered import Told
from core.store.retention import ASK, GRACE, USUAL_DAYS, Fate, Silent, Swept, fate
from core.store.schema import SUBSCRIBER
from core.store.work import Database
from tests.builders import NOW, a_unit
from tests.contracts.people_stage import ADA, BOB, alerted, known

KEEP = timedelta(days=USUAL_DAYS)
LATER = NOW + KEEP
EVE, GROUP = Address("web", "eve"), Address("telegram", "-100")


async def swept(database: Database, at: timedelta = KEEP) -> Swept:
    async with database.writing() as connection:
        return await retention.sweep(connection, NOW + at)


async def is_known(database: Database, place: Address) -> bool:
    async with database.reading() as connection:
        return await addresses.find(connection, place) is not None


async def test_whoever_owns_nothing_and_says_nothing_for_years_is_erased(
    database: Database,
) -> None:
    await known(database, ADA)

    early = await swept(database, KEEP - timedelta(seconds=1))
    kept = await is_known(database, ADA)
    late = await swept(database)

    assert (early.people, kept) == (0, True)
    assert (late.people, late.ask) == (1, ())
    assert not await is_known(database, ADA)


async def test_owners_are_asked_before_they_are_erased(database: Database) -> None:
    who = await known(database, ADA, a_unit())

    asked = await swept(database)
    again = await swept(database, KEEP + GRACE * 2)
    await alerted(database, {ADA: State.SENT}, event=0, reason=ASK, sent_at=LATER)
    waiting = await swept(database, KEEP + GRACE - timedelta(days=1))
    gone = await swept(database, KEEP + GRACE)

    assert asked.ask == again.ask == (who.pk,)
    assert (waiting.ask, waiting.people) == ((), 0)
    assert (gone.ask, gone.people) == ((), 1)
    assert not await is_known(database, ADA)


async def test_whoever_answers_stays(database: Database) -> None:
    await known(database, ADA, a_unit())
    await alerted(database, {ADA: State.SENT}, event=0, reason=ASK, sent_at=LATER)
    async with database.writing() as connection:
        said = LATER + timedelta(days=1)
        await conversations.save(connection, ADA.channel, ADA.chat, "{}", said)

    after = await swept(database, KEEP + GRACE)

    assert after == Swept(())
    assert await is_known(database, ADA)


async def test_owners_whom_nothing_reaches_are_erased_unasked(database: Database) -> None:
    await known(database, ADA, a_unit())
    async with database.writing() as connection:
        await chats.leave(connection, ADA, NOW)

    after = await swept(database)

    assert (after.people, after.ask) == (1, ())


async def test_of_several_chats_one_that_is_gone_for_years_goes_alone(
    database: Database,
) -> None:
    who = await known(database, ADA, a_unit())
    async with database.writing() as connection:
        there = await addresses.address(connection, BOB)
        await addresses.give(connection, [there.pk], who.pk)
        await chats.leave(connection, BOB, NOW)
        await subscribers.subscriber(connection, ADA.channel, ADA.chat, LATER)

    after = await swept(database)

    assert (after.people, after.chats) == (0, 1)
    assert (await is_known(database, ADA), await is_known(database, BOB)) == (True, False)


async def test_chats_of_nobody_go_and_feeds_stay_unless_they_are_gone(
    database: Database,
) -> None:
    left = Address("telegram", "-200")
    async with database.writing() as connection:
        await conversations.save(connection, EVE.channel, EVE.chat, "{}", NOW)
        for place in (GROUP, left):
            await group_feeds.save_feed(connection, place, GroupFeed(active=True), NOW)
            await conversations.save(connection, place.channel, place.chat, "{}", NOW)
        await chats.leave(connection, left, NOW)

    before = await swept(database, KEEP - timedelta(days=1))
    after = await swept(database)

    assert (before.chats, after.chats) == (0, 2)
    assert [await is_known(database, place) for place in (EVE, GROUP, left)] == [
        False,
        True,
        False,
    ]


async def test_answers_go_after_400_days(database: Database) -> None:
    who = await known(database, ADA)
    for model, at in (("X100", NOW), ("X200", NOW + timedelta(days=1))):
        async with database.writing() as connection:
            told = Told(a_unit(model), Verdict.CHECK_NEEDED)
            await answered.remember(connection, who, told, at)

    await swept(database, retention.ANSWERS + timedelta(hours=1))

    async with database.reading() as connection:
        [left] = await answered.answers_of(connection, who.pk)
        assert await connection.scalar(text("SELECT COUNT(*) FROM product")) == 1
    assert left.product.model == "X200"


async def test_people_are_looked_at_in_batches_until_there_is_none(database: Database) -> None:
    people = [await known(database, place, a_unit()) for place in (ADA, BOB)]
    async with database.writing() as connection:
        await connection.execute(update(SUBSCRIBER).values(heard_at=NOW))

        first = await retention.sweep(connection, LATER)
        rest = await retention.sweep(connection, LATER, after=people[0].pk)
        none = await retention.sweep(connection, LATER, after=people[1].pk)

    assert first.ask == (people[0].pk, people[1].pk)
    assert (rest.ask, rest.last) == ((people[1].pk,), people[1].pk)
    assert none == Swept(())


def test_what_becomes_of_the_silent_is_decided_by_what_they_own_and_were_asked() -> None:
    def of(*, owns: bool, reached: bool, asked: timedelta | None = None) -> Fate:
        at = None if asked is None else LATER - asked
        return fate(Silent(1, NOW, owns, reached, at), LATER, KEEP)

    assert of(owns=False, reached=True) is Fate.ERASE
    assert of(owns=True, reached=False) is Fate.ERASE
    assert of(owns=True, reached=True) is Fate.ASK
    assert of(owns=True, reached=True, asked=GRACE - timedelta(days=1)) is Fate.KEEP
    assert of(owns=True, reached=True, asked=GRACE) is Fate.ERASE
    heard = Silent(1, NOW + timedelta(days=1), owns=False, reached=True)
    assert fate(heard, LATER, KEEP) is Fate.KEEP
