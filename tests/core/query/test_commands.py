"""Commands: told apart from products, described in every language, carried by links."""

from __future__ import annotations

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.model.lexicon import Lexicon
from core.model.unit import Unit
from core.model.verdict import NextKind
from core.query.commands import COMMANDS, Command, command_of, payload_of, text_of
from core.query.conversation import hear
from core.query.memory import Memory
from core.query.query import Action, Intent
from core.text.translations import languages, translator
from tests.builders import STEADY, a_maker, a_model, a_notice

LEXICON = Lexicon.of([a_maker()], [a_notice(a_model("X100"))])
SAFE = set(string.ascii_letters + string.digits + "_-")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/check A1263", Command("check", "A1263")),
        ("  /CHECK@RecallBot   Anker\nA1263 ", Command("check", "Anker\nA1263")),
        ("/mine", Command("mine")),
        ("/start check_QQ", Command("start", "check_QQ")),
        ("/nothing_of_ours", Command("nothing_of_ours")),
        ("check A1263", None),
        ("/", None),
        ("/12", None),
        ("/dev/null", None),
        ("https://example.org/check", None),
    ],
)
def test_a_command_is_a_slash_and_a_word(text: str, command: Command | None) -> None:
    assert command_of(text) == command


@pytest.mark.parametrize("lang", languages())
def test_every_command_is_described_in_a_hundred_characters(lang: str) -> None:
    words = translator(lang)

    told = [words(one.about) for one in COMMANDS]

    assert [text for text in told if not 0 < len(text) <= 100] == []
    assert len(set(told)) == len(COMMANDS)
    assert all(one.private or one.group for one in COMMANDS)


@STEADY
@given(text=st.text(max_size=80))
@example(text="Anker PowerCore 10000 A1263")
@example(text="電池 モバイル")
def test_a_link_carries_what_was_asked_or_nothing(text: str) -> None:
    payload = payload_of(text)

    if payload is not None:
        asked = " ".join(text.split())
        assert len(payload) <= 64
        assert set(payload) <= SAFE
        assert text_of(payload) == (asked if asked.isprintable() else "")


@pytest.mark.parametrize("payload", ["", "check_", "check_!", "check_A", "check__w", "x_QQ"])
def test_a_payload_of_somebody_else_asks_nothing(payload: str) -> None:
    assert text_of(payload) == ""


@pytest.mark.parametrize(
    ("text", "intent", "action"),
    [
        ("/check acme x100", Intent.CHECK, None),
        ("/check", Intent.CHECK, None),
        ("/check what do I get for acme x100", Intent.CHECK, None),
        ("/mine", Intent.OWN, Action.LIST),
        ("/add acme x100", Intent.OWN, Action.ADD),
        ("/watch acme", Intent.OWN, Action.WATCH),
        ("/claim acme x100", Intent.CLAIM, None),
        ("/dispose acme x100", Intent.DISPOSE, None),
        ("/language de", Intent.UNKNOWN, Action.LANGUAGE),
        ("/language Deutsch", Intent.UNKNOWN, Action.LANGUAGE),
        ("/help", Intent.UNKNOWN, Action.HELP),
        ("/x100", Intent.UNKNOWN, Action.HELP),
        ("/cancel", Intent.UNKNOWN, Action.CANCEL),
        ("/start", Intent.UNKNOWN, None),
        ("/start nonsense", Intent.UNKNOWN, None),
        (f"/start {payload_of('acme x100')}", Intent.CHECK, None),
    ],
)
def test_a_command_asks_what_it_says(text: str, intent: Intent, action: Action | None) -> None:
    query = hear(text, Memory(), LEXICON)

    assert (query.intent, query.action) == (intent, action)


def test_the_unit_spoken_of_last_is_meant_by_what_names_none() -> None:
    memory = Memory(brand="Acme", model="X100")
    last = (Unit("Acme", "X100"),)

    assert hear("/claim", memory, LEXICON).units == last
    assert hear("/dispose", memory, LEXICON).units == last
    assert hear("/add", memory, LEXICON).units == last
    assert hear("/why", memory, LEXICON).units == last
    assert hear("/check", memory, LEXICON).units == ()


def test_a_yes_behind_a_command_confirms_nothing() -> None:
    asked = Memory(
        brand="Acme",
        model="X100",
        facts={"serial": "A1"},
        step=NextKind.CONFIRM,
        field="serial",
    )

    query = hear("/check yes", asked, LEXICON)

    assert query.units == ()


def test_commands_in_commands_are_words_however_many() -> None:
    query = hear("/check " * 5_000 + "acme x100", Memory(), LEXICON)

    assert query.intent is Intent.CHECK


def test_smoke_is_urgent_behind_a_command_too() -> None:
    assert hear("/check my acme x100 is smoking", Memory(), LEXICON).urgent
