"""What changes the meaning of a notice and what only its wording, in every combination."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.ingest.meaning import meaning_of
from core.ingest.revise import Change, Stored, revise
from core.model.recall import Notice
from tests.builders import NOW, STEADY, a_citation, a_notice, a_rule

Facts = dict[str, Any]
MODELS = {"op": "model", "any_of": ["X100", "X200"], "match": "exact"}
LOTS = {"op": "code", "field": "lot", "eq": ["AB12", "AB14"]}
SERIALS = {
    "op": "code",
    "field": "serial",
    "between": [["10000", "20000"], ["30000", "40000"]],
    "order": "number",
}
MADE = {"op": "date", "field": "manufactured", "start": "2020-01-01", "end": "2020-12-31"}
SAID = {"op": "unparsed", "verbatim": "Certain units, see www.acme.example/list"}


def rule(*more: Facts, **instead: Any) -> Facts:
    """Return the rule of the notice, with these parts more or in the place of others."""
    parts = {"models": MODELS, "lots": LOTS, "serials": SERIALS, "made": MADE} | instead
    either = {"op": "or", "of": [parts["lots"], parts["serials"]]}
    return {"op": "and", "of": [parts["models"], either, parts["made"], SAID, *more]}


def facts() -> Facts:
    """Return a notice with something in every field that can be news."""
    return {
        "title": "Acme Recalls Power Banks; Risk of Fire",
        "brands": ["Acme", "Zorblatt"],
        "product": "Acme X100 power bank",
        "regions": ["US", "CA"],
        "units": rule(),
        "hazard": {"kinds": ["fire", "burn"], "text": "It can overheat.", "source": "cpsc"},
        "counts": [count(1000, "US"), count(50, "CA")],
        "sold": {"start": "2020-01-01", "end": "2021-01-01", "source": "cpsc"},
        "incidents": said("Acme received 20 reports of fires, including two burns."),
        "remedies": [
            remedy("US", "refund", "Contact Acme at www.acme.example for a full refund."),
            remedy("CA", "replace", "Contact Acme for another power bank."),
        ],
        "contacts": [{"regions": ["US"], "phone": "800 1", "source": "cpsc"}],
        "complete": False,
    }


def count(units: int, *regions: str) -> Facts:
    return {"regions": list(regions), "units": units, "source": "cpsc"}


def said(text: str) -> Facts:
    return {"text": text, "source": "cpsc"}


def remedy(region: str, kind: str, text: str) -> Facts:
    return {"regions": [region], "options": [{"kind": kind}], "text": text, "source": "cpsc"}


def the_notice(told: Facts) -> Notice:
    return a_notice(a_rule(told["units"]), **{k: v for k, v in told.items() if k != "units"})


def change(before: Facts, after: Facts) -> Change:
    held = the_notice(before)
    stored = Stored(held, frozenset({meaning_of(held).digest}))
    return revise(stored, the_notice(after), NOW).change


TEXTS = {"text", "title", "verbatim"}
WRITINGS: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "blanks": lambda text: "  ".join(text.split(" ")) + "\n",
    "hard blanks": lambda text: text.replace(" ", "\u00a0"),
    "points": lambda text: text.rstrip(".").replace(";", " –").replace(",", ""),
    "addresses": lambda text: text.replace(
        "www.acme.example", "https://acme.example/recall?a=1"
    ),
}


def rewritten(node: Any, write: Callable[[str], str]) -> Any:
    """Return the facts with every text written otherwise."""
    if isinstance(node, dict):
        return {
            name: write(part) if name in TEXTS else rewritten(part, write)
            for name, part in node.items()
        }
    return [rewritten(part, write) for part in node] if isinstance(node, list) else node


def turned(node: Any, name: str = "") -> Any:
    """Return the facts with every list in the opposite order, but for the ends of ranges."""
    if isinstance(node, dict):
        return {key: turned(part, key) for key, part in node.items()}
    if isinstance(node, list):
        ends = name == "between" and not isinstance(node[0], list)
        parts = [turned(part, name) for part in node]
        return parts if ends else parts[::-1]
    return node


def spaced(node: Any) -> Any:
    """Return the facts with their codes printed otherwise."""
    if isinstance(node, dict):
        return {key: spaced(part) for key, part in node.items()}
    if isinstance(node, list):
        return [spaced(part) for part in node]
    codes = {"X100": "x-100", "X200": "X 200", "AB12": "ab/12", "10000": "10 000"}
    return codes.get(node, node) if isinstance(node, str) else node


def stamped(told: Facts) -> Facts:
    page = a_citation() | {"url": "https://cpsc.example/recall/1?stamp=2", "seen": "2026-06-14"}
    elsewhere = {
        "sources": [page],
        "image": "https://acme.example/one.jpg?v=2",
        "checker": "https://acme.example/checker",
        "linked": ["https://other.example/1"],
        "contacts": [],
    }
    return told | elsewhere


TOUCHES: dict[str, Callable[[Facts], Facts]] = {
    **{name: lambda told, by=write: rewritten(told, by) for name, write in WRITINGS.items()},
    "order": turned,
    "spelling of codes": spaced,
    "stamps": stamped,
}
MORE_SERIALS = SERIALS | {"between": [["10000", "25000"], ["30000", "40000"]]}
FEWER_SERIALS = SERIALS | {"between": [["10000", "20000"], ["30000", "35000"]]}
NEWS: dict[str, tuple[Facts, Change]] = {
    "a model more": (
        {"units": rule(models=MODELS | {"any_of": ["X100", "X200", "X300"]})},
        Change.EXPANDED,
    ),
    "a lot more": (
        {"units": rule(lots=LOTS | {"eq": ["AB12", "AB14", "AB15"]})},
        Change.EXPANDED,
    ),
    "a wider range": ({"units": rule(serials=MORE_SERIALS)}, Change.EXPANDED),
    "another range": (
        {
            "units": rule(
                serials=SERIALS | {"between": [*SERIALS["between"], ["50000", "60000"]]}
            )
        },
        Change.EXPANDED,
    ),
    "a longer period": ({"units": rule(made=MADE | {"end": "2021-06-30"})}, Change.EXPANDED),
    "an open end": ({"units": rule(made=MADE | {"end": None})}, Change.EXPANDED),
    "a country more": ({"regions": ["US", "CA", "MX"]}, Change.EXPANDED),
    "more units": ({"counts": [count(1001, "US"), count(50, "CA")]}, Change.EXPANDED),
    "a model less": ({"units": rule(models=MODELS | {"any_of": ["X100"]})}, Change.CORRECTED),
    "another model": (
        {"units": rule(models=MODELS | {"any_of": ["X100", "X201"]})},
        Change.CORRECTED,
    ),
    "another lot": ({"units": rule(lots=LOTS | {"eq": ["AB12", "AB13"]})}, Change.CORRECTED),
    "a narrower range": ({"units": rule(serials=FEWER_SERIALS)}, Change.CORRECTED),
    "a shorter period": ({"units": rule(made=MADE | {"end": "2020-06-30"})}, Change.CORRECTED),
    "a further condition": (
        {"units": rule({"op": "code", "field": "date_code", "eq": ["2401"]})},
        Change.CORRECTED,
    ),
    "an exclusion": (
        {"units": rule({"op": "not", "rule": MODELS | {"any_of": ["X250"]}})},
        Change.CORRECTED,
    ),
    "fewer units": ({"counts": [count(999, "US"), count(50, "CA")]}, Change.CORRECTED),
    "a country less": ({"regions": ["US"]}, Change.CORRECTED),
    "the day of publication": ({"published": "2025-06-13"}, Change.CORRECTED),
    "the days of sale": (
        {"sold": {"start": "2020-01-01", "end": "2021-02-01", "source": "cpsc"}},
        Change.CORRECTED,
    ),
    "another hazard": (
        {"hazard": {"kinds": ["fire", "burn", "shock"], "text": "Hot.", "source": "cpsc"}},
        Change.CORRECTED,
    ),
    "more fires": (
        {"incidents": said("Acme received 21 reports of fires, including two burns.")},
        Change.CORRECTED,
    ),
    "more burns": (
        {"incidents": said("Acme received 20 reports of fires, including three burns.")},
        Change.CORRECTED,
    ),
    "the brand": ({"brands": ["Acme", "Zorblat"]}, Change.CORRECTED),
    "the kind": ({"kind": "advisory"}, Change.CORRECTED),
    "another remedy": (
        {"remedies": [remedy("US", "replace", "Another."), facts()["remedies"][1]]},
        Change.REMEDY_CHANGED,
    ),
    "a remedy less": ({"remedies": facts()["remedies"][:1]}, Change.REMEDY_CHANGED),
    "closed": ({"state": "closed"}, Change.CLOSED),
    "retracted": ({"state": "retracted"}, Change.RETRACTED),
}
touched = st.lists(st.sampled_from(sorted(TOUCHES)), unique=True, max_size=len(TOUCHES))


def with_touches(told: Facts, names: list[str]) -> Facts:
    for name in names:
        told = TOUCHES[name](told)
    return told


@pytest.mark.parametrize("touch", sorted(TOUCHES))
def test_every_touch_touches_something(touch: str) -> None:
    assert the_notice(TOUCHES[touch](facts())) != the_notice(facts())


@STEADY
@given(touched)
@example(sorted(TOUCHES))
def test_however_it_is_written_it_means_the_same(names: list[str]) -> None:
    assert change(facts(), with_touches(facts(), names)) is Change.SAME


@pytest.mark.parametrize("news", sorted(NEWS))
def test_each_change_of_meaning_is_what_it_is(news: str) -> None:
    differs, wanted = NEWS[news]

    assert change(facts(), facts() | differs) is wanted


@STEADY
@given(st.sampled_from(sorted(NEWS)), touched)
@example("a wider range", sorted(TOUCHES))
@example("more burns", sorted(TOUCHES))
def test_a_change_is_seen_however_it_is_written(news: str, names: list[str]) -> None:
    differs, wanted = NEWS[news]

    assert change(facts(), with_touches(facts() | differs, names)) is wanted


@STEADY
@given(st.lists(st.sampled_from(sorted(NEWS)), min_size=2, max_size=4, unique=True))
def test_several_changes_at_once_are_news_and_a_change_of_state_goes_first(
    news: list[str],
) -> None:
    after = facts()
    for name in news:
        after |= NEWS[name][0]

    seen = change(facts(), after)

    states = {after.get("state", "open")} & {"closed", "retracted"}
    assert seen is not Change.SAME
    assert (seen.value in {"closed", "retracted"}) == bool(states)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("No injuries have been reported.", "No one has been injured."),
        ("Acme received 1,200 reports.", "1200 reports were received by Acme"),
        ("Two fires and 3 burns.", "3 burns; two fires"),
    ],
)
def test_incidents_count_by_their_numbers_alone(before: str, after: str) -> None:
    told = facts() | {"incidents": said(before)}

    assert change(told, told | {"incidents": said(after)}) is Change.SAME


def test_a_shape_is_no_code() -> None:
    loose = {"op": "code", "field": "serial", "starts": ["A"], "shape": "A**"}
    told = facts() | {"units": rule(serials=loose)}
    strict = facts() | {"units": rule(serials=loose | {"shape": "A*9"})}

    assert change(told, strict) is Change.CORRECTED


def test_what_is_no_longer_left_out_is_more() -> None:
    left_out = {"op": "not", "rule": MODELS | {"any_of": ["X250"]}}
    told = facts() | {"units": rule(left_out)}

    assert change(told, facts()) is Change.EXPANDED
