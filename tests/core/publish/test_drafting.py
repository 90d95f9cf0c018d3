"""Drafting: revisions while a draft waits, is held, released, posted or summed up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.channel import TryLater
from core.model.delivery import State
from core.model.public import Mode, Rules, Sort, Stage
from core.model.revision import RevisionKind
from core.publish.deciding import CHANGED_SINCE, NO_LONGER_SO
from core.store import accounts, posted
from core.store.outbox import Outbox
from tests.builders import a_citation
from tests.core.publish.newspaper import (
    BY_HAND,
    BY_ITSELF,
    Newspaper,
    a_recall,
    changed,
    text_of,
    which,
)

DELAYED = Rules(Mode.DELAYED, delay=timedelta(minutes=30))
TWO_PEOPLE = Rules(Mode.AUTOMATIC, two_for_serious=True)
MORE = ("M1", "M1B")


def more_models(*models: str) -> dict[str, object]:
    return {"units": {"op": "model", "any_of": list(models), "match": "exact"}}


async def claim(paper: Newspaper) -> None:
    """Let a process take what waits, which then says no more."""
    now = paper.clock.now()
    async with paper.database.writing() as connection:
        outbox = Outbox(paper.board.kind)
        await outbox.claim(connection, now, now + timedelta(minutes=5), 10)


async def test_a_recall_is_drafted_once_for_each_account(paper: Newspaper) -> None:
    accounts = {await paper.account(chat=chat) for chat in ("@one", "@two")}
    await paper.publish(a_recall())

    assert await paper.draft() == 2
    assert await paper.draft() == 0
    assert {one.draft.account for one in await paper.drafts()} == accounts


async def test_revisions_are_put_aside_while_there_is_no_account(paper: Newspaper) -> None:
    await paper.publish(a_recall())

    assert await paper.draft() == 0

    await paper.account()
    assert await paper.draft() == 0
    assert await paper.drafts() == []


async def test_s04_what_was_seen_before_an_account_was_there_is_not_drafted(
    paper: Newspaper,
) -> None:
    await paper.publish(a_recall("1"))
    await paper.account()
    await paper.publish(a_recall("2"))

    assert await paper.draft() == 1


async def test_s04_an_archive_that_is_read_in_silence_is_not_drafted(paper: Newspaper) -> None:
    await paper.account()
    for number in range(20):
        await paper.publish(a_recall(str(number)), quiet=True)

    assert await paper.draft() == 0


async def test_s03_what_was_only_stamped_anew_is_not_drafted(paper: Newspaper) -> None:
    await paper.account()
    for number in range(30):
        await paper.publish(a_recall(str(number)), quiet=True)
    for number in range(30):
        again = changed(a_recall(str(number)), published="2026-06-14")
        await paper.publish(again, RevisionKind.CORRECTED, quiet=True)

    assert await paper.draft() == 0


async def test_s12_an_exercise_is_not_drafted(paper: Newspaper) -> None:
    await paper.account()
    await paper.publish(a_recall(), exercise=True)

    assert await paper.draft() == 0


async def test_s25_two_authorities_are_one_post(paper: Newspaper) -> None:
    await paper.account()
    page = a_citation() | {"url": "https://cpsc.example/recall/1"}
    await paper.publish(a_recall())
    await paper.draft()
    other = a_recall("b", id="opss-1", authority="OPSS", sources=(page,))
    await paper.publish(other, source="opss")

    await paper.until_quiet()

    assert len(await paper.drafts()) == 1
    [text] = paper.board.shown("@news")
    assert "OPSS" in text


async def test_s25_two_drafts_whose_recalls_turn_out_to_be_one_become_one_post(
    paper: Newspaper,
) -> None:
    await paper.account(BY_HAND)
    await paper.publish(a_recall())
    second = a_recall("b", id="opss-1", authority="OPSS")
    await paper.publish(second, source="opss")
    await paper.draft()
    page = a_citation() | {"url": "https://cpsc.example/recall/1"}

    joined = changed(second, sources=(page,))
    await paper.publish(joined, RevisionKind.CORRECTED, source="opss")
    await paper.draft()

    assert await paper.stages() == [Stage.DRAFTED, Stage.DROPPED]
    assert "OPSS" in text_of(await paper.first())


@pytest.mark.parametrize("rules", [BY_HAND, DELAYED, TWO_PEOPLE], ids=lambda one: one.mode)
async def test_a_draft_that_waits_is_composed_anew(paper: Newspaper, rules: Rules) -> None:
    await paper.account(rules)
    await paper.publish(a_recall())
    await paper.draft()
    before = await paper.last()

    await paper.publish(changed(a_recall(), **more_models(*MORE)), RevisionKind.EXPANDED)
    count = await paper.draft()

    after = await paper.last()
    assert count == 1
    assert after.draft.stage is before.draft.stage
    assert "M1B" in text_of(after)
    assert (after.draft.version, after.draft.why) == (2, CHANGED_SINCE)


async def test_the_time_to_stop_a_draft_begins_again_with_its_text(paper: Newspaper) -> None:
    await paper.account(DELAYED)
    await paper.publish(a_recall())
    await paper.draft()
    first = (await paper.last()).draft.due_at
    assert first is not None

    paper.clock.move(minutes=20)
    await paper.publish(changed(a_recall(), **more_models(*MORE)), RevisionKind.EXPANDED)
    await paper.draft()

    again = (await paper.last()).draft.due_at
    assert again is not None
    assert again - first >= timedelta(minutes=20)


async def test_what_changes_no_word_leaves_the_draft_as_it_is(paper: Newspaper) -> None:
    await paper.account(DELAYED)
    await paper.publish(a_recall())
    await paper.draft()
    before = (await paper.last()).draft

    await paper.publish(changed(a_recall(), note="Checked."), RevisionKind.CORRECTED)
    count = await paper.draft()

    after = (await paper.last()).draft
    assert count == 0
    assert (after.version, after.due_at) == (before.version, before.due_at)
    assert after.basis != before.basis


async def test_a_draft_that_was_held_stays_held(paper: Newspaper) -> None:
    await paper.account(DELAYED)
    anna = await paper.operator("anna")
    await paper.publish(a_recall())
    await paper.draft()
    await paper.desk.hold(which(await paper.last()), 1, anna)

    await paper.publish(changed(a_recall(), **more_models(*MORE)), RevisionKind.EXPANDED)
    await paper.until_quiet()

    assert await paper.stages() == [Stage.HELD]
    assert "M1B" in text_of(await paper.last())
    assert paper.board.posts == []


async def test_a_draft_that_was_taken_up_again_waits_for_a_human(paper: Newspaper) -> None:
    await paper.account()
    anna = await paper.operator("anna")
    await paper.publish(a_recall())
    await paper.draft()
    await paper.desk.hold(which(await paper.last()), 1, anna)
    await paper.desk.take_up(which(await paper.last()), 1, anna)

    await paper.publish(changed(a_recall(), **more_models(*MORE)), RevisionKind.EXPANDED)
    await paper.until_quiet()

    assert await paper.stages() == [Stage.DRAFTED]
    assert paper.board.posts == []


async def test_the_time_a_person_chose_outlives_another_text(paper: Newspaper) -> None:
    await paper.account(BY_HAND)
    anna = await paper.operator("anna")
    await paper.publish(a_recall())
    await paper.draft()
    at = paper.clock.now() + timedelta(hours=5)
    await paper.desk.schedule(which(await paper.last()), 1, at, anna)

    await paper.publish(changed(a_recall(), **more_models(*MORE)), RevisionKind.EXPANDED)
    await paper.draft()

    assert (await paper.last()).draft.due_at == at


async def test_what_a_person_wrote_stays_and_waits_for_people(paper: Newspaper) -> None:
    await paper.account()
    anna = await paper.operator("anna")
    await paper.publish(a_recall())
    await paper.draft()
    await paper.edit(anna, "Ours.")

    await paper.publish(changed(a_recall(), **more_models(*MORE)), RevisionKind.EXPANDED)
    await paper.until_quiet()

    left = await paper.last()
    assert (left.draft.stage, left.draft.why) == (Stage.DRAFTED, CHANGED_SINCE)
    assert left.draft.edited
    assert "Ours." in text_of(left)


async def test_nobody_has_approved_a_persons_words_on_what_changed_since(
    paper: Newspaper,
) -> None:
    await paper.account(Rules(Mode.APPROVAL, two_for_serious=True))
    anna = await paper.operator("anna")
    await paper.publish(a_recall())
    await paper.draft()
    mine = await paper.edit(anna, "Ours.")
    await paper.desk.approve(which(mine), mine.draft.version, anna)

    await paper.publish(changed(a_recall(), **more_models(*MORE)), RevisionKind.EXPANDED)
    await paper.draft()

    left = (await paper.last()).draft
    assert left.edited
    assert left.approvals == ()


async def test_a_released_draft_is_taken_back_and_composed_anew(paper: Newspaper) -> None:
    await paper.account()
    await paper.publish(a_recall())
    await paper.work()
    assert await paper.stages() == [Stage.RELEASED]

    await paper.publish(changed(a_recall(), **more_models(*MORE)), RevisionKind.EXPANDED)
    await paper.until_quiet()

    [text] = paper.board.shown("@news")
    assert "M1B" in text


async def test_an_approved_draft_whose_text_changed_waits_for_people_again(
    paper: Newspaper,
) -> None:
    await paper.account(BY_HAND)
    anna = await paper.operator("anna")
    await paper.publish(a_recall())
    await paper.draft()
    await paper.desk.approve(which(await paper.last()), 1, anna)

    await paper.publish(changed(a_recall(), **more_models(*MORE)), RevisionKind.EXPANDED)
    await paper.until_quiet()

    left = (await paper.last()).draft
    assert (left.stage, left.approvals) == (Stage.DRAFTED, ())
    assert paper.board.posts == []


@pytest.mark.parametrize("rules", [BY_ITSELF, DELAYED, BY_HAND], ids=lambda one: one.mode)
async def test_what_is_withdrawn_before_it_is_posted_is_never_posted(
    paper: Newspaper, rules: Rules
) -> None:
    await paper.account(rules)
    anna = await paper.operator("anna")
    await paper.publish(a_recall())
    await paper.draft()
    await paper.desk.approve(which(await paper.last()), 1, anna)
    assert await paper.stages() == [Stage.RELEASED]

    await paper.publish(changed(a_recall(), state="retracted"), RevisionKind.RETRACTED)
    await paper.send()
    await paper.until_quiet()

    assert paper.board.posts == []
    [left] = await paper.drafts()
    assert (left.draft.stage, left.draft.why) == (Stage.DROPPED, NO_LONGER_SO)


async def test_what_the_platform_put_off_and_then_is_withdrawn_is_never_posted(
    paper: Newspaper,
) -> None:
    await paper.account()
    await paper.publish(a_recall())
    await paper.work()
    paper.board.answer(TryLater(timedelta(hours=1)))
    await paper.send()

    await paper.publish(changed(a_recall(), state="retracted"), RevisionKind.RETRACTED)
    await paper.send(hours=2)
    await paper.until_quiet()

    assert paper.board.posts == []
    assert await paper.stages() == [Stage.DROPPED]


async def test_what_is_withdrawn_while_a_killed_process_had_it_is_never_posted(
    paper: Newspaper,
) -> None:
    await paper.account()
    await paper.publish(a_recall())
    await paper.work()
    await claim(paper)

    await paper.publish(changed(a_recall(), state="retracted"), RevisionKind.RETRACTED)
    await paper.until_quiet()

    assert paper.board.posts == []
    assert await paper.stages() == [Stage.DROPPED]


async def test_what_changes_while_a_killed_process_had_it_is_posted_as_it_is_now(
    paper: Newspaper,
) -> None:
    await paper.account()
    await paper.publish(a_recall())
    await paper.work()
    await claim(paper)

    await paper.publish(changed(a_recall(), **more_models(*MORE)), RevisionKind.EXPANDED)
    await paper.until_quiet()

    [text] = paper.board.shown("@news")
    assert "M1B" in text
    assert len(await paper.drafts()) == 1


async def test_what_is_withdrawn_while_it_is_being_posted_is_corrected(
    paper: Newspaper,
) -> None:
    await paper.account()
    await paper.publish(a_recall())
    await paper.work()
    await claim(paper)
    await paper.publish(changed(a_recall(), state="retracted"), RevisionKind.RETRACTED)
    await paper.draft()
    assert len(await paper.drafts()) == 1
    row = await paper.first()
    async with paper.database.writing() as connection:
        await posted.begin_part(connection, which(row), 0, paper.clock.now())
        await posted.note_part(connection, which(row), 0, "elsewhere")

    await paper.until_quiet()

    first, correction = await paper.drafts()
    assert first.state is State.SENT
    assert correction.state is State.SENT
    assert paper.board.posts[-1].reply_to == "elsewhere"


async def test_it_comes_back_once_it_is_so_again(paper: Newspaper) -> None:
    await paper.account()
    await paper.publish(a_recall())
    await paper.draft()
    await paper.publish(changed(a_recall(), state="retracted"), RevisionKind.RETRACTED)
    await paper.draft()
    assert await paper.stages() == [Stage.DROPPED]

    await paper.publish(a_recall(), RevisionKind.REOPENED)
    await paper.until_quiet()

    assert len(paper.board.shown("@news")) == 1


async def test_what_a_person_dropped_does_not_come_back(paper: Newspaper) -> None:
    await paper.account(DELAYED)
    anna = await paper.operator("anna")
    await paper.publish(a_recall())
    await paper.draft()
    await paper.desk.drop(which(await paper.last()), 1, anna)

    await paper.publish(changed(a_recall(), **more_models(*MORE)), RevisionKind.EXPANDED)
    await paper.until_quiet()

    assert await paper.stages() == [Stage.DROPPED]
    assert paper.board.posts == []


async def test_s13_a_wrong_model_is_corrected_once_below_the_post_on_the_same_account(
    paper: Newspaper,
) -> None:
    paper.board.edits = True
    await paper.account(chat="@one")
    await paper.account(Rules(Mode.AUTOMATIC, brands=("Other",)), chat="@two")
    await paper.publish(a_recall())
    await paper.until_quiet()

    right = changed(a_recall(), **more_models("M1B"))
    await paper.publish(right, RevisionKind.CORRECTED)
    await paper.until_quiet()

    wrong, correction = paper.board.posts
    assert correction.reply_to == wrong.id
    assert {one.chat for one in paper.board.posts} == {"@one"}
    assert "M1B" in correction.text
    assert [name for name, _ in paper.board.edited] == [wrong.id]
    assert "M1B" in paper.board.shown("@one")[0]


async def test_s13_where_replies_are_not_allowed_a_new_post_names_the_old_one(
    paper: Newspaper,
) -> None:
    paper.board.threads = False
    await paper.account()
    await paper.publish(a_recall())
    await paper.until_quiet()

    await paper.publish(changed(a_recall(), **more_models("M1B")), RevisionKind.CORRECTED)
    await paper.until_quiet()

    _, correction = paper.board.posts
    assert correction.reply_to is None
    assert "June 14" in correction.text


async def test_corrections_wait_for_whoever_approves_posts(paper: Newspaper) -> None:
    await paper.account(BY_HAND)
    anna = await paper.operator("anna")
    await paper.publish(a_recall())
    await paper.draft()
    await paper.desk.approve(which(await paper.last()), 1, anna)
    await paper.send()

    await paper.publish(changed(a_recall(), **more_models("M1B")), RevisionKind.CORRECTED)
    await paper.until_quiet()

    assert len(paper.board.posts) == 1
    [correction] = await paper.corrections()
    assert correction.draft.stage is Stage.DRAFTED


async def test_a_correction_that_waits_gives_way_to_a_withdrawal(paper: Newspaper) -> None:
    await paper.account(BY_HAND)
    anna = await paper.operator("anna")
    await paper.publish(a_recall())
    await paper.draft()
    await paper.desk.approve(which(await paper.last()), 1, anna)
    await paper.send()
    right = changed(a_recall(), **more_models("M1B"))
    await paper.publish(right, RevisionKind.CORRECTED)
    await paper.draft()

    await paper.publish(changed(right, state="retracted"), RevisionKind.RETRACTED)
    await paper.draft()

    stages = [one.draft.stage for one in await paper.corrections()]
    assert stages == [Stage.DROPPED, Stage.DRAFTED]


async def test_a_correction_that_waits_says_what_is_so_by_now(paper: Newspaper) -> None:
    await paper.account(Rules(Mode.DELAYED, delay=timedelta(hours=3)))
    await paper.publish(a_recall())
    await paper.work()
    await paper.send(hours=4)
    await paper.work()
    await paper.send()
    await paper.publish(changed(a_recall(), **more_models("M1B")), RevisionKind.CORRECTED)
    await paper.draft()
    before = await paper.last()

    now = changed(a_recall(), **more_models("M1B", "M1C"))
    await paper.publish(now, RevisionKind.EXPANDED)
    await paper.draft()

    corrections = await paper.corrections()
    assert len(corrections) == 2
    assert all(one.draft.basis != before.draft.basis for one in corrections)
    assert "M1C" in text_of(corrections[0])


async def test_a_post_that_a_person_took_down_is_not_corrected(paper: Newspaper) -> None:
    await paper.account()
    anna = await paper.operator("anna")
    await paper.publish(a_recall())
    await paper.until_quiet()
    assert await paper.desk.taken_down(which(await paper.first()), anna)

    await paper.publish(changed(a_recall(), state="retracted"), RevisionKind.RETRACTED)
    await paper.until_quiet()

    assert len(paper.board.posts) == 1


async def test_an_account_that_stopped_has_its_corrections_wait(paper: Newspaper) -> None:
    account = await paper.account()
    await paper.publish(a_recall())
    await paper.until_quiet()
    async with paper.database.writing() as connection:
        await accounts.set_active(connection, account, paper.clock.now(), active=False)

    await paper.publish(changed(a_recall(), **more_models("M1B")), RevisionKind.CORRECTED)
    await paper.publish(a_recall("2"))
    await paper.until_quiet()

    assert len(paper.board.posts) == 1
    _, correction = await paper.drafts()
    assert (correction.draft.sort, correction.draft.stage) == (Sort.CORRECTION, Stage.DRAFTED)


async def test_s14_what_fits_in_no_form_waits_for_a_human_to_write_it(paper: Newspaper) -> None:
    paper.board.longest = 40
    await paper.account()
    await paper.publish(a_recall())
    await paper.until_quiet()

    [left] = await paper.drafts()
    assert (left.draft.stage, left.draft.why) == (Stage.DRAFTED, "does_not_fit")
    assert paper.board.posts == []


@pytest.mark.parametrize("longest", [280, 300, 500])
async def test_s14_every_part_is_one_post(paper: Newspaper, longest: int) -> None:
    paper.board.longest = longest
    await paper.account()
    many = [f"POWERBANK-{number:04}" for number in range(80)]
    await paper.publish(a_recall("1", *many))
    await paper.until_quiet()

    [left] = await paper.drafts()
    assert left.state is State.SENT
    assert len(paper.board.posts) == len(left.draft.parts)
    assert all(len(one.text) <= longest for one in paper.board.posts)
    hung = [one.reply_to for one in paper.board.posts]
    assert hung == [None, *(one.id for one in paper.board.posts[:-1])]
