"""What counts as news of a notice, and what does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.ingest.meaning import meaning_of
from core.ingest.revise import SETTLED, Change, Outcome, Stored, revise
from core.model.recall import HazardKind, Notice, State
from tests.builders import NOW, STEADY, a_citation, a_model, a_notice, a_rule

REFUND = {
    "regions": ["US"],
    "options": [{"kind": "refund"}],
    "text": "A full refund.",
    "source": "cpsc",
}
COUNT = {"regions": ["US"], "units": 1000, "source": "cpsc"}
FULL = a_notice(
    a_model("X100", "X200"),
    title="Acme Recalls Power Banks",
    remedies=(REFUND,),
    counts=(COUNT,),
    image="https://acme.example/one.jpg?v=1",
)


def change(before: Notice, after: Notice, *seen: Notice) -> Change:
    known = frozenset(meaning_of(version).digest for version in (before, *seen))
    return revise(Stored(before, known), after, NOW).change


def but(**facts: Any) -> Notice:
    told = FULL.model_dump(mode="json") | facts
    return Notice.model_validate(told)


def test_a_notice_we_do_not_hold_is_new() -> None:
    assert revise(None, FULL, NOW).change is Change.NEW


@pytest.mark.parametrize("title", ["Acme Expands Recall of Lamps", "Acme Reannounces Recall"])
def test_a_notice_that_says_it_takes_up_another_is_an_expansion(title: str) -> None:
    assert revise(None, but(title=title), NOW).change is Change.EXPANDED


@pytest.mark.parametrize(
    "facts",
    [
        {"title": "ACME  recalls power-banks."},
        {"image": "https://acme.example/one.jpg?v=2"},
        {"sources": [a_citation() | {"seen": "2026-06-13"}]},
        {"sources": [a_citation() | {"url": "https://cpsc.example/recall/1?stamp=2"}]},
        {"units": a_model("x-200", "X100").model_dump()},
        {"remedies": [REFUND | {"text": "A  full refund"}]},
        {"hazard": {"kinds": ["fire"], "text": "It may overheat.", "source": "cpsc"}},
        {"contacts": [{"regions": ["US"], "phone": "800 1", "source": "cpsc"}]},
        {"expands": ["acme-x100-old"]},
        {"find_it": {"text": "On the back.", "source": "cpsc"}},
    ],
)
def test_what_authorities_touch_without_news_is_the_same(facts: dict[str, Any]) -> None:
    assert change(FULL, but(**facts)) is Change.SAME


@pytest.mark.parametrize(
    "facts",
    [
        {"units": a_model("X100", "X200", "X300").model_dump()},
        {"regions": ["US", "CA"]},
        {"counts": [COUNT | {"units": 2000}]},
        {"counts": [COUNT, COUNT | {"regions": ["CA"], "units": 10}]},
        {"units": a_model("X100", "X200", "X300").model_dump(), "title": "More of them"},
    ],
)
def test_more_of_it_is_an_expansion(facts: dict[str, Any]) -> None:
    assert change(FULL, but(**facts)) is Change.EXPANDED


@pytest.mark.parametrize(
    "facts",
    [
        {"units": a_model("X100").model_dump()},
        {"units": a_model("X100", "X201").model_dump()},
        {"units": a_model("X100", "X200", match="prefix").model_dump()},
        {"counts": [COUNT | {"units": 900}]},
        {"regions": ["CA"]},
        {"brands": ["Acne"]},
        {"published": "2025-06-13"},
        {"hazard": {"kinds": ["fire", "burn"], "text": "It can overheat.", "source": "cpsc"}},
        {"title": "Acme Recalls Power Banks After Two Fires"},
        {"sold": {"start": "2020-01-01", "source": "cpsc"}},
    ],
)
def test_what_was_put_right_is_a_correction(facts: dict[str, Any]) -> None:
    assert change(FULL, but(**facts)) is Change.CORRECTED


@pytest.mark.parametrize(
    "facts",
    [
        {"remedies": [REFUND | {"options": [{"kind": "replace"}]}]},
        {"remedies": [REFUND | {"text": "A gift card."}]},
        {"remedies": []},
        {"remedies": [REFUND | {"text": "A gift card."}], "title": "New Remedy Available"},
    ],
)
def test_another_remedy_is_told_as_such(facts: dict[str, Any]) -> None:
    assert change(FULL, but(**facts)) is Change.REMEDY_CHANGED


def test_an_expansion_that_only_the_title_tells_of_is_one_once() -> None:
    expanded = but(title="Expanded recall: Acme Power Banks")
    reworded = but(title="Expanded recall: Acme Power Banks, by Acme")

    assert change(FULL, expanded) is Change.EXPANDED
    assert change(expanded, reworded) is Change.CORRECTED


def test_a_change_of_state_goes_before_every_other() -> None:
    closed = but(state="closed", units=a_model("X100").model_dump())
    retracted = but(state="retracted")

    assert change(FULL, closed) is Change.CLOSED
    assert change(FULL, retracted) is Change.RETRACTED
    assert change(retracted, but(title="Again")) is Change.REOPENED


def test_two_versions_that_take_turns_are_news_once() -> None:
    one, other = FULL, but(state="closed")
    stored, told = Stored(one, frozenset({meaning_of(one).digest})), []

    for hour in range(48):
        at = NOW + timedelta(hours=hour)
        incoming = other if hour % 2 else one
        outcome = revise(stored, incoming, at)
        told.append(outcome.change)
        stored = after(stored, incoming, outcome)

    assert [change for change in told if change is not Change.SAME] == [Change.CLOSED]
    assert stored.notice == other


def after(stored: Stored, incoming: Notice, outcome: Outcome) -> Stored:
    """Return what is held after an outcome, as the store keeps it."""
    if not outcome.stands:
        return replace(stored, returning=outcome.returning)
    return Stored(incoming, stored.seen | {outcome.meaning}, outcome.returning)


def test_an_earlier_state_counts_once_it_has_stood_alone_for_days() -> None:
    closed = but(state="closed")
    stored = Stored(closed, frozenset({meaning_of(FULL).digest, meaning_of(closed).digest}))

    first = revise(stored, FULL, NOW)
    later = revise(after(stored, FULL, first), FULL, NOW + SETTLED)

    assert (first.change, first.stands) == (Change.SAME, False)
    assert (later.change, later.stands) == (Change.REOPENED, True)


def test_what_stands_being_seen_again_ends_the_return() -> None:
    closed = but(state="closed")
    stored = Stored(closed, frozenset({meaning_of(FULL).digest, meaning_of(closed).digest}))
    stored = after(stored, FULL, revise(stored, FULL, NOW))

    seen = revise(stored, closed, NOW + timedelta(days=1))
    again = revise(after(stored, closed, seen), FULL, NOW + SETTLED)

    assert seen.returning is None
    assert (again.change, again.stands) == (Change.SAME, False)


notices = st.builds(
    lambda models, units, state, title, day, kinds: a_notice(
        a_model(*models),
        counts=[COUNT | {"units": units}] if units else [],
        state=state,
        title=title or None,
        published=day,
        hazard={"kinds": kinds, "text": "Hot.", "source": "cpsc"},
    ),
    st.lists(st.sampled_from("ABCDEFG"), min_size=1, unique=True),
    st.integers(0, 3),
    st.sampled_from(State),
    st.text(max_size=20),
    st.none() | st.dates(date(1990, 1, 1), date(2030, 1, 1)),
    st.lists(st.sampled_from(HazardKind), min_size=1, max_size=3),
)


@STEADY
@given(notices)
@example(a_notice(a_rule({"op": "unparsed", "verbatim": "see  chart"}), complete=False))
def test_a_notice_is_the_same_as_itself(notice: Notice) -> None:
    again = Notice.model_validate_json(notice.model_dump_json())

    assert change(notice, again) is Change.SAME


@STEADY
@given(notices, notices)
def test_a_change_and_its_way_back_are_both_seen_and_never_told_twice(
    one: Notice, other: Notice
) -> None:
    there, back = change(one, other), change(other, one)

    assert (there is Change.SAME) == (back is Change.SAME)
    assert change(other, one, one) is Change.SAME


@STEADY
@given(st.lists(notices, min_size=1, max_size=6), st.lists(st.integers(0, 5), max_size=30))
def test_however_versions_alternate_within_hours_each_is_told_once(
    versions: list[Notice], order: list[int]
) -> None:
    stored = Stored(versions[0], frozenset({meaning_of(versions[0]).digest}))
    told: list[str] = []
    for minute, place in enumerate(order):
        incoming = versions[place % len(versions)]
        outcome = revise(stored, incoming, NOW + timedelta(minutes=minute))
        if outcome.change is not Change.SAME:
            told.append(outcome.meaning)
        stored = after(stored, incoming, outcome)

    assert len(told) == len(set(told))
    assert len(told) <= len({meaning_of(version).digest for version in versions}) - 1
