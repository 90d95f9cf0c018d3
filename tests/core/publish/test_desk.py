"""The desk: who may release what, when, and what becomes of it where two act at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from core.channel import DeliveryUnknown
from core.model.delivery import State
from core.model.public import Mode, Rules, Sort, Stage
from core.model.revision import RevisionKind
from core.model.subscriber import QuietHours
from core.publish.deciding import BLOCKED
from core.publish.desk import NotThere, Who
from core.publish.lint import Wrong
from core.store import accounts, audit
from core.store.drafts import Move, Stale, move
from core.store.releasing import Seen
from core.store.work import Database
from tests.core.publish.newspaper import (
    BY_HAND,
    Newspaper,
    a_recall,
    changed,
    edited,
    which,
)

NIGHT = QuietHours(time(20), time(7))
TWO_BY_HAND = Rules(Mode.APPROVAL, two_for_serious=True)
DELAYED = Rules(Mode.DELAYED, delay=timedelta(minutes=30))


async def drafted(paper: Newspaper, rules: Rules = BY_HAND, hazard: str = "fire") -> None:
    """Let one recall be drafted for one account."""
    await paper.account(rules)
    await paper.publish(a_recall(hazard=hazard))
    await paper.draft()


async def test_nothing_is_released_by_hand_until_somebody_approves(paper: Newspaper) -> None:
    await drafted(paper)
    anna = await paper.operator("anna")

    assert await paper.desk.release_due() == 0

    done = await paper.desk.approve(which(await paper.last()), 1, anna)
    assert (done.draft.stage, done.waits_for) == (Stage.RELEASED, 0)
    assert len(await paper.send()) == 1


async def test_serious_news_takes_two_different_people(paper: Newspaper) -> None:
    await drafted(paper, TWO_BY_HAND)
    anna, ben = await paper.operator("anna"), await paper.operator("ben")
    draft = which(await paper.last())

    once = await paper.desk.approve(draft, 1, anna)
    again = await paper.desk.approve(draft, 1, anna)
    other = await paper.desk.approve(draft, 1, ben)

    assert [once.waits_for, again.waits_for, other.waits_for] == [1, 1, 0]
    assert other.draft.stage is Stage.RELEASED


async def test_what_is_not_serious_takes_one(paper: Newspaper) -> None:
    await drafted(paper, TWO_BY_HAND, hazard="laceration")
    anna = await paper.operator("anna")

    done = await paper.desk.approve(which(await paper.last()), 1, anna)

    assert done.draft.stage is Stage.RELEASED


async def test_approvals_of_another_text_do_not_count(paper: Newspaper) -> None:
    await drafted(paper, TWO_BY_HAND)
    anna, ben = await paper.operator("anna"), await paper.operator("ben")
    await paper.desk.approve(which(await paper.last()), 1, anna)
    mine = await paper.edit(ben, "Ours.")

    with pytest.raises(Stale):
        await paper.desk.approve(which(mine), 1, anna)
    done = await paper.desk.approve(which(mine), mine.draft.version, ben)

    assert done.waits_for == 1


async def test_what_the_linter_finds_cannot_be_approved(paper: Newspaper) -> None:
    await drafted(paper)
    anna = await paper.operator("anna")
    mine = await paper.edit(anna, "This is a voluntary recall.")

    done = await paper.desk.approve(which(mine), mine.draft.version, anna)

    assert Wrong.BANNED in {one.wrong for one in done.problems}
    assert (await paper.last()).draft.stage is Stage.DRAFTED


async def test_what_the_linter_finds_is_not_released_by_itself(paper: Newspaper) -> None:
    await drafted(paper, DELAYED)
    anna = await paper.operator("anna")
    edited = (await paper.edit(anna, "This is a voluntary recall.")).draft
    # As if the account had begun to write so by itself.
    async with paper.database.writing() as connection:
        counts = Move(Stage.PENDING, due_at=paper.clock.now())
        await move(connection, (edited.alert, edited.account), edited.version, counts)

    await paper.until_quiet()

    left = (await paper.last()).draft
    assert (left.stage, left.why) == (Stage.DRAFTED, BLOCKED)
    assert paper.board.posts == []


async def test_a_delayed_draft_goes_when_nobody_stopped_it(paper: Newspaper) -> None:
    await drafted(paper, DELAYED)

    assert await paper.desk.release_due() == 0
    paper.clock.move(minutes=31)
    assert await paper.desk.release_due() == 1
    assert len(await paper.send()) == 1


async def test_a_delayed_draft_that_is_held_does_not_go(paper: Newspaper) -> None:
    await drafted(paper, DELAYED)
    anna = await paper.operator("anna")
    await paper.desk.hold(which(await paper.last()), 1, anna)

    await paper.until_quiet()

    assert await paper.stages() == [Stage.HELD]


async def test_a_draft_goes_at_once_when_somebody_approves_it_before_its_delay(
    paper: Newspaper,
) -> None:
    await drafted(paper, DELAYED)
    anna = await paper.operator("anna")

    done = await paper.desk.approve(which(await paper.last()), 1, anna)

    assert done.due_at is None
    assert len(await paper.send()) == 1


@pytest.mark.parametrize("stop", ["hold", "drop"])
async def test_a_released_draft_can_be_stopped_until_it_is_posted(
    paper: Newspaper, stop: str
) -> None:
    await drafted(paper)
    anna = await paper.operator("anna")
    draft = which(await paper.last())
    await paper.desk.approve(draft, 1, anna)

    await getattr(paper.desk, stop)(draft, 1, anna)

    assert await paper.send() == []
    assert await paper.stages() == [Stage.HELD if stop == "hold" else Stage.DROPPED]


async def test_what_was_posted_cannot_be_stopped(paper: Newspaper) -> None:
    await drafted(paper)
    anna = await paper.operator("anna")
    draft = which(await paper.last())
    await paper.desk.approve(draft, 1, anna)
    await paper.send()

    with pytest.raises(Stale):
        await paper.desk.hold(draft, 1, anna)


async def test_the_chosen_time_is_when_it_is_posted(paper: Newspaper) -> None:
    await drafted(paper)
    anna = await paper.operator("anna")
    draft = which(await paper.last())
    at = paper.clock.now() + timedelta(hours=5)
    await paper.desk.schedule(draft, 1, at, anna)
    done = await paper.desk.approve(draft, 1, anna)

    assert done.due_at == at
    assert await paper.send(hours=4) == []
    assert len(await paper.send(hours=2)) == 1


async def test_hours_of_rest_are_waited_for_unless_it_is_serious(paper: Newspaper) -> None:
    paper.clock.at = datetime(2026, 6, 14, 22, tzinfo=UTC)
    rules = Rules(Mode.AUTOMATIC, hours=NIGHT)
    await paper.account(rules)
    await paper.publish(a_recall("1", hazard="laceration"))
    await paper.publish(a_recall("2", hazard="fire"))
    await paper.work()

    [now] = await paper.send()
    assert "M2" in now
    [later] = await paper.send(hours=9)
    assert "M1" in later


async def test_no_more_are_posted_a_day_than_the_rules_allow(paper: Newspaper) -> None:
    await paper.account(Rules(Mode.APPROVAL, per_day=2))
    anna = await paper.operator("anna")
    for number in range(3):
        await paper.publish(a_recall(str(number)))
    await paper.draft()
    for one in await paper.drafts():
        await paper.desk.approve(which(one), 1, anna)

    assert len(await paper.send()) == 2
    assert await paper.send(hours=12) == []
    assert len(await paper.send(hours=13)) == 1


async def test_what_the_rules_ask_people_for_by_now_waits_for_them(paper: Newspaper) -> None:
    await drafted(paper, DELAYED)
    [draft] = await paper.drafts()
    async with paper.database.writing() as connection:
        await accounts.set_rules(connection, draft.draft.account, BY_HAND)

    await paper.until_quiet()

    assert await paper.stages() == [Stage.DRAFTED]
    assert paper.board.posts == []


async def test_a_draft_that_cannot_be_judged_keeps_no_other_from_being_released(
    paper: Newspaper,
) -> None:
    await paper.account(Rules(Mode.AUTOMATIC), chat="@one")
    broken = await paper.account(Rules(Mode.AUTOMATIC), chat="@two")
    await paper.publish(a_recall())
    await paper.draft()
    await paper.world.run("UPDATE account SET rules = '{' WHERE address = :one", one=broken)

    assert await paper.desk.release_due() == 1
    assert len(await paper.send()) == 1


async def test_two_processes_release_a_draft_once(paper: Newspaper, url: str) -> None:
    await drafted(paper, Rules(Mode.AUTOMATIC))
    second = await Database.open(url)
    other = replace(paper, database=second)

    counts = await asyncio.gather(
        *(one.desk.release_due() for one in (paper, other) for _ in range(3))
    )
    await asyncio.gather(paper.dispatcher().drain(), other.dispatcher().drain())
    await second.close()

    assert sum(counts) == 1
    assert len(paper.board.posts) == 1


async def test_two_people_who_approve_at_once_release_once(paper: Newspaper) -> None:
    await drafted(paper, TWO_BY_HAND)
    people = [await paper.operator(name) for name in ("anna", "ben", "cleo")]
    draft = which(await paper.last())

    done = await asyncio.gather(
        *(paper.desk.approve(draft, 1, one) for one in people), return_exceptions=True
    )

    assert sum(isinstance(one, Stale) for one in done) == 1
    assert len(await paper.send()) == 1


async def test_a_draft_that_is_not_there_cannot_be_decided_on(paper: Newspaper) -> None:
    with pytest.raises(NotThere):
        await paper.desk.hold((9, 9), 1, Who("anna"))


async def test_what_a_human_tells_of_an_unknown_post_is_kept(paper: Newspaper) -> None:
    await drafted(paper)
    anna = await paper.operator("anna")
    draft = which(await paper.last())
    await paper.desk.approve(draft, 1, anna)
    paper.board.answer(DeliveryUnknown(), arrives=True)
    await paper.send()
    assert (await paper.last()).state is State.UNKNOWN

    assert await paper.desk.seen_there(Seen(*draft, 0, "1"), anna)

    assert (await paper.last()).state is State.SENT
    assert await paper.send() == []


async def test_what_a_human_tells_is_not_there_is_posted_again(paper: Newspaper) -> None:
    await drafted(paper)
    anna = await paper.operator("anna")
    draft = which(await paper.last())
    await paper.desk.approve(draft, 1, anna)
    paper.board.answer(DeliveryUnknown())
    await paper.send()

    assert await paper.desk.again(draft, anna)

    assert len(await paper.send()) == 1
    assert not await paper.desk.again(draft, anna)


async def test_every_deed_is_in_the_log(paper: Newspaper) -> None:
    await drafted(paper)
    anna = await paper.operator("anna")
    draft = which(await paper.last())
    await paper.desk.hold(draft, 1, anna)
    await paper.desk.take_up(draft, 1, anna)
    parts = edited((await paper.last()).draft.parts, "Ours.")
    await paper.desk.edit(draft, 1, parts, anna)
    await paper.desk.approve(draft, 2, anna)

    async with paper.database.reading() as connection:
        page = await audit.page(connection, 10)

    deeds = [(one.who, one.did) for one in reversed(page)]
    assert deeds == [("anna", did) for did in ("held", "take_up", "edit", "approve", "release")]


async def test_corrections_do_not_count_towards_the_day(paper: Newspaper) -> None:
    await paper.account(Rules(Mode.AUTOMATIC, per_day=1))
    await paper.publish(a_recall())
    await paper.until_quiet(2)

    await paper.publish(changed(a_recall(), state="retracted"), RevisionKind.RETRACTED)
    await paper.until_quiet(2)

    assert len(paper.board.posts) == 2
    assert (await paper.last()).draft.sort is Sort.CORRECTION
