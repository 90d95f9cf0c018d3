"""Posts of groups through the dispatcher: previews, budgets, cards, edits and replies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.alert.follow_up import plan_follow_ups
from core.alert.sending import HOLD, SOON
from core.channel import Address, AddressGone, DeliveryUnknown, PostRejected, TryLater
from core.model.delivery import Because, State
from core.model.recall import HazardKind, Notice
from core.model.revision import RevisionKind
from core.model.subscriber import FeedStyle, GroupFeed
from core.store import group_feeds, progress
from tests.builders import a_citation, a_notice
from tests.core.alert.dispatch_stage import PostOffice, Taken

GROUP = Address("telegram", "-7")
ON = GroupFeed(active=True)


async def a_feed(office: PostOffice, feed: GroupFeed = ON, *, shown: bool = True) -> None:
    """Let a group have this feed, whose preview it has seen."""
    async with office.world.database.writing() as connection:
        await group_feeds.save_feed(connection, GROUP, feed, office.clock.now())
    if shown:
        await office.world.run("UPDATE group_feed SET previewed_at = '2020-01-01 00:00:00'")


def a_recall(name: object, **facts: Any) -> Notice:
    """Return one of several recalls that have nothing to do with one another."""
    page = a_citation() | {"url": f"https://cpsc.example/recall/{name}"}
    return a_notice(id=f"cpsc-{name}", sources=(page,), **facts)


async def recalls(office: PostOffice, *names: object) -> None:
    """Let so many new recalls be published and planned."""
    for name in names:
        await office.world.publish(a_recall(name))
    await office.world.plan()


async def works(office: PostOffice, **later: float) -> list[Taken]:
    """Plan digests that are due, and send."""
    office.clock.move(**later)
    await plan_follow_ups(office.world.database, office.clock.now())
    return await office.send()


async def held_back(office: PostOffice, alert: int) -> bool:
    async with office.world.database.writing() as connection:
        return await progress.hold_back(connection, GROUP, alert)


def cards(posts: list[Taken]) -> list[Taken]:
    return [post for post in posts if not post.text.startswith("Product safety recall")]


# Preview


async def test_the_first_post_is_shown_half_a_minute_before(office: PostOffice) -> None:
    await a_feed(office, shown=False)
    await recalls(office, 1)

    [shown] = await office.send()
    meanwhile = await office.send(seconds=29)
    posted = await office.send(seconds=1)
    await recalls(office, 2)

    assert "30" in shown.text.splitlines()[0]
    assert meanwhile == []
    assert [shown.text.partition("\n\n")[2]] == [post.text for post in posted]
    assert len(await office.send()) == 1


async def test_what_is_held_back_is_never_posted_and_the_feed_goes_on(
    office: PostOffice,
) -> None:
    await a_feed(office, shown=False)
    await recalls(office, 1)
    await office.send()

    stopped = await held_back(office, 1)
    nothing = await office.send(seconds=31)
    await recalls(office, 2)
    posted = await office.send()

    assert stopped
    assert nothing == []
    assert [post.key for post in posted] == ["2.1"]
    assert await office.whys() == [Because.HELD_BACK, None]


async def test_what_comes_meanwhile_waits_and_is_not_shown_itself(office: PostOffice) -> None:
    await a_feed(office, shown=False)
    await recalls(office, 1, 2, 3)

    shown = await office.send()
    await held_back(office, 1)
    posted = await office.send(seconds=30)

    assert len(shown) == 1
    assert len(posted) == 2


async def test_other_filters_are_previewed_again_and_other_roles_are_not(
    office: PostOffice,
) -> None:
    await a_feed(office)
    fire = (HazardKind.FIRE,)
    await recalls(office, 1)
    first = await office.send()

    await a_feed(office, replace(ON, budget=7, style=FeedStyle.THREAD), shown=False)
    await recalls(office, 2)
    second = await office.send()
    await a_feed(office, replace(ON, hazards=fire), shown=False)
    await recalls(office, 3)
    third = await office.send()

    assert [len(posts) for posts in (first, second, third)] == [1, 1, 1]
    assert [".preview" in posts[0].key for posts in (first, second, third)] == [
        *(False, False, True)
    ]


async def test_a_preview_that_may_have_arrived_is_not_repeated(office: PostOffice) -> None:
    await a_feed(office, shown=False)
    await recalls(office, 1)
    errors: list[Any] = [TryLater(), DeliveryUnknown()]
    office.platform.refuse = lambda _, __: errors.pop(0) if errors else None

    await office.send()
    await office.send(seconds=10)
    posted = await office.send(seconds=30)

    assert [post.key for post in posted] == ["1.1"]


async def test_what_no_longer_fits_the_filters_is_not_posted(office: PostOffice) -> None:
    await a_feed(office)
    await recalls(office, 1)
    await a_feed(office, replace(ON, brands=("Other",)))

    posted = await office.send()

    assert posted == []
    assert await office.whys() == [Because.NO_LONGER_CONCERNED]


# Budget


async def test_s05_of_forty_recalls_at_once_a_feed_gets_one_card_and_no_post_before(
    office: PostOffice,
) -> None:
    await a_feed(office, shown=False)
    office.clock.move(days=3)
    await recalls(office, *range(40))

    posts = [*await office.send(), *await works(office, minutes=1)]
    later = [post for _ in range(5) for post in await works(office, days=1)]

    assert [post.chat for post in posts] == [GROUP.chat]
    assert "40" in posts[0].text.splitlines()[0]
    assert later == []
    assert set(await office.states()) == {State.SENT}


async def test_what_is_over_the_budget_of_an_ordinary_day_is_the_next_days_card(
    office: PostOffice,
) -> None:
    await a_feed(office, replace(ON, budget=2))
    for number in range(2):
        await recalls(office, number)
        await office.send()

    for number in range(2, 5):
        await recalls(office, number)
        await office.send(minutes=10)
    same_day = await works(office)
    next_day = [post for _ in range(24) for post in await works(office, hours=1)]

    assert len(office.chats) == 3
    assert same_day == []
    assert len(cards(next_day)) == len(next_day) == 1
    assert "3" in next_day[0].text.splitlines()[0]


async def test_a_card_is_one_post_of_the_day_however_many_it_tells_of(
    office: PostOffice,
) -> None:
    await a_feed(office, replace(ON, budget=3))
    await recalls(office, *range(10))
    await office.send()
    await works(office, minutes=1)

    for number in (11, 12, 13):
        await recalls(office, number)
        await office.send()

    assert len(cards(office.platform.posts)) == 1
    assert len(office.platform.posts) == 3
    assert (await office.whys())[-1] == Because.OVER_BUDGET


async def test_what_waits_for_tomorrow_is_on_a_card_that_goes_sooner(
    office: PostOffice,
) -> None:
    await a_feed(office, replace(ON, budget=1))
    for number in range(2):
        await recalls(office, number)
        await office.send()
    office.clock.move(hours=24)
    await office.world.run("UPDATE delivery SET due_at = NULL WHERE state = 3")
    tomorrow = office.clock.now() + timedelta(hours=5)
    await office.world.run("UPDATE delivery SET due_at = '2030-01-01 00:00:00' WHERE state = 3")

    await recalls(office, 2, 3)
    await office.send()
    [card] = await works(office, minutes=1)

    assert tomorrow > office.clock.now()
    assert "3" in card.text.splitlines()[0]


async def test_while_more_may_come_nothing_is_posted_yet(office: PostOffice) -> None:
    await a_feed(office, replace(ON, budget=1))
    await recalls(office, 1)
    await office.world.publish(a_recall(2))

    before = await office.send()
    await office.world.plan()
    early = await office.send()
    await office.send(seconds=SOON.total_seconds())
    card = await works(office, minutes=1)

    assert before == early == []
    assert len(cards(card)) == len(office.platform.posts) == 1


async def test_a_plan_that_never_ends_holds_nothing_up_for_long(office: PostOffice) -> None:
    await a_feed(office)
    await recalls(office, 1)
    await office.world.publish(a_recall(2))

    before = await office.send()
    posted = await office.send(minutes=10)

    assert (len(before), len(posted)) == (0, 1)


async def test_after_days_of_being_down_a_post_waits_until_every_source_was_read(
    office: PostOffice,
) -> None:
    await a_feed(office)
    now = office.clock.now()
    for name, days in (("slow", 3), ("off", 60)):
        values = {"name": name, "at": str((now - timedelta(days=days)).replace(tzinfo=None))}
        await office.world.run(
            "INSERT INTO source_state (name, as_of, seeded_at, proves)"
            " VALUES (:name, :at, :at, 1)",
            **values,
        )
        await office.world.run(
            "INSERT INTO source_run (source, started_at, ended_at, counts)"
            " VALUES (:name, :at, :at, '{}')",
            **values,
        )
    await recalls(office, 1)

    before = await office.send()
    await office.world.run(
        "INSERT INTO source_run (source, started_at, ended_at, counts)"
        " VALUES ('slow', :at, :at, '{}')",
        at=str(now.replace(tzinfo=None)),
    )
    posted = await office.send(seconds=SOON.total_seconds())

    assert (len(before), len(posted)) == (0, 1)


async def test_a_feed_that_is_off_gets_no_card(office: PostOffice) -> None:
    await a_feed(office)
    await recalls(office, *range(9))
    await office.send()
    await a_feed(office, replace(ON, active=False))

    posted = await works(office, minutes=1)

    assert posted == []
    assert Because.FEED_OFF in await office.whys()


# What becomes of a recall


async def developed(office: PostOffice) -> list[Taken]:
    """Let the first recall be closed, and what follows be sent."""
    office.clock.move(hours=1)
    await office.world.publish(a_recall(1, state="closed"), RevisionKind.CLOSED)
    await office.world.plan()
    return await office.send()


async def test_a_plain_feed_edits_its_one_post(office: PostOffice) -> None:
    await a_feed(office)
    await recalls(office, 1)
    [first] = await office.send()

    more = await developed(office)

    assert more == []
    [(edited, text)] = office.platform.edits
    assert edited == first.id
    assert "File closed" in text


@pytest.mark.parametrize("style", [FeedStyle.THREAD, FeedStyle.FORUM])
async def test_a_thread_gets_the_development_below_and_the_first_post_is_edited_too(
    office: PostOffice, style: FeedStyle
) -> None:
    await a_feed(office, replace(ON, style=style))
    await recalls(office, 1)
    [first] = await office.send()

    [below] = await developed(office)

    assert below.reply_to == first.id
    assert office.platform.edits == [(first.id, below.text)]
    assert set(await office.states()) == {State.SENT}


async def test_what_can_no_longer_be_edited_is_answered_below(office: PostOffice) -> None:
    await a_feed(office)
    await recalls(office, 1)
    [first] = await office.send()
    office.platform.refuse_edit = PostRejected("too old")

    [below] = await developed(office)

    assert below.reply_to == first.id


async def test_a_card_is_answered_and_not_overwritten_by_one_of_its_recalls(
    office: PostOffice,
) -> None:
    await a_feed(office)
    await recalls(office, *range(1, 8))
    await office.send()
    [card] = await works(office, minutes=1)

    [below] = await developed(office)

    assert office.platform.edits == []
    assert below.reply_to == card.id


async def test_why_a_group_cannot_be_posted_to_is_told_in_the_platforms_words(
    office: PostOffice,
) -> None:
    await a_feed(office)
    await recalls(office, 1)
    office.platform.refuse = lambda _, __: AddressGone(said="403 50013 Missing\n Permissions")

    await office.send()

    assert await office.states() == [State.GONE]
    assert await office.whys() == ["address_gone 403 50013 Missing Permissions"]


async def test_a_group_that_moved_is_not_edited_in_its_old_chat(office: PostOffice) -> None:
    await a_feed(office)
    await recalls(office, 1)
    await office.send()
    moved: list[AddressGone] = [AddressGone(Address("telegram", "-100"))]
    office.platform.refuse = lambda _, __: moved.pop() if moved else None
    await recalls(office, 2)
    await office.send()
    await office.send(seconds=HOLD.total_seconds())

    more = await developed(office)

    assert office.chats == ["-7", "-100", "-100"]
    assert office.platform.edits == []
    assert [(post.chat, post.reply_to) for post in more] == [("-100", None)]
