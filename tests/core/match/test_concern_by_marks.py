"""What a keyed digest of a code may decide: explicit lists of confirmed codes, nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.match.concern import concerns, decided_by_mark, listed_codes
from core.model.rule import Rule
from core.model.unit import code_to_mark
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

LEXICON = knowledge(a_maker()).lexicon
LISTED = ("2313", "8B00")
LIST = a_code_rule(eq=LISTED, length=[4])
OF_X100 = all_of(a_model(), LIST)
COLOUR = a_rule({"op": "attr", "field": "colour", "any_of": ["red"]})


@pytest.mark.parametrize(
    ("rule", "facts", "field"),
    [
        (all_of(a_model(), a_code_rule(eq=LISTED)), {}, "serial"),
        (all_of(a_model(), a_code_rule(starts=["23"], length=[4])), {}, "serial"),
        (all_of(a_model(), a_code_rule(eq=["23"], at=[1, 2], length=[4])), {}, "serial"),
        (all_of(OF_X100, COLOUR), {}, "serial"),
        (all_of(a_model(), a_rule({"op": "not", "rule": LIST.model_dump()})), {}, "serial"),
        (OF_X100, {}, "batch"),
        (OF_X100, {"complete": False}, "serial"),
        (a_model(), {}, "serial"),
        (all_of(a_model(), a_rule({"op": "checker"})), {}, "serial"),
    ],
)
def test_what_is_more_than_a_list_has_no_listed_codes(
    rule: Rule, facts: dict[str, Any], field: str
) -> None:
    assert listed_codes(a_notice(rule, **facts), field) is None


@pytest.mark.parametrize(
    "rule",
    [
        LIST,
        OF_X100,
        all_of(all_of(a_model(), a_code_rule(field="upc", eq=["741235975076"])), LIST),
        all_of(a_rule({"op": "or", "of": [{"op": "model", "any_of": ["X1"]}]}), LIST),
    ],
)
def test_a_list_and_nothing_else_gives_its_codes_in_one_reading(rule: Rule) -> None:
    assert listed_codes(a_notice(rule), "serial") == frozenset({"2313", "8800"})


def test_only_a_confirmed_and_legible_code_is_remembered() -> None:
    sure = a_unit(serial="23I3-B", batch="77?1")

    marks = [code_to_mark(sure, field) for field in ("serial", "batch", "date_code")]

    assert marks == ["23138", None, None]
    assert code_to_mark(unconfirmed(sure), "serial") is None
    assert code_to_mark(unconfirmed(sure).confirming("serial"), "serial") == "23138"


@STEADY
@given(code=st.sampled_from([*LISTED, "9944", "7700"]), seed=st.integers(0, 999))
def test_a_mark_says_of_every_code_of_that_form_what_the_code_would(
    code: str, seed: int
) -> None:
    unit = a_unit(serial=misread(code, seed))
    notice = a_notice(OF_X100)
    kept = code_to_mark(unit, "serial")

    listed = decided_by_mark(notice, "serial", "US", lambda other: other == kept)

    assert kept is None or listed is (code in LISTED)
    assert listed or kept is None or not concerns(a_unit(serial=code), notice, LEXICON)


def test_no_mark_decides_where_the_notice_is_for_another_country() -> None:
    notice = a_notice(OF_X100)

    told = [decided_by_mark(notice, "serial", region, "2313".__eq__) for region in ("JP", None)]

    assert told == [None, True]


def test_no_mark_decides_what_is_no_list() -> None:
    assert decided_by_mark(a_notice(), "serial", "US", lambda _: True) is None
