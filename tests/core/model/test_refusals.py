"""What a rule or a notice is refused for when it is loaded."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from core.model.recall import Notice
from tests.builders import a_citation, a_code_rule, a_model, a_notice, a_rule

DATES = {"order": "date", "date_format": "YYWW"}
CHECKED = {"op": "and", "of": [{"op": "model", "any_of": ["X100"]}, {"op": "checker"}]}
EXPECTED = {"op": "expect", "rule": {"op": "code", "field": "serial", "starts": ["57V"]}}


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"between": [("200", "100")], "order": "number"}, "inverted range"),
        ({"between": [("AB2", "AB1")], "order": "shape"}, "inverted range"),
        ({"between": [("1744", "1625")], **DATES}, "inverted range"),
        # DDDYY of 2014 and 2013: ascending as numbers, backwards as dates
        (
            {"between": [("20414", "28813")], "order": "date", "date_format": "DDDYY"},
            "inverted range",
        ),
        ({"between": [("1", "5"), ("5", "9")], "order": "number"}, "overlapping ranges"),
        ({"between": [("1601", "1610"), ("1610", "1620")], **DATES}, "overlapping ranges"),
        ({"between": [("1660", "1701")], **DATES}, "range end does not fit YYWW"),
        ({"between": [("1625", "17A4")], **DATES}, "range end does not fit YYWW"),
        ({"between": [("162", "174")], **DATES}, "range end does not fit YYWW"),
        ({"between": [("AB1", "AB9")], "order": "number"}, "range end is not a number"),
        ({"between": [("A12", "1B9")], "order": "shape"}, "range ends of different shape"),
        (
            {"between": [("3002188267", "30024310751")], "order": "number"},
            "range ends of different length",
        ),
        ({"between": [("1", "5")], "order": "number", "length": [2]}, "stated length"),
        ({"eq": ["M14-Q2", "m14 q2"]}, "duplicate after folding"),
        ({"starts": ["000G21", "０００g21"]}, "duplicate after folding"),
        ({"eq": ["--"]}, "an empty value"),
        ({"between": [("16", "17")], "order": "date"}, "needs a date_format"),
        ({"between": [("16", "17")], "order": "date", "date_format": "YYQQ"}, "date_format"),
        (
            {"between": [("4350", "6018")], "order": "date", "date_format": "YDDD"},
            "state the decade",
        ),
        ({"between": [("K1", "L2")], "order": "date", "date_format": "LM"}, "state the years"),
        (
            {
                "between": [("K001", "K002")],
                "order": "date",
                "date_format": "LDDD",
                "years": {"K": 99999},
            },
            "years",
        ),
        ({"eq": ["2313"], "date_format": "YYWW"}, "needs order date"),
        ({"eq": ["12"], "at": (0, 2)}, "bad positions"),
        ({"eq": ["12"], "at": (3, 2)}, "bad positions"),
        ({"eq": ["12"], "at": (-1, 2)}, "bad positions"),
        ({"eq": ["12"], "at": (-1, -2)}, "bad positions"),
        ({"eq": ["12"], "at": (9, 10), "length": [4]}, "bad positions"),
        ({"eq": ["12"], "at": (9, 10), "shape": "9999"}, "bad positions"),
        ({"between": [("16255", "17445")], "at": (1, 5), **DATES}, "bad positions"),
        ({"between": [("1625", "1744")], "at": (1, 5), **DATES}, "stated length"),
        ({"eq": ["12345"], "length": [4]}, "stated length"),
        ({"eq": ["123"], "at": (1, 2)}, "stated length"),
        ({"eq": ["12345"], "shape": "9999"}, "stated length"),
        ({"eq": ["12A4"], "shape": "9999"}, "stated shape"),
        ({"eq": ["1234"], "shape": "9999", "length": [5]}, "length and shape disagree"),
        ({"starts": ["12345"], "length": [4]}, "longer than the code"),
        ({"ends": ["12345"], "shape": "9999"}, "longer than the code"),
        ({"contains": ["123"], "at": (1, 2)}, "longer than the code"),
        ({"eq": ["1234"], "length": [0]}, "length"),
        ({"eq": ["1234"], "length": [65]}, "length"),
        ({"eq": ["1234"], "shape": "99X9"}, "shape"),
        ({"between": [("1", "5")]}, "between and order belong together"),
        ({"eq": ["1"], "order": "number"}, "between and order belong together"),
        ({}, "exactly one of"),
        ({"eq": ["1"], "starts": ["1"]}, "exactly one of"),
        ({"matches": "^1.*$"}, "matches"),  # there are no regular expressions
    ],
)
def test_a_code_rule_that_cannot_mean_what_it_says_is_refused(
    parts: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ValidationError, match=reason):
        a_code_rule(**parts)


@pytest.mark.parametrize(
    "between",
    [
        ("01J357BT770001L", "01J357BT700010F"),  # Samsung: upside down
        ("01J457BT700001W", "01J457BTB00111"),  # Samsung: one end has 14 characters
        ("3002188267", "30024310751"),  # DR Power: ten digits against eleven
    ],
)
def test_a_malformed_official_range_is_taken_only_as_opaque(between: tuple[str, str]) -> None:
    with pytest.raises(ValidationError):
        a_code_rule(between=[between], order="shape", length=[15])

    assert a_code_rule(between=[between], order="opaque", length=[15]).order == "opaque"


@pytest.mark.parametrize(
    ("node", "reason"),
    [
        ({"op": "date", "field": "bought"}, "needs a start or an end"),
        (
            {"op": "date", "field": "bought", "start": "2015-12-01", "end": "2015-09-30"},
            "inverted dates",
        ),
        ({"op": "model", "any_of": []}, "any_of"),
        ({"op": "model", "any_of": ["X100", "x-100"]}, "duplicate after folding"),
        ({"op": "model", "any_of": ["X100"], "match": "regex"}, "match"),
        ({"op": "attr", "field": "colour", "any_of": ["red", "RED"]}, "duplicate"),
        ({"op": "attr", "field": "Colour!", "any_of": ["red"]}, "field"),
        ({"op": "and", "of": []}, "of"),
        ({"op": "or", "of": []}, "of"),
        ({"op": "or", "of": [{"op": "all_units"}, EXPECTED]}, "only describes"),
        ({"op": "and", "of": [EXPECTED]}, "only describes"),
        ({"op": "not", "rule": EXPECTED}, "expect below not"),
        ({"op": "not", "rule": {"op": "and", "of": [CHECKED, EXPECTED]}}, "expect below not"),
        ({"op": "inspect", "field": "cap", "question": ""}, "question"),
        ({"op": "checker", "needs": []}, "needs"),
        ({"op": "regex", "pattern": ".*"}, "op"),
        ({"op": "all_units", "except": "mine"}, "except"),
    ],
)
def test_a_node_that_cannot_mean_what_it_says_is_refused(
    node: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ValidationError, match=reason):
        a_rule(node)


def test_a_rule_too_deep_to_follow_is_refused() -> None:
    node: dict[str, Any] = {"op": "all_units"}
    for _ in range(2000):
        node = {"op": "not", "rule": node}

    with pytest.raises(ValidationError):
        a_rule(node)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"units": CHECKED, "checker": None}, "https address"),
        ({"units": CHECKED, "checker": "http://acme.example/check"}, "https address"),
        ({"units": CHECKED, "checker": "javascript:alert(1)"}, "checker"),
        ({"sources": (a_citation(kind="news"),)}, "no primary source"),
        ({"sources": ()}, "sources"),
        (
            {"units": {"op": "unparsed", "verbatim": "certain units only"}},
            "part of the wording is unparsed",
        ),
        (
            {
                "units": {
                    "op": "and",
                    "of": [CHECKED, {"op": "not", "rule": {"op": "unparsed", "verbatim": "x"}}],
                }
            },
            "part of the wording is unparsed",
        ),
        ({"units": EXPECTED}, "cannot be the whole rule"),
        ({"hazard": {"kinds": ["fire"], "text": "x", "source": "nobody"}}, "source not listed"),
        ({"sold": {"start": "2023-01-02", "end": "2023-01-01", "source": "cpsc"}}, "inverted"),
        ({"regions": ("usa",)}, "regions"),
        ({"brands": ()}, "brands"),
        ({"id": "Acme X100"}, "id"),
        (
            {
                "remedies": (
                    {
                        "regions": ["US"],
                        "options": [{"kind": "refund", "amount": "30"}],
                        "text": "x",
                        "source": "cpsc",
                    },
                )
            },
            "belong together",
        ),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_notice_wrong_on_its_face_is_refused(facts: dict[str, Any], reason: str) -> None:
    valid = a_notice().model_dump()

    with pytest.raises(ValidationError, match=reason):
        Notice.model_validate({**valid, **facts})


@pytest.mark.parametrize("kind", ["official", "official_copy", "maker"])
def test_a_primary_source_lets_a_rule_be_complete(kind: str) -> None:
    notice = a_notice(sources=(a_citation(kind=kind),))

    assert notice.complete


def test_a_notice_may_say_when_and_how_many_were_sold() -> None:
    notice = a_notice(
        sold={"start": date(2016, 6, 1), "end": date(2022, 12, 31), "source": "cpsc"},
        counts=({"regions": ("US",), "units": 1158000, "source": "cpsc"},),
    )

    assert notice.sold is not None
    assert notice.counts[0].units == 1158000


def test_the_best_source_comes_before_the_first() -> None:
    notice = a_notice(sources=(a_citation("news", "paper"), a_citation("official", "cpsc")))

    assert notice.main_source.id == "cpsc"
    assert notice.citation("paper").id == "paper"


@pytest.mark.parametrize(
    ("regions", "region", "covered"),
    [
        (("US",), None, True),
        (("US",), "US", True),
        (("US",), "JP", False),
        (("WORLD",), "JP", True),
    ],
)
def test_a_notice_holds_in_its_regions_and_an_unknown_one(
    regions: tuple[str, ...],
    region: str | None,
    covered: bool,  # noqa: FBT001 - the wanted answer
) -> None:
    assert a_notice(regions=regions).covers(region) is covered


def test_lengths_come_from_the_shape_or_the_lengths_stated() -> None:
    assert a_code_rule(eq=["1234"], shape="9999").lengths == (4,)
    assert a_code_rule(starts=["12"], length=[4, 6]).lengths == (4, 6)
    assert not a_code_rule(starts=["12"]).may_exclude


def test_values_of_the_rule_language_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        a_model().match = "prefix"  # type: ignore[misc]
