"""Whose products a notice concerns: nobody is passed over, and nobody told of other things."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.match.concern import Concern, concern, concerns
from core.match.decide import decide
from core.match.findings import finding
from core.model.identifier import fold, skeleton
from core.model.products import Product, keys_for_products, product_keys, unit_of
from core.model.recall import Notice
from core.model.rule import And, Model, Rule
from core.model.unit import Unit
from core.model.verdict import Evidence, Finding, Relation, Truth, Verdict, Why
from tests.builders import (
    STEADY,
    a_code_rule,
    a_maker,
    a_model,
    a_notice,
    a_rule,
    a_unit,
    all_of,
    knowledge,
    unconfirmed,
)
from tests.core.match.damage import misread
from tests.core.match.trees import FACTS, MODELS, RULES, covers, exists

OFTEN = settings(STEADY, max_examples=400)
KNOWN = knowledge(a_maker())
LEXICON = KNOWN.lexicon
UPC = "741235975076"
SERIALS = all_of(a_model(), a_code_rule(starts=["23"], length=[4]))
_OF_PRODUCT = (
    a_model("X100"),
    a_model("X10", match="variants"),
    a_code_rule(field="upc", eq=[UPC]),
    a_code_rule(field="upc", starts=["7412"]),
    a_code_rule(field="asin", eq=["B00LRK8EV0"]),
    a_rule({"op": "attr", "field": "product", "any_of": ["Power Core"]}),
    a_rule({"op": "unparsed", "verbatim": "some made in May"}),
    a_rule({"op": "all_units"}),
    a_rule({"op": "not", "rule": {"op": "model", "any_of": ["X101"]}}),
)


def _joined(product: Rule, others: list[Rule], op: str) -> Rule:
    return a_rule({"op": op, "of": [part.model_dump() for part in (product, *others)]})


ANY_RULE = st.one_of(
    RULES,
    st.builds(
        _joined,
        st.sampled_from(_OF_PRODUCT),
        st.lists(st.one_of(st.sampled_from(_OF_PRODUCT), RULES), max_size=2),
        st.sampled_from(["and", "or"]),
    ),
)


def _notice(rule: Rule, complete: bool, region: str, names: tuple[str, ...]) -> Notice:  # noqa: FBT001 - drawn
    unparsed = "unparsed" in rule.model_dump_json()
    return a_notice(rule, complete=complete and not unparsed, regions=(region,), names=names)


NOTICES = st.builds(
    _notice,
    ANY_RULE,
    st.sampled_from([True, True, False]),
    st.sampled_from(["US", "US", "JP"]),
    st.sampled_from([(), ("Power Core",), ("安克",)]),
)
_SHARED = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["Power Core", "hair dryer", "Acme", "安克"]),
        "product": st.sampled_from(["Power Core", "Other"]),
        "upc": st.sampled_from([UPC, "4006381333931", "74123"]),
        "asin": st.sampled_from(["BOOLRK8EVO", "B00"]),
    },
)
PRODUCTS = st.builds(
    lambda brand, model, facts: Product(brand, model, MappingProxyType(facts)),
    st.sampled_from(["Acme", "Acme", "ACME", "Other", None]),
    st.one_of(
        st.none(),
        st.sampled_from(["X100", *MODELS, "X1", "X10", "X100016", "X1001", "Z900"]),
        st.builds(misread, st.sampled_from(MODELS), st.integers(0, 99)),
    ),
    _SHARED,
)
_OWN = st.builds(
    lambda facts, kept, region, settled: {
        **{name: facts[name] for name in kept},
        **region,
        **settled,
    },
    FACTS,
    st.sets(st.sampled_from(["serial", "colour", "made", "cap"])),
    st.sampled_from([{}, {"region": "US"}, {"region": "JP"}]),
    st.sampled_from([{}, {"model_read_back": "yes"}, {"looked": "yes"}]),
)
EXCLUDED = {"serial": "9944"}


def the_keys_meet(product: Product, notice: Notice) -> bool:
    maker = LEXICON.maker_of.get(fold(notice.brands[0]))
    return bool(keys_for_products(notice, maker) & product_keys(product))


def looks_alike(evidence: Evidence) -> bool:
    """Say whether it compares a model, or part of one, that differs by its reading alone."""
    one, other = (skeleton(fold(said or "")) for said in (evidence.value, evidence.expected))
    return one.startswith(other) or other.startswith(one)


def means_it(found: Finding) -> bool:
    near = [evidence for evidence in found.evidence if evidence.why is Why.NEAR]
    by_reading = found.relation is Relation.NEAR and near and all(map(looks_alike, near))
    return found.relation is Relation.NAMED or bool(by_reading)


@OFTEN
@given(product=PRODUCTS, facts=_OWN, sure=st.booleans(), notice=NOTICES)
def test_what_is_named_or_looks_alike_is_found_and_concerns_somebody(
    product: Product, facts: Mapping[str, str], notice: Notice, *, sure: bool
) -> None:
    found = finding(unit_of(product, facts, sure), notice, LEXICON)
    if not means_it(found):
        return

    whose = concern(product, notice, LEXICON)

    assert whose is not Concern.NOBODY
    assert the_keys_meet(product, notice)


@OFTEN
@given(product=PRODUCTS, facts=_OWN, sure=st.booleans(), notice=NOTICES)
@example(
    product=Product("Acme", "X100"),
    facts=EXCLUDED,
    sure=True,
    notice=a_notice(SERIALS, complete=False),
)
def test_everybody_is_everybody_and_nobody_nobody_whatever_else_is_known(
    product: Product, facts: Mapping[str, str], notice: Notice, *, sure: bool
) -> None:
    told = concerns(unit_of(product, facts, sure), notice, LEXICON)

    whose = concern(product, notice, LEXICON)

    assert told or whose is not Concern.EVERYBODY
    assert not told or whose is not Concern.NOBODY


@OFTEN
@given(product=PRODUCTS, facts=_OWN, sure=st.booleans(), notice=NOTICES)
@example(product=Product("Acme", "X100"), facts=EXCLUDED, sure=True, notice=a_notice(SERIALS))
@example(product=Product("Acme", "X100"), facts=EXCLUDED, sure=False, notice=a_notice(SERIALS))
def test_who_is_not_told_would_be_answered_no(
    product: Product, facts: Mapping[str, str], notice: Notice, *, sure: bool
) -> None:
    unit = unit_of(product, facts, sure)
    if concerns(unit, notice, LEXICON):
        return

    decision = decide(unit, [notice], KNOWN)

    found = finding(unit, notice, LEXICON)
    unrelated = found.relation is Relation.UNRELATED
    of_other_things = unrelated or not (means_it(found) or found.truth is Truth.YES)
    assert decision.verdict is Verdict.NOT_AFFECTED or of_other_things
    assert decision.verdict is not Verdict.AFFECTED


@OFTEN
@given(product=PRODUCTS, facts=_OWN, sure=st.booleans(), notice=NOTICES)
def test_who_would_be_answered_yes_is_told(
    product: Product, facts: Mapping[str, str], notice: Notice, *, sure: bool
) -> None:
    unit = unit_of(product, facts, sure)
    if decide(unit, [notice], KNOWN).verdict is not Verdict.AFFECTED:
        return

    told = concerns(unit, notice, LEXICON)

    assert told


@OFTEN
@given(rule=RULES, facts=FACTS, seed=st.integers(0, 99))
def test_a_covered_unit_of_a_listed_model_is_told_however_its_codes_are_read(
    rule: Rule, facts: dict[str, str], seed: int
) -> None:
    listed = isinstance(rule, And) and isinstance(rule.of[0], Model)
    if not listed or not exists(rule, facts) or not covers(rule, facts):
        return
    told = {**facts, "serial": misread(facts["serial"], seed)}
    unit = a_unit(misread(told.pop("model"), seed), **told)

    whose = concern(Product.of(unit), a_notice(rule), LEXICON)

    assert concerns(unit, a_notice(rule), LEXICON)
    assert whose is not Concern.NOBODY
    assert the_keys_meet(Product.of(unit), a_notice(rule))


@pytest.mark.parametrize(
    ("rule", "facts", "whose"),
    [
        (a_model(), {}, Concern.EVERYBODY),
        (SERIALS, {}, Concern.SOME),
        (SERIALS, {"complete": False}, Concern.EVERYBODY),
        (SERIALS, {"state": "closed"}, Concern.SOME),
        (SERIALS, {"state": "retracted"}, Concern.NOBODY),
        (SERIALS, {"regions": ("JP",)}, Concern.SOME),
        (a_model("X1OO"), {}, Concern.EVERYBODY),
        (a_model("X1"), {}, Concern.NOBODY),
        (a_model("X100016"), {}, Concern.EVERYBODY),
        (a_model("X10", match="variants"), {}, Concern.EVERYBODY),
        (a_model("X101"), {}, Concern.NOBODY),
        (a_model(), {"brands": ("Other",)}, Concern.EVERYBODY),
        (SERIALS, {"brands": ("Other",)}, Concern.SOME),
        (a_rule({"op": "checker"}), {}, Concern.EVERYBODY),
        (a_rule({"op": "checker"}), {"product": "hair dryer"}, Concern.NOBODY),
        (a_code_rule(starts=["23"]), {"product": "hair dryer"}, Concern.SOME),
        (
            a_rule({"op": "attr", "field": "colour", "any_of": ["red"]}),
            {"product": "hair dryer"},
            Concern.SOME,
        ),
        (
            all_of(a_code_rule(starts=["2"]), a_rule({"op": "checker"})),
            {"product": "hair dryer"},
            Concern.NOBODY,
        ),
        (a_rule({"op": "all_units"}), {"product": "hair dryer"}, Concern.NOBODY),
        (
            all_of(a_model(), a_rule({"op": "date", "field": "made", "end": "2020-01-01"})),
            {},
            Concern.EVERYBODY,
        ),
        (
            all_of(
                a_model(),
                a_rule({"op": "date", "field": "made", "end": "2020-01-01", "hard": True}),
            ),
            {},
            Concern.SOME,
        ),
    ],
)
def test_whose_x100_a_notice_concerns(
    rule: Rule, facts: dict[str, Any], whose: Concern
) -> None:
    assert concern(Product("Acme", "X100"), a_notice(rule, **facts), LEXICON) is whose


@pytest.mark.parametrize(
    ("unit", "told"),
    [
        (a_unit(serial="2313"), True),
        (a_unit(serial="23I3"), True),
        (a_unit(serial="9944"), False),
        (unconfirmed(a_unit(serial="9944")), True),
        (unconfirmed(a_unit(serial="9944")).confirming("serial"), False),
        (a_unit(serial="994"), True),
        (a_unit(serial="9944", region="JP"), True),
        (a_unit(), True),
        (a_unit("X101", serial="2313"), False),
        (a_unit("X1OO", serial="9944"), True),
        (a_unit(brand="Other", serial="2313"), True),
        (a_unit(brand="Other", serial="9944"), False),
    ],
)
def test_which_units_a_rule_on_serials_concerns(unit: Unit, *, told: bool) -> None:
    assert concerns(unit, a_notice(SERIALS), LEXICON) is told


def test_nobody_is_told_of_a_retracted_notice_as_of_a_recall() -> None:
    assert not concerns(a_unit(), a_notice(state="retracted"), LEXICON)


def test_a_listed_model_stays_named_while_its_bar_code_is_not_known() -> None:
    notice = a_notice(all_of(a_model(), a_code_rule(field="upc", eq=[UPC])))

    decision = decide(a_unit(), [notice], KNOWN)

    assert decision.verdict is Verdict.CHECK_NEEDED
    assert concern(Product("Acme", "X100"), notice, LEXICON) is Concern.EVERYBODY
    assert concern(Product("Acme", "Z900"), notice, LEXICON) is Concern.NOBODY


def test_another_bar_code_excludes_every_unit_of_the_product() -> None:
    notice = a_notice(all_of(a_model(), a_code_rule(field="upc", eq=[UPC], length=[12])))

    other = Product("Acme", "X100", MappingProxyType({"upc": "4006381333931"}))

    assert concern(other, notice, LEXICON) is Concern.NOBODY


def test_facts_of_the_unit_may_make_it_covered_whatever_it_is_called() -> None:
    notice = a_notice(
        a_code_rule(starts=["23"], length=[4]), product="hair dryer", category="x"
    )

    told = [
        concerns(a_unit("Z9", serial=serial), notice, LEXICON) for serial in ("2313", "9944")
    ]

    assert told == [True, False]


def test_a_bar_code_that_may_be_the_listed_one_is_meant_whatever_the_product_is_called() -> (
    None
):
    rule = a_code_rule(field="upc", eq=[UPC], length=[12])
    dryer = a_notice(rule, product="hair dryer", category="hair-dryer")
    misread_one, another = (
        Product("Acme", "Z900", MappingProxyType({"upc": said, "name": "bank"}))
        for said in (UPC.replace("1", "I"), "036000291452")
    )

    assert concern(misread_one, dryer, LEXICON) is Concern.EVERYBODY
    assert the_keys_meet(misread_one, dryer)
    assert concern(another, dryer, LEXICON) is Concern.NOBODY
