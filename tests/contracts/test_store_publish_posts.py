"""From draft to delivery and back, and what stands on platforms, on every database."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from core.model.delivery import State, Tier, rank
from core.model.public import Sort, Stage
from core.model.recall import Notice
from core.model.revision import RevisionKind
from core.store import drafts, posted, releasing
from core.store.drafts import About, Anew, Move, Stale
from core.store.listed import Which
from core.store.outbox import Outbox
from core.store.posted import Ready, Standing
from core.store.releasing import Seen
from core.store.schema import DRAFT
from core.store.work import Database
from tests.builders import a_notice
from tests.contracts.publishing_stage import CHANNEL, Newsroom, a_part, of_its_own

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def room(database: Database) -> Newsroom:
    """Give an empty newsroom."""
    return Newsroom(database)


async def claimed(room: Newsroom) -> list[Which]:
    """Return what somebody who sends takes now."""
    now = room.clock.now()
    async with room.database.writing() as connection:
        found = await Outbox(CHANNEL).claim(connection, now, now + HOUR, 10)
    return [(one.alert, one.address) for one in found]


async def ready(room: Newsroom, which: Which) -> Ready:
    """Return what is to be posted of that draft."""
    async with room.database.reading() as connection:
        found = await posted.ready(connection, *which)
    assert found is not None
    return found


async def withdrawn(room: Newsroom, which: Which, to: Stage = Stage.HELD) -> bool:
    """Take the draft back; say whether that was possible."""
    async with room.database.writing() as connection:
        return await releasing.withdraw(connection, which, to)


async def test_a_released_draft_is_taken_by_whoever_sends(room: Newsroom) -> None:
    account = await room.account()
    which = await room.draft(account, About(0, "x", serious=True))

    await room.release(which)

    found = await room.get(which)
    [row] = await room.world.run("SELECT rank FROM delivery")
    assert (found.draft.stage, found.draft.due_at) == (Stage.RELEASED, room.clock.now())
    assert (found.state, found.due_at) == (State.WAITING, None)
    assert row.rank == rank(Tier.GROUP, serious=True)
    assert await claimed(room) == [which]


async def test_what_is_released_for_later_is_taken_when_it_is_due(room: Newsroom) -> None:
    which = await room.draft(await room.account())
    due = room.clock.now() + HOUR

    await room.release(which, due_at=due)
    early = await claimed(room)
    room.clock.move(hours=1)

    found = await room.get(which)
    assert (found.state, found.due_at, found.draft.due_at) == (State.LATER, due, due)
    assert (early, await claimed(room)) == ([], [which])


async def test_two_releases_are_one(room: Newsroom) -> None:
    which = await room.draft(await room.account())
    await room.release(which)

    with pytest.raises(Stale):
        await room.release(which)

    assert await room.count("delivery") == 1


async def test_only_the_current_version_is_released(room: Newsroom) -> None:
    which = await room.draft(await room.account())

    with pytest.raises(Stale):
        await room.release(which, 2)

    assert (await room.get(which)).draft.stage is Stage.DRAFTED
    assert await room.count("delivery") == 0


async def test_what_stands_there_is_not_released_again(room: Newsroom) -> None:
    which = await room.sent(await room.account())
    await room.world.run("UPDATE draft SET stage = 'held'")

    with pytest.raises(Stale):
        await room.release(which)

    assert (await room.get(which)).state is State.SENT


async def test_what_was_given_up_can_be_withdrawn_and_released_again(room: Newsroom) -> None:
    which = await room.released(await room.account())
    await room.post(which, None)
    await room.rests(which, State.REJECTED, "post_rejected")

    back = await withdrawn(room, which, Stage.DRAFTED)
    await room.release(which)

    assert back
    assert await claimed(room) == [which]


async def test_of_two_processes_that_release_one_does(room: Newsroom, url: str) -> None:
    second = await Database.open(url, patience=30)
    which = await room.draft(await room.account())

    found = await asyncio.gather(
        *(Newsroom(one, room.clock).release(which) for one in (room.database, second) * 3),
        return_exceptions=True,
    )

    await second.close()
    assert [type(one) for one in found if one] == [Stale] * 5
    assert await room.count("delivery") == 1


async def test_what_is_withdrawn_is_not_taken_and_what_is_taken_not_withdrawn(
    room: Newsroom, url: str
) -> None:
    second = Newsroom(await Database.open(url, patience=30), room.clock)
    account = await room.account()
    every = [await room.released(account) for _ in range(10)]

    taken, *back = await asyncio.gather(
        claimed(second), *(withdrawn(room, which) for which in every)
    )

    await second.database.close()
    assert [which for which in every if which not in taken] == [
        which for which, gone in zip(every, back, strict=True) if gone
    ]


async def test_what_waits_can_be_withdrawn_and_released_again(room: Newsroom) -> None:
    which = await room.draft(await room.account())
    await room.release(which, due_at=room.clock.now() + HOUR)

    back = await withdrawn(room, which)

    found = await room.get(which)
    assert back
    assert (found.draft.stage, found.draft.due_at, found.state) == (Stage.HELD, None, None)
    await room.release(which)
    assert await claimed(room) == [which]


async def test_what_the_platform_asked_to_wait_for_can_be_withdrawn(room: Newsroom) -> None:
    which = await room.released(await room.account())
    await room.post(which, None)
    await room.rests(which, State.LATER, "try_later")

    assert await withdrawn(room, which, Stage.DROPPED)
    assert (await room.get(which)).draft.stage is Stage.DROPPED
    assert await room.count("posted") == 0


@pytest.mark.parametrize(
    ("state", "why", "names"),
    [
        (State.CLAIMED, None, ()),
        (State.LATER, "parts 1 may_have_arrived", (None,)),
        (State.LATER, "try_later", ("one",)),
        (State.UNKNOWN, "may_have_arrived", (None,)),
        (State.SENT, None, ("one",)),
        (State.ABANDONED, "taken_down", ()),
    ],
)
async def test_what_stands_or_may_stand_there_is_not_withdrawn(
    room: Newsroom, state: State, why: str | None, names: tuple[str | None, ...]
) -> None:
    which = await room.released(await room.account())
    await room.post(which, *names)
    await room.rests(which, state, why)

    assert not await withdrawn(room, which)
    found = await room.get(which)
    assert (found.draft.stage, found.state) == (Stage.RELEASED, state)


async def test_what_rests_unsent_is_tried_again(room: Newsroom) -> None:
    which = await room.released(await room.account())
    assert await claimed(room) == [which]
    await room.post(which, None)
    await room.rests(which, State.UNKNOWN, "may_have_arrived")
    room.clock.move(days=2)

    async with room.database.writing() as connection:
        once = await releasing.again(connection, which, room.clock.now())
        twice = await releasing.again(connection, which, room.clock.now())

    found = await room.get(which)
    assert (once, twice) == (True, False)
    assert (found.state, found.doubtful) == (State.WAITING, ())
    assert found.draft.due_at == room.clock.now()
    assert await claimed(room) == [which]


async def test_a_post_that_was_taken_down_is_not_tried_again(room: Newsroom) -> None:
    which = await room.sent(await room.account())

    async with room.database.writing() as connection:
        down = await releasing.taken_down(connection, which)
        again = await releasing.again(connection, which, room.clock.now())
        twice = await releasing.taken_down(connection, which)

    found = await room.get(which)
    assert (down, again, twice) == (True, False, True)
    assert (found.state, found.why) == (State.ABANDONED, "taken_down")
    assert [one.message for one in found.posted] == ["one"]


async def test_what_never_stood_there_is_not_taken_down(room: Newsroom) -> None:
    which = await room.released(await room.account())
    await room.rests(which, State.REJECTED, "post_rejected")

    async with room.database.writing() as connection:
        assert not await releasing.taken_down(connection, which)


async def test_the_part_of_a_thread_that_was_refused_can_be_taken_down(room: Newsroom) -> None:
    which = await room.released(await room.account(), parts=(a_part("1"), a_part("2")))
    await room.post(which, "one", None)
    await room.rests(which, State.REJECTED, "post_rejected")

    async with room.database.writing() as connection:
        assert await releasing.taken_down(connection, which)


async def test_a_human_who_sees_every_part_there_settles_a_post(room: Newsroom) -> None:
    which = await room.released(await room.account(), parts=(a_part("1"), a_part("2")))
    await room.post(which, "one", None)
    await room.rests(which, State.UNKNOWN, "parts 1 may_have_arrived")

    async with room.database.writing() as connection:
        seen = await releasing.seen_there(connection, Seen(*which, 1, "two"), room.clock.now())

    found = await room.get(which)
    [row] = await room.world.run("SELECT message FROM delivery")
    assert seen
    assert (found.state, found.why, found.sent_at) == (
        State.SENT,
        "seen_there",
        room.clock.now(),
    )
    assert [one.message for one in found.posted] == ["one", "two"]
    assert row.message == "one"


async def test_a_human_who_sees_one_part_there_lets_the_rest_be_posted(room: Newsroom) -> None:
    which = await room.released(await room.account(), parts=(a_part("1"), a_part("2")))
    assert await claimed(room) == [which]
    await room.post(which, None)
    await room.rests(which, State.UNKNOWN, "may_have_arrived")

    async with room.database.writing() as connection:
        await releasing.seen_there(connection, Seen(*which, 0), room.clock.now())

    assert (await room.get(which)).state is State.WAITING
    assert await claimed(room) == [which]
    assert (await ready(room, which)).begun == {0: ""}


async def test_a_name_that_is_known_is_not_forgotten(room: Newsroom) -> None:
    which = await room.sent(await room.account(), None, "one")

    async with room.database.writing() as connection:
        await releasing.seen_there(connection, Seen(*which, 0), room.clock.now())
        unknown = await posted.begun(connection, which)
        await releasing.seen_there(connection, Seen(*which, 0, "other"), room.clock.now())
        other = await posted.begun(connection, which)

    assert (unknown, other) == ({0: "one"}, {0: "other"})
    assert (await room.get(which)).state is State.SENT


@pytest.mark.parametrize("part", [-1, 1])
async def test_a_part_that_there_is_not_cannot_be_seen(room: Newsroom, part: int) -> None:
    which = await room.released(await room.account())
    await room.rests(which, State.UNKNOWN, "may_have_arrived")

    async with room.database.writing() as connection:
        assert not await releasing.seen_there(connection, Seen(*which, part), room.clock.now())


async def test_what_still_waits_cannot_be_seen(room: Newsroom) -> None:
    which = await room.released(await room.account())

    async with room.database.writing() as connection:
        assert not await releasing.seen_there(connection, Seen(*which, 0), room.clock.now())
        assert not await releasing.seen_there(connection, Seen(99, 99, 0), room.clock.now())


async def test_parts_are_noted_before_and_after(room: Newsroom) -> None:
    which = await room.released(await room.account(), parts=(a_part("1"), a_part("2")))

    async with room.database.writing() as connection:
        await posted.begin_part(connection, which, 0, room.clock.now())
        begun = await posted.begun(connection, which)
        await posted.note_part(connection, which, 0, "one")
        await posted.begin_part(connection, which, 0, room.clock.now())
        await posted.begin_part(connection, which, 1, room.clock.now())

    found = await room.get(which)
    assert begun == {0: None}
    assert (await ready(room, which)).begun == {0: "one", 1: None}
    assert ([one.message for one in found.posted], found.doubtful) == (["one"], (1,))


async def test_only_a_released_draft_is_ready(room: Newsroom) -> None:
    which = await room.draft(await room.account())

    async with room.database.reading() as connection:
        assert await posted.ready(connection, *which) is None
        assert await posted.ready(connection, 99, 99) is None


async def on(room: Newsroom, notice: Notice | None = None) -> int:
    """Publish a notice; return its number."""
    return await room.publish(notice or a_notice())


async def test_a_draft_is_stale_once_its_event_says_something_else(room: Newsroom) -> None:
    account, event = await room.account(), await on(room)
    which = await room.released(account, About(event, "1", event, 1), basis=((event, 1),))
    before = await ready(room, which)

    await room.publish(a_notice(title="More units"), kind=RevisionKind.EXPANDED)
    after = await ready(room, which)
    async with room.database.writing() as connection:
        old = (await room.get(which)).draft
        await drafts.compose_anew(connection, old, Anew(old.parts, ((event, 2),)))
    again = await ready(room, which)

    assert (before.stale, after.stale, again.stale) == (False, True, False)


async def test_a_draft_is_stale_once_its_event_is_joined_by_another(room: Newsroom) -> None:
    account, event = await room.account(), await on(room)
    which = await room.released(account, About(event, "1", event, 1), basis=((event, 1),))

    await room.publish(a_notice(id="same-page"), source="fda")

    assert (await ready(room, which)).stale


async def test_a_draft_that_rests_on_nothing_is_never_stale(room: Newsroom) -> None:
    account, event = await room.account(), await on(room)
    which = await room.released(account, About(event, "1", event, 1))

    assert not (await ready(room, which)).stale


async def test_a_summary_is_stale_once_one_of_its_notices_changed(room: Newsroom) -> None:
    account = await room.account()
    one, two = await on(room, of_its_own("one")), await on(room, of_its_own("two"))
    which = await room.released(account, basis=((one, 1), (two, 1)), sort=Sort.SUMMARY)
    before = await ready(room, which)

    await room.publish(of_its_own("two", state="retracted"), kind=RevisionKind.RETRACTED)

    assert (before.stale, (await ready(room, which)).stale) == (False, True)


async def test_a_correction_knows_the_newest_and_the_first_post(room: Newsroom) -> None:
    account, event = await room.account(), await on(room)
    first = await room.sent(account, About(event, "1"), "1a", "1b")
    second = await room.sent(
        account, About(event, f"{event}/2"), "2a", "2b", sort=Sort.CORRECTION
    )

    third = await room.released(account, About(event, f"{event}/3"), sort=Sort.CORRECTION)

    found = await ready(room, third)
    assert found.earlier == Standing(second[0], Sort.CORRECTION, ("2a", "2b"))
    assert (found.earlier.first, found.earlier.last) == ("2a", "2b")
    assert found.original == Standing(first[0], Sort.RECALL, ("1a", "1b"))


async def test_posts_of_other_accounts_and_events_are_not_corrected(room: Newsroom) -> None:
    ours, theirs = await room.account("ours"), await room.account("theirs")
    event, other = await on(room), await on(room, of_its_own("other"))
    await room.sent(theirs, About(event, "1"))
    await room.sent(ours, About(other, "1"))
    await room.sent(ours, About(0, "advisory"))

    which = await room.released(ours, About(event, "1"))

    found = await ready(room, which)
    assert (found.earlier, found.original) == (None, None)


async def test_what_went_into_a_summary_is_corrected_below_it(room: Newsroom) -> None:
    account, event = await room.account(), await on(room)
    single = await room.draft(account, About(event, "1"), stage=Stage.PENDING)
    summary = await room.sent(account, About(0, "summary"), "s", sort=Sort.SUMMARY)
    async with room.database.writing() as connection:
        await drafts.move(connection, single, 1, Move(Stage.SUMMED, summed_in=summary[0]))

    which = await room.released(account, About(event, f"{event}/2"), sort=Sort.CORRECTION)

    found = await ready(room, which)
    assert found.earlier == Standing(summary[0], Sort.SUMMARY, ("s",))
    assert found.original is None
    assert (await room.get(single)).summed_in == summary[0]


async def test_nothing_replies_to_what_was_taken_down(room: Newsroom) -> None:
    account, event = await room.account(), await on(room)
    first = await room.sent(account, About(event, "1"), "one")
    async with room.database.writing() as connection:
        await releasing.taken_down(connection, first)

    which = await room.released(account, About(event, f"{event}/2"), sort=Sort.CORRECTION)

    assert (await ready(room, which)).earlier is None


async def test_a_reply_goes_below_the_last_part_whose_name_is_known(room: Newsroom) -> None:
    account, event = await room.account(), await on(room)
    first = await room.sent(account, About(event, "1"), "", "two", "")

    which = await room.released(account, About(event, f"{event}/2"), sort=Sort.CORRECTION)

    found = (await ready(room, which)).earlier
    assert found == Standing(first[0], Sort.RECALL, ("", "two", ""))
    assert (found.first, found.last) == (None, "two")


async def test_a_day_counts_what_was_posted_and_what_is_to_come(room: Newsroom) -> None:
    account, other = await room.account("one"), await room.account("other")
    start = room.clock.now()
    old = await room.sent(account)
    room.clock.move(days=1)
    now = room.clock.now()
    await room.sent(account, None, "a", "b")
    await room.sent(account, sort=Sort.CORRECTION)
    await room.sent(other)
    later = now + 3 * HOUR
    waiting = await room.draft(account)
    await room.release(waiting, due_at=later)
    overdue = await room.released(account)
    async with room.database.writing() as connection:
        row = update(DRAFT).where(DRAFT.c.alert == overdue[0])
        await connection.execute(row.values(due_at=start))
    rejected = await room.released(account)
    await room.rests(rejected, State.REJECTED, "post_rejected")

    async with room.database.reading() as connection:
        day = await posted.posted_since(connection, account, now - HOUR)
        every = await posted.posted_since(connection, account, start)

    assert day == (now - HOUR, now, later)
    assert every == (start, start, now, later)
    assert (await room.get(old)).posted[0].at == start
