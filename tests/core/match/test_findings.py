"""How a notice concerns a unit: by model, by a neighbour, by brand alone, and in what order."""

from __future__ import annotations

from datetime import date

import pytest

from core.match.decide import decide
from core.match.findings import findings
from core.model.lexicon import Lexicon
from core.model.recall import Notice
from core.model.unit import Unit
from core.model.verdict import (
    Decision,
    Reason,
    Relation,
    Verdict,
)
from tests.builders import (
    a_code_rule,
    a_maker,
    a_model,
    a_notice,
    a_rule,
    a_unit,
    all_of,
    knowledge,
)

CHECKER = a_rule({"op": "checker"})
STAMPED = all_of(a_model(), a_code_rule(field="date_code", eq=["2313", "2316"], length=[4]))


def _decided(unit: Unit, *notices: Notice) -> Decision:
    return decide(unit, notices, knowledge(a_maker()))


def test_a_notice_of_a_look_alike_model_keeps_it_open() -> None:
    unit = a_unit("8001", date_code="9944")
    excluding = a_notice(
        all_of(a_model("8001"), a_code_rule(field="date_code", eq=["2313"], length=[4]))
    )
    alike = a_notice(a_model("B001"), id="acme-b001")

    assert _decided(unit, excluding).verdict is Verdict.NOT_AFFECTED
    assert _decided(unit, excluding, alike).verdict is Verdict.CHECK_NEEDED


def test_findings_come_for_the_persons_country_first_and_then_newest() -> None:
    def dated(name: str, day: date | None, *regions: str) -> Notice:
        return a_notice(id=name, published=day, regions=regions)

    notices = [
        dated("elsewhere", date(2026, 1, 1), "JP"),
        dated("undated", None, "US"),
        dated("old", date(2020, 1, 1), "US"),
        dated("new", date(2025, 1, 1), "US"),
        dated("everywhere", date(2026, 5, 1), "WORLD"),
    ]

    found = findings(a_unit(region="US"), notices, Lexicon())

    assert [one.notice.id for one in found] == [
        "new",
        "old",
        "undated",
        "everywhere",
        "elsewhere",
    ]


def test_the_notice_that_goes_by_the_name_comes_first() -> None:
    notices = [
        a_notice(id="other"),
        a_notice(id="named", names=("PowerBrick",), published=date(2019, 1, 1)),
    ]

    found = findings(a_unit(name="power brick"), notices, Lexicon())

    assert [one.notice.id for one in found] == ["named", "other"]


def test_a_model_two_makers_use_is_asked_about() -> None:
    ours = a_notice()
    theirs = a_notice(brands=("Bolt",), id="bolt-x100")

    decision = _decided(a_unit(brand=None), ours, theirs)
    empty = _decided(a_unit(brand="  "), ours, theirs)

    assert (decision.verdict, decision.reason) == (Verdict.CHECK_NEEDED, Reason.BRAND_MISSING)
    assert decision.next.choices == ("Acme", "Bolt")
    assert empty.reason is Reason.BRAND_MISSING


def test_a_model_of_one_maker_needs_no_brand() -> None:
    shared = a_notice(brands=("Soundcore", "Acme"), id="second")

    assert _decided(a_unit(brand=None), a_notice()).verdict is Verdict.AFFECTED
    assert _decided(a_unit(brand=None), a_notice(), shared).verdict is Verdict.AFFECTED


def test_a_makers_other_names_are_the_same_brand() -> None:
    maker = a_maker(brands=("Acme", "Soundcore"), aliases=("アクメ",))

    verdicts = [
        decide(a_unit(brand=brand), [a_notice()], knowledge(maker)).verdict
        for brand in ("soundcore", "アクメ", "Bolt")
    ]

    assert verdicts == [Verdict.AFFECTED, Verdict.AFFECTED, Verdict.CHECK_NEEDED]


def test_another_brands_unit_near_the_model_is_not_related() -> None:
    decision = _decided(a_unit("X1O0", brand="Bolt"), a_notice())

    assert decision.verdict is Verdict.NO_RECALL_FOUND


def test_a_code_rule_without_a_model_speaks_of_the_brand() -> None:
    notice = a_notice(a_code_rule(starts=["6BZLU"]), brands=("HP",), complete=False)

    (found,) = findings(a_unit("dv1000", "HP", serial="6BZLU1"), [notice], Lexicon())
    decision = _decided(a_unit("dv1000", "HP", serial="6BZLU1"), notice)

    assert found.relation is Relation.SAME_BRAND
    assert decision.verdict is Verdict.AFFECTED


def test_a_unit_of_another_model_is_not_named_because_its_code_might_be() -> None:
    either = a_rule(
        {
            "op": "or",
            "of": [
                {"op": "model", "any_of": ["X100"]},
                {"op": "code", "field": "serial", "starts": ["99"], "length": [4]},
            ],
        }
    )

    outside = _decided(a_unit("Z900", serial="7744"), a_notice(either))
    inside = _decided(a_unit("Z900", serial="9944"), a_notice(either))
    unknown = _decided(a_unit("Z900"), a_notice(either))

    assert outside.verdict is Verdict.NO_RECALL_FOUND
    assert inside.verdict is Verdict.AFFECTED
    assert unknown.verdict is Verdict.CHECK_NEEDED


def test_an_unlisted_model_is_not_asked_for_the_bar_code_of_another() -> None:
    either = a_rule(
        {
            "op": "or",
            "of": [
                {"op": "model", "any_of": ["A1263"]},
                {"op": "code", "field": "gtin", "eq": ["4571411204692"]},
            ],
        }
    )

    decision = _decided(a_unit("A1264", model_read_back="yes"), a_notice(either))

    assert decision.verdict is Verdict.NO_RECALL_FOUND


@pytest.mark.parametrize(
    ("model", "verdict"),
    [
        ("X101", Verdict.NO_RECALL_FOUND),
        ("X1O0", Verdict.CHECK_NEEDED),
        ("X100-B", Verdict.CHECK_NEEDED),
        ("X100", Verdict.AFFECTED),
    ],
)
def test_a_model_read_back_rules_a_typing_error_out_and_nothing_else(
    model: str, verdict: Verdict
) -> None:
    assert _decided(a_unit(model, model_read_back="yes"), a_notice()).verdict is verdict


def test_a_model_read_back_does_not_lose_a_notice_that_names_it_beside_its_neighbour() -> None:
    neighbours = a_rule(
        {
            "op": "or",
            "of": [
                {"op": "and", "of": [{"op": "model", "any_of": [model]}, {"op": "checker"}]}
                for model in ("X101", "X100")
            ],
        }
    )

    decision = _decided(a_unit(model_read_back="yes"), a_notice(neighbours))

    assert decision.verdict is Verdict.CHECK_NEEDED


def test_a_doubt_about_the_named_model_comes_before_one_about_a_neighbour() -> None:
    named = a_notice(STAMPED)
    near = a_notice(a_model("X101"), id="acme-x101")

    decision = _decided(a_unit(), near, named)

    assert decision.reason is Reason.CODE_MISSING


def test_a_doubt_here_comes_before_one_elsewhere() -> None:
    here = a_notice(all_of(a_model(), CHECKER))
    elsewhere = a_notice(id="jp", regions=("JP",), published=date(2026, 1, 1))

    decision = _decided(a_unit(region="US"), elsewhere, here)

    assert decision.reason is Reason.MAKERS_LIST
