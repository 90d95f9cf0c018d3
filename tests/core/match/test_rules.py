"""The rule language against a unit: logic and models, three values, what each node found."""

from __future__ import annotations

from typing import Any

import pytest

from core.match.rules import Outcome, Reading, Scope, outcome
from core.model.recall import Maker
from core.model.rule import Rule
from core.model.unit import Unit
from core.model.verdict import Evidence, Truth, Why
from tests.builders import a_code_rule, a_model, a_notice, a_rule, a_unit, all_of

YES, UNKNOWN, NO = Truth.YES, Truth.UNKNOWN, Truth.NO
CHECKER = {"op": "checker"}
# Leaves of each value for a unit with `serial` 7777.
LEAF = {
    YES: {"op": "code", "field": "serial", "starts": ["77"], "length": [4]},
    NO: {"op": "code", "field": "serial", "starts": ["99"], "length": [4]},
    UNKNOWN: CHECKER,
}


def _outcome(
    units: Rule, unit: Unit, maker: Maker | None = None, scope: Scope = Scope.ALL
) -> Outcome:
    return outcome(units, Reading(unit, a_notice(units), maker, scope))


def _only(units: Rule, unit: Unit) -> Evidence:
    (evidence,) = _outcome(units, unit).evidence
    return evidence


def _tree(node: dict[str, Any], **facts: str) -> Truth:
    return _outcome(a_rule(node), a_unit(serial="7777", **facts)).truth


@pytest.mark.parametrize("one", Truth)
@pytest.mark.parametrize("other", Truth)
def test_and_is_the_least_and_or_the_most_of_its_parts(one: Truth, other: Truth) -> None:
    parts = [LEAF[one], LEAF[other]]

    both, either = _tree({"op": "and", "of": parts}), _tree({"op": "or", "of": parts})

    assert both.value == min(one.value, other.value)
    assert either.value == max(one.value, other.value)


def test_not_turns_a_node_round_and_leaves_a_doubt() -> None:
    truths = [_tree({"op": "not", "rule": LEAF[truth]}) for truth in (YES, UNKNOWN, NO)]

    assert truths == [NO, UNKNOWN, YES]


def test_not_twice_is_the_node_itself() -> None:
    twice = {"op": "not", "rule": {"op": "not", "rule": LEAF[YES]}}

    assert _tree(twice) is YES


@pytest.mark.parametrize(
    ("typed", "truth", "why"),
    [
        ("A1263", YES, Why.LISTED),
        ("a 12-63", YES, Why.LISTED),
        ("А１２６３", YES, Why.LISTED),
        ("AI263", UNKNOWN, Why.NEAR),
        ("A1236", UNKNOWN, Why.NEAR),
        ("A126", UNKNOWN, Why.NEAR),
        ("A12", UNKNOWN, Why.NEAR),
        ("A1263016", UNKNOWN, Why.NEAR),
        ("AI263016", UNKNOWN, Why.NEAR),
        ("A1", NO, Why.OUTSIDE),
        ("A2136", NO, Why.OUTSIDE),
        ("B9999", NO, Why.OUTSIDE),
        (None, UNKNOWN, Why.MISSING),
        ("???", UNKNOWN, Why.MISSING),
    ],
)
def test_a_model_is_listed_near_or_another(typed: str | None, truth: Truth, why: Why) -> None:
    evidence = _only(a_model("A1263"), a_unit(typed))

    assert (evidence.truth, evidence.why) == (truth, why)


@pytest.mark.parametrize(
    ("match", "typed", "truth"),
    [
        ("variants", "A1263016", YES),
        ("variants", "A1263N12", YES),
        ("variants", "A126301699", UNKNOWN),
        ("prefix", "A126301699", YES),
        ("prefix", "A126", UNKNOWN),
        ("exact", "A1263016", UNKNOWN),
    ],
)
def test_variants_let_short_tails_through_and_prefix_any(
    match: str, typed: str, truth: Truth
) -> None:
    assert _outcome(a_model("A1263", match=match), a_unit(typed)).truth is truth


def test_a_near_miss_offers_the_look_alike_before_the_typing_error() -> None:
    evidence = _only(a_model("A1263", "A1Z64"), a_unit("A1264"))

    assert evidence.expected == "A1Z64"


def test_a_short_model_has_no_neighbours() -> None:
    assert _outcome(a_model("A12"), a_unit("A13")).truth is NO


def test_a_model_read_back_is_no_typing_error_but_may_still_be_misread() -> None:
    truths = [
        _outcome(a_model("A1263"), a_unit(typed, model_read_back="yes")).truth
        for typed in ("A1264", "AI263", "A1263016", "A126")
    ]

    assert truths == [NO, UNKNOWN, UNKNOWN, UNKNOWN]


def test_a_model_the_notice_lists_is_not_a_typing_error_of_its_neighbour() -> None:
    pairs = a_rule(
        {
            "op": "or",
            "of": [
                {
                    "op": "and",
                    "of": [
                        {"op": "model", "any_of": [model]},
                        {"op": "code", "field": "date_code", "eq": [code], "length": [4]},
                    ],
                }
                for model, code in (("E2037", "2322"), ("E2038", "2316"))
            ],
        }
    )

    found = [
        _outcome(pairs, a_unit(model, "IKEA", date_code="2322")).truth
        for model in ("E2037", "E2038")
    ]
    unlisted = _outcome(pairs, a_unit("E2039", "IKEA", date_code="2322")).truth

    assert found == [YES, NO]
    assert unlisted is UNKNOWN


def test_a_missing_code_is_asked_for_even_where_another_model_is_one_character_off() -> None:
    pairs = a_rule(
        {
            "op": "or",
            "of": [
                {"op": "and", "of": [{"op": "model", "any_of": [model]}, LEAF[NO]]}
                for model in ("E2037", "E2038")
            ],
        }
    )

    found = _outcome(pairs, a_unit("E2038", "IKEA"))

    assert [evidence.why for evidence in found.evidence] == [Why.LISTED, Why.MISSING]


def test_only_the_evidence_that_decides_an_or_is_kept() -> None:
    rule = a_rule({"op": "or", "of": [LEAF[YES], LEAF[NO], LEAF[UNKNOWN]]})

    found = _outcome(rule, a_unit(serial="7777"))

    assert [evidence.why for evidence in found.evidence] == [Why.LISTED]


def test_asking_for_the_product_leaves_codes_and_memory_out() -> None:
    rule = all_of(
        a_model(),
        a_code_rule(starts=["99"], length=[4]),
        a_rule({"op": "not", "rule": {"op": "attr", "field": "colour", "any_of": ["red"]}}),
    )

    found = _outcome(rule, a_unit(serial="7777", colour="red"), scope=Scope.PRODUCT)

    assert found.truth is YES


@pytest.mark.parametrize("op", ["and", "or"])
@pytest.mark.parametrize("code", [YES, NO])
def test_asking_for_what_is_printed_gives_memory_the_benefit_of_the_doubt(
    op: str, code: Truth
) -> None:
    colour = {"op": "attr", "field": "colour", "any_of": ["red"], "hard": True}
    mixed = {"op": op, "of": [LEAF[code], colour]}
    unit = a_unit(serial="7777", colour="red")

    plain = _outcome(a_rule(mixed), unit, scope=Scope.PRINTED).truth
    denied = _outcome(a_rule({"op": "not", "rule": mixed}), unit, scope=Scope.PRINTED).truth

    assert plain is (YES if op == "or" else code)
    assert denied is (YES if op == "and" or code is NO else NO)
