"""One answer from one query: what comes first, what is never said, and what may be answered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.match.decide import Knowledge
from core.model.lexicon import Lexicon
from core.model.message import Role
from core.model.recall import Notice
from core.model.verdict import NextKind, Reason, Verdict
from core.query.answer import Answer, answer, at_home, probes, reason_of, step_of
from core.query.understand import understand
from core.text.translations import translator
from tests.builders import a_code_rule, a_maker, a_model, a_notice, all_of, an_age, knowledge

WORDS = translator("en")
X100 = a_notice(all_of(a_model(), a_code_rule(starts=("57V",), length=(8,))))
W7310 = a_notice(a_model("W7310"), id="acme-w7310-us", product="Acme W7310 power bank")


def known(*notices: Notice, days: float = 0) -> Knowledge:
    lexicon = Lexicon.of([a_maker()], notices or (X100, W7310))
    return replace(knowledge(a_maker(), ages=(an_age(days=days),)), lexicon=lexicon)


def asked(text: str, *notices: Notice, days: float = 0, confirmed: bool = False) -> Answer:
    held = known(*notices, days=days)
    query = at_home(understand(text, held.lexicon), None, confirmed=confirmed)
    return answer(query, [notices or (X100, W7310) for _ in query.units], held, WORDS)


def roles(found: Answer) -> list[Role]:
    return [block.role for block in found.message.blocks]


def test_the_most_severe_of_several_units_is_answered_first() -> None:
    found = asked("acme X100 serial 57X00000 and acme W7310")

    headlines = [block.text for block in found.message.blocks if block.role is Role.HEADLINE]
    assert found.verdict is Verdict.AFFECTED
    assert [item.decision.verdict for item in found.items] == [
        Verdict.CHECK_NEEDED,
        Verdict.AFFECTED,
    ]
    assert headlines == [
        "Product safety recall: Acme W7310 power bank",
        "Product safety recall: check your Acme X100 power bank",
    ]
    assert found.message.buttons == ()
    assert step_of(found) is None
    assert reason_of(found) is Reason.ALL_UNITS_OF_MODEL


def test_what_burns_is_answered_before_anything_is_looked_up() -> None:
    found = asked("my acme W7310 is smoking")

    first = found.message.blocks[:2]
    assert found.query.urgent
    assert [block.role for block in first] == [Role.HEADLINE, Role.ACTION]
    assert "get everybody out" in first[1].text
    assert found.verdict is Verdict.AFFECTED


def test_what_burns_is_not_to_be_carried_anywhere() -> None:
    for text in ("my power bank is smoking", "my acme W7310 is smoking"):
        found = asked(text)

        actions = [block for block in found.message.blocks if block.role is Role.ACTION]
        assert len(actions) == 1
        assert "Keep it away from" not in found.message.plain


def test_a_question_without_a_product_gets_the_advice_and_asks_for_it() -> None:
    found = asked("is it recalled?")

    assert found.verdict is Verdict.CHECK_NEEDED
    assert reason_of(found) is Reason.NO_IDENTITY
    assert roles(found) == [Role.HEADLINE, Role.ACTION, Role.VERDICT, Role.NEXT_STEP]
    step = step_of(found)
    assert step is not None
    assert (step.kind, step.field) == (NextKind.ASK, "model")


def test_nothing_is_said_to_be_free_of_recalls_on_old_sources() -> None:
    fresh = asked("nokia 3310 serial 57X00000")
    stale = asked("nokia 3310 serial 57X00000", days=8)

    assert fresh.verdict is Verdict.NO_RECALL_FOUND
    assert "no proof" in fresh.message.plain
    assert stale.verdict is Verdict.CANNOT_ANSWER
    assert "too old" in stale.message.plain


def test_a_recall_is_told_however_old_the_sources_are() -> None:
    assert asked("acme W7310", days=500).verdict is Verdict.AFFECTED


def test_what_is_excluded_needs_confirmation_and_fresh_sources() -> None:
    text = "acme X100 serial 57X00000"

    verdicts = [
        asked(text).verdict,
        asked(text, confirmed=True).verdict,
        asked(text, confirmed=True, days=8).verdict,
    ]

    assert verdicts == [Verdict.CHECK_NEEDED, Verdict.NOT_AFFECTED, Verdict.CANNOT_ANSWER]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("what do I get for the acme W7310", "I do not know what owners get"),
        ("how do I claim for the acme W7310", "before you dispose of the product"),
        ("how do I dispose of my acme W7310", "hazardous-waste"),
        ("how do I dispose of an old battery", "hazardous-waste"),
        ("what do I get", "For which product?"),
        ("help", "You can:"),
        ("hello", "Tell me a brand"),
    ],
)
def test_other_questions_get_no_verdict_but_an_answer(text: str, told: str) -> None:
    found = asked(text)

    assert found.verdict is None
    assert reason_of(found) is None
    assert told in found.message.plain


def test_the_persons_country_counts_where_they_named_none() -> None:
    query = understand("acme X100", known().lexicon)
    named = replace(query, units=(query.units[0].knowing(region="JP"),))

    regions = [at_home(each, "US").units[0].region for each in (query, named)]

    assert regions == ["US", "JP"]
    assert [probe.keys for probe in probes(query)] == [
        probe.keys for probe in probes(at_home(query, None))
    ]
