"""Nodes on dates, memory, inspections, makers' lists and descriptions, against a unit."""

from __future__ import annotations

import pytest

from core.match.rules import Outcome, Reading, Scope, outcome
from core.model.recall import Maker, Notice
from core.model.rule import Rule
from core.model.unit import Unit
from core.model.verdict import Evidence, Truth, Why
from tests.builders import a_maker, a_model, a_notice, a_rule, a_unit, all_of

YES, UNKNOWN, NO = Truth.YES, Truth.UNKNOWN, Truth.NO
CHECKER = {"op": "checker"}


def _outcome(
    units: Rule, unit: Unit, maker: Maker | None = None, scope: Scope = Scope.ALL
) -> Outcome:
    return outcome(units, Reading(unit, a_notice(units), maker, scope))


def _only(units: Rule, unit: Unit) -> Evidence:
    (evidence,) = _outcome(units, unit).evidence
    return evidence


@pytest.mark.parametrize(
    ("said", "hard", "truth", "why"),
    [
        ("2024-08-15", True, YES, Why.LISTED),
        ("2024-08", True, YES, Why.LISTED),
        ("2024", True, UNKNOWN, Why.STRADDLES),
        ("2024-07", True, NO, Why.OUTSIDE),
        ("2024-07", False, UNKNOWN, Why.FROM_MEMORY),
        ("last summer", True, UNKNOWN, Why.MALFORMED),
        ("", True, UNKNOWN, Why.MALFORMED),
        (None, True, UNKNOWN, Why.MISSING),
        ("9" * 40, True, UNKNOWN, Why.MALFORMED),
    ],
)
def test_a_date_lies_inside_outside_or_across_the_window(
    said: str | None,
    hard: bool,  # noqa: FBT001 - the rule's own flag
    truth: Truth,
    why: Why,
) -> None:
    rule = a_rule(
        {
            "op": "date",
            "field": "manufactured",
            "start": "2024-08-01",
            "end": "2024-09-30",
            "hard": hard,
        }
    )
    facts = {} if said is None else {"manufactured": said}

    evidence = _only(rule, a_unit(**facts))

    assert (evidence.truth, evidence.why) == (truth, why)


@pytest.mark.parametrize(
    ("ends", "said", "truth"),
    [
        ({"start": "2022-04-01"}, "2030", YES),
        ({"start": "2022-04-01"}, "2022-03", NO),
        ({"start": "2022-04-01"}, "2022", UNKNOWN),
        ({"end": "2014-05-04"}, "2010", YES),
        ({"end": "2014-05-04"}, "2014-06", NO),
        ({"end": "2014-05-04"}, "2014-05", UNKNOWN),
    ],
)
def test_a_window_may_be_open_at_one_end(ends: dict[str, str], said: str, truth: Truth) -> None:
    rule = a_rule({"op": "date", "field": "expiry", "hard": True, **ends})

    assert _outcome(rule, a_unit(expiry=said)).truth is truth


@pytest.mark.parametrize(
    ("hard", "said", "truth", "why"),
    [
        (True, "RED", YES, Why.LISTED),
        (True, "blue", NO, Why.OUTSIDE),
        (False, "blue", UNKNOWN, Why.FROM_MEMORY),
        (True, None, UNKNOWN, Why.MISSING),
    ],
)
def test_what_is_remembered_excludes_only_where_it_is_printed(
    hard: bool,  # noqa: FBT001 - the rule's own flag
    said: str | None,
    truth: Truth,
    why: Why,
) -> None:
    rule = a_rule({"op": "attr", "field": "colour", "any_of": ["red"], "hard": hard})

    evidence = _only(rule, a_unit(**({} if said is None else {"colour": said})))

    assert (evidence.truth, evidence.why) == (truth, why)


@pytest.mark.parametrize(
    ("said", "truth"), [("white", UNKNOWN), ("black", YES), (None, UNKNOWN)]
)
def test_an_exclusion_by_memory_is_a_doubt_and_anything_else_is_covered(
    said: str | None, truth: Truth
) -> None:
    rule = a_rule({"op": "not", "rule": {"op": "attr", "field": "colour", "any_of": ["white"]}})

    assert _outcome(rule, a_unit(**({} if said is None else {"colour": said}))).truth is truth


@pytest.mark.parametrize(
    ("model", "product", "truth"),
    [
        (None, "Galaxy Note7", YES),
        (None, "Galaxy S7", NO),
        (None, None, UNKNOWN),
        ("SM-G930", None, NO),
    ],
)
def test_a_product_name_tells_products_apart(
    model: str | None, product: str | None, truth: Truth
) -> None:
    rule = a_rule({"op": "attr", "field": "product", "any_of": ["Galaxy Note7"]})

    facts = {} if product is None else {"product": product}

    assert _outcome(rule, a_unit(model, "Samsung", **facts)).truth is truth


@pytest.mark.parametrize(
    ("answer", "hard", "truth"),
    [
        ("yes", True, YES),
        ("no", True, NO),
        ("no", False, UNKNOWN),
        ("perhaps", True, UNKNOWN),
        (None, True, UNKNOWN),
    ],
)
def test_an_inspection_is_open_until_answered_yes_or_no(
    answer: str | None,
    hard: bool,  # noqa: FBT001 - the rule's own flag
    truth: Truth,
) -> None:
    rule = a_rule({"op": "inspect", "field": "cap", "question": "A yellow cap?", "hard": hard})

    found = _outcome(rule, a_unit(**({} if answer is None else {"cap": answer})))

    assert found.truth is truth
    assert found.evidence[0].expected == "A yellow cap?" or found.truth is YES


def test_the_makers_list_is_always_a_doubt_and_shows_the_code_as_the_maker_prints_it() -> None:
    found = _outcome(a_rule(CHECKER), a_unit(serial="aoi-77"), a_maker())

    (evidence,) = found.evidence
    assert (evidence.truth, evidence.why) == (UNKNOWN, Why.MAKERS_LIST)
    assert evidence.value == "A0177"
    assert evidence.url == "https://acme.example/check"
    assert _only(a_rule(CHECKER), a_unit()).value is None


def test_wording_nobody_could_read_is_always_a_doubt() -> None:
    rule = a_rule({"op": "unparsed", "verbatim": "certain units"})

    notice = a_notice(complete=False)
    found = outcome(rule, Reading(a_unit(), notice))

    assert found.evidence == (
        Evidence(UNKNOWN, Why.UNPARSED, "wording", expected="certain units"),
    )


@pytest.mark.parametrize(
    ("serial", "truth", "whys"),
    [
        ("57V12345678901", YES, [Why.LISTED]),
        (None, YES, []),
        ("99V12345678901", UNKNOWN, [Why.UNUSUAL]),
        ("57V", UNKNOWN, [Why.MALFORMED]),
        ("S7V12345678901", UNKNOWN, [Why.LOOKS_ALIKE]),
    ],
)
def test_a_description_that_does_not_fit_is_a_doubt_and_never_excludes(
    serial: str | None, truth: Truth, whys: list[Why]
) -> None:
    rule = a_rule(
        {
            "op": "and",
            "of": [
                {"op": "all_units"},
                {
                    "op": "expect",
                    "rule": {
                        "op": "code",
                        "field": "serial",
                        "starts": ["57V"],
                        "length": [14],
                    },
                },
            ],
        }
    )
    named = {"name": "Acme X100 power bank"}

    found = _outcome(
        rule, a_unit(None, **named, **({} if serial is None else {"serial": serial}))
    )

    assert found.truth is truth
    assert [evidence.why for evidence in found.evidence[1:]] == whys


def test_all_units_means_all_units_of_the_named_product() -> None:
    rule = a_rule({"op": "all_units"})
    notice = a_notice(rule, names=("PowerBrick",))

    def truth(unit: Unit, units: Notice = notice) -> Truth:
        return outcome(rule, Reading(unit, units)).truth

    assert truth(a_unit(None, name="power-brick")) is YES
    assert truth(a_unit(None, product="Acme X100 power bank")) is YES
    assert truth(a_unit("Z900")) is UNKNOWN
    assert truth(a_unit("Z900"), a_notice(all_of(a_model(), rule))) is YES
