"""What a revision asks of an account: every deed, by how far its first post came."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from core.model.delivery import State
from core.model.public import Account, Mode, Rules, Stage
from core.model.recall import State as Standing
from core.model.revision import CHANGES, RevisionKind
from core.publish.deciding import (
    NO_LONGER_SO,
    Deed,
    First,
    Revised,
    concerns,
    corrects_by_itself,
    deed,
)
from tests.builders import NOW
from tests.core.publish.newspaper import a_recall, changed

ACCOUNT = Account(1, "x", "@news", "News", Rules(Mode.AUTOMATIC))
STANDS = a_recall()
GONE = changed(STANDS, state="retracted")
OPEN = tuple(stage for stage in Stage if stage.open)


def revised(kind: RevisionKind = RevisionKind.NEW, **facts: object) -> Revised:
    """Return a revision of a recall that stands, seen now."""
    usual = Revised(
        kind, quiet=False, exercise=False, shipped=False, notices=(STANDS,), seen_at=NOW
    )
    return replace(usual, **facts)  # type: ignore[arg-type]  # facts of a Revised


def test_news_that_the_account_wants_is_drafted() -> None:
    assert deed(revised(), ACCOUNT, None) is Deed.DRAFT


@pytest.mark.parametrize(
    "unwanted",
    [
        revised(quiet=True),
        revised(exercise=True),
        revised(shipped=True),
        revised(RevisionKind.CLOSED),
        revised(RevisionKind.REMEDY_CHANGED),
        revised(RevisionKind.RETRACTED, notices=(GONE,)),
        revised(notices=(changed(STANDS, state="closed"),)),
        revised(notices=()),
    ],
)
def test_what_is_no_news_is_not_drafted(unwanted: Revised) -> None:
    assert deed(unwanted, ACCOUNT, None) is Deed.NOTHING


@pytest.mark.parametrize(
    "account",
    [
        replace(ACCOUNT, active=False),
        replace(ACCOUNT, gone=True),
        replace(ACCOUNT, since=NOW + timedelta(seconds=1)),
        replace(ACCOUNT, rules=replace(ACCOUNT.rules, countries=("DE",))),
        replace(ACCOUNT, rules=replace(ACCOUNT.rules, brands=("Other",))),
    ],
)
def test_nothing_is_drafted_for_an_account_that_does_not_post_it(account: Account) -> None:
    assert deed(revised(), account, None) is Deed.NOTHING


@pytest.mark.parametrize("stage", [*OPEN, Stage.RELEASED])
def test_what_nobody_can_have_read_is_composed_anew(stage: Stage) -> None:
    first = First(stage, State.LATER if stage is Stage.RELEASED else None)

    assert deed(revised(RevisionKind.EXPANDED), ACCOUNT, first) is Deed.ANEW
    assert deed(revised(RevisionKind.EXPANDED, quiet=True), ACCOUNT, first) is Deed.ANEW


@pytest.mark.parametrize("stage", [*OPEN, Stage.RELEASED])
def test_what_nobody_can_have_read_is_dropped_once_it_is_not_so(stage: Stage) -> None:
    first = First(stage, State.WAITING if stage is Stage.RELEASED else None)
    retracted = revised(RevisionKind.RETRACTED, notices=(GONE,))

    assert deed(retracted, ACCOUNT, first) is Deed.DROP
    assert deed(replace(retracted, quiet=True), ACCOUNT, first) is Deed.DROP


@pytest.mark.parametrize("kind", sorted(CHANGES))
def test_what_people_may_have_read_is_corrected(kind: RevisionKind) -> None:
    posted = First(Stage.RELEASED, State.SENT, begun=True)

    assert deed(revised(kind), ACCOUNT, posted) is Deed.CORRECT


@pytest.mark.parametrize(
    "first",
    [
        First(Stage.RELEASED, State.UNKNOWN, doubtful=True),
        First(Stage.RELEASED, State.REJECTED, begun=True),
        First(Stage.RELEASED, State.REJECTED, doubtful=True),
        First(Stage.RELEASED, State.LATER, begun=True, doubtful=True),
        First(Stage.SUMMED, summary=First(Stage.RELEASED, State.SENT, begun=True)),
    ],
)
def test_what_may_stand_there_counts_as_read(first: First) -> None:
    assert deed(revised(RevisionKind.RETRACTED), ACCOUNT, first) is Deed.CORRECT


@pytest.mark.parametrize(
    "first",
    [
        First(Stage.RELEASED, State.CLAIMED),
        First(Stage.RELEASED, State.CLAIMED, doubtful=True),
        First(Stage.RELEASED, State.LATER, doubtful=True),
        First(Stage.SUMMED, summary=First(Stage.RELEASED, State.CLAIMED)),
    ],
)
def test_what_is_being_posted_is_decided_on_once_that_is_known(first: First) -> None:
    assert deed(revised(RevisionKind.RETRACTED), ACCOUNT, first) is Deed.WAIT
    assert deed(revised(RevisionKind.NEW), ACCOUNT, first) is Deed.NOTHING


@pytest.mark.parametrize("kind", [RevisionKind.CORRECTED, RevisionKind.RETRACTED])
def test_what_takes_something_back_is_told_though_we_learnt_it_late(kind: RevisionKind) -> None:
    posted = First(Stage.RELEASED, State.SENT, begun=True)

    assert deed(revised(kind, quiet=True), ACCOUNT, posted) is Deed.CORRECT


def test_other_things_we_learnt_late_are_not_told() -> None:
    posted = First(Stage.RELEASED, State.SENT, begun=True)

    assert deed(revised(RevisionKind.EXPANDED, quiet=True), ACCOUNT, posted) is Deed.NOTHING


def test_a_post_that_a_person_took_down_is_not_corrected() -> None:
    down = First(Stage.RELEASED, State.ABANDONED, begun=True, taken_down=True)

    assert deed(revised(RevisionKind.RETRACTED), ACCOUNT, down) is Deed.NOTHING


@pytest.mark.parametrize("stage", [*OPEN, Stage.DROPPED])
def test_what_went_into_a_summary_that_nobody_read_is_left_to_the_summary(stage: Stage) -> None:
    first = First(Stage.SUMMED, summary=First(stage))

    assert deed(revised(RevisionKind.RETRACTED), ACCOUNT, first) is Deed.NOTHING


def test_what_we_dropped_comes_back_once_it_is_so_again() -> None:
    dropped = First(Stage.DROPPED, why=NO_LONGER_SO)

    assert deed(revised(RevisionKind.REOPENED), ACCOUNT, dropped) is Deed.REVIVE
    assert deed(revised(RevisionKind.CLOSED), ACCOUNT, dropped) is Deed.NOTHING


def test_what_a_person_dropped_stays_dropped() -> None:
    assert deed(revised(RevisionKind.REOPENED), ACCOUNT, First(Stage.DROPPED)) is Deed.NOTHING


def test_an_exercise_asks_nothing_whatever_was_posted() -> None:
    firsts = [None, *(First(stage, State.SENT) for stage in Stage)]

    for kind, first in product(RevisionKind, firsts):
        assert deed(revised(kind, exercise=True), ACCOUNT, first) is Deed.NOTHING


@pytest.mark.parametrize("state", [Standing.CLOSED, Standing.RETRACTED])
def test_a_notice_that_does_not_stand_concerns_no_account(state: Standing) -> None:
    assert concerns(ACCOUNT, STANDS)
    assert not concerns(ACCOUNT, changed(STANDS, state=state))


def test_who_approves_posts_approves_corrections() -> None:
    by_hand = replace(ACCOUNT, rules=Rules(Mode.APPROVAL))

    assert corrects_by_itself(ACCOUNT)
    assert not corrects_by_itself(by_hand)
    assert not corrects_by_itself(replace(ACCOUNT, active=False))
