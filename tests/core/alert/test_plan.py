"""Which alerts a revision asks for, whose answers it changes, and which feeds it fits."""

from __future__ import annotations

import pytest

from core.alert.plan import Asked, Audience, Changed, Revised, changed, fits, steps
from core.model.delivery import Reason
from core.model.lexicon import Lexicon
from core.model.products import Product
from core.model.recall import HazardKind
from core.model.subscriber import GroupFeed
from core.model.verdict import Verdict
from tests.builders import a_code_rule, a_model, a_notice, all_of

X100 = Product("Acme", "X100")
LISTED = all_of(a_model(), a_code_rule(eq=["123457", "123479"], length=[6]))
CODES = frozenset({"123457", "123479"})
OWNERS, ASKED = (Audience.OWNERS, Reason.ALERT), (Audience.ASKED, Reason.ANSWER)
WATCHERS, FEEDS = (Audience.WATCHERS, Reason.ALERT), (Audience.FEEDS, Reason.FEED)
CORRECTED = (Audience.TOLD, Reason.CORRECTION)


def a_revision(kind: str = "new", **how: bool) -> Revised:
    return Revised(notice=5, number=2, event=3, kind=kind, **how)


def planned(revised: Revised) -> list[tuple[Audience, Reason]]:
    return [(step.audience, step.reason) for step in steps(revised)]


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("new", [OWNERS, ASKED, WATCHERS, FEEDS]),
        ("changed", [OWNERS, ASKED, WATCHERS, FEEDS]),
        ("expanded", [CORRECTED, OWNERS, ASKED, WATCHERS, FEEDS]),
        ("corrected", [CORRECTED, OWNERS, ASKED, WATCHERS, FEEDS]),
        ("reopened", [CORRECTED, OWNERS, ASKED, WATCHERS, FEEDS]),
        ("remedy_changed", [(Audience.TOLD, Reason.REMEDY), OWNERS, ASKED]),
        ("closed", [CORRECTED, OWNERS, ASKED]),
        ("retracted", [CORRECTED]),
    ],
)
def test_each_kind_of_revision_is_told_to_whom_it_is_news(
    kind: str, wanted: list[tuple[Audience, Reason]]
) -> None:
    assert planned(a_revision(kind)) == wanted


@pytest.mark.parametrize("kind", ["new", "expanded", "remedy_changed"])
def test_a_quiet_revision_is_told_to_owners_and_askers_alone(kind: str) -> None:
    assert planned(a_revision(kind, quiet=True)) == [OWNERS, ASKED]


def test_what_a_quiet_revision_takes_back_is_told_to_who_was_told() -> None:
    assert planned(a_revision("corrected", quiet=True)) == [CORRECTED, OWNERS, ASKED]
    assert planned(a_revision("retracted", quiet=True)) == [CORRECTED]


def test_what_ships_with_the_catalogue_is_no_news_to_watchers_and_groups() -> None:
    assert planned(a_revision(shipped=True)) == [OWNERS, ASKED]


@pytest.mark.parametrize("kind", ["new", "expanded", "retracted"])
def test_an_exercise_is_told_to_nobody(kind: str) -> None:
    assert planned(a_revision(kind, exercise=True)) == []


def test_serious_risks_go_first_and_owners_before_watchers_before_groups() -> None:
    ranks = [
        {step.audience: step.rank for step in steps(a_revision(serious=serious))}
        for serious in (True, False)
    ]

    order = (Audience.OWNERS, Audience.ASKED, Audience.WATCHERS, Audience.FEEDS)
    placed = [ranks[place][audience] for place in (0, 1) for audience in order]
    assert placed == sorted(placed, key=lambda rank: -1 if rank is None else rank)
    assert len(set(placed)) == len(placed)


def test_an_event_has_one_first_alert_and_a_correction_for_each_revision() -> None:
    named = {step.audience: step.occurrence for step in steps(a_revision("expanded"))}

    assert named[Audience.OWNERS] == named[Audience.WATCHERS] == named[Audience.FEEDS] == "1"
    assert named[Audience.TOLD] == named[Audience.ASKED] == "5/2"


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (Verdict.NO_RECALL_FOUND, True),
        (Verdict.NOT_AFFECTED, True),
        (Verdict.CANNOT_ANSWER, True),
        (Verdict.CHECK_NEEDED, True),
        (Verdict.AFFECTED, False),
    ],
)
def test_an_answer_is_news_where_it_gets_worse(before: Verdict, told: bool) -> None:  # noqa: FBT001 - a column of the table
    asked = Asked(X100, "US", before)

    assert changed(asked, a_notice(), Lexicon()) == Changed(others=told, unlisted=told)


def test_a_recall_elsewhere_is_to_be_checked() -> None:
    found = [
        changed(Asked(X100, "DE", before), a_notice(), Lexicon()).others
        for before in (Verdict.NO_RECALL_FOUND, Verdict.CHECK_NEEDED)
    ]

    assert found == [True, False]


def test_of_another_product_no_answer_changes() -> None:
    asked = Asked(Product("Acme", "Y200"), "US", Verdict.NO_RECALL_FOUND)

    assert changed(asked, a_notice(), Lexicon()) == Changed()


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (Asked(X100, "US", Verdict.NO_RECALL_FOUND, "serial"), Changed(CODES, others=True)),
        (Asked(X100, "US", Verdict.CHECK_NEEDED, "serial"), Changed(CODES)),
        (Asked(X100, "US", Verdict.AFFECTED, "serial"), Changed()),
        (Asked(X100, "US", Verdict.NO_RECALL_FOUND), Changed(others=True, unlisted=True)),
        (
            Asked(X100, "DE", Verdict.NO_RECALL_FOUND, "serial"),
            Changed(others=True, unlisted=True),
        ),
    ],
)
def test_a_code_decides_by_an_explicit_list_alone(asked: Asked, wanted: Changed) -> None:
    assert changed(asked, a_notice(LISTED), Lexicon()) == wanted


@pytest.mark.parametrize(
    ("feed", "fitting"),
    [
        (GroupFeed(active=True), True),
        (GroupFeed(active=False), False),
        (GroupFeed(active=True, countries=("US", "DE")), True),
        (GroupFeed(active=True, countries=("DE",)), False),
        (GroupFeed(active=True, hazards=(HazardKind.FIRE,)), True),
        (GroupFeed(active=True, hazards=(HazardKind.FALL,)), False),
        (GroupFeed(active=True, categories=("power-bank",)), True),
        (GroupFeed(active=True, categories=("toy",)), False),
        (GroupFeed(active=True, brands=("ac-me",)), True),
        (GroupFeed(active=True, brands=("Other",)), False),
        (GroupFeed(active=True, brands=("Acme",), countries=("DE",)), False),
    ],
)
def test_a_feed_tells_what_fits_all_of_its_lists(feed: GroupFeed, fitting: bool) -> None:  # noqa: FBT001 - a column of the table
    assert fits(feed, a_notice()) is fitting


def test_what_holds_everywhere_fits_every_country() -> None:
    assert fits(GroupFeed(active=True, countries=("DE",)), a_notice(regions=("WORLD",)))
