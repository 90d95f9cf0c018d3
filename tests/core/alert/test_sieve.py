"""A sieve says of every unit exactly what the rules say, only sooner."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.alert import sieve as the_sieve
from core.alert.sieve import Sieve
from core.match.concern import concerns
from core.model.lexicon import Lexicon
from core.model.products import Product, unit_of
from core.model.recall import Notice
from core.model.rule import Rule
from tests.builders import STEADY, a_code_rule, a_maker, a_model, a_notice, a_rule, all_of

X100 = Product("Acme", "X100")
# The last one prints no letter that cannot be taken for another.
LEXICONS = (
    Lexicon(),
    Lexicon.of([a_maker()], []),
    Lexicon.of([a_maker(alphabet={"serial": "0123456789OQ"})], []),
)
RANGES = [("10020", "10029"), ("20020", "20025"), ("20030", "20030")]
MIXED = [("AB020", "AB099"), ("CD020", "CD029"), ("DQ100", "DQ900")]
TWO_SHAPES = [("AB020", "AB099"), ("10020", "10029")]
RULES: list[Rule] = [
    a_code_rule(between=RANGES, order="number", length=[5]),
    a_code_rule(between=RANGES, order="number"),
    a_code_rule(between=MIXED, order="shape", shape="AA999"),
    a_code_rule(between=MIXED, order="shape", length=[5]),
    a_code_rule(between=TWO_SHAPES, order="shape", length=[5]),
    a_code_rule(between=[("02", "29")], order="number", at=[3, 4], length=[5]),
    a_code_rule(between=[("02", "29")], order="number", at=[-2, -1], length=[5, 6]),
    a_code_rule(between=[("OO020", "QQ090")], order="shape", shape="AA999"),
    a_code_rule(between=[("OOOOO", "OQQQQ")], order="shape", length=[5]),
    a_code_rule(between=[("AB020", "AB020")], order="opaque"),
    a_code_rule(eq=["10020", "AB020", "CD0O8"], length=[5]),
    a_code_rule(starts=["10", "AB"], length=[5]),
    a_code_rule(ends=["20", "D8"], length=[5]),
    a_code_rule(contains=["02", "Q1"], length=[5], at=[2, 4]),
    a_code_rule(
        between=[("2301", "2326")], order="date", date_format="YYWW", at=[1, 4], length=[5]
    ),
]
CODE = st.one_of(
    st.text("0125689ABCDOQILSZ", min_size=4, max_size=6),
    st.text("OQD0", min_size=5, max_size=5),
    st.sampled_from(["10020", "10030", "20025", "20026", "AB020", "ab020", "AB O20", "1002O"]),
    st.builds("{}{}".format, st.sampled_from(["AB", "CD", "DQ", "10"]), st.integers(0, 999)),
)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "serial": CODE,
        "batch": CODE,
        "region": st.sampled_from(["US", "DE"]),
        "bought": st.just("2024-05-01"),
        "read_back": st.sampled_from(["serial=10020", "serial=AB020", "batch=10020"]),
    },
)


def shapes_of(rule: Rule) -> list[Rule]:
    """Return the rule as it may stand in a notice."""
    node = rule.model_dump()
    batch = a_code_rule(field="batch", eq=["10020"], length=[5]).model_dump()
    return [
        all_of(a_model(), rule),
        all_of(a_model(), a_rule({"op": "not", "rule": node})),
        all_of(a_model(), a_rule({"op": "or", "of": [node, batch]})),
        all_of(a_model(), a_rule({"op": "expect", "rule": node})),
    ]


@pytest.mark.parametrize("place", range(len(RULES)))
@given(
    shape=st.integers(0, 3),
    lexicon=st.sampled_from(LEXICONS),
    several=st.lists(st.tuples(FACTS, st.booleans()), min_size=1, max_size=30),
)
@example(shape=0, lexicon=LEXICONS[0], several=[({"serial": "10030"}, True)])
@STEADY
def test_it_says_what_the_rules_say(
    place: int,
    shape: int,
    lexicon: Lexicon,
    several: list[tuple[dict[str, str], bool]],
) -> None:
    notice = a_notice(shapes_of(RULES[place])[shape])
    sieve = Sieve(X100, notice, lexicon)

    for facts, confirmed in several:
        said = sieve.lets_through(json.dumps(facts), confirmed=confirmed)

        assert said == concerns(unit_of(X100, facts, confirmed), notice, lexicon)


ENDS = [end for pair in (*RANGES, *MIXED, ("OO020", "QQ090")) for end in pair]
# Just beside the ends of the ranges, and such as may be read into them.
BESIDE = st.builds(
    lambda end, last, alike: f"{end[:-1]}{last}".translate(str.maketrans(*alike)),
    st.sampled_from(ENDS),
    st.integers(0, 9),
    st.sampled_from([("", ""), ("D", "Q"), ("O", "Q"), ("Q", "D"), ("0", "O"), ("B", "8")]),
)


@pytest.mark.parametrize("place", range(len(RULES)))
@given(
    shape=st.integers(0, 1),
    lexicon=st.sampled_from(LEXICONS),
    more=st.sampled_from([{}, {"bought": "2024"}]),
    codes=st.lists(BESIDE, min_size=10, max_size=60),
)
@STEADY
def test_of_many_confirmed_codes_each_is_decided_as_if_alone(
    place: int, shape: int, lexicon: Lexicon, more: dict[str, str], codes: list[str]
) -> None:
    notice = a_notice(shapes_of(RULES[place])[shape])
    sieve = Sieve(X100, notice, lexicon)

    for code in codes:
        facts = {"serial": code, **more}
        said = sieve.lets_through(json.dumps(facts), confirmed=True)

        assert said == concerns(unit_of(X100, facts, confirmed=True), notice, lexicon)


def by_serial(**more: Any) -> Notice:
    return a_notice(all_of(a_model(), RULES[0]), **more)


def test_of_a_unit_of_which_nothing_is_known_its_owner_is_told() -> None:
    sieve = Sieve(X100, by_serial(), Lexicon())

    assert sieve.lets_through(None, confirmed=False)


def test_codes_between_the_same_ranges_are_decided_once() -> None:
    sieve = Sieve(X100, by_serial(), Lexicon())

    said = [
        sieve.lets_through(json.dumps({"serial": str(serial)}), confirmed=True)
        for serial in range(10_000, 20_000)
    ]

    assert sum(said) == 10
    assert sum(len(one.known) for one in sieve._alone) == 3


def test_what_it_remembers_does_not_grow_without_end() -> None:
    sieve = Sieve(X100, by_serial(), Lexicon())

    for number in range(the_sieve.MOST_KINDS + 10):
        facts = {"serial": "99999", "name": f"bank {number}"}
        assert not sieve.lets_through(json.dumps(facts), confirmed=True)

    assert len(sieve._known) <= the_sieve.MOST_KINDS
