"""One code against one rule: hits, other readings, misses that count and that do not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.match.codes import MOST_READINGS, code_evidence
from core.model.rule import CodeRule
from core.model.verdict import Evidence, Truth, Why
from tests.builders import STEADY, a_code_rule, a_unit

ANKER = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
YYWW = {"order": "date", "date_format": "YYWW"}


def _held(rule: CodeRule, typed: str, alphabet: str = "") -> Evidence:
    return code_evidence(rule, a_unit(serial=typed), alphabet)


@pytest.mark.parametrize(
    ("parts", "typed"),
    [
        ({"eq": ["M14-Q2"]}, "m14 q2"),
        ({"starts": ["000I21"]}, "000I21XYZ"),
        ({"ends": ["JC"]}, "F12345678JC"),
        ({"contains": ["K8"]}, "27032K80"),
        ({"between": [("264264925", "264740832")], "order": "number"}, "264500000"),
        ({"between": [("AB0001", "AB0999")], "order": "shape"}, "AB0100"),
        ({"between": [("1625", "1744")], **YYWW}, "1701"),
        ({"between": [("1601J", "0942F")], "order": "opaque"}, "1601-J"),
        ({"eq": ["12"], "at": (3, 4)}, "9912999"),
        ({"between": [("000076", "005141")], "order": "number", "at": (-6, -1)}, "RF3001000"),
    ],
)
def test_a_literal_hit_is_listed(parts: dict[str, Any], typed: str) -> None:
    found = _held(a_code_rule(**parts), typed)

    assert (found.truth, found.why) == (Truth.YES, Why.LISTED)


@pytest.mark.parametrize(
    ("parts", "typed", "place", "expected"),
    [
        ({"eq": ["B00LRK8EVO"], "length": [10]}, "B00LRK8EV0", 10, "B00LRK8EVO"),
        ({"starts": ["000I21"], "length": [8]}, "00012199", 4, "000I21"),
        ({"ends": ["JC0"], "length": [6]}, "123JCO", 6, "JC0"),
        ({"contains": ["K8"], "length": [8]}, "27032KB0", 7, "K8"),
        (
            {"between": [("264264925", "264740832")], "order": "number"},
            "264S00000",
            4,
            "264500000",
        ),
        ({"between": [("1625", "1744")], **YYWW}, "17O1", 3, "1701"),
        ({"between": [("AI10", "AI90")], "order": "shape", "length": [4]}, "A150", 2, "AI50"),
        ({"eq": ["1O"], "at": (3, 4), "length": [6]}, "991099", 4, "1O"),
        ({"ends": ["1O"], "at": (-4, -1), "length": [6]}, "999910", 6, "1O"),
        ({"eq": ["1304"], "shape": "9999"}, "13O4", 3, "1304"),
    ],
)
def test_another_reading_that_hits_names_the_character_to_look_at(
    parts: dict[str, Any], typed: str, place: int, expected: str
) -> None:
    found = _held(a_code_rule(**parts), typed)

    assert (found.truth, found.why) == (Truth.UNKNOWN, Why.LOOKS_ALIKE)
    assert (found.place, found.expected) == (place, expected)


@pytest.mark.parametrize(
    "parts",
    [
        {"eq": ["2313"]},
        {"starts": ["23"]},
        {"ends": ["13"]},
        {"contains": ["31"]},
        {"between": [("2310", "2319")], "order": "number"},
        {"between": [("2310", "2319")], **YYWW},
    ],
)
def test_a_miss_counts_only_where_the_rule_states_a_length_or_shape(
    parts: dict[str, Any],
) -> None:
    vague, stated, shaped = (
        a_code_rule(**parts),
        a_code_rule(**parts, length=[4]),
        a_code_rule(**parts, shape="9999"),
    )

    assert _held(vague, "9944") != _held(stated, "9944")
    assert _held(vague, "9944").why is Why.OUTSIDE_UNVERIFIED
    assert [_held(rule, "9944").truth for rule in (stated, shaped)] == [Truth.NO, Truth.NO]


def test_a_date_at_a_position_alone_does_not_say_how_long_the_code_is() -> None:
    rule = a_code_rule(
        at=(1, 5), between=[("10326", "11136")], order="date", date_format="YYDDD"
    )

    # 10330 99…, with its first character lost: 03309 is a date of 2003
    found = _held(rule, "0330 99")

    assert found.truth is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("parts", "typed"),
    [
        ({"eq": ["2313"], "length": [4]}, "23130"),
        ({"eq": ["2313"], "length": [4]}, "231"),
        ({"eq": ["2313"], "shape": "9999"}, "A313"),
        ({"eq": ["2313", "2316"], "length": [4]}, "2E13"),
        ({"eq": ["13"], "at": (3, 4), "length": [4]}, "23E3"),
        ({"eq": ["2313"], "length": [4]}, "9?9?44"),
        ({"eq": ["2313"], "length": [4]}, "З944"),  # Cyrillic Ze
        ({"eq": ["2313"], "length": [4]}, "9|944"),
        ({"between": [("1625", "1744")], **YYWW, "length": [4]}, "1699"),
        ({"between": [("1625", "1744")], **YYWW}, "162"),
        ({"between": [("2310", "2319")], "order": "number", "length": [4]}, "A944"),
        ({"eq": ["12"], "at": (3, 4)}, "991"),
        ({"eq": ["12"], "at": (-4, -3)}, "991"),
        ({"eq": ["1304"], "shape": "9999"}, "99O9"),  # as typed it is no such code
    ],
)
def test_a_code_that_is_not_well_formed_is_never_outside(
    parts: dict[str, Any], typed: str
) -> None:
    found = _held(a_code_rule(**parts), typed)

    assert (found.truth, found.why) == (Truth.UNKNOWN, Why.MALFORMED)


@pytest.mark.parametrize("typed", ["", "   ", "???", "\u200b"])
def test_a_code_without_a_character_is_missing(typed: str) -> None:
    found = _held(a_code_rule(eq=["2313"]), typed)

    assert (found.truth, found.why, found.field) == (Truth.UNKNOWN, Why.MISSING, "serial")


def test_an_opaque_range_knows_its_two_ends_and_nothing_else() -> None:
    rule = a_code_rule(between=[("770001L", "700010F")], order="opaque", length=[7])

    truths = [_held(rule, typed).truth for typed in ("770001L", "700010F", "770000A")]

    assert truths == [Truth.YES, Truth.YES, Truth.UNKNOWN]
    assert _held(rule, "770000A").why is Why.UNPARSED


def test_a_makers_alphabet_corrects_what_it_never_prints() -> None:
    rule = a_code_rule(starts=["A001"], length=[6])

    found = _held(rule, "aooiZZ", ANKER)

    assert (found.truth, found.value) == (Truth.YES, "A001ZZ")


def test_a_makers_alphabet_rules_readings_out() -> None:
    rule = a_code_rule(starts=["A0"], length=[4])

    assert _held(rule, "AQ99").truth is Truth.UNKNOWN
    assert _held(rule, "AQ99", ANKER.replace("Q", "")).truth is Truth.YES
    assert _held(rule, "AD99", "0AD9").truth is Truth.UNKNOWN


def test_a_character_outside_the_makers_alphabet_never_excludes() -> None:
    rule = a_code_rule(starts=["A0"], length=[4])

    assert _held(rule, "XX99", "0A9").why is Why.MALFORMED


def test_what_the_notice_prints_overrides_an_alphabet_that_leaves_it_out() -> None:
    rule = a_code_rule(starts=["000I21"], length=[8])

    assert _held(rule, "000I2199", ANKER).truth is Truth.YES
    assert _held(rule, "00012199", ANKER).truth is Truth.UNKNOWN


@pytest.mark.parametrize("field", ["upc", "ean", "gtin"])
@pytest.mark.parametrize("typed", ["741235975076", "0741235975076", "00741235975076"])
def test_a_bar_code_is_the_same_with_any_zeros_before_it(field: str, typed: str) -> None:
    rule = a_code_rule(field="upc", eq=["741235975076"], length=[12])

    found = code_evidence(rule, a_unit(**{field: typed}))

    assert found.truth is Truth.YES


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("4006381333931", Why.OUTSIDE),  # another product
        ("4006381333932", Why.MALFORMED),  # its check digit is wrong
        ("74123597507", Why.MALFORMED),  # one digit lost
        ("412359750760", Why.MALFORMED),  # one digit slipped
        ("741235975O76", Why.LOOKS_ALIKE),
        ("4006381E33931", Why.MALFORMED),
        ("123456789012345", Why.MALFORMED),
    ],
)
def test_a_bar_code_is_another_product_only_if_its_check_digit_holds(
    typed: str, why: Why
) -> None:
    rule = a_code_rule(field="upc", eq=["741235975076"], length=[12])

    found = code_evidence(rule, a_unit(upc=typed))

    assert found.why is why


def test_of_several_bar_codes_the_one_that_hits_counts() -> None:
    rule = a_code_rule(field="upc", eq=["741235975076"], length=[12])

    found = code_evidence(rule, a_unit(gtin="4006381333931", upc="741235975076"))

    assert found.truth is Truth.YES


@pytest.mark.parametrize(
    ("parts", "typed"),
    [
        ({"starts": ["B2"], "length": [4]}, "B2XX"),  # may be 82XX or BZXX
        ({"eq": ["M14Q"], "length": [4]}, "M14Q"),
        ({"between": [("1600", "1900")], "order": "opaque", "length": [4]}, "1600"),
        ({"between": [("AI10", "AI90")], "order": "shape", "length": [4]}, "AI50"),
        ({"eq": ["0" * 40], "length": [40]}, "0" * 40),
    ],
)
def test_where_a_hit_excludes_every_reading_must_hit(parts: dict[str, Any], typed: str) -> None:
    rule = a_code_rule(**parts)

    denied = code_evidence(rule, a_unit(serial=typed), denied=True)

    assert _held(rule, typed).truth is Truth.YES
    assert (denied.truth, denied.why) == (Truth.UNKNOWN, Why.LOOKS_ALIKE)


@pytest.mark.parametrize(
    ("parts", "typed"),
    [
        ({"starts": ["XY"], "length": [4]}, "XY77"),
        ({"eq": ["2313"], "shape": "9999"}, "2313"),
        ({"between": [("1600", "1900")], "order": "number", "shape": "9999"}, "1701"),
        ({"eq": ["1O", "1Q", "1D", "10"], "shape": "9*"}, "10"),
    ],
)
def test_where_every_reading_hits_a_hit_may_exclude(parts: dict[str, Any], typed: str) -> None:
    found = code_evidence(a_code_rule(**parts), a_unit(serial=typed), denied=True)

    assert found.truth is Truth.YES


def test_a_code_with_too_many_readings_to_try_excludes_nothing() -> None:
    rule = a_code_rule(contains=["X"], length=[8])

    found = code_evidence(rule, a_unit(serial="X0000000"), denied=True)

    assert MOST_READINGS < 4**7
    assert found.truth is Truth.UNKNOWN


@STEADY
@given(
    typed=st.text(max_size=80),
    way=st.sampled_from(
        [
            {"eq": ["0O1I"]},
            {"starts": ["B8"], "length": [4, 8]},
            {"ends": ["5S"], "shape": "**99"},
            {"contains": ["2Z"], "at": (-4, -1)},
            {"between": [("0000", "9999")], "order": "number", "at": (2, 5)},
            {"between": [("AA00", "ZZ99")], "order": "shape"},
            {"between": [("1601", "1752")], **YYWW, "length": [4]},
        ]
    ),
    denied=st.booleans(),
)
@example(typed="0" * 80, way={"contains": ["2Z"], "length": [64]}, denied=True)
@example(
    typed="9" * 6,
    way={"between": [("999901", "999951")], "order": "date", "date_format": "YYYYWW"},
    denied=False,
)
def test_no_text_breaks_a_comparison(
    typed: str,
    way: dict[str, Any],
    denied: bool,  # noqa: FBT001 - drawn
) -> None:
    found = code_evidence(a_code_rule(**way), a_unit(serial=typed), ANKER, denied=denied)

    assert found.truth in Truth
