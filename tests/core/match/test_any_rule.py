"""Whatever the rule and unit: covered is never left out, and every answer explains itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.match.decide import decide
from core.model.recall import Notice
from core.model.rule import Rule
from core.model.verdict import (
    CannotAnswer,
    Decision,
    Evidence,
    NextKind,
    NextStep,
    Truth,
    Verdict,
)
from tests.builders import STEADY, a_notice, a_rule, a_unit, an_age, knowledge
from tests.core.match.damage import misread
from tests.core.match.trees import EXPECTED, FACTS, MODELS, RULES, SERIALS, covers, exists

OFTEN = settings(STEADY, max_examples=300)
CHANCES = st.integers(0, 2**32)
FORGOTTEN = st.sets(st.sampled_from(["serial", "upc", "colour", "made", "cap"]), max_size=1)
EXCEPT_RED = {
    "op": "not",
    "rule": {
        "op": "or",
        "of": [
            {"op": "code", "field": "serial", "starts": ["77"], "length": [4]},
            {"op": "attr", "field": "colour", "any_of": ["red"], "hard": True},
        ],
    },
}
X100 = {"op": "model", "any_of": ["X100"]}
TRUTHS: dict[str, str] = {
    "model": "X100",
    "serial": "9944",
    "upc": "741235975076",
    "colour": "white",
    "made": "2019-05-05",
    "cap": "yes",
}


# A number by which the owner reads every code rightly and remembers a red one.
RED = 8


def _told(facts: Mapping[str, str], forgotten: set[str], chance: int) -> dict[str, str]:
    """Return the facts as a person may tell them: misread, misremembered, left out."""
    drawn = Random(chance)  # noqa: S311 - the same slips for the same number, no secret
    told = {name: said for name, said in facts.items() if name not in forgotten}
    # Often enough read rightly: a doubt about one fact must not hide a fault in another.
    for code, slips in (("model", 6), ("serial", 2), ("upc", 3)):
        if code in told and drawn.randrange(slips) == 0:
            told[code] = misread(told[code], chance)
    if "colour" in told:
        told["colour"] = drawn.choice(["red", "white", "blue"])
    if "made" in told:
        told["made"] = told["made"][: drawn.choice([4, 7, 10])]
    return told


@OFTEN
@given(rule=RULES, facts=FACTS, forgotten=FORGOTTEN, chance=CHANCES)
@example(
    rule=a_rule({"op": "and", "of": [X100, EXCEPT_RED]}),
    facts=TRUTHS,
    forgotten=set(),
    chance=RED,
)
def test_a_covered_unit_is_never_left_out_whatever_its_owner_tells(
    rule: Rule, facts: dict[str, str], forgotten: set[str], chance: int
) -> None:
    if not exists(rule, facts) or not covers(rule, facts):
        return

    told = _told(facts, forgotten, chance)
    decision = decide(a_unit(told.pop("model"), **told), [a_notice(rule)], knowledge())

    assert decision.verdict is not Verdict.NOT_AFFECTED


def _shuffled(node: Any, drawn: Random) -> Any:
    if isinstance(node, dict):
        return {name: _shuffled(value, drawn) for name, value in node.items()}
    if isinstance(node, list | tuple) and not all(isinstance(part, int) for part in node):
        ends = len(node) == 2 and all(isinstance(part, str) for part in node)
        parts = [_shuffled(part, drawn) for part in node]
        return parts if ends and node[0] <= node[1] else drawn.sample(parts, len(parts))
    return node


@OFTEN
@given(rule=RULES, facts=FACTS, forgotten=FORGOTTEN, chance=CHANCES)
@example(
    rule=a_rule(
        {
            "op": "code",
            "field": "serial",
            "between": [("1000", "1999"), ("9900", "9999"), ("2000", "2999")],
            "order": "number",
            "length": [4],
        }
    ),
    facts=TRUTHS,
    forgotten=set(),
    chance=1,
)
def test_the_order_of_ranges_values_and_parts_changes_no_verdict(
    rule: Rule, facts: dict[str, str], forgotten: set[str], chance: int
) -> None:
    other = a_rule(_shuffled(rule.model_dump(), Random(chance)))  # noqa: S311 - no secret
    told = _told(facts, forgotten, chance)
    unit = a_unit(told.pop("model"), **told)

    verdicts = [decide(unit, [a_notice(units)], knowledge()).verdict for units in (rule, other)]

    assert verdicts[0] is verdicts[1]


def _leads_on(step: NextStep) -> bool:
    """Say whether the person can do something with it."""
    needed: dict[NextKind, tuple[object, ...]] = {
        NextKind.ASK: (step.field,),
        NextKind.LOOK_AT: (step.field, step.value, step.place),
        NextKind.CONFIRM: (step.field, step.value),
        NextKind.INSPECT: (step.field, step.question, step.choices == ("yes", "no")),
        NextKind.CHOOSE_MODEL: (step.choices,),
        NextKind.CLAIM: (step.url,),
        NextKind.OPEN_CHECKER: (step.url,),
    }
    return all(needed.get(step.kind, ()))


def _explained(evidence: Evidence) -> bool:
    said = bool(evidence.value or evidence.expected or evidence.url)
    return bool(evidence.field) and (
        said or evidence.why in {"missing", "listed", "makers_list"}
    )


def _explains_itself(decision: Decision) -> bool:
    negative = decision.verdict is Verdict.NO_RECALL_FOUND or isinstance(decision, CannotAnswer)
    return (
        (negative or bool(decision.findings))
        and all(
            one.evidence and all(map(_explained, one.evidence)) for one in decision.findings
        )
        and _leads_on(decision.next)
    )


@OFTEN
@given(
    rules=st.lists(RULES, max_size=3),
    facts=FACTS,
    forgotten=FORGOTTEN,
    asked=st.tuples(st.sampled_from(["Acme", "Bolt", None, ""]), CHANCES),
)
@example(  # nothing but a description that cannot be compared
    rules=[a_rule({"op": "and", "of": [{"op": "all_units"}, EXPECTED]})],
    facts=TRUTHS,
    forgotten={"serial"},
    asked=("Acme", 0),
)
def test_every_decision_explains_itself_and_leads_on(
    rules: list[Rule],
    facts: dict[str, str],
    forgotten: set[str],
    asked: tuple[str | None, int],
) -> None:
    brand, chance = asked
    notices = [_published(rule, number, chance) for number, rule in enumerate(rules)]
    told = _told(facts, forgotten, chance)
    unit = replace(a_unit(told.pop("model"), brand, **told), confirmed=bool(chance % 3))

    decision = decide(unit, notices, knowledge(ages=(an_age(30 * (chance % 7 == 0)),)))

    assert _explains_itself(decision)


def _published(rule: Rule, number: int, chance: int) -> Notice:
    brand = "Acme" if (chance >> number) % 2 else "Bolt"
    regions = ("US",) if (chance >> (4 + number)) % 2 else ("JP", "WORLD")
    return a_notice(
        rule, id=f"n{number}", brands=(brand,), regions=regions, complete=bool(chance % 5)
    )


@OFTEN
@given(
    rule=RULES,
    facts=st.dictionaries(
        st.sampled_from(["serial", "upc", "gtin", "colour", "made", "cap", "name", "region"]),
        st.text(),
    ),
    model=st.none() | st.text() | st.sampled_from(MODELS),
    brand=st.none() | st.text() | st.just("Acme"),
)
@example(
    rule=a_rule({"op": "date", "field": "made", "start": "2019-01-01"}),
    facts={"made": "99999999999999999999"},
    model=None,
    brand="\ud800",
)
def test_no_text_breaks_a_decision(
    rule: Rule, facts: dict[str, str], model: str | None, brand: str | None
) -> None:
    decision = decide(a_unit(model, brand, **facts), [a_notice(rule)], knowledge())

    assert decision.verdict in Verdict


def test_the_plain_reading_and_the_decision_agree_where_all_is_known() -> None:
    serials = a_rule(
        {
            "op": "and",
            "of": [
                X100,
                {"op": "code", "field": "serial", "eq": ["2313", "8B00"], "shape": "****"},
            ],
        }
    )

    decided = {
        serial: decide(a_unit(serial=serial), [a_notice(serials)], knowledge()).verdict
        for serial in SERIALS
    }

    assert {serial for serial, verdict in decided.items() if verdict is Verdict.AFFECTED} == {
        serial for serial in SERIALS if covers(serials, {**TRUTHS, "serial": serial})
    }
    assert decided["9944"] is Verdict.NOT_AFFECTED
    assert Truth.YES.value > Truth.UNKNOWN.value > Truth.NO.value
