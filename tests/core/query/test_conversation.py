"""What a message means after the ones before it, and what it never settles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.model.identifier import fold
from core.model.lexicon import Lexicon
from core.model.recall import Notice
from core.model.verdict import NextKind, Verdict
from core.query.answer import Answer, answer
from core.query.conversation import Memory, hear, remember
from core.query.query import Intent
from core.text.translations import translator
from tests.builders import (
    STEADY,
    a_code_rule,
    a_maker,
    a_model,
    a_notice,
    a_rule,
    all_of,
    knowledge,
)

WORDS = translator("en")
LISTED = all_of(a_model(), a_code_rule(starts=("57V",), length=(8,)))
INSPECTED = all_of(
    a_model(),
    a_rule(
        {"op": "inspect", "field": "dot", "question": "Is there a dot?", "affected_if": "yes"}
    ),
)


@cache
def names_in(notices: tuple[Notice, ...]) -> Lexicon:
    """Return the names of these notices; to arrange them takes longer than to answer."""
    return Lexicon.of([a_maker()], notices)


@dataclass
class Chat:
    """One chat on these notices: says what was answered, keeps what is remembered."""

    notices: tuple[Notice, ...] = (a_notice(LISTED),)
    memory: Memory = field(default_factory=Memory)

    def say(self, text: str) -> Answer:
        known = knowledge(a_maker())
        query = hear(text, self.memory, names_in(self.notices))
        found = answer(query, [self.notices for _ in query.units], known, WORDS)
        self.memory = Memory.model_validate_json(remember(found, self.memory).model_dump_json())
        return found

    def told(self, *texts: str) -> list[Verdict | None]:
        return [self.say(text).verdict for text in texts]


def test_a_unit_outside_the_rule_is_cleared_only_after_it_was_confirmed() -> None:
    chat = Chat()

    verdicts = chat.told("acme x100", "57X00000", "yes")

    assert verdicts == [Verdict.CHECK_NEEDED, Verdict.CHECK_NEEDED, Verdict.NOT_AFFECTED]


def test_the_question_of_a_confirmation_says_what_was_read() -> None:
    chat = Chat()
    chat.say("acme x100")

    asked = chat.say("57X00000")

    assert asked.items[0].decision.next.kind is NextKind.CONFIRM
    assert "57X00000" in asked.message.plain
    assert [button.says for button in asked.message.buttons] == ["yes", "no"]


def test_the_same_code_typed_twice_is_confirmed() -> None:
    verdicts = Chat().told("acme x100", "57X00000", "57x-00000")

    assert verdicts[-1] is Verdict.NOT_AFFECTED


def test_a_different_code_the_second_time_is_asked_about_again() -> None:
    chat = Chat()

    verdicts = chat.told("acme x100", "57X00000", "57X00001")

    assert verdicts[-1] is Verdict.CHECK_NEEDED
    assert chat.memory.value == "57X00001"


def test_no_takes_the_code_back_and_asks_for_it_again() -> None:
    chat = Chat()
    chat.told("acme x100", "57X00000")

    asked = chat.say("no")

    assert asked.items[0].unit.serial is None
    assert asked.items[0].decision.next.kind is NextKind.ASK


@pytest.mark.parametrize("change", ["57X00001", "serial 57X00001", "acme x100 serial 57X00001"])
def test_another_code_after_a_confirmation_is_not_confirmed(change: str) -> None:
    chat = Chat()
    chat.told("acme x100", "57X00000", "yes")

    assert chat.say(change).verdict is not Verdict.NOT_AFFECTED


def test_a_code_that_is_listed_is_affected_at_once() -> None:
    assert Chat().told("acme x100", "57V00000")[-1] is Verdict.AFFECTED


def test_a_look_alike_is_looked_at_and_then_settled() -> None:
    notice = a_notice(all_of(a_model(), a_code_rule(eq=("57V00008",), length=(8,))))
    chat = Chat((notice,))

    asked = chat.say("acme x100 serial 57V0000B")
    settled = chat.say("8")

    assert asked.items[0].decision.next.kind is NextKind.LOOK_AT
    assert "Is it 8 (the digit) or B (the letter)?" in asked.message.plain
    assert [button.says for button in asked.message.buttons] == ["8", "B"]
    assert settled.verdict is Verdict.AFFECTED
    assert settled.items[0].unit.serial == "57V00008"


@pytest.mark.parametrize("word", ["B", "no", "I don't know", "読めません"])
def test_a_look_alike_that_was_looked_at_goes_to_the_maker_and_is_never_cleared(
    word: str,
) -> None:
    notice = a_notice(all_of(a_model(), a_code_rule(eq=("57V00008",), length=(8,))))
    chat = Chat((notice,))
    chat.say("acme x100 serial 57V0000B")

    settled = chat.say(word)

    assert settled.verdict is Verdict.CHECK_NEEDED
    assert settled.items[0].decision.next.kind is NextKind.OPEN_CHECKER


@pytest.mark.parametrize(("word", "affected"), [("yes", True), ("no", False)])
def test_what_was_seen_on_the_unit_decides(word: str, *, affected: bool) -> None:
    chat = Chat((a_notice(INSPECTED),))

    asked = chat.say("acme x100")
    settled = chat.say(word)

    assert "yes or no: Is there a dot?" in asked.message.plain
    assert (settled.verdict is Verdict.AFFECTED) is affected


def test_a_model_one_slip_away_is_asked_about_and_then_taken() -> None:
    chat = Chat((a_notice(a_model("X1004")),))

    asked = chat.say("acme X1O04")
    near = chat.say("acme X1040")
    taken = chat.say("yes")

    assert asked.verdict in {Verdict.AFFECTED, Verdict.CHECK_NEEDED}
    assert near.items[0].decision.next.kind is NextKind.CHOOSE_MODEL
    assert taken.items[0].unit.model == "X1004"
    assert taken.verdict is Verdict.AFFECTED


def test_the_model_that_is_asked_for_may_be_given_alone() -> None:
    chat = Chat((a_notice(),))

    verdicts = chat.told("is my acme recalled", "X100")

    assert verdicts == [Verdict.CHECK_NEEDED, Verdict.AFFECTED]


def test_a_message_without_any_product_is_asked_for_one() -> None:
    chat = Chat((a_notice(),))

    verdicts = chat.told("is it recalled?", "acme x100")

    assert verdicts == [Verdict.CHECK_NEEDED, Verdict.AFFECTED]


@pytest.mark.parametrize("word", ["help", "hello"])
def test_a_word_in_between_leaves_the_question_open(word: str) -> None:
    chat = Chat()
    chat.told("acme x100", "57X00000")
    before = chat.memory

    between = chat.say(word)
    settled = chat.say("yes")

    assert between.verdict is None
    assert before.step is NextKind.CONFIRM
    assert settled.verdict is Verdict.NOT_AFFECTED


def test_yes_out_of_the_blue_settles_nothing() -> None:
    found = Chat().say("yes")

    assert found.items == ()
    assert found.query.intent is not Intent.OWN


def test_what_one_gets_is_asked_of_the_unit_spoken_of_last() -> None:
    chat = Chat((a_notice(),))
    chat.say("acme x100")

    found = chat.say("what do I get")

    assert found.query.intent is Intent.REMEDY
    assert found.items[0].unit.model == "X100"


def test_several_units_at_once_leave_nothing_to_mix_up() -> None:
    chat = Chat((a_notice(a_model("X100", "X200")),))

    found = chat.say("acme X100 and acme X200")

    assert len(found.items) == 2
    assert chat.memory == Memory()


def test_memory_survives_being_written_and_read() -> None:
    chat = Chat()
    chat.told("acme x100", "57X00000")

    kept = Memory.model_validate_json(chat.memory.model_dump_json())

    assert kept == chat.memory
    assert kept.unit is not None
    assert (kept.unit.brand, kept.unit.model, kept.unit.serial) == ("Acme", "X100", "57X00000")


MESSAGES = st.sampled_from(
    [
        *("acme x100", "acme x200", "x100", "acme", "57X00000", "57X00001", "serial 57X00002"),
        *("57V00000", "57VOOOOO", "yes", "no", "help", "hello", "I have this", "forget me"),
        *("acme x100 serial 57X00000", "what do I get", "in Japan", "US", "", "12", "57X"),
    ]
)


@given(st.lists(MESSAGES, min_size=1, max_size=8))
@example(["acme x100", "57X00000", "yes", "57X00001"])
@example(["acme x100 serial 57X00000", "yes", "acme x200", "serial 57X00000"])
@example(["acme x100", "57X00000", "no", "yes"])
@settings(STEADY, max_examples=300)
def test_nothing_is_cleared_whose_last_code_was_not_confirmed(messages: Sequence[str]) -> None:
    chat = Chat((a_notice(all_of(a_model("X100", "X200"), *LISTED.of[1:])),))
    confirmed: set[tuple[str, str]] = set()

    for message in messages:
        before = chat.memory
        found = chat.say(message)

        asked = (fold(before.model or ""), fold(before.facts.get("serial", "")))
        twice = asked[1] and fold(message).endswith(asked[1])
        if before.step is NextKind.CONFIRM and (message == "yes" or twice):
            confirmed.add(asked)
        if twice:
            confirmed.add(asked)
        for item in found.items:
            if item.decision.verdict is Verdict.NOT_AFFECTED:
                unit = item.unit
                assert (fold(unit.model or ""), fold(unit.serial or "")) in confirmed


@given(st.text(max_size=60), st.text(max_size=60))
@settings(STEADY)
def test_whatever_is_typed_is_answered(first: str, second: str) -> None:
    chat = Chat()
    chat.say("acme x100")

    for text in (first, second):
        found = chat.say(text)

        # What is done with somebody's list is said by what does it.
        assert found.message.blocks or found.query.intent is Intent.OWN
        assert found.verdict is not Verdict.NOT_AFFECTED


def test_choosing_the_other_reading_of_a_code_takes_its_confirmation_back() -> None:
    before = Memory(
        brand="INIU",
        model="BI-B41",
        facts={"serial": "000121", "looked": "yes"},
        confirmed=True,
        step=NextKind.LOOK_AT,
        field="serial",
        choices=("000I21",),
    )

    (unit,) = hear("000I21", before, Lexicon()).units

    assert unit.serial == "000I21"
    assert not unit.confirmed
    assert "looked" not in unit.facts


@pytest.mark.parametrize(
    "text", ["no, X200", "sorry, I meant X200", "nein, X200", "いや、X200です"]
)
def test_a_correction_replaces_the_model_and_says_so(text: str) -> None:
    chat = Chat()
    chat.say("acme x100")

    found = chat.say(text)

    assert [(item.unit.brand, item.unit.model) for item in found.items] == [("Acme", "X200")]
    assert found.message.plain.startswith("I now read: Acme X200.")


def test_a_correction_of_the_code_is_not_confirmed_by_the_yes_before() -> None:
    chat = Chat()
    chat.told("acme x100", "57X00000", "yes")

    found = chat.say("no, 57X00001")

    assert found.items[0].unit.serial == "57X00001"
    assert found.verdict is Verdict.CHECK_NEEDED


def test_a_correction_without_anything_before_it_is_a_question() -> None:
    assert Chat().say("no, acme X100").query.corrects is None


@pytest.mark.parametrize("text", ["cancel", "never mind", "abbrechen", "算了"])
def test_cancel_drops_the_question_and_the_unit(text: str) -> None:
    chat = Chat()
    chat.say("acme x100")

    found = chat.say(text)

    assert found.message.plain.startswith("Dropped.")
    assert chat.memory == Memory()
    assert chat.say("57X00000").items[0].unit.brand is None


def test_help_leaves_the_question_open() -> None:
    chat = Chat()
    chat.say("acme x100")

    chat.say("help")

    assert chat.say("57V00000").verdict is Verdict.AFFECTED


def test_a_code_nobody_can_find_is_not_asked_for_again() -> None:
    chat = Chat()
    asked = chat.say("acme x100")

    found = chat.say("I don't know")

    assert asked.items[0].decision.next.kind is NextKind.ASK
    assert found.items[0].decision.next.kind is NextKind.OPEN_CHECKER
    assert found.verdict is Verdict.CHECK_NEEDED


@pytest.mark.parametrize("text", ["JP", "Japan", "in Japan", "日本で買いました"])
def test_where_it_was_bought_is_asked_and_settles_it(text: str) -> None:
    regional = all_of(
        a_model(), a_rule({"op": "attr", "field": "region", "any_of": ["JP"], "hard": False})
    )
    chat = Chat((a_notice(regional, regions=("JP",)),))

    asked = chat.say("acme x100")
    found = chat.say(text)

    assert asked.items[0].decision.next.field == "region"
    assert [button.label for button in asked.message.buttons] == ["Japan"]
    assert found.verdict is Verdict.AFFECTED


def test_a_country_told_before_anything_is_the_persons_own() -> None:
    chat = Chat()

    told = chat.say("I live in Japan")

    assert told.message.plain.startswith("Noted: Japan.")
    assert chat.memory.home == "JP"
    chat.told("acme x100", "cancel")
    assert chat.memory.home == "JP"


def test_yes_to_a_question_that_takes_no_yes_is_asked_again() -> None:
    chat = Chat()
    asked = chat.say("acme x100")

    again = chat.say("yes")

    assert again.message.blocks == asked.message.blocks


def test_a_misspelt_brand_is_asked_back_and_never_assumed() -> None:
    chat = Chat()

    asked = chat.say("is my Samsyng charger recalled")
    found = chat.say("yes")

    assert asked.message.plain.startswith("Did you mean Samsung?")
    assert asked.verdict is Verdict.CHECK_NEEDED
    assert [button.says for button in asked.message.buttons] == ["Samsung", "no"]
    assert found.items[0].unit.brand == "Samsung"


def test_none_of_the_guessed_names_is_no_answer_either() -> None:
    chat = Chat()
    chat.say("is my Samsyng charger recalled")

    found = chat.say("no")

    assert found.items == ()
    assert found.verdict is Verdict.CHECK_NEEDED


def test_a_language_is_chosen_from_a_list_and_kept() -> None:
    chat = Chat()

    asked = chat.say("change language")
    chat.say("/language de")

    assert "/language ja" in [button.says for button in asked.message.buttons]
    assert chat.memory.lang == "de"
    chat.say("acme x100")
    assert chat.memory.lang == "de"


def test_a_language_we_do_not_speak_is_answered_with_those_we_do() -> None:
    found = Chat().say("po polsku")

    assert found.message.plain.startswith("I do not speak that language yet.")
    assert "English" in found.message.plain


def test_something_smoking_is_answered_first_whatever_was_asked() -> None:
    chat = Chat()
    chat.say("acme x100")

    found = chat.say("it is smoking!")

    assert found.message.plain.startswith("Get away from it first")


def test_a_yes_confirms_only_the_code_that_was_read_back() -> None:
    other = a_notice(
        all_of(a_model(), a_code_rule(field="batch", starts=("L57",), length=(7,))), id="lots"
    )
    chat = Chat((a_notice(LISTED), other))
    chat.say("acme x100 serial 57X00000 lot A123456")

    first = chat.say("yes")
    second = chat.say("yes")

    assert first.verdict is Verdict.CHECK_NEEDED
    assert "Does it really say A123456?" in first.message.plain
    assert second.verdict is Verdict.NOT_AFFECTED


@pytest.mark.parametrize("again", ["lot A1234", "made in May 2024", "white"])
def test_saying_something_else_twice_does_not_confirm_the_serial(again: str) -> None:
    chat = Chat()

    verdicts = chat.told("acme x100 serial 57X00000", again, again)

    assert Verdict.NOT_AFFECTED not in verdicts
    assert chat.memory.facts["serial"] == "57X00000"


def test_a_correction_of_the_colour_takes_the_confirmation_back() -> None:
    chat = Chat()
    chat.told("acme x100", "57X00000", "yes")

    corrected = chat.say("no, the white one")

    assert corrected.verdict is Verdict.CHECK_NEEDED


@pytest.mark.parametrize(
    "text",
    [
        "it says 57V00000",
        "c'est 57V00000",
        "es steht 57V00000 drauf",
        "我看到57V00000",
        "here you go: 57V 00000",
        "yes, 57V00000",
    ],
)
def test_a_code_is_found_among_the_words_around_it(text: str) -> None:
    chat = Chat()
    chat.say("acme x100")

    found = chat.say(text)

    assert found.verdict is Verdict.AFFECTED
    assert fold(found.items[0].unit.serial or "") == "57V00000"


@pytest.mark.parametrize("text", ["I have 2 of them", "it has 2 ports", "bought 2 years ago"])
def test_a_number_in_a_sentence_is_no_code(text: str) -> None:
    chat = Chat()
    chat.say("acme x100")

    chat.say(text)

    assert "serial" not in chat.memory.facts
    assert (chat.memory.step, chat.memory.field) == (NextKind.ASK, "serial")


@pytest.mark.parametrize("text", ["no, May 2023", "it was made in May 2023"])
def test_a_date_that_is_put_right_replaces_the_one_that_was_told(text: str) -> None:
    year = {"op": "date", "start": "2023-01-01", "end": "2023-12-31", "hard": True}
    chat = Chat((a_notice(all_of(a_model(), a_rule({**year, "field": "manufactured"}))),))

    cleared = chat.told("acme x100", "May 2024", "yes")
    found = chat.say(text)

    assert cleared[-1] is Verdict.NOT_AFFECTED
    assert found.verdict is Verdict.AFFECTED


def test_a_code_that_came_first_is_kept_for_the_product_named_next() -> None:
    chat = Chat()

    verdicts = chat.told("serial 57V00000", "acme x100")

    assert verdicts == [Verdict.CHECK_NEEDED, Verdict.AFFECTED]


def test_another_product_never_inherits_the_codes_of_the_one_before() -> None:
    chat = Chat()
    chat.told("acme x100", "57X00000", "yes")

    vague = chat.say("is my heater recalled?")
    named = chat.say("X100")

    assert vague.verdict is Verdict.CHECK_NEEDED
    assert "serial" not in chat.memory.facts
    assert named.verdict is Verdict.CHECK_NEEDED


def test_a_yes_to_where_to_go_does_not_repeat_the_whole_answer() -> None:
    chat = Chat()
    chat.told("acme x100", "57V00000")

    found = chat.say("yes")

    assert chat.memory.step is NextKind.CLAIM
    assert found.verdict is None


def test_a_language_we_do_not_speak_leaves_the_one_that_was_chosen() -> None:
    chat = Chat()
    chat.told("/language de", "/language zz-ZZ-ZZ")

    assert chat.memory.lang == "de"
