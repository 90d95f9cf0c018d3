"""What each kind of delivery does on its way: quiet hours, digests, feeds, parts, reminders."""

from __future__ import annotations

from datetime import time, timedelta

from core.alert.follow_up import plan_follow_ups
from core.alert.sending import HOLD
from core.channel import Address, DeliveryUnknown, PostRejected, TryLater
from core.model.delivery import Because, State
from core.model.revision import RevisionKind
from core.model.subscriber import GroupFeed, Interest, Pace, QuietHours, Takes, Wishes
from core.store import addresses, group_feeds, subscribers, wishes
from tests.builders import a_model, a_notice, a_unit
from tests.core.alert.dispatch_stage import PostOffice, each, recalled
from tests.core.alert.test_dispatch import an_alert

NIGHT = QuietHours(time(8), time(12))


async def wish(office: PostOffice, chat: str, wished: Wishes) -> None:
    async with office.world.database.writing() as connection:
        who = await subscribers.subscriber(connection, "telegram", chat, office.clock.now())
        await wishes.set_wishes(connection, who, wished)


async def a_feed(office: PostOffice, chat: str, **how: object) -> None:
    async with office.world.database.writing() as connection:
        feed = GroupFeed(active=True, **how)
        place = Address("telegram", chat)
        await group_feeds.save_feed(connection, place, feed, office.clock.now())


async def test_at_night_what_is_not_serious_waits_for_the_morning(office: PostOffice) -> None:
    await office.world.owner("1")
    await wish(office, "1", Wishes(quiet=NIGHT))
    await office.world.publish(recalled(1, "laceration"))
    await office.world.publish(recalled(2, "fire"))
    await office.world.plan()

    assert ["catch fire" in one.text for one in await office.send()] == [True]
    assert sorted(await office.states()) == [State.LATER, State.SENT]
    assert await office.send(hours=2) == []
    assert len(await office.send(hours=1)) == 1


async def test_whoever_switched_alerts_off_meanwhile_gets_none(office: PostOffice) -> None:
    await an_alert(office, "1", "2", "3")
    await wish(office, "1", Wishes(alerts=False))
    await office.world.takes("2", Takes.NOTHING)

    await office.send()

    assert office.chats == ["3"]
    assert (await office.whys()).count(Because.ALERTS_OFF) == 2


async def test_a_digest_tells_everything_of_the_day_once(office: PostOffice) -> None:
    await office.world.owner("1")
    await wish(office, "1", Wishes(pace=Pace.DAILY, hour=9))
    await office.world.publish(recalled(1, "laceration"))
    await office.world.publish(recalled(2, "laceration"))
    await office.world.plan()
    await office.send()
    assert await office.states() == [State.GATHERED, State.GATHERED]

    office.clock.move(days=1)
    for _ in range(3):
        await plan_follow_ups(office.world.database, office.clock.now())
        await office.send()

    assert office.chats == ["1"]
    assert set(await office.states()) == {State.SENT}
    assert len(await office.rows()) == 3


async def test_two_digests_of_the_same_recalls_name_each_owners_own_thing(
    office: PostOffice,
) -> None:
    for chat, model in (("1", "X100"), ("2", "X200")):
        await office.world.person(chat, a_unit(model))
        await wish(office, chat, Wishes(pace=Pace.DAILY, hour=9))
    both = a_model("X100", "X200")
    await office.world.publish(recalled(1, "laceration", both))
    await office.world.plan()
    await office.send()
    office.clock.move(days=1)
    await plan_follow_ups(office.world.database, office.clock.now())

    posts = await office.send()

    (first, second) = sorted(posts, key=lambda one: one.chat)
    assert first.text != second.text


async def test_a_groups_first_post_is_shown_before_and_held(office: PostOffice) -> None:
    await a_feed(office, "-1")
    await office.world.publish(recalled(1))
    await office.world.plan()

    (preview,) = await office.send()
    assert await office.whys() == [Because.ON_HOLD]
    assert await office.send(seconds=HOLD.total_seconds() - 1) == []
    (post,) = await office.send(seconds=2)

    assert preview.key != post.key
    assert "30" in preview.text
    assert await office.states() == [State.SENT]
    await office.world.publish(recalled(2))
    await office.world.plan()
    assert len(await office.send()) == 1
    assert set(await office.states()) == {State.SENT}


async def test_a_preview_that_fails_is_shown_again(office: PostOffice) -> None:
    await a_feed(office, "-1")
    await office.world.publish(recalled(1))
    await office.world.plan()
    office.platform.refuse = each(TryLater(timedelta(seconds=5)))

    assert await office.send() == []
    (preview,) = await office.send(seconds=10)
    (post,) = await office.send(seconds=40)

    assert preview.key != post.key
    assert await office.states() == [State.SENT]


async def test_a_group_post_of_which_nobody_knows_is_not_repeated(office: PostOffice) -> None:
    await a_feed(office, "-1")
    async with office.world.database.writing() as connection:
        known = await addresses.address(connection, Address("telegram", "-1"))
    await office.world.run(
        "UPDATE group_feed SET previewed_at = changed_at WHERE address = :pk", pk=known.pk
    )
    await office.world.publish(recalled(1))
    await office.world.plan()
    office.platform.refuse = each(DeliveryUnknown())

    for _ in range(3):
        await office.send(hours=1)

    assert office.platform.asked == ["-1"]
    assert await office.states() == [State.UNKNOWN]


async def test_a_groups_post_is_edited_as_its_recall_develops(office: PostOffice) -> None:
    await a_feed(office, "-1")
    await office.world.publish(a_notice())
    await office.world.plan()
    await office.send()
    (post,) = await office.send(minutes=1)
    await office.world.publish(a_notice(title="Another title"), RevisionKind.CORRECTED)
    await office.world.plan()

    assert await office.send(hours=1) == []
    assert [number for number, _ in office.platform.edits] == [post.id]
    office.platform.refuse_edit = PostRejected("too old")
    await office.world.publish(a_notice(title="A third"), RevisionKind.CORRECTED)
    await office.world.plan()
    assert len(await office.send(hours=1)) == 1


async def test_a_correction_replies_to_the_first_post_on_it(office: PostOffice) -> None:
    await office.world.owner("1")
    await office.world.publish(a_notice())
    await office.world.plan()
    (first,) = await office.send()
    await office.world.publish(a_notice(title="Another title"), RevisionKind.CORRECTED)
    await office.world.plan()

    (correction,) = await office.send(hours=1)

    assert first.reply_to is None
    assert correction.reply_to == first.id


async def test_of_several_parts_only_what_is_missing_is_sent_again(office: PostOffice) -> None:
    office.platform.longest = 120
    await an_alert(office, "1")
    office.platform.refuse = each(None, None, TryLater(timedelta(seconds=5)))

    before = await office.send()
    after = await office.send(seconds=10)

    keys = [one.key for one in (*before, *after)]
    assert len(before) == 2
    assert len(keys) == len(set(keys)) > 3
    (row,) = await office.rows()
    assert (row.state, row.message) == (State.SENT, before[0].id)


async def test_a_part_of_which_nobody_knows_is_repeated_once(office: PostOffice) -> None:
    office.platform.longest = 120
    await an_alert(office, "1")
    office.platform.refuse = lambda _, key: DeliveryUnknown() if key.count(".") > 1 else None

    for _ in range(5):
        await office.send(hours=1)

    assert len(office.platform.asked) == 3
    assert await office.states() == [State.UNKNOWN]


async def test_an_owner_is_reminded_five_times(office: PostOffice) -> None:
    await an_alert(office, "1")
    (first,) = await office.send()
    days: list[int] = []
    for day in range(1, 60):
        office.clock.move(days=1)
        await plan_follow_ups(office.world.database, office.clock.now())
        days += [day for _ in await office.send()]

    assert days == [1, 3, 10, 30, 42]
    reminders = office.platform.posts[1:]
    assert {one.reply_to for one in reminders} == {first.id}
    assert len({one.text for one in reminders}) == len(days)


async def test_whoever_watches_is_told_why(office: PostOffice) -> None:
    await office.world.watches("1", Interest(brand="Acme"))
    await office.world.publish(recalled(1))
    await office.world.plan()

    (post,) = await office.send()

    assert "Acme" in post.text
    assert await office.states() == [State.SENT]
