"""Many recalls at once are one post, which says what is so when it is posted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.model.delivery import State
from core.model.public import Mode, Rules, Sort, Stage
from core.model.recall import HazardKind
from core.model.revision import RevisionKind
from core.publish.deciding import CHANGED_SINCE, NO_LONGER_SO
from core.store import accounts, drafts
from core.store.listed import Listed
from core.store.outbox import Outbox
from tests.core.publish.newspaper import (
    BY_HAND,
    Newspaper,
    a_recall,
    changed,
    text_of,
    which,
)

FEW = Rules(Mode.AUTOMATIC, per_day=2)
MANY = 4


async def waiting(paper: Newspaper, rules: Rules = FEW, many: int = MANY) -> None:
    """Let so many recalls be drafted for one account, and be as old as they have to be."""
    await paper.account(rules)
    for number in range(many):
        await paper.publish(a_recall(str(number)))
    await paper.draft()
    paper.clock.move(minutes=11)


async def summary(paper: Newspaper) -> Listed:
    """Return the only summary."""
    [found] = [one for one in await paper.drafts() if one.draft.sort is Sort.SUMMARY]
    return found


async def test_s05_forty_recalls_after_three_days_are_one_post(paper: Newspaper) -> None:
    await paper.account(Rules(Mode.AUTOMATIC))
    paper.clock.move(days=3)
    for number in range(40):
        await paper.publish(a_recall(str(number)))

    await paper.until_quiet()

    [text] = paper.board.shown("@news")
    assert "40" in text
    assert (await paper.stages()).count(Stage.SUMMED) == 40


async def test_as_many_as_the_day_allows_are_a_post_each(paper: Newspaper) -> None:
    await waiting(paper, many=2)

    await paper.until_quiet(2)

    assert len(paper.board.posts) == 2


async def test_accounts_by_hand_get_no_summary(paper: Newspaper) -> None:
    await waiting(paper, replace(BY_HAND, per_day=1))

    assert await paper.sum_up() == 0


async def test_a_recall_that_a_person_stopped_goes_into_no_summary(paper: Newspaper) -> None:
    await waiting(paper, many=4)
    anna = await paper.operator("anna")
    await paper.desk.hold(which((await paper.drafts())[0]), 1, anna)

    await paper.sum_up()

    assert (await paper.drafts())[0].draft.stage is Stage.HELD
    assert "M0" not in text_of(await summary(paper))


async def test_what_is_withdrawn_before_the_summary_goes_is_not_in_it(
    paper: Newspaper,
) -> None:
    await waiting(paper)
    await paper.work()
    assert (await summary(paper)).draft.stage is Stage.RELEASED

    gone = changed(a_recall("1"), state="retracted")
    await paper.publish(gone, RevisionKind.RETRACTED)
    await paper.send()
    await paper.until_quiet()

    [text] = paper.board.shown("@news")
    assert "M1 " not in text
    assert "M2" in text
    assert await paper.corrections() == []


async def test_what_was_told_in_a_summary_is_corrected_below_it(paper: Newspaper) -> None:
    await waiting(paper)
    await paper.until_quiet(3)
    [told] = paper.board.posts

    gone = changed(a_recall("1"), state="retracted")
    await paper.publish(gone, RevisionKind.RETRACTED)
    await paper.until_quiet(3)

    correction = paper.board.posts[-1]
    assert len(paper.board.posts) == 2
    assert correction.reply_to == told.id


async def test_what_changes_while_the_summary_is_being_sent_is_decided_on_later(
    paper: Newspaper,
) -> None:
    await waiting(paper)
    await paper.work()
    now = paper.clock.now()
    async with paper.database.writing() as connection:
        await Outbox("memory").claim(connection, now, now + timedelta(minutes=5), 10)
    gone = changed(a_recall("1"), state="retracted")
    await paper.publish(gone, RevisionKind.RETRACTED)
    await paper.work()
    assert await paper.corrections() == []

    await paper.until_quiet()

    [text] = paper.board.shown("@news")
    assert "M1 " not in text
    assert await paper.corrections() == []


async def test_a_summary_of_which_nothing_stands_is_dropped(paper: Newspaper) -> None:
    await waiting(paper)
    await paper.sum_up()
    for number in range(MANY):
        gone = changed(a_recall(str(number)), state="retracted")
        await paper.publish(gone, RevisionKind.RETRACTED)

    await paper.until_quiet()

    left = (await summary(paper)).draft
    assert (left.stage, left.why) == (Stage.DROPPED, NO_LONGER_SO)
    assert paper.board.posts == []


async def test_a_summary_that_a_person_wrote_waits_for_people_once_it_is_outdated(
    paper: Newspaper,
) -> None:
    await waiting(paper)
    await paper.sum_up()
    anna = await paper.operator("anna")
    await paper.edit(anna, "Ours.")
    gone = changed(a_recall("1"), state="retracted")
    await paper.publish(gone, RevisionKind.RETRACTED)

    await paper.until_quiet()

    left = (await summary(paper)).draft
    assert (left.stage, left.why) == (Stage.DRAFTED, CHANGED_SINCE)
    assert "Ours." in text_of(await summary(paper))
    assert paper.board.posts == []


async def test_a_summary_of_serious_news_waits_for_the_two_who_are_asked_for(
    paper: Newspaper,
) -> None:
    await waiting(paper)
    await paper.sum_up()
    [account] = {one.draft.account for one in await paper.drafts()}
    async with paper.database.writing() as connection:
        await accounts.set_rules(connection, account, replace(FEW, two_for_serious=True))

    await paper.until_quiet()

    assert (await summary(paper)).draft.stage is Stage.DRAFTED
    assert paper.board.posts == []


async def test_a_released_summary_is_composed_anew_though_the_mode_is_another_by_now(
    paper: Newspaper,
) -> None:
    await waiting(paper)
    await paper.work()
    [account] = {one.draft.account for one in await paper.drafts()}
    async with paper.database.writing() as connection:
        await accounts.set_rules(connection, account, BY_HAND)
    gone = changed(a_recall("1"), state="retracted")
    await paper.publish(gone, RevisionKind.RETRACTED)

    await paper.until_quiet()

    left = await summary(paper)
    assert left.draft.stage is Stage.DRAFTED
    assert "M1 " not in text_of(left)


async def test_a_summary_that_fits_in_no_form_waits_for_a_human(paper: Newspaper) -> None:
    await waiting(paper)
    paper.board.longest = 10

    await paper.sum_up()

    left = (await summary(paper)).draft
    assert (left.stage, left.why) == (Stage.DRAFTED, "does_not_fit")


async def test_each_account_gets_its_own_summary(paper: Newspaper) -> None:
    await paper.account(FEW, chat="@one")
    await paper.account(replace(FEW, hazards=(HazardKind.FIRE,)), chat="@two")
    for number in range(MANY):
        await paper.publish(a_recall(str(number)))

    await paper.until_quiet(3)

    assert sorted(one.chat for one in paper.board.posts) == ["@one", "@two"]


@pytest.mark.parametrize("posts", [0, 3])
async def test_what_was_posted_long_ago_is_not_looked_at_again(
    paper: Newspaper, posts: int
) -> None:
    await waiting(paper, many=posts)
    await paper.until_quiet(2)

    async with paper.database.reading() as connection:
        assert await drafts.outdated(connection) == ()
    assert all(one.state in {State.SENT, None} for one in await paper.drafts())
