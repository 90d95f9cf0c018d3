"""What the store promises of several chats of one person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from core.channel import Address
from core.model.delivery import Because, Reason, State
from core.model.subscriber import GroupFeed, Interest, Takes, Wishes
from core.model.verdict import Verdict
from core.store import (
    addresses,
    answered,
    chats,
    conversations,
    group_feeds,
    interests,
    links,
    subscribers,
    wishes,
)
from core.store.answered import Told
from core.store.claims import Claims, claims_of
from core.store.links import GOOD_FOR, LETTERS, MOST_TRIES, Linked, Tries
from core.store.schema import ANSWERED, DELIVERY
from core.store.work import Database
from tests.builders import NOW, a_unit
from tests.contracts.people_stage import ADA, BOB, alerted, deliveries, known, number, owned
from tests.scenarios.stage import FixedClock

LATER = NOW + timedelta(minutes=1)
EVE = Address("web", "eve")


async def code_of(database: Database, place: Address = ADA) -> str:
    who = await known(database, place)
    async with database.writing() as connection:
        return await links.new_code(connection, who, NOW)


async def redeemed(
    database: Database, code: str, place: Address = BOB, **facts: object
) -> Linked:
    at, tries = facts.get("at", LATER), facts.get("tries", Tries())
    async with database.writing() as connection:
        return await links.redeem(connection, place, code, at, tries)  # type: ignore[arg-type]


async def linked(database: Database) -> None:
    assert await redeemed(database, await code_of(database)) is Linked.LINKED


async def test_a_code_is_eight_letters_that_nobody_mistakes(database: Database) -> None:
    code = await code_of(database)

    assert len(code) == 8
    assert set(code) <= set(LETTERS)
    async with database.reading() as connection:
        kept = (await connection.execute(text("SELECT * FROM link_code"))).one()
    assert code not in str(kept)


async def test_two_chats_become_one_persons(database: Database) -> None:
    ada = await known(database, ADA, a_unit("X100"), a_unit("X200", serial="AB 1"))
    await known(database, BOB, a_unit("X200", serial="AB 1", bought="2024"), a_unit("X300"))

    await linked(database)

    for place in (ADA, BOB):
        models = [item.unit.model for item in await owned(database, place)]
        assert sorted(filter(None, models)) == ["X100", "X200", "X300"]
        assert (await known(database, place)).pk == ada.pk
    async with database.reading() as connection:
        both = await links.addresses_of(connection, ada.pk)
        people = await connection.scalar(text("SELECT COUNT(*) FROM subscriber"))
    assert [chat.place for chat in both] == [ADA, BOB]
    assert people == 1


async def test_what_either_wished_watched_asked_and_ticked_is_kept(database: Database) -> None:
    ada, bob = await known(database, ADA), await known(database, BOB)
    claims = Claims(FixedClock(NOW))
    async with database.writing() as connection:
        await wishes.set_wishes(connection, bob, Wishes(hour=7))
        await subscribers.set_lang(connection, ada, "de")
        await subscribers.set_lang(connection, bob, "fr")
        await subscribers.set_region(connection, bob, "FR")
        for who, brands in ((ada, ("Acme",)), (bob, ("ACME", "Other"))):
            for brand in brands:
                await wishes.watch(connection, who, brand, NOW)
        for who, verdict, at in (
            (ada, Verdict.CHECK_NEEDED, LATER),
            (bob, Verdict.AFFECTED, NOW),
        ):
            await answered.remember(connection, who, Told(a_unit(region="US"), verdict), at)
        await answered.remember(
            connection, bob, Told(a_unit("X900", region="US"), Verdict.NO_RECALL_FOUND), NOW
        )
        await claims.save(connection, ada, 1, frozenset({"stop"}))
        await claims.save(connection, bob, 1, frozenset({"photo"}))
        await claims.save(connection, bob, 2, frozenset({"ask"}))

    await linked(database)

    async with database.reading() as connection:
        assert (await wishes.wishes(connection, ADA.channel, ADA.chat)).hour == 7
        watched = await wishes.watched(connection, BOB.channel, BOB.chat)
        told = await answered.answers_of(connection, ada.pk)
        ticked = await claims_of(connection, ada.pk)
    who = await known(database, BOB)
    assert (who.lang, who.region) == ("de", "FR")
    assert sorted(watched) == ["Acme", "Other"]
    assert {(one.product.model, one.verdict) for one in told} == {
        ("X100", Verdict.CHECK_NEEDED),
        ("X900", Verdict.NO_RECALL_FOUND),
    }
    assert ticked == {1: {"stop", "photo"}, 2: {"ask"}}


@pytest.mark.parametrize("silent", [ADA, BOB])
async def test_where_one_wanted_no_answers_kept_none_are(
    database: Database, silent: Address
) -> None:
    for place in (ADA, BOB):
        who = await known(database, place)
        async with database.writing() as connection:
            told = Told(a_unit(), Verdict.CHECK_NEEDED)
            await answered.remember(connection, who, told, NOW)
            if place == silent:
                await answered.set_remembers(connection, who, remembers=False)

    await linked(database)

    who = await known(database, ADA)
    assert not who.remembers
    async with database.reading() as connection:
        assert await answered.answers_of(connection, who.pk) == ()


async def test_the_names_of_a_thing_that_both_own_are_kept(database: Database) -> None:
    await known(database, ADA, a_unit())
    bob = await known(database, BOB, a_unit())
    [item] = await owned(database, BOB)
    async with database.writing() as connection:
        await subscribers.rename(connection, bob, item.pk, "bedside")
        await subscribers.lend(connection, bob, item.pk, "Grace")

    await linked(database)

    [item] = await owned(database, ADA)
    assert (item.nickname, item.lent_to) == ("bedside", "Grace")


async def test_what_was_told_one_chat_is_not_told_the_other(database: Database) -> None:
    for place in (ADA, BOB):
        await known(database, place)
    there = await alerted(database, {ADA: State.SENT, BOB: State.WAITING})
    twice = await alerted(database, {ADA: State.LATER, BOB: State.GATHERED}, event=2)
    answer = await alerted(database, {BOB: State.WAITING}, event=1, reason=Reason.ANSWER)
    news = await alerted(database, {BOB: State.WAITING}, event=1, reason=Reason.CORRECTION)
    going = await alerted(database, {ADA: State.CLAIMED, BOB: State.CLAIMED}, event=3)

    await linked(database)

    ada, bob = [await number(database, place) for place in (ADA, BOB)]
    assert await deliveries(database, there) == {ada: State.SENT, bob: State.ABANDONED}
    assert await deliveries(database, twice) == {ada: State.LATER, bob: State.ABANDONED}
    assert await deliveries(database, answer) == {bob: State.ABANDONED}
    assert await deliveries(database, news) == {bob: State.WAITING}
    assert await deliveries(database, going) == {ada: State.CLAIMED, bob: State.CLAIMED}
    async with database.reading() as connection:
        why = select(DELIVERY.c.why).where(DELIVERY.c.state == State.ABANDONED)
        assert set(await connection.scalars(why)) == {Because.TOLD_ELSEWHERE}


async def test_deliveries_name_what_stands_in_the_place_of_a_double(database: Database) -> None:
    ada = await known(database, ADA, a_unit())
    bob = await known(database, BOB, a_unit(), a_unit("X200"))
    async with database.writing() as connection:
        for who, at in ((ada, LATER), (bob, NOW)):
            told = Told(a_unit(region="US"), Verdict.CHECK_NEEDED)
            await answered.remember(connection, who, told, at)
        rows = await connection.execute(select(ANSWERED.c.subscriber, ANSWERED.c.pk))
        asked = {row.subscriber: row.pk for row in rows}
    [kept], [double, other] = await owned(database, ADA), await owned(database, BOB)
    first = await alerted(
        database, {BOB: State.SENT}, item=double.pk, answered=asked[bob.pk], sent_at=NOW
    )
    second = await alerted(database, {BOB: State.SENT}, event=2, item=other.pk, sent_at=NOW)

    await linked(database)

    async with database.reading() as connection:
        rows = await connection.execute(select(DELIVERY).order_by(DELIVERY.c.alert))
        named = [(row.alert, row.item, row.answered) for row in rows]
    assert named == [(first, kept.pk, asked[ada.pk]), (second, other.pk, None)]


async def test_a_code_is_good_once_soon_and_however_it_is_spelt(database: Database) -> None:
    old = await code_of(database)
    code = await code_of(database)
    spelt = f" {code[:4].lower()}-{code[4:]}"

    earlier = await redeemed(database, old)
    late = await redeemed(database, code, at=NOW + GOOD_FOR)
    own = await redeemed(database, await code_of(database), ADA)
    good = await redeemed(database, await code_of(database), BOB)
    again = await redeemed(database, spelt, EVE)

    assert (earlier, late) == (Linked.UNKNOWN, Linked.UNKNOWN)
    assert (own, good, again) == (Linked.ALREADY, Linked.LINKED, Linked.UNKNOWN)
    assert (
        await redeemed(database, f" {(await code_of(database)).lower()} ", EVE) is Linked.LINKED
    )


async def test_nobody_finds_a_code_by_trying(database: Database) -> None:
    code, tries = await code_of(database), Tries()

    wrong = [await redeemed(database, "CCCCCCCC", tries=tries) for _ in range(MOST_TRIES)]
    barred = await redeemed(database, code, tries=tries)
    other = await redeemed(database, code, EVE, tries=tries)

    assert set(wrong) == {Linked.UNKNOWN}
    assert barred is Linked.TOO_MANY_TRIES
    assert other is Linked.LINKED
    assert (
        await redeemed(database, "CCCCCCCC", at=LATER + GOOD_FOR, tries=tries) is Linked.UNKNOWN
    )


async def test_each_chat_takes_what_its_owner_says(database: Database) -> None:
    await linked(database)
    who, eve = await known(database, ADA), await known(database, EVE)
    there = await number(database, BOB)

    async with database.writing() as connection:
        theirs = await links.set_takes(connection, eve.pk, there, Takes.NOTHING)
        done = await links.set_takes(connection, who.pk, there, Takes.SERIOUS)
        both = await links.addresses_of(connection, who.pk)

    assert (theirs, done) == (False, True)
    assert [chat.takes for chat in both] == [Takes.EVERYTHING, Takes.SERIOUS]


async def test_a_chat_is_unlinked_but_never_the_last_one(database: Database) -> None:
    await known(database, ADA, a_unit())
    await linked(database)
    who = await known(database, ADA)
    here, there = [await number(database, place) for place in (ADA, BOB)]

    async with database.writing() as connection:
        first = await links.unlink(connection, who.pk, there)
        again = await links.unlink(connection, who.pk, there)
        last = await links.unlink(connection, who.pk, here)

    assert (first, again, last) == (True, False, False)
    assert len(await owned(database, ADA)) == 1
    assert await owned(database, BOB) == ()
    assert (await known(database, BOB)).pk != who.pk


async def test_of_a_chat_that_moved_to_one_we_know_nothing_sent_is_lost(
    database: Database,
) -> None:
    new = replace(ADA, chat="-200")
    for place in (ADA, new):
        await known(database, place)
    sent = await alerted(database, {ADA: State.SENT, new: State.WAITING})
    known_there = await alerted(database, {ADA: State.WAITING, new: State.UNKNOWN}, event=2)
    only_here = await alerted(database, {ADA: State.WAITING}, event=3)

    async with database.writing() as connection:
        await chats.move(connection, ADA, new)

    there = await number(database, new)
    assert await deliveries(database, sent) == {there: State.SENT}
    assert await deliveries(database, known_there) == {there: State.UNKNOWN}
    assert await deliveries(database, only_here) == {there: State.WAITING}
    async with database.reading() as connection:
        assert await addresses.find(connection, ADA) is None


async def test_a_chat_of_nobody_takes_over_the_person_who_moves_there(
    database: Database,
) -> None:
    who = await known(database, ADA, a_unit())
    async with database.writing() as connection:
        await addresses.address(connection, BOB)
        await interests.watch(connection, who, Interest(brand="Acme"), NOW)

        await chats.move(connection, ADA, BOB)

    assert (await known(database, BOB)).pk == who.pk
    assert len(await owned(database, BOB)) == 1


async def test_a_chat_that_moves_to_another_of_the_same_person_changes_nothing_else(
    database: Database,
) -> None:
    who = await known(database, ADA, a_unit())
    await linked(database)

    async with database.writing() as connection:
        await chats.move(connection, ADA, BOB)
        left = await links.addresses_of(connection, who.pk)

    assert [chat.place for chat in left] == [BOB]
    assert len(await owned(database, BOB)) == 1


async def test_of_conversations_and_feeds_that_meet_what_only_one_has_stays(
    database: Database,
) -> None:
    async with database.writing() as connection:
        await conversations.save(connection, ADA.channel, ADA.chat, "{}", NOW)
        await group_feeds.save_feed(connection, BOB, GroupFeed(active=True), NOW)

        await chats.move(connection, ADA, BOB)

        body = await conversations.load(connection, BOB.channel, BOB.chat)
        feed = await group_feeds.group_feed(connection, BOB)

    assert body == "{}"
    assert feed == GroupFeed(active=True)
