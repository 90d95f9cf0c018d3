"""Accounts, drafts and approvals, on every database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import time, timedelta

import pytest

from core.channel import Address
from core.model.message import Block, Quote, Role
from core.model.public import (
    Account,
    Card,
    Chart,
    Links,
    Mode,
    Part,
    Rules,
    Sort,
    Stage,
    Style,
)
from core.model.recall import HazardKind
from core.model.revision import RevisionKind
from core.model.subscriber import QuietHours
from core.store import accounts, addresses, approvals, drafts, operators, undrafted
from core.store.accounts import Described, PersonsChat
from core.store.drafts import About, Anew, Move, Stale
from core.store.public_json import Unreadable
from core.store.work import Database
from tests.builders import a_notice
from tests.contracts.planning_stage import World
from tests.contracts.publishing_stage import CHANNEL, Newsroom, a_part, of_its_own

# How long the second of two is given to come too early.
OVERLAP = 0.1
PLACE = Address(CHANNEL, "agency")
RULES = Rules(
    mode=Mode.DELAYED,
    delay=timedelta(minutes=7),
    countries=("DE",),
    hazards=(HazardKind.FIRE, HazardKind.SHOCK),
    categories=("toys",),
    brands=("Acme",),
    hours=QuietHours(time(22), time(7)),
    zone="Europe/Berlin",
    per_day=3,
    two_for_serious=True,
    round_up=True,
)
STYLE = Style("ja", "JP", threads=True, links=Links.REPLY, pictures=False)
CARD = Card(
    "de",
    "h",
    "p",
    (HazardKind.FIRE,),
    "fire",
    "stop",
    "below",
    "CPSC",
    "https://a.example/",
    "alt",
)
PARTS = (
    Part((Block(Role.HEADLINE, "Rückruf", quote=Quote("may burn")),), CARD),
    Part(
        (Block(Role.SOURCE, "CPSC", "https://a.example/"),),
        Chart("de", "t", (("a", 1),), "s", "a"),
    ),
)


@pytest.fixture
def room(database: Database) -> Newsroom:
    """Give an empty newsroom."""
    return Newsroom(database)


async def account(room: Newsroom, number: int) -> Account:
    """Return the account of that number."""
    async with room.database.reading() as connection:
        found = await accounts.account(connection, number)
    assert found is not None
    return found


async def operator(room: Newsroom, name: str) -> int:
    """Let somebody work at the desk; return their number."""
    async with room.database.writing() as connection:
        secrets = operators.Secrets("hash", "totp")
        return await operators.add(connection, name, "approver", secrets, room.clock.now())


async def test_an_account_is_read_as_it_was_put(room: Newsroom) -> None:
    now = room.clock.now()

    async with room.database.writing() as connection:
        number = await accounts.put_account(
            connection, PLACE, Described("Agency", RULES, STYLE), now
        )
        every = await accounts.accounts(connection)
        there = await accounts.at(connection, PLACE)

    expected = Account(
        number, CHANNEL, "agency", "Agency", RULES, STYLE, active=True, gone=False, since=now
    )
    assert every == (expected,)
    assert there == expected


async def test_putting_an_account_again_describes_it_anew(room: Newsroom) -> None:
    number = await room.account()
    room.clock.move(days=1)

    async with room.database.writing() as connection:
        again = await accounts.put_account(
            connection, PLACE, Described("Other", RULES), room.clock.now()
        )

    found = await account(room, number)
    assert again == number
    assert (found.name, found.rules, found.style) == ("Other", RULES, Style())
    assert found.since == room.clock.now() - timedelta(days=1)


async def test_the_chat_of_a_person_becomes_no_account(room: Newsroom) -> None:
    await room.world.owner("ann", channel=CHANNEL)

    with pytest.raises(PersonsChat):
        await room.account("ann")


async def test_rules_style_and_name_are_changed_one_by_one(room: Newsroom) -> None:
    number = await room.account()

    async with room.database.writing() as connection:
        await accounts.set_rules(connection, number, RULES)
        await accounts.set_style(connection, number, STYLE)
        await accounts.set_name(connection, number, "New name")

    found = await account(room, number)
    assert (found.rules, found.style, found.name) == (RULES, STYLE, "New name")


async def test_an_account_that_begins_again_gets_nothing_of_before(room: Newsroom) -> None:
    number = await room.account()
    async with room.database.writing() as connection:
        await accounts.set_active(connection, number, room.clock.now(), active=False)
    paused = await account(room, number)
    room.clock.move(days=2)

    async with room.database.writing() as connection:
        await accounts.set_active(connection, number, room.clock.now(), active=True)
        await accounts.set_active(
            connection, number, room.clock.now() + timedelta(days=1), active=True
        )

    found = await account(room, number)
    assert not paused.active
    assert (found.active, found.since) == (True, room.clock.now())


async def test_an_account_that_the_platform_refused_can_go_on(room: Newsroom) -> None:
    number = await room.account()
    async with room.database.writing() as connection:
        await addresses.set_gone(connection, PLACE, room.clock.now())
    gone = await account(room, number)

    async with room.database.writing() as connection:
        await accounts.resume(connection, number)

    assert gone.gone
    assert not (await account(room, number)).gone


async def test_only_an_account_without_drafts_can_be_removed(room: Newsroom) -> None:
    empty, busy = await room.account("empty"), await room.account("busy")
    await room.draft(busy)

    async with room.database.writing() as connection:
        gone = await accounts.remove(connection, empty, room.clock.now())
        kept = await accounts.remove(connection, busy, room.clock.now())
        every = await accounts.accounts(connection)

    assert (gone, kept) == (True, False)
    assert [(one.number, one.active) for one in every] == [(busy, False)]


async def test_an_account_of_garbage_keeps_no_other_from_being_read(room: Newsroom) -> None:
    broken, whole = await room.account("broken"), await room.account("whole")
    await room.world.run(
        "UPDATE account SET rules = '{\"mode\": 5}' WHERE address = :number", number=broken
    )

    async with room.database.reading() as connection:
        every = await accounts.accounts(connection)
        with pytest.raises(Unreadable, match="mode"):
            await accounts.account(connection, broken)
        nothing = await accounts.account(connection, 99)

    assert [one.number for one in every] == [whole]
    assert nothing is None


async def test_a_draft_is_read_as_it_was_kept(room: Newsroom) -> None:
    number = await room.account()
    notice = await room.publish(a_notice())
    about = About(notice, "1", notice, 1, serious=True)

    which = await room.draft(
        number,
        about,
        parts=PARTS,
        edits=(a_part("new"),),
        basis=((notice, 1),),
        stage=Stage.PENDING,
        due_at=room.clock.now(),
        rule="delayed",
        why="because",
    )

    found = await room.get(which)
    draft = found.draft
    assert (draft.parts, draft.edits, draft.basis) == (PARTS, (a_part("new"),), ((notice, 1),))
    assert (draft.event, draft.notice, draft.serious) == (notice, notice, True)
    assert (draft.stage, draft.sort, draft.due_at) == (
        Stage.PENDING,
        Sort.RECALL,
        room.clock.now(),
    )
    assert (draft.rule, draft.why, draft.version, draft.edited) == (
        "delayed",
        "because",
        1,
        False,
    )
    assert (found.occurrence, found.state, found.posted) == ("1", None, ())


async def test_what_no_database_holds_is_left_out_of_a_draft(room: Newsroom) -> None:
    number = await room.account()

    which = await room.draft(number, parts=(a_part("a\ud800b\0c"),))

    [part] = (await room.get(which)).draft.parts
    assert part.blocks[0].text == "ab\0c"


async def test_an_account_has_one_draft_of_each_alert(room: Newsroom) -> None:
    number, other = await room.account("one"), await room.account("other")
    about = About(0, "weekly 2026-W47")
    which = await room.draft(number, about)
    beside = await room.draft(other, about)
    first = await room.get(which)

    async with room.database.writing() as connection:
        kept = await drafts.draft(
            connection, replace(first.draft, key="another", parts=(a_part("another"),))
        )

    assert not kept
    assert beside[0] == which[0]
    assert await room.get(which) == first


async def test_events_that_became_one_share_their_first_post(room: Newsroom) -> None:
    number = await room.account()
    one = await room.publish(of_its_own("one"))
    two = await room.publish(of_its_own("two"), source="fda")
    which = await room.draft(number, About(two, "1", two, 1))
    await room.world.run("UPDATE notice SET event = :one WHERE pk = :two", one=one, two=two)

    async with room.database.writing() as connection:
        alert = await drafts.alert_for(connection, About(one, "1", one, 1), room.clock.now())
        of_one = await drafts.of_event(connection, one)
        of_two = await drafts.of_event(connection, two)
        basis = await drafts.versions(connection, two)

    assert alert == which[0]
    assert [found.draft.alert for found in of_one] == [alert]
    assert of_one == of_two
    assert basis == ((one, 1), (two, 1))


async def test_what_another_event_has_is_not_of_this_one(room: Newsroom) -> None:
    number = await room.account()
    one = await room.publish(of_its_own("one"))
    two = await room.publish(of_its_own("two"), source="fda")
    await room.draft(number, About(two, "1", two, 1))
    await room.draft(number)

    async with room.database.reading() as connection:
        found = await drafts.of_event(connection, one)
        basis = await drafts.versions(connection, one)

    assert found == ()
    assert basis == ((one, 1),)


async def test_an_exercise_is_no_basis_of_a_post(room: Newsroom) -> None:
    notice = await room.publish(a_notice(), exercise=True)

    async with room.database.reading() as connection:
        basis = await drafts.versions(connection, notice)

    assert basis == ()


async def test_a_draft_that_says_the_same_only_rests_on_something_new(room: Newsroom) -> None:
    number = await room.account()
    which = await room.draft(number, parts=PARTS)
    old = (await room.get(which)).draft
    bea = await operator(room, "bea")

    async with room.database.writing() as connection:
        await approvals.approve(connection, which, 1, bea, room.clock.now())
        new = await drafts.compose_anew(connection, old, Anew(PARTS, ((1, 2),)))

    found = (await room.get(which)).draft
    assert (found.version, found.basis, found.approvals) == (1, ((1, 2),), ("bea",))
    assert new == replace(found, approvals=())


async def test_a_draft_that_says_something_else_was_approved_by_nobody(room: Newsroom) -> None:
    number = await room.account()
    which = await room.draft(number, edited=True)
    bea = await operator(room, "bea")
    old = (await room.get(which)).draft

    async with room.database.writing() as connection:
        await approvals.approve(connection, which, 1, bea, room.clock.now())
        new = await drafts.compose_anew(
            connection, old, Anew(PARTS, ((1, 2),), (a_part("edit"),), serious=True)
        )

    found = (await room.get(which)).draft
    assert found == new
    assert (found.version, found.edited, found.serious) == (2, False, True)
    assert (found.parts, found.edits, found.approvals) == (PARTS, (a_part("edit"),), ())


async def test_a_released_draft_says_nothing_else_until_it_is_withdrawn(room: Newsroom) -> None:
    number = await room.account()
    which = await room.released(number, parts=PARTS)
    old = (await room.get(which)).draft

    async with room.database.writing() as connection:
        same = await drafts.compose_anew(connection, old, Anew(PARTS, ((1, 2),)))
        with pytest.raises(Stale):
            await drafts.compose_anew(connection, old, Anew((a_part("new"),), ()))

    found = (await room.get(which)).draft
    assert same.version == 1
    assert (found.parts, found.basis) == (PARTS, ((1, 2),))


async def test_of_two_who_edit_the_second_learns_of_the_first(room: Newsroom) -> None:
    which = await room.draft(await room.account())
    ours, theirs = (a_part("ours"),), (a_part("theirs"),)

    async with room.database.writing() as connection:
        version = await drafts.change(connection, which, 1, ours)
        same = await drafts.change(connection, which, version, ours)
        with pytest.raises(Stale):
            await drafts.change(connection, which, 1, theirs)

    found = (await room.get(which)).draft
    assert (version, same) == (2, 2)
    assert (found.parts, found.version, found.edited) == (ours, 2, True)


async def test_an_edit_without_a_change_is_no_edit(room: Newsroom) -> None:
    which = await room.draft(await room.account())

    async with room.database.writing() as connection:
        version = await drafts.change(connection, which, 1, (a_part(),))

    found = (await room.get(which)).draft
    assert (version, found.edited) == (1, False)


async def test_a_draft_moves_only_from_where_it_is(room: Newsroom) -> None:
    which = await room.draft(await room.account())
    due = room.clock.now() + timedelta(hours=1)

    async with room.database.writing() as connection:
        await drafts.move(connection, which, 1, Move(Stage.PENDING, due_at=due, why="asked"))
        with pytest.raises(Stale):
            await drafts.move(connection, which, 1, Move(Stage.HELD, (Stage.DRAFTED,)))
        with pytest.raises(Stale):
            await drafts.move(connection, which, 2, Move(Stage.HELD))

    found = (await room.get(which)).draft
    assert (found.stage, found.due_at, found.why) == (Stage.PENDING, due, "asked")


@pytest.mark.parametrize(
    "step", [Move(Stage.RELEASED), Move(Stage.HELD, (Stage.RELEASED,))], ids=["to", "from"]
)
async def test_nothing_is_moved_past_its_delivery(room: Newsroom, step: Move) -> None:
    which = await room.draft(await room.account())

    async with room.database.writing() as connection:
        with pytest.raises(ValueError, match="delivery"):
            await drafts.move(connection, which, 1, step)


async def test_pending_drafts_are_due_in_order(room: Newsroom) -> None:
    number = await room.account()
    now = room.clock.now()
    later = await room.draft(number, stage=Stage.PENDING, due_at=now)
    first = await room.draft(number, stage=Stage.PENDING, due_at=now - timedelta(hours=1))
    await room.draft(number, stage=Stage.PENDING, due_at=now + timedelta(seconds=1))
    await room.draft(number, stage=Stage.HELD, due_at=now)

    async with room.database.reading() as connection:
        found = await drafts.due(connection, now)

    assert [(draft.alert, draft.account) for draft in found] == [first, later]


async def test_pages_show_every_draft_once_the_newest_first(room: Newsroom) -> None:
    numbers = [await room.account(name) for name in ("a", "b")]
    about = About(0, "weekly")
    shared = [await room.draft(number, about) for number in numbers]
    last = await room.draft(numbers[0])
    await room.draft(numbers[0], stage=Stage.DROPPED)

    async with room.database.reading() as connection:
        first = await drafts.page(connection, [Stage.DRAFTED], None, 2)
        before = (first[-1].draft.alert, first[-1].draft.account)
        second = await drafts.page(connection, [Stage.DRAFTED], before, 2)
        every = await drafts.page(connection, list(Stage), None, 10)

    found = [(one.draft.alert, one.draft.account) for one in (*first, *second)]
    assert found == [last, shared[1], shared[0]]
    assert [one.draft.stage for one in every] == [Stage.DROPPED, *[Stage.DRAFTED] * 3]


@pytest.mark.parametrize(
    "garbage",
    ["parts = 'no JSON'", "basis = '[[1]]'", "edits = '{}'", "sort = 'song'", "stage = 'late'"],
)
async def test_a_draft_of_garbage_keeps_no_other_from_being_read(
    room: Newsroom, garbage: str
) -> None:
    number = await room.account()
    event = await room.publish(a_notice())
    broken = await room.draft(number, About(event, "1", event, 1))
    whole = await room.draft(number, About(event, "1/2", event, 2))
    await room.world.run(
        f"UPDATE draft SET {garbage} WHERE alert = :alert",  # noqa: S608 - of this test
        alert=broken[0],
    )

    async with room.database.reading() as connection:
        every = await drafts.of_event(connection, event)
        with pytest.raises(Unreadable, match="not as we write it"):
            await drafts.get(connection, broken)
        nothing = await drafts.get(connection, (99, 99))

    assert [found.draft.alert for found in every] == [whole[0]]
    assert nothing is None


async def test_a_version_is_approved_by_several_and_by_each_once(room: Newsroom) -> None:
    which = await room.draft(await room.account())
    cem, ann = await operator(room, "cem"), await operator(room, "ann")

    async with room.database.writing() as connection:
        first = await approvals.approve(connection, which, 1, cem, room.clock.now())
        room.clock.move(minutes=1)
        both = await approvals.approve(connection, which, 1, ann, room.clock.now())
        room.clock.move(minutes=1)
        again = await approvals.approve(connection, which, 1, cem, room.clock.now())

    assert first == ("cem",)
    assert both == again == ("cem", "ann")
    assert (await room.get(which)).draft.approvals == ("cem", "ann")


async def test_an_approval_is_of_one_version_and_can_be_taken_back(room: Newsroom) -> None:
    which = await room.draft(await room.account())
    cem, ann = await operator(room, "cem"), await operator(room, "ann")

    async with room.database.writing() as connection:
        await approvals.approve(connection, which, 1, cem, room.clock.now())
        await drafts.change(connection, which, 1, (a_part("edited"),))
        with pytest.raises(Stale):
            await approvals.approve(connection, which, 1, ann, room.clock.now())
        second = await approvals.approve(connection, which, 2, ann, room.clock.now())
        await approvals.take_back(connection, which, ann)
        left = await approvals.approvals(connection, which, 2)

    assert (second, left) == (("ann",), ())


async def test_of_two_who_approve_at_once_the_second_counts_the_first(room: Newsroom) -> None:
    which = await room.draft(await room.account())
    cem, ann = await operator(room, "cem"), await operator(room, "ann")

    async def also() -> tuple[str, ...]:
        async with room.database.writing() as connection:
            return await approvals.approve(connection, which, 1, ann, room.clock.now())

    async with room.database.writing() as connection:
        first = await approvals.approve(connection, which, 1, cem, room.clock.now())
        second = asyncio.create_task(also())
        await asyncio.wait([second], timeout=OVERLAP)

    assert first == ("cem",)
    assert set(await second) == {"cem", "ann"}


async def test_of_two_who_want_an_event_alone_the_second_sees_what_the_first_did(
    room: Newsroom,
) -> None:
    which = await room.draft(await room.account())
    event = (await room.get(which)).draft.event

    async def also() -> int:
        async with room.database.writing() as connection:
            await drafts.alone_with(connection, event)
            [found] = await drafts.of_event(connection, event)
            return found.draft.version

    async with room.database.writing() as connection:
        await drafts.alone_with(connection, event)
        second = asyncio.create_task(also())
        await asyncio.wait([second], timeout=OVERLAP)
        await drafts.change(connection, which, 1, (a_part("edited"),))

    assert await second == 2


async def test_what_a_person_wrote_goes_out_no_longer_by_itself(room: Newsroom) -> None:
    due = room.clock.now() + timedelta(minutes=5)
    which = await room.draft(await room.account(), stage=Stage.PENDING, due_at=due)

    async with room.database.writing() as connection:
        same = await drafts.change(connection, which, 1, (await room.get(which)).draft.parts)
        before = (await drafts.get(connection, which)).draft  # type: ignore[union-attr]
        other = await drafts.change(connection, which, 1, (a_part("edited"),))
    after = (await room.get(which)).draft

    assert (same, before.stage, before.due_at) == (1, Stage.PENDING, due)
    assert (other, after.stage, after.due_at) == (2, Stage.DRAFTED, None)


async def test_what_was_stopped_is_approved_by_everybody_anew(room: Newsroom) -> None:
    which = await room.draft(await room.account())
    cem = await operator(room, "cem")

    async with room.database.writing() as connection:
        await approvals.approve(connection, which, 1, cem, room.clock.now())
        await approvals.forget(connection, which)

    assert (await room.get(which)).draft.approvals == ()


@pytest.mark.parametrize("change", ["role", "access"])
async def test_whoever_may_do_less_is_counted_no_longer(room: Newsroom, change: str) -> None:
    which = await room.draft(await room.account())
    cem, ann = await operator(room, "cem"), await operator(room, "ann")

    async with room.database.writing() as connection:
        await approvals.approve(connection, which, 1, cem, room.clock.now())
        await approvals.approve(connection, which, 1, ann, room.clock.now())
        if change == "role":
            await operators.set_role(connection, cem, "viewer")
        else:
            await operators.set_active(connection, cem, active=False)

    assert (await room.get(which)).draft.approvals == ("ann",)


async def test_what_is_no_longer_open_cannot_be_approved(room: Newsroom) -> None:
    which = await room.draft(await room.account(), stage=Stage.DROPPED)
    cem = await operator(room, "cem")

    async with room.database.writing() as connection:
        with pytest.raises(Stale):
            await approvals.approve(connection, which, 1, cem, room.clock.now())


async def test_revisions_wait_to_be_drafted_in_the_order_they_were_seen(room: Newsroom) -> None:
    one = await room.publish(a_notice(id="first"))
    two = await room.publish(of_its_own("second"), quiet=True)
    more = a_notice(id="first", title="Now with more units")
    await room.publish(more, kind=RevisionKind.EXPANDED)

    async with room.database.reading() as connection:
        found = await undrafted.undrafted(connection, 10)
        some = await undrafted.undrafted(connection, 1)

    assert [(one.key, one.kind, one.quiet) for one in found] == [
        ((one, 1), "new", False),
        ((two, 1), "new", True),
        ((one, 2), "expanded", False),
    ]
    assert some == found[:1]
    assert found[0].notice == found[2].notice == more
    assert (found[0].event, found[0].exercise, found[0].shipped) == (one, False, False)


async def test_what_was_drafted_waits_no_more(room: Newsroom) -> None:
    one = await room.publish(of_its_own("one"))
    two = await room.publish(of_its_own("two"))

    async with room.database.writing() as connection:
        await undrafted.drafted(connection, [], room.clock.now())
        await undrafted.drafted(connection, [(one, 1)], room.clock.now())
        found = await undrafted.undrafted(connection, 10)

    assert [waiting.key for waiting in found] == [(two, 1)]


async def test_a_notice_that_cannot_be_read_keeps_no_other_from_being_drafted(
    room: Newsroom,
) -> None:
    broken = await room.publish(a_notice(id="broken"))
    whole = await room.publish(a_notice(id="whole"))
    await room.world.run("UPDATE notice SET body = '{}' WHERE pk = :pk", pk=broken)

    async with room.database.reading() as connection:
        found = await undrafted.undrafted(connection, 10)

    assert [waiting.pk for waiting in found] == [whole]


async def test_without_an_active_account_all_revisions_are_put_aside(room: Newsroom) -> None:
    await room.publish(a_notice())
    number = await room.account()

    async with room.database.writing() as connection:
        with_one = await undrafted.none_to_draft(connection, room.clock.now())
        waiting = await undrafted.undrafted(connection, 10)
        await accounts.set_active(connection, number, room.clock.now(), active=False)
        without = await undrafted.none_to_draft(connection, room.clock.now())
        left = await undrafted.undrafted(connection, 10)

    assert (with_one, len(waiting)) == (False, 1)
    assert (without, left) == (True, [])


async def test_a_reviewed_notice_is_drafted_in_the_place_of_what_it_answers(
    room: Newsroom,
) -> None:
    feed = await room.publish(a_notice(id="feed"))
    reviewed = a_notice(id="reviewed")
    await World(room.database, room.clock).publish(reviewed, source="catalogue")
    await room.world.run("UPDATE notice SET reviewed_as = 'reviewed' WHERE pk = :pk", pk=feed)

    async with room.database.reading() as connection:
        first, second = await undrafted.undrafted(connection, 10)

    assert (first.pk, first.notice, first.shipped) == (feed, reviewed, False)
    assert second.shipped
