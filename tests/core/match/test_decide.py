"""From the notices found to one verdict: each verdict, each reason, and what is never said."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from core.match.decide import decide, judge
from core.model.recall import Example, Notice, State
from core.model.rule import Rule
from core.model.unit import Unit
from core.model.verdict import (
    CannotAnswer,
    CheckNeeded,
    Decision,
    FreshSources,
    NextKind,
    NoRecallFound,
    NotAffected,
    Reason,
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
    an_age,
    knowledge,
    unconfirmed,
)

CHECKER = a_rule({"op": "checker"})
STAMPED = all_of(a_model(), a_code_rule(field="date_code", eq=["2313", "2316"], length=[4]))
COLOURED = all_of(a_model(), a_rule({"op": "attr", "field": "colour", "any_of": ["red"]}))
CAPPED = all_of(
    a_model(),
    a_rule({"op": "inspect", "field": "cap", "question": "A yellow cap?", "hard": True}),
)
PERIOD = all_of(
    a_model(),
    a_rule({"op": "date", "field": "bought", "start": "2016-06-01", "end": "2022-12-31"}),
)
VAGUE = a_rule(
    {
        "op": "and",
        "of": [
            {"op": "model", "any_of": ["X100"]},
            {"op": "unparsed", "verbatim": "certain units"},
        ],
    }
)


def _decided(unit: Unit, *notices: Notice) -> Decision:
    return decide(unit, notices, knowledge(a_maker()))


@pytest.mark.parametrize(
    ("units", "unit", "verdict", "reason", "step"),
    [
        (a_model(), a_unit(), "affected", Reason.ALL_UNITS_OF_MODEL, NextKind.CLAIM),
        (STAMPED, a_unit(date_code="2313"), "affected", Reason.CODE_LISTED, NextKind.CLAIM),
        (
            COLOURED,
            a_unit(colour="red"),
            "affected",
            Reason.ALL_UNITS_OF_MODEL,
            NextKind.CLAIM,
        ),
        (
            all_of(a_model(), CHECKER),
            a_unit(),
            "check_needed",
            Reason.MAKERS_LIST,
            NextKind.OPEN_CHECKER,
        ),
        (STAMPED, a_unit(), "check_needed", Reason.CODE_MISSING, NextKind.ASK),
        (
            STAMPED,
            a_unit(date_code="23I3"),
            "check_needed",
            Reason.CODE_AMBIGUOUS,
            NextKind.LOOK_AT,
        ),
        (
            STAMPED,
            a_unit(date_code="23I3", looked="yes"),
            "check_needed",
            Reason.CODE_AMBIGUOUS,
            NextKind.OPEN_CHECKER,
        ),
        (
            STAMPED,
            a_unit(date_code="231"),
            "check_needed",
            Reason.CODE_MALFORMED,
            NextKind.ASK,
        ),
        (
            all_of(a_model(), a_code_rule(field="date_code", eq=["2313"])),
            a_unit(date_code="9944"),
            "check_needed",
            Reason.CODE_OUTSIDE_UNVERIFIED,
            NextKind.OPEN_CHECKER,
        ),
        (
            STAMPED,
            unconfirmed(a_unit(date_code="9944")),
            "check_needed",
            Reason.CODE_UNCONFIRMED,
            NextKind.CONFIRM,
        ),
        (
            a_model(),
            a_unit("X1O0"),
            "check_needed",
            Reason.NEAR_MISS_MODEL,
            NextKind.CHOOSE_MODEL,
        ),
        (
            a_model(),
            a_unit(brand="Bolt"),
            "check_needed",
            Reason.OTHER_BRAND,
            NextKind.OPEN_CHECKER,
        ),
        (a_model(), a_unit(None), "check_needed", Reason.MODEL_MISSING, NextKind.ASK),
        (
            a_code_rule(starts=["99"]),
            a_unit(None, None, serial="9944"),
            "check_needed",
            Reason.BRAND_MISSING,
            NextKind.ASK,
        ),
        (CAPPED, a_unit(), "check_needed", Reason.INSPECTION_NEEDED, NextKind.INSPECT),
        (COLOURED, a_unit(), "check_needed", Reason.DETAIL_MISSING, NextKind.ASK),
        (
            COLOURED,
            a_unit(colour="blue"),
            "check_needed",
            Reason.CODE_OUTSIDE_UNVERIFIED,
            NextKind.OPEN_CHECKER,
        ),
        (
            PERIOD,
            a_unit(bought="2024-05"),
            "check_needed",
            Reason.OTHER_SALE_PERIOD,
            NextKind.OPEN_CHECKER,
        ),
        (
            a_model(),
            a_unit(region="JP"),
            "check_needed",
            Reason.RECALLED_ELSEWHERE,
            NextKind.OPEN_CHECKER,
        ),
        (
            STAMPED,
            a_unit(date_code="9944"),
            "not_affected",
            Reason.CODE_OUTSIDE,
            NextKind.REMEMBER,
        ),
        (a_model(), a_unit("Z900"), "no_recall_found", Reason.NOT_NAMED, NextKind.REMEMBER),
    ],
)
def test_one_notice_gives_its_verdict_its_reason_and_its_step(
    units: Rule, unit: Unit, verdict: str, reason: Reason, step: NextKind
) -> None:
    decision = _decided(unit, a_notice(units))

    assert (decision.verdict, decision.reason, decision.next.kind) == (verdict, reason, step)


def test_a_rule_partly_unparsed_is_partly_described() -> None:
    decision = _decided(a_unit(), a_notice(VAGUE, complete=False))

    assert isinstance(decision, CheckNeeded)
    assert decision.reason is Reason.PARTLY_DESCRIBED
    assert decision.next.url == "https://acme.example/check"


@pytest.mark.parametrize("ages", [(), (an_age(days=8),), (an_age(), an_age(days=91, limit=90))])
@pytest.mark.parametrize("unit", [a_unit("Z900"), a_unit(date_code="9944")])
def test_no_negative_is_built_on_stale_or_no_sources(ages: tuple[Any, ...], unit: Unit) -> None:
    decision = decide(unit, [a_notice(STAMPED)], knowledge(ages=ages))

    assert isinstance(decision, CannotAnswer)
    assert decision.reason is Reason.SOURCES_STALE
    assert decision.next.kind is NextKind.ASK_AGAIN_LATER
    assert decision.stale == tuple(age for age in ages if not age.fresh(knowledge().now))


def test_a_positive_never_waits_for_freshness() -> None:
    stale = knowledge(ages=(an_age(days=400),))

    affected = decide(a_unit(), [a_notice()], stale)
    check = decide(a_unit(), [a_notice(STAMPED)], stale)

    assert affected.verdict is Verdict.AFFECTED
    assert check.verdict is Verdict.CHECK_NEEDED


def test_the_only_verdicts_that_exonerate_carry_fresh_sources() -> None:
    kinds = {kind.verdict: kind for kind in get_args(Decision)}

    assert set(kinds) == set(Verdict)
    assert {
        verdict for verdict, kind in kinds.items() if "checked" in kind.__dataclass_fields__
    } == {Verdict.NOT_AFFECTED, Verdict.NO_RECALL_FOUND}
    negatives = [
        _decided(a_unit(date_code="9944"), a_notice(STAMPED)),
        _decided(a_unit("Z900"), a_notice(STAMPED)),
    ]
    assert all(
        isinstance(one, NotAffected | NoRecallFound) and isinstance(one.checked, FreshSources)
        for one in negatives
    )


@pytest.mark.parametrize(
    ("notice", "unit"),
    [
        (a_notice(STAMPED, complete=False), a_unit(date_code="9944")),
        (a_notice(STAMPED), unconfirmed(a_unit(date_code="9944"))),
        (a_notice(STAMPED), a_unit("X1O0", date_code="9944")),
        (a_notice(STAMPED), a_unit("X1001", date_code="9944")),
        (a_notice(STAMPED), a_unit(None, date_code="9944")),
        (a_notice(STAMPED), a_unit(date_code="9944", region="JP")),
        (a_notice(STAMPED), a_unit(date_code="2E13")),
        (a_notice(STAMPED), a_unit(date_code="23I6")),
        (a_notice(STAMPED), a_unit(brand="Bolt", date_code="9944")),
        (a_notice(a_code_rule(starts=["99"], length=[4])), a_unit(serial="7744")),
        (a_notice(CAPPED), a_unit(cap="no")),
        (
            a_notice(
                all_of(
                    a_model(),
                    a_rule({"op": "attr", "field": "colour", "any_of": ["red"], "hard": True}),
                )
            ),
            a_unit(colour="blue"),
        ),
        (
            a_notice(
                all_of(a_model(), a_code_rule(field="upc", eq=["741235975076"], length=[12]))
            ),
            a_unit(upc="4006381333931"),
        ),
    ],
)
def test_short_of_every_condition_nothing_is_exonerated(notice: Notice, unit: Unit) -> None:
    decision = _decided(unit, notice)

    assert decision.verdict is not Verdict.NOT_AFFECTED


def test_a_closed_notice_still_counts_and_a_retracted_one_does_not() -> None:
    verdicts = [_decided(a_unit(), a_notice(state=state)).verdict for state in State]

    assert verdicts == [Verdict.AFFECTED, Verdict.AFFECTED, Verdict.NO_RECALL_FOUND]


def test_another_open_notice_of_the_model_keeps_it_open() -> None:
    excluding = a_notice(STAMPED)
    other = a_notice(all_of(a_model(), CHECKER), id="acme-x100-2", complete=False)
    retracted = other.model_copy(update={"state": State.RETRACTED})
    unit = a_unit(date_code="9944")

    both = _decided(unit, excluding, other)
    alone = _decided(unit, excluding, retracted)

    assert (both.verdict, both.reason) == (Verdict.CHECK_NEEDED, Reason.MAKERS_LIST)
    assert len(both.findings) == 2
    assert alone.verdict is Verdict.NOT_AFFECTED


def test_two_notices_that_both_exclude_it_exclude_it() -> None:
    second = a_notice(
        all_of(a_model(), a_code_rule(field="date_code", eq=["2420"], length=[4])), id="second"
    )

    decision = _decided(a_unit(date_code="9944"), a_notice(STAMPED), second)

    assert decision.verdict is Verdict.NOT_AFFECTED
    assert len(decision.findings) == 2


def test_one_affected_notice_outweighs_the_others() -> None:
    affecting = a_notice(id="all")

    decision = _decided(a_unit(date_code="9944"), a_notice(STAMPED), affecting)

    assert decision.verdict is Verdict.AFFECTED
    assert [one.notice.id for one in decision.findings] == ["all"]


def test_an_example_is_judged_by_its_notice_alone_and_as_confirmed() -> None:
    notice = a_notice(STAMPED)
    examples = [
        Example.model_validate({"brand": "Acme", "model": "X100", "want": want, **codes})
        for want, codes in (
            ("affected", {"date_code": "2313"}),
            ("check_needed", {}),
            ("not_affected", {"date_code": "9944"}),
        )
    ]

    verdicts = [judge(a_maker(), notice, example) for example in examples]
    without_maker = judge(None, notice, examples[0])

    assert [verdict.value for verdict in verdicts] == [example.want for example in examples]
    assert without_maker is Verdict.AFFECTED
