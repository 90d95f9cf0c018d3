"""Rules and units of every make, drawn by Hypothesis, and what is covered, read plainly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from core.model.date_code import days_of_phrase
from core.model.identifier import fold
from core.model.rule import (
    And,
    Attribute,
    CodeRule,
    DateRule,
    Inspect,
    Model,
    Not,
    Or,
    Rule,
    fits_shape,
    walk,
)
from tests.builders import a_rule

MODELS = ("X100", "X1O0", "X101", "X100-B", "B8")
SERIALS = ("2313", "23I3", "8B00", "B8OO", "77AB", "1500", "9944")
BAR_CODES = ("741235975076", "4006381333931")
COLOURS = ("red", "white")
DAYS = ("2019-05-05", "2021-03", "2024")
_FORMS: tuple[dict[str, Any], ...] = (
    {"op": "all_units"},
    {"op": "checker"},
    *({"op": "model", "any_of": [model]} for model in MODELS),
    {"op": "model", "any_of": ["X100", "X101"], "match": "variants"},
    *(
        {"op": "code", "field": "serial", "length": [4], **how}
        for how in (
            {"eq": ["2313", "8B00"]},
            {"starts": ["23", "B8"]},
            {"ends": ["00", "AB"]},
            {"contains": ["31", "B"]},
            {"between": [("1000", "2400")], "order": "number"},
            {"between": [("1501", "1552")], "order": "date", "date_format": "YYWW"},
            {"between": [("77AA", "77AZ")], "order": "shape"},
            {"eq": ["13"], "at": [3, 4]},
        )
    ),
    {"op": "code", "field": "serial", "starts": ["23"]},
    {"op": "code", "field": "serial", "eq": ["2313"], "shape": "9999"},
    {"op": "code", "field": "upc", "eq": [BAR_CODES[0]], "length": [12]},
    *(
        {**leaf, "hard": hard}
        for hard in (True, False)
        for leaf in (
            {"op": "attr", "field": "colour", "any_of": ["red"]},
            {"op": "date", "field": "made", "start": "2019-01-01", "end": "2021-03-15"},
            {"op": "inspect", "field": "cap", "question": "A yellow cap?"},
        )
    ),
)
EXPECTED = {
    "op": "expect",
    "rule": {"op": "code", "field": "serial", "starts": ["23"], "length": [4]},
}


def _joined(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    several = st.lists(parts, min_size=1, max_size=2)
    return st.one_of(
        several.map(lambda of: {"op": "and", "of": of}),
        several.map(lambda of: {"op": "and", "of": [*of, EXPECTED]}),
        several.map(lambda of: {"op": "or", "of": of}),
    )


# Only codes can leave a unit out, so most of what is drawn are codes.
_CODES = tuple(form for form in _FORMS if "length" in form or "shape" in form)
_plain = st.one_of(st.sampled_from(_FORMS), *[st.sampled_from(_CODES)] * 3)
_denied = st.recursive(
    _plain,
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=2).map(lambda of: {"op": "and", "of": of}),
        st.lists(parts, min_size=1, max_size=2).map(lambda of: {"op": "or", "of": of}),
    ),
    max_leaves=3,
).map(lambda rule: {"op": "not", "rule": rule})
_trees = st.recursive(st.one_of(_plain, _denied), _joined, max_leaves=4)


def of_the_named_model(tree: dict[str, Any]) -> dict[str, Any]:
    """Return the rule narrowed to the models it may be about, as most notices are."""
    return {"op": "and", "of": [{"op": "model", "any_of": list(MODELS[:3])}, tree]}


RULES = st.one_of(_trees, *[_trees.map(of_the_named_model)] * 3).map(a_rule)
FACTS = st.fixed_dictionaries(
    {
        "model": st.sampled_from(("X100", *MODELS)),
        "serial": st.sampled_from(SERIALS),
        "upc": st.sampled_from(BAR_CODES),
        "colour": st.sampled_from(COLOURS),
        "made": st.sampled_from(("2019-05-05", "2021-03-20", "2024-01-01")),
        "cap": st.sampled_from(("yes", "no")),
    }
)


def exists(rule: Rule, facts: Mapping[str, str]) -> bool:
    """Say whether such a unit can exist: a stated shape is what every code of the maker has."""
    return all(
        node.shape is None or fits_shape(facts[node.field], node.shape)
        for node in walk(rule)
        if isinstance(node, CodeRule)
    )


def covers(rule: Rule, facts: Mapping[str, str]) -> bool:
    """Say whether a unit of which everything is known is covered, by the plainest reading."""
    match rule:
        case And(of=parts):
            return all(covers(part, facts) for part in parts)
        case Or(of=parts):
            return any(covers(part, facts) for part in parts)
        case Not(rule=part):
            return not covers(part, facts)
        case CodeRule():
            return _code_covered(rule, facts[rule.field])
    return _leaf_covered(rule, facts)


def _leaf_covered(rule: Rule, facts: Mapping[str, str]) -> bool:
    """Say it of a leaf; a maker's list is taken to name the unit, a description to fit."""
    covered = True
    match rule:
        case Model(any_of=models, match=how):
            typed = fold(facts["model"])
            tails = how == "variants" and any(typed.startswith(fold(m)) for m in models)
            covered = tails or typed in map(fold, models)
        case DateRule(start=start, end=end):
            days = days_of_phrase(facts["made"])
            covered = bool(days and start and end and start <= days.first <= end)
        case Attribute(any_of=values):
            covered = facts["colour"] in values
        case Inspect(affected_if=answer):
            covered = facts["cap"] == answer
    return covered


def _code_covered(rule: CodeRule, code: str) -> bool:
    part = code[rule.at[0] - 1 : rule.at[1]] if rule.at else code
    if rule.order == "date":
        return part.isdigit() and 1501 <= int(part) <= 1552
    return (
        part in rule.eq
        or any(part.startswith(value) for value in rule.starts)
        or any(part.endswith(value) for value in rule.ends)
        or any(value in part for value in rule.contains)
        or any(
            low <= part <= high and part[-1].isdigit() == low[-1].isdigit()
            for low, high in rule.between
        )
    )
