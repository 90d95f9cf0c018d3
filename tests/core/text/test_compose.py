"""Every verdict with every reason can be said, in the one order, nothing essential lost."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import product

import pytest

from core.catalogue.load import FOLDER, load
from core.match.decide import Knowledge, decide, judge
from core.model.lexicon import Lexicon
from core.model.message import ESSENTIAL, Block, Role
from core.model.recall import Notice
from core.model.unit import Unit
from core.model.verdict import (
    Affected,
    CannotAnswer,
    CheckNeeded,
    Decision,
    Evidence,
    Finding,
    FreshSources,
    NextKind,
    NextStep,
    NoRecallFound,
    NotAffected,
    Reason,
    Relation,
    Truth,
    Verdict,
    Why,
)
from core.text.compose import View, buttons, verdict_blocks
from core.text.names import unit_name
from core.text.notice import notice_blocks
from core.text.remedies import claim_blocks, disposal_blocks
from core.text.translations import FOLDER as LOCALES
from core.text.translations import translator
from tests.builders import NOW, a_notice, a_unit, an_age

WORDS = translator("en")
AGES = (an_age(),)
VIEW = View(WORDS, NOW, AGES)
# What a person reads, each once and in this order; details may stand between.
ORDER = [Role.HEADLINE, Role.HAZARD, Role.ACTION, Role.VERDICT, Role.NEXT_STEP, Role.REMEDY]
BANNED = re.compile(
    r"\b(?:voluntar(?:y|ily)|precaution\w*|discretion\w*|out of caution|minimal(?:ly)?"
    r"|rare(?:ly)?|no reported|good news|safe(?:ly)?|nothing to worry)\b",
    re.IGNORECASE,
)
REMEDY = {
    "regions": ("US",),
    "options": ({"kind": "refund"},),
    "text": "Register.",
    "claim_url": "https://acme.example/claim",
    "source": "cpsc",
}


def a_finding(truth: Truth = Truth.UNKNOWN, relation: Relation = Relation.NAMED) -> Finding:
    point = Evidence(truth, Why.LOOKS_ALIKE, "serial", "57V0000O", "57V00000", 8)
    return Finding(a_notice(remedies=(REMEDY,)), truth, relation, (point,))


def a_step(kind: NextKind = NextKind.ASK) -> NextStep:
    return NextStep(
        kind,
        field="serial",
        value="57V0000O",
        place=8,
        choices=("57V00000",),
        url="https://acme.example/check",
        question="Is there a dot on the back?",
        find_it="On the back.",
    )


def decisions(reason: Reason, step: NextStep, found: tuple[Finding, ...]) -> Iterator[Decision]:
    fresh = FreshSources(AGES, NOW)
    yield Affected(reason, found or (a_finding(Truth.YES),), step)
    yield CheckNeeded(reason, found, step)
    yield NotAffected(reason, found, step, fresh)
    yield NoRecallFound(reason, found, step, fresh)
    yield CannotAnswer(reason, found, step, AGES)


def said(decision: Decision, unit: Unit | None = None) -> list[Block]:
    return list(verdict_blocks(unit or a_unit(serial="57V0000O"), decision, VIEW))


@pytest.mark.parametrize("kind", NextKind)
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_of_every_verdict_is_said_in_the_one_order(
    reason: Reason, kind: NextKind
) -> None:
    findings = [(), (a_finding(),), (a_finding(relation=Relation.NEAR), a_finding())]
    for found in findings:
        for decision in decisions(reason, a_step(kind), found):
            blocks = said(decision)

            roles = [block.role for block in blocks if block.role in ORDER]
            assert list(dict.fromkeys(roles)) == [role for role in ORDER if role in roles]
            assert {Role.HEADLINE, Role.VERDICT, Role.NEXT_STEP, Role.SOURCE} <= {*roles} | {
                block.role for block in blocks
            }
            assert all(block.text.strip() and "{" not in block.text for block in blocks)


@pytest.mark.parametrize("reason", Reason)
def test_where_a_notice_is_named_nothing_essential_is_missing(reason: Reason) -> None:
    for decision in decisions(reason, a_step(), (a_finding(),)):
        roles = {block.role for block in said(decision)}

        # A unit the recall leaves out is not told to stop.
        left_out = decision.verdict is Verdict.NOT_AFFECTED
        assert roles >= (ESSENTIAL - {Role.HAZARD, Role.ACTION} if left_out else ESSENTIAL)


def test_an_affected_unit_is_stopped_now_and_an_open_one_until_it_is_known() -> None:
    affected, check, *_ = decisions(Reason.CODE_LISTED, a_step(), (a_finding(Truth.YES),))

    actions = [text_of(said(decision), Role.ACTION) for decision in (affected, check)]

    assert actions[0].startswith("Stop using and charging it now")
    assert actions[1].startswith("Stop using and charging it until you know")


def text_of(blocks: list[Block], role: Role) -> str:
    return "\n".join(block.text for block in blocks if block.role is role)


def test_a_code_that_was_read_otherwise_is_shown_back() -> None:
    decision = CheckNeeded(Reason.MAKERS_LIST, (a_finding(),), a_step(NextKind.OPEN_CHECKER))
    view = replace(VIEW, said="acme x100 57VO0000")
    point = Evidence(Truth.UNKNOWN, Why.MAKERS_LIST, "serial", "57V00000")
    decision = replace(decision, findings=(replace(a_finding(), evidence=(point,)),))

    blocks = list(verdict_blocks(a_unit(serial="57V00000"), decision, view))

    assert "I read 57VO0000 as 57V00000: the maker does not print O." in text_of(
        blocks, Role.DETAIL
    )


def test_other_notices_are_of_the_same_product_only_where_they_name_it() -> None:
    near = replace(a_finding(), relation=Relation.SAME_BRAND)
    step = NextStep(NextKind.ASK, "model")

    blocks = said(CheckNeeded(Reason.MODEL_MISSING, (near, near), step))

    assert "same product" not in text_of(blocks, Role.DETAIL)


def test_the_page_of_a_notice_is_not_called_the_place_to_claim() -> None:
    notice = a_notice()
    finding = replace(a_finding(Truth.YES), notice=notice)
    step = NextStep(NextKind.CLAIM, url=notice.main_source.url)

    blocks = said(Affected(Reason.ALL_UNITS_OF_MODEL, (finding,), step))

    assert text_of(blocks, Role.NEXT_STEP).startswith("Next: ask the maker or the shop")


def test_buttons_answer_the_step_they_stand_under() -> None:
    found = (a_finding(),)
    says = {
        kind: [
            button.says
            for button in buttons(CheckNeeded(Reason.NOT_NAMED, found, a_step(kind)), WORDS)
        ]
        for kind in NextKind
    }

    assert says[NextKind.CONFIRM] == says[NextKind.LOOK_AT] == ["yes", "no"]
    assert says[NextKind.INSPECT] == ["yes", "no"]
    assert says[NextKind.CHOOSE_MODEL] == ["57V00000", "no"]
    assert says[NextKind.ASK] == ["57V00000"]
    assert says[NextKind.OPEN_CHECKER] == ["I have this"]


def test_a_claim_has_a_button_and_a_question_without_choices_asks_for_words() -> None:
    claim = Affected(
        Reason.CODE_LISTED, (a_finding(Truth.YES),), NextStep(NextKind.CLAIM, url="https://a.b")
    )
    ask = NextStep(NextKind.ASK, "brand")
    none = NoRecallFound(Reason.NOT_NAMED, (), ask, FreshSources(AGES, NOW))

    assert [button.says for button in buttons(claim, WORDS)] == [
        "how do I claim",
        "I have this",
    ]
    assert buttons(none, WORDS) == ()


@cache
def shipped() -> tuple[tuple[Notice, Unit, Decision], ...]:
    catalogue = load(FOLDER, judge)
    knowledge = Knowledge(Lexicon.of(catalogue.makers, catalogue.notices), AGES, NOW)
    stale = replace(knowledge, ages=(an_age(days=100),))
    return tuple(
        (notice, unit, decide(unit, [notice], known))
        for notice, known in product(catalogue.notices, (knowledge, stale))
        for example in notice.examples
        for confirmed in (True, False)
        if (unit := Unit(example.brand, example.model, example.facts, confirmed))
    )


def test_no_answer_on_a_shipped_recall_reassures() -> None:
    answers = [
        block.text
        for _, unit, decision in shipped()
        for block in verdict_blocks(unit, decision, VIEW)
    ]

    assert len(answers) > 1000
    assert sorted({text for text in answers if BANNED.search(text)}) == []


def test_no_service_text_on_a_shipped_recall_reassures() -> None:
    notices = {notice.id: notice for notice, _, _ in shipped()}.values()

    texts = {
        block.text
        for notice in notices
        for block in (
            *claim_blocks([notice], None, WORDS),
            *disposal_blocks([notice], WORDS),
            *notice_blocks(notice, WORDS),
        )
        # A source may be quoted in its own words; what we say of it may not.
        if block.role is not Role.SOURCE
    }

    assert sorted(text for text in texts if BANNED.search(text)) == []


def test_every_verdict_occurs_among_the_shipped_examples() -> None:
    verdicts = {decision.verdict for _, _, decision in shipped()}

    assert verdicts == set(Verdict)


def test_every_answer_on_a_shipped_recall_names_the_product_and_a_next_step() -> None:
    for _, unit, decision in shipped():
        blocks = said(decision, unit)

        assert blocks[0].role is Role.HEADLINE
        assert text_of(blocks, Role.NEXT_STEP)
        assert unit_name(unit, WORDS)


def test_every_text_has_only_fields_that_python_can_fill() -> None:
    path = LOCALES / "en/LC_MESSAGES/recallbot.po"
    keys = set(re.findall(r'(?m)^msgid "(\w+)"', path.read_text(encoding="utf-8")))

    fields = [
        name
        for key in keys - {"units_counted"}
        for _, name, _, _ in string.Formatter().parse(WORDS(key))
    ]

    assert len(keys) > 100
    assert all(name is None or name.isidentifier() for name in fields)
