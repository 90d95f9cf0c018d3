"""A public post through the channel: part by part, on platforms that can more or less."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.alert.dispatch import Dispatcher, Pipe
from core.channel import (
    Address,
    AddressGone,
    DeliveryError,
    DeliveryUnknown,
    PostRejected,
    TryLater,
)
from core.match.decide import Knowledge
from core.model.delivery import Because, State
from core.model.message import Block, Picture, Role
from core.model.public import Card, Chart, Part, Sort
from core.model.revision import RevisionKind
from core.store import chats
from core.store.drafts import About
from core.store.listed import Listed, Which
from core.store.outbox import Outbox
from core.store.work import Database
from tests.builders import an_age
from tests.contracts.planning_stage import LEXICON
from tests.contracts.publishing_stage import Newsroom, a_part, of_its_own
from tests.core.alert.board import Board

QUICK = Pipe(width=2, ahead=2, commit=0.001, idle=0.001, patience=0.2)
THREE = (a_part("one"), a_part("two"), a_part("three"))
CARD = Card(
    "en", "Recall", "X100", (), "It burns.", "Stop.", None, "CPSC", "https://c.example", "A"
)
CAN_TELL = ({"finds": True}, {"drops_repeats": True})


class Desk:
    """A newsroom, a board, and a dispatcher that draws what it is told."""

    def __init__(self, database: Database, **can: Any) -> None:
        """Give a board that can this."""
        self.room = Newsroom(database)
        self.board = Board(kind="mastodon", **can)
        self.drawn: Picture | Exception | None = Picture(b"jpeg", "A")

    def draw(self, picture: Card | Chart, photo: bytes | None = None) -> Picture | None:
        """Draw, or fail to."""
        del picture, photo
        if isinstance(self.drawn, Exception):
            raise self.drawn
        return self.drawn

    async def send(self, **later: float) -> list[str]:
        """Send what may be sent so much later, in a new process; return what came."""
        self.room.clock.move(**later)
        before = len(self.board.posts)

        async def knowledge() -> Knowledge:
            return Knowledge(LEXICON, (an_age(),), self.room.clock.now())

        database, clock = self.room.database, self.room.clock
        await Dispatcher(database, self.board, clock, knowledge, QUICK, self.draw).drain()
        return [one.text for one in self.board.posts[before:]]

    async def claimed(self) -> None:
        """Let a process take what waits, and be killed."""
        now = self.room.clock.now()
        async with self.room.database.writing() as connection:
            until = now + timedelta(minutes=5)
            await Outbox("mastodon").claim(connection, now, until, 10)

    async def released(self, *parts: Part, **facts: Any) -> Which:
        """Let a draft of these parts be released."""
        account = await self.room.account()
        return await self.room.released(account, parts=parts or (a_part("one"),), **facts)


async def state(desk: Desk, which: Which) -> tuple[State | None, str | None]:
    """Return how far the delivery came, and why."""
    listed = await desk.room.get(which)
    return listed.state, listed.why


def names(listed: Listed) -> list[str]:
    """Return what the platform calls the parts."""
    return [one.message for one in listed.posted]


async def test_each_part_hangs_below_the_one_before(database: Database) -> None:
    desk = Desk(database)
    which = await desk.released(*THREE)

    assert await desk.send() == ["one", "two", "three"]

    assert [one.reply_to for one in desk.board.posts] == [None, "1", "2"]
    listed = await desk.room.get(which)
    assert (listed.state, names(listed)) == (State.SENT, ["1", "2", "3"])
    key = listed.draft.key
    assert desk.board.keys() == [key, f"{key}.1", f"{key}.2"]


async def test_without_threads_nothing_is_a_reply(database: Database) -> None:
    desk = Desk(database, threads=False)
    await desk.released(*THREE)

    await desk.send()

    assert [one.reply_to for one in desk.board.posts] == [None, None, None]


async def test_a_thread_goes_on_where_the_platform_put_it_off(database: Database) -> None:
    desk = Desk(database)
    desk.board.answer(None, TryLater(timedelta(minutes=5)))
    which = await desk.released(*THREE)

    assert await desk.send() == ["one"]
    assert (await state(desk, which))[0] is State.LATER
    assert await desk.send(minutes=6) == ["two", "three"]

    assert [one.reply_to for one in desk.board.posts] == [None, "1", "2"]
    assert (await state(desk, which))[0] is State.SENT


@pytest.mark.parametrize("can", [{}, *CAN_TELL])
async def test_what_was_put_off_is_not_in_doubt(database: Database, can: Any) -> None:
    desk = Desk(database, **can)
    desk.board.answer(TryLater(timedelta(minutes=5)))
    which = await desk.released()
    await desk.send()

    listed = await desk.room.get(which)
    assert (listed.state, listed.doubtful) == (State.LATER, ())
    assert await desk.send(minutes=6) == ["one"]


@pytest.mark.parametrize("can", CAN_TELL)
@pytest.mark.parametrize("arrives", [True, False])
async def test_what_may_have_arrived_is_there_once_where_the_platform_can_tell(
    database: Database, can: Any, *, arrives: bool
) -> None:
    desk = Desk(database, **can)
    desk.board.answer(None)
    desk.board.answer(DeliveryUnknown(), arrives=arrives)
    which = await desk.released(*THREE)

    await desk.send()
    assert (await desk.room.get(which)).doubtful == (1,)
    await desk.send(minutes=30)

    assert desk.board.shown("agency") == ["one", "two", "three"]
    assert [one.reply_to for one in desk.board.posts] == [None, "1", "2"]
    assert (await state(desk, which))[0] is State.SENT


@pytest.mark.parametrize("arrives", [True, False])
async def test_what_may_have_arrived_waits_for_a_human_where_nobody_can_tell(
    database: Database, *, arrives: bool
) -> None:
    desk = Desk(database)
    desk.board.answer(DeliveryUnknown(), arrives=arrives)
    which = await desk.released()

    await desk.send()
    await desk.send(days=1)

    assert await state(desk, which) == (State.UNKNOWN, Because.MAY_HAVE_ARRIVED)
    assert len(desk.board.asked) == 1


@pytest.mark.parametrize("can", [{}, *CAN_TELL])
async def test_a_process_killed_after_it_claimed_has_sent_nothing(
    database: Database, can: Any
) -> None:
    desk = Desk(database, **can)
    which = await desk.released()
    await desk.claimed()

    assert await desk.send(minutes=6) == ["one"]
    assert (await state(desk, which))[0] is State.SENT


async def test_a_process_killed_while_it_sent_leaves_a_doubt(database: Database) -> None:
    desk = Desk(database)
    which = await desk.released()
    await desk.claimed()
    await desk.room.post(which, None)

    assert await desk.send(minutes=6) == []
    assert (await state(desk, which))[0] is State.UNKNOWN


async def test_a_doubt_that_only_the_ledger_knows_of_is_one(database: Database) -> None:
    desk = Desk(database)
    which = await desk.released()
    await desk.room.post(which, None)

    assert await desk.send() == []
    assert (await state(desk, which))[0] is State.UNKNOWN


async def test_nothing_is_repeated_while_the_platform_cannot_be_asked(
    database: Database,
) -> None:
    desk = Desk(database, finds=True)
    desk.board.answer(DeliveryUnknown(), arrives=True)
    which = await desk.released()
    await desk.send()
    desk.board.refuses_looks = TryLater(timedelta(minutes=1))

    await desk.send(minutes=30)
    assert (await desk.room.get(which)).doubtful == (0,)
    desk.board.refuses_looks = None
    await desk.send(minutes=30)

    assert desk.board.shown("agency") == ["one"]
    assert (await state(desk, which))[0] is State.SENT


async def test_what_is_not_there_after_all_is_in_doubt_no_more(database: Database) -> None:
    desk = Desk(database, finds=True)
    desk.board.answer(DeliveryUnknown(), TryLater(timedelta(minutes=1)))
    which = await desk.released()
    await desk.send()

    await desk.send(minutes=30)

    listed = await desk.room.get(which)
    assert (listed.state, listed.doubtful) == (State.LATER, ())
    assert Because.MAY_HAVE_ARRIVED not in (listed.why or "")


async def test_what_repeats_cannot_tell_of_stays_in_doubt(database: Database) -> None:
    desk = Desk(database, drops_repeats=True)
    desk.board.answer(DeliveryUnknown(), TryLater(timedelta(minutes=1)))
    which = await desk.released()
    await desk.send()

    await desk.send(minutes=30)

    listed = await desk.room.get(which)
    assert listed.doubtful == (0,)
    assert Because.MAY_HAVE_ARRIVED in (listed.why or "")


async def about_a_recall(desk: Desk) -> tuple[Which, int]:
    """Let a draft on a recall be released; return it, and the number of the notice."""
    account = await desk.room.account()
    notice = await desk.room.publish(of_its_own("one"))
    about = About(notice, "1", notice, 1)
    return await desk.room.released(account, about, basis=((notice, 1),)), notice


async def test_what_is_not_so_any_more_waits_until_it_is_composed_anew(
    database: Database,
) -> None:
    desk = Desk(database)
    which, _ = await about_a_recall(desk)
    await desk.room.publish(of_its_own("one", note="!"), kind=RevisionKind.CORRECTED)

    assert await desk.send() == []
    assert await state(desk, which) == (State.LATER, Because.COMPOSED_ANEW)


@pytest.mark.parametrize("killed", ["before it sent", "put off"])
async def test_what_was_not_sent_is_not_sent_once_it_is_not_so_any_more(
    database: Database, killed: str
) -> None:
    desk = Desk(database)
    which, _ = await about_a_recall(desk)
    if killed == "put off":
        desk.board.answer(TryLater(timedelta(minutes=1)))
        await desk.send()
    else:
        await desk.claimed()
    await desk.room.publish(of_its_own("one", note="!"), kind=RevisionKind.CORRECTED)

    assert await desk.send(minutes=6) == []
    assert await state(desk, which) == (State.LATER, Because.COMPOSED_ANEW)


async def test_what_did_not_arrive_after_all_is_not_sent_once_it_is_not_so_any_more(
    database: Database,
) -> None:
    desk = Desk(database, finds=True)
    desk.board.answer(DeliveryUnknown())
    which, _ = await about_a_recall(desk)
    await desk.send()
    await desk.room.publish(of_its_own("one", note="!"), kind=RevisionKind.CORRECTED)

    assert await desk.send(minutes=6) == []
    assert await state(desk, which) == (State.LATER, Because.COMPOSED_ANEW)
    assert (await desk.room.get(which)).doubtful == ()


async def test_a_thread_that_was_begun_is_finished_whatever_is_revised(
    database: Database,
) -> None:
    desk = Desk(database)
    desk.board.answer(None, TryLater(timedelta(minutes=1)))
    account = await desk.room.account()
    notice = await desk.room.publish(of_its_own("one"))
    about = About(notice, "1", notice, 1)
    await desk.room.released(account, about, basis=((notice, 1),), parts=THREE)
    await desk.send()
    await desk.room.publish(of_its_own("one", note="!"), kind=RevisionKind.CORRECTED)

    assert await desk.send(minutes=6) == ["two", "three"]


async def corrected(desk: Desk) -> Which:
    """Let a recall be posted in two parts, and a correction of it be released."""
    account = await desk.room.account()
    await desk.room.sent(account, About(7, "1"), "a", "b")
    desk.board.posts = []
    edits = (a_part("new one"), a_part("new two"))
    facts = {"sort": Sort.CORRECTION, "edits": edits, "parts": (a_part("correction"),)}
    return await desk.room.released(account, About(7, "1/2"), **facts)


async def test_a_correction_hangs_below_the_last_part_of_what_it_corrects(
    database: Database,
) -> None:
    desk = Desk(database)
    await corrected(desk)

    await desk.send()

    assert [one.reply_to for one in desk.board.posts] == ["b"]


async def test_where_a_reply_stands_aside_a_correction_stands_by_itself(
    database: Database,
) -> None:
    desk = Desk(database, aside=True)
    await corrected(desk)

    await desk.send()

    assert [one.reply_to for one in desk.board.posts] == [None]


async def test_the_original_is_edited_where_the_platform_edits(database: Database) -> None:
    desk = Desk(database, edits=True)
    desk.board.known = {"a", "b"}
    which = await corrected(desk)

    await desk.send()

    assert desk.board.edited == [("a", "new one"), ("b", "new two")]
    assert (await state(desk, which))[0] is State.SENT


async def test_what_cannot_be_edited_any_more_is_said_below_alone(database: Database) -> None:
    desk = Desk(database, edits=True)
    desk.board.refuses_edits = PostRejected("too old")
    await corrected(desk)

    assert await desk.send() == ["correction"]


async def test_an_edit_that_failed_is_made_again_before_the_correction(
    database: Database,
) -> None:
    desk = Desk(database, edits=True)
    desk.board.known = {"a", "b"}
    desk.board.refuses_edits = DeliveryUnknown()
    which = await corrected(desk)

    assert await desk.send() == []
    desk.board.refuses_edits = None
    assert await desk.send(minutes=30) == ["correction"]

    assert [name for name, _ in desk.board.edited] == ["a", "b"]
    assert (await state(desk, which))[0] is State.SENT


async def test_the_picture_goes_with_the_post(database: Database) -> None:
    desk = Desk(database, max_caption=1000)
    await desk.released(Part((Block(Role.HEADLINE, "one"),), CARD))

    await desk.send()

    assert [one.picture for one in desk.board.posts] == [b"jpeg"]


@pytest.mark.parametrize("drawn", [None, RuntimeError("no typeface")])
async def test_a_warning_goes_without_a_picture_rather_than_not_at_all(
    database: Database, drawn: Exception | None
) -> None:
    desk = Desk(database, max_caption=1000)
    desk.drawn = drawn
    await desk.released(Part((Block(Role.HEADLINE, "one"),), CARD))

    await desk.send()

    assert [one.picture for one in desk.board.posts] == [None]


async def test_a_picture_is_left_out_where_the_platform_carries_none(
    database: Database,
) -> None:
    desk = Desk(database)
    await desk.released(Part((Block(Role.HEADLINE, "one"),), CARD))

    await desk.send()

    assert [one.picture for one in desk.board.posts] == [None]


async def test_a_part_that_is_more_than_one_post_rests(database: Database) -> None:
    desk = Desk(database, longest=2)
    which = await desk.released()

    assert await desk.send() == []
    found, why = await state(desk, which)
    assert found is State.REJECTED
    assert (why or "").startswith(Because.POST_REJECTED)
    assert (await desk.room.get(which)).doubtful == ()


@pytest.mark.parametrize(
    ("error", "rests"),
    [(AddressGone(), State.GONE), (PostRejected("malformed"), State.REJECTED)],
)
async def test_what_the_platform_refuses_rests_and_is_in_no_doubt(
    database: Database, error: DeliveryError, rests: State
) -> None:
    desk = Desk(database)
    desk.board.answer(error)
    which = await desk.released()

    await desk.send()

    listed = await desk.room.get(which)
    assert (listed.state, listed.doubtful) == (rests, ())


async def test_nothing_more_is_sent_where_the_account_is_gone(database: Database) -> None:
    desk = Desk(database)
    which = await desk.released()
    async with database.writing() as connection:
        place = Address("mastodon", "agency")
        await chats.leave(connection, place, desk.room.clock.now())

    assert await desk.send() == []
    assert await state(desk, which) == (State.GONE, Because.ADDRESS_GONE)
    assert desk.board.asked == []


async def test_the_reason_to_wait_is_kept_in_the_platforms_words(database: Database) -> None:
    desk = Desk(database)
    desk.board.answer(TryLater(timedelta(hours=3), "the month's budget is spent"))
    which = await desk.released()

    await desk.send()

    found, why = await state(desk, which)
    assert found is State.LATER
    assert why == "try_later the month's budget is spent"
    listed = await desk.room.get(which)
    assert listed.due_at is not None
    assert listed.due_at - desk.room.clock.now() == timedelta(hours=3)


async def test_what_waited_a_week_for_its_turn_rests(database: Database) -> None:
    desk = Desk(database)
    desk.board.answer(*[TryLater(timedelta(days=1), "budget")] * 12)
    which = await desk.released()

    for _ in range(9):
        await desk.send(days=1, minutes=1)

    found, why = await state(desk, which)
    assert found is State.ABANDONED
    assert why == "tried_too_long budget"


async def test_a_draft_that_is_gone_is_given_up(database: Database) -> None:
    desk = Desk(database)
    which = await desk.released()
    await desk.room.world.run("UPDATE draft SET stage = 'held'")

    assert await desk.send() == []
    assert await state(desk, which) == (State.ABANDONED, Because.GIVEN_UP)
