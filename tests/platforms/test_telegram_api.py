"""Values held against the published description of the Bot API, and the copy of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.platforms.telegram.api import (
    FIXTURE,
    METHODS,
    Malformed,
    arguments,
    description,
    problems,
    results,
    trimmed,
    written,
)
from tests.platforms.telegram_server import TelegramServer

SHARED = Path(__file__).parents[2].parent / "shared"
USER = {"id": 1, "is_bot": False, "first_name": "Ann"}


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="no shared folder beside the repository")
def test_the_copy_says_what_the_whole_description_says() -> None:
    whole = json.loads((SHARED / "data/telegram/api.json").read_text(encoding="utf-8"))

    assert FIXTURE.read_text(encoding="utf-8") == written(trimmed(whole))


def test_every_method_of_the_copy_is_spoken() -> None:
    assert set(TelegramServer()._table) == set(METHODS) == set(description()["methods"])


@pytest.mark.parametrize(
    ("value", "types", "wrong"),
    [
        (1, ["Integer"], []),
        (True, ["Integer"], ["at is no Integer"]),
        (1, ["Boolean"], ["at is no Boolean"]),
        (1.5, ["Float"], []),
        ("@news", ["Integer", "String"], []),
        (None, ["String"], ["at is no String"]),
        ([1, "2"], ["Array of Integer"], ["at[1] is no Integer"]),
        ("x", ["Array of Integer"], ["at is no array"]),
        ([[1], ["2"]], ["Array of Array of Integer"], ["at[1][0] is no Integer"]),
        (USER, ["User"], []),
        ({"id": 1, "is_bot": True}, ["User"], ["at:User lacks first_name"]),
        ({**USER, "nick": "A"}, ["User"], ["at:User has no field nick"]),
        ({"status": "left", "user": USER}, ["ChatMember"], []),
        (5, ["User"], ["at:User is no object that is described"]),
    ],
)
def test_values_are_checked_by_type(value: Any, types: list[str], wrong: list[str]) -> None:
    assert list(problems(value, types, "at")) == wrong


def test_parameters_may_come_as_text_as_forms_carry_them() -> None:
    given = {"chat_id": "-100", "text": "5", "reply_markup": '{"force_reply": true}'}

    found, unknown = arguments("sendMessage", {**given, "protect_content": "true", "spam": "1"})

    assert found == {
        "chat_id": -100,
        "text": "5",
        "protect_content": True,
        "reply_markup": {"force_reply": True},
    }
    assert unknown == ["spam"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"text": "x"}, 'parameter "chat_id" is required'),
        ({"chat_id": 1, "text": "x", "reply_markup": "{"}, "can't parse JSON"),
        ({"chat_id": 1, "text": "x", "reply_markup": "{}"}, "reply_markup:"),
        ({"chat_id": 1, "text": "x", "message_thread_id": "two"}, "message_thread_id is no"),
    ],
)
def test_a_parameter_of_another_type_is_malformed(given: dict[str, Any], why: str) -> None:
    with pytest.raises(Malformed, match=why):
        arguments("sendMessage", given)


def test_a_method_that_returns_true_never_returns_false() -> None:
    assert results("deleteMessage", result=True) == []
    assert results("deleteMessage", result=False) == ["result is no True"]
