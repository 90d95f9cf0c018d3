"""Traps met in official wording and in the promises made to owners, one test each."""

from __future__ import annotations

from typing import Any

import pytest

from core.match.decide import decide
from core.model.identifier import fold
from core.model.recall import Maker, Notice, Remedy
from core.model.rule import Rule
from core.model.unit import Unit
from core.model.verdict import CheckNeeded, Decision, Reason, Verdict
from tests.builders import (
    a_citation,
    a_code_rule,
    a_maker,
    a_model,
    a_notice,
    a_rule,
    a_unit,
    all_of,
    an_age,
    knowledge,
)

CHECKER = a_rule({"op": "checker"})
ANKER = a_maker("Anker")
INIU = Maker(name="INIU", brands=("INIU",))


def _decided(
    unit: Unit, *notices: Notice, makers: tuple[Maker, ...] = (ANKER, INIU)
) -> Decision:
    return decide(unit, notices, knowledge(*makers))


def _verdict(unit: Unit, *notices: Notice) -> Verdict:
    return _decided(unit, *notices).verdict


def _paired(*pairs: tuple[str, dict[str, Any]]) -> Rule:
    """Return a rule in which each model has codes of its own."""
    both = [all_of(a_model(model), a_code_rule(**code)).model_dump() for model, code in pairs]
    return a_rule({"op": "or", "of": both})


def test_a_range_printed_upside_down_settles_only_its_two_ends() -> None:
    washer = a_code_rule(
        between=[("01J357BT770001L", "01J357BT700010F")], order="opaque", length=[15]
    )
    notice = a_notice(all_of(a_model("WA50B5100AW/US"), washer), brands=("Samsung",))

    verdicts = [
        _verdict(a_unit("WA50B5100AW/US", "Samsung", serial=serial), notice)
        for serial in ("01J357BT770001L", "01J357BT700010F", "01J357BT730005K")
    ]

    assert verdicts == [Verdict.AFFECTED, Verdict.AFFECTED, Verdict.CHECK_NEEDED]


def test_range_ends_of_different_length_settle_nothing_between_them() -> None:
    power = a_code_rule(between=[("3002188267", "30024310751")], order="opaque")
    notice = a_notice(all_of(a_model(), power))

    assert _verdict(a_unit(serial="3002300000"), notice) is Verdict.CHECK_NEEDED


@pytest.mark.parametrize(
    ("stamp", "verdict"),
    [
        ("1234 00514 1", Verdict.AFFECTED),  # 5 January 2014, though 514 is below 20413
        ("1234 20413 1", Verdict.AFFECTED),
        ("1234 28814 1", Verdict.AFFECTED),
        ("1234 30014 7", Verdict.NOT_AFFECTED),  # 27 October 2014
        ("1234 20313 1", Verdict.NOT_AFFECTED),
        ("30013", Verdict.CHECK_NEEDED),  # five digits of ten
        ("1234 40013 1", Verdict.CHECK_NEEDED),  # no year has 400 days
    ],
)
def test_a_day_and_year_code_is_compared_as_a_date(stamp: str, verdict: Verdict) -> None:
    kidde = a_code_rule(
        field="date_code",
        at=(5, 9),
        length=[10],
        between=[("20413", "28814")],
        order="date",
        date_format="DDDYY",
    )
    notice = a_notice(all_of(a_model("FA110"), kidde), brands=("Kidde",))

    assert _verdict(a_unit("FA110", "Kidde", date_code=stamp), notice) is verdict


def test_a_one_digit_year_is_read_in_the_stated_decade() -> None:
    carabiner = a_code_rule(
        field="date_code",
        length=[4],
        between=[("4350", "6018")],
        order="date",
        date_format="YDDD",
        decade=2010,
    )
    notice = a_notice(all_of(a_model(), carabiner))

    verdicts = [
        _verdict(a_unit(date_code=code), notice) for code in ("5200", "4350", "6018", "6019")
    ]

    assert verdicts == [Verdict.AFFECTED] * 3 + [Verdict.NOT_AFFECTED]


def test_a_vehicle_number_is_compared_by_its_last_six_whatever_its_check_digit() -> None:
    vin = a_code_rule(
        field="vin", at=(-6, -1), length=[17], between=[("000076", "005141")], order="number"
    )
    notice = a_notice(all_of(a_model("R15YAV17AA"), vin), brands=("Polaris",))

    verdicts = [
        _verdict(a_unit("R15YAV17AA", "Polaris", vin=number), notice)
        for number in ("RF3YAV171FT001000", "RF3YAV17XFT001000", "RF3YAV171FT005142")
    ]

    assert verdicts == [Verdict.AFFECTED, Verdict.AFFECTED, Verdict.NOT_AFFECTED]


def test_s01_an_o_where_the_maker_prints_none_is_read_as_zero_and_shown_back() -> None:
    coded = a_notice(
        all_of(a_model("A1263"), a_code_rule(starts=["A001"], length=[16])), brands=("Anker",)
    )
    listed = a_notice(all_of(a_model("A1263"), CHECKER), brands=("Anker",))
    unit = a_unit("A1263", "Anker", serial="AOOI234567890ABC")

    by_code, by_list = _decided(unit, coded), _decided(unit, listed)

    assert by_code.verdict is Verdict.AFFECTED
    assert by_code.findings[0].evidence[1].value == "A001234567890ABC"
    assert by_list.next.value == "A001234567890ABC"


def test_a_maker_that_does_print_i_and_l_is_not_corrected() -> None:
    notice = a_notice(
        all_of(a_model("BI-B41"), a_code_rule(starts=["000G21", "000I21"], length=[8])),
        brands=("INIU",),
    )

    found = {
        serial: _decided(a_unit("BI-B41", "INIU", serial=serial), notice)
        for serial in ("000I2199", "00012199", "000E2199")
    }

    assert found["000I2199"].verdict is Verdict.AFFECTED
    assert found["00012199"].reason is Reason.CODE_AMBIGUOUS
    assert found["00012199"].next.place == 4
    assert found["000E2199"].verdict is Verdict.NOT_AFFECTED


def test_letter_o_and_digit_0_stay_apart_in_a_retailers_ids() -> None:
    notice = a_notice(
        a_code_rule(field="asin", eq=["B00LRK8EVO", "B00LRK8IV0"], length=[10]),
        brands=("AmazonBasics",),
    )

    verdicts = [
        _verdict(a_unit(None, "AmazonBasics", asin=asin), notice)
        for asin in ("B00LRK8EVO", "B00LRK8EV0", "B00LRK8IV0", "B00ABCDE12")
    ]

    assert verdicts == [
        Verdict.AFFECTED,
        Verdict.CHECK_NEEDED,
        Verdict.AFFECTED,
        Verdict.NO_RECALL_FOUND,
    ]


def test_a_recall_that_grew_overtakes_the_answer_given_before() -> None:
    first = a_notice(
        all_of(a_model(), a_code_rule(starts=["6BZLU"], length=[10])), id="june-2016"
    )
    grown = a_notice(
        all_of(a_model(), a_code_rule(starts=["6BZLU", "6DEMA"], length=[10])),
        id="january-2017",
    )
    unit = a_unit(serial="6DEMA99999")

    before, after = _verdict(unit, first), _verdict(unit, first, grown)

    assert (before, after) == (Verdict.NOT_AFFECTED, Verdict.AFFECTED)


def test_s27_one_code_is_in_for_one_model_and_out_for_another() -> None:
    ikea = a_notice(
        _paired(
            ("E2038", {"field": "date_code", "eq": ["2313", "2316"], "length": [4]}),
            ("E2037", {"field": "date_code", "eq": ["2318", "2322"], "length": [4]}),
        ),
        brands=("IKEA",),
    )
    romoss = a_notice(
        _paired(
            ("PAC20-272", {"field": "batch", "eq": ["M14-Q2"], "shape": "A99A9"}),
            ("PAC20-392", {"field": "batch", "eq": ["M14-Q6"], "shape": "A99A9"}),
        ),
        brands=("Romoss",),
    )

    verdicts = [
        _verdict(a_unit("E2037", "IKEA", date_code="2322"), ikea),
        _verdict(a_unit("E2038", "IKEA", date_code="2322"), ikea),
        _verdict(a_unit("PAC20-272", "Romoss", batch="M14-Q2"), romoss),
        _verdict(a_unit("PAC20-392", "Romoss", batch="M14-Q2"), romoss),
    ]

    assert verdicts == [Verdict.AFFECTED, Verdict.NOT_AFFECTED] * 2


def test_one_model_in_two_notices_gets_the_stricter() -> None:
    every = a_notice(a_model("A1647", match="variants"), brands=("Anker",), regions=("JP",))
    listed = a_notice(
        all_of(a_model("A1647", match="variants"), CHECKER), brands=("Anker",), id="world"
    )

    in_japan = _decided(a_unit("A1647", "Anker", region="JP"), listed, every)
    unknown = _decided(a_unit("A1647", "Anker"), listed, every)
    in_america = _decided(a_unit("A1647", "Anker", region="US"), listed, every)

    assert in_japan.verdict is Verdict.AFFECTED
    assert unknown.verdict is Verdict.AFFECTED
    assert in_america.verdict is Verdict.CHECK_NEEDED


def test_what_only_a_newspaper_says_never_exonerates() -> None:
    notice = a_notice(
        all_of(a_model(), a_code_rule(eq=["2313"], length=[4])),
        complete=False,
        sources=(a_citation(kind="news"),),
    )

    assert _verdict(a_unit(serial="9944"), notice) is Verdict.CHECK_NEEDED


def test_s02_stale_sources_leave_no_negative() -> None:
    decision = decide(a_unit("Z900"), [], knowledge(ages=(an_age(days=8),)))

    assert decision.verdict is Verdict.CANNOT_ANSWER


@pytest.mark.parametrize(
    ("region", "verdict", "reason"),
    [
        ("JP", Verdict.AFFECTED, Reason.ALL_UNITS_OF_MODEL),
        ("US", Verdict.CHECK_NEEDED, Reason.OTHER_SALE_PERIOD),
        ("DE", Verdict.CHECK_NEEDED, Reason.RECALLED_ELSEWHERE),
    ],
)
def test_s19_the_country_and_sale_period_decide_how_it_is_recalled(
    region: str, verdict: Verdict, reason: Reason
) -> None:
    def sold(start: str, end: str) -> Rule:
        period = {"op": "date", "field": "bought", "start": start, "end": end}
        return all_of(a_model("A1263", match="variants"), a_rule(period))

    japan = a_notice(
        sold("2022-12-25", "2025-10-21"), brands=("Anker",), regions=("JP",), id="jp"
    )
    america = a_notice(
        sold("2016-06-01", "2022-12-31"), brands=("Anker",), regions=("US",), id="us"
    )
    unit = a_unit("A1263", "Anker", region=region, bought="2024")

    decision = _decided(unit, japan, america)

    assert (decision.verdict, decision.reason) == (verdict, reason)


@pytest.mark.parametrize("hard", [True, False])
def test_s20_the_colour_left_out_needs_confirmation_and_the_other_is_recalled(
    hard: bool,  # noqa: FBT001 - the rule's own flag
) -> None:
    white = {"op": "attr", "field": "colour", "any_of": ["white"], "hard": hard}
    notice = a_notice(
        all_of(a_model("A3130"), a_rule({"op": "not", "rule": white})), brands=("Anker",)
    )

    verdicts = [
        _verdict(a_unit("A3130", "Anker", colour=colour), notice)
        for colour in ("white", "black")
    ]

    assert verdicts == [Verdict.CHECK_NEEDED, Verdict.AFFECTED]


def test_s26_a_remedy_of_another_product_is_never_needed_the_official_page_is_linked() -> None:
    without = a_notice(a_model("26135"), brands=("INIU",), checker=None)
    remedy = Remedy.model_validate(
        {
            "regions": ["US"],
            "options": [{"kind": "refund", "amount": "12.99", "currency": "USD"}],
            "text": "Refund of this product.",
            "source": "cpsc",
        }
    )
    with_own = without.model_copy(update={"remedies": (remedy,)})

    linked = [_decided(a_unit("26135", "INIU"), notice) for notice in (without, with_own)]

    assert [decision.next.url for decision in linked] == [a_citation()["url"]] * 2
    assert without.remedies == ()


def test_an_exclusion_by_memory_mixed_with_a_code_is_not_a_decision_by_code() -> None:
    mixed = {
        "op": "not",
        "rule": {
            "op": "or",
            "of": [
                {"op": "code", "field": "serial", "starts": ["77"], "length": [4]},
                {"op": "attr", "field": "colour", "any_of": ["red"], "hard": True},
            ],
        },
    }
    notice = a_notice(all_of(a_model(), a_rule(mixed)))

    assert _verdict(a_unit(serial="9944", colour="red"), notice) is Verdict.CHECK_NEEDED


def test_a_misread_exception_does_not_exonerate() -> None:
    spared = {"op": "code", "field": "serial", "starts": ["B2"], "length": [4]}
    notice = a_notice(all_of(a_model(), a_rule({"op": "not", "rule": spared})))

    affected = _decided(a_unit(serial="82XY"), notice)
    misread = _decided(a_unit(serial="B2XY"), notice)

    assert affected.verdict is Verdict.CHECK_NEEDED
    assert isinstance(misread, CheckNeeded)
    assert misread.reason is Reason.CODE_AMBIGUOUS


def test_a_shape_that_leaves_one_reading_lets_an_exception_stand() -> None:
    spared = {"op": "code", "field": "serial", "starts": ["12"], "shape": "9999"}
    notice = a_notice(all_of(a_model(), a_rule({"op": "not", "rule": spared})))

    verdicts = [_verdict(a_unit(serial=serial), notice) for serial in ("1244", "4412")]

    assert verdicts == [Verdict.NOT_AFFECTED, Verdict.AFFECTED]


def test_a_code_in_kana_dashes_and_full_width_is_the_code() -> None:
    assert fold("Ｍ１４ーＱ２") == fold("M14-Q2")
