"""Short answers in nineteen languages, and what stands behind "no, "."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.query.replies import Reply, correction_of, reply_of

FOLDER = files("core.query").joinpath("words")


def listed() -> Iterator[tuple[str, str]]:
    for file in FOLDER.iterdir():
        replies = json.loads(file.read_text(encoding="utf-8"))["groups"]["replies"]
        for reply in Reply:
            yield from ((phrase, reply.value) for phrase in replies[reply.value])


@pytest.mark.parametrize(("phrase", "meaning"), sorted(set(listed())))
def test_every_listed_reply_is_read_as_what_it_says(phrase: str, meaning: str) -> None:
    assert reply_of(phrase) == meaning


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("Yes, exactly!", Reply.YES),
        ("  YES  ", Reply.YES),
        ("はい、そうです。", Reply.YES),
        ("да, верно", Reply.YES),
        ("Nein danke", Reply.NO),
        ("no no no", Reply.NO),
        ("不是", Reply.NO),
        ("cancel please", Reply.CANCEL),
        ("もういいです", Reply.CANCEL),
        ("sorry no idea", None),
        ("je ne sais pas, désolé", None),
        ("weiß ich nicht", Reply.UNSURE),
        ("change language", Reply.LANGUAGES),
        ("👍", Reply.YES),
    ],
)
def test_a_reply_may_be_polite_and_doubled(text: str, reply: Reply | None) -> None:
    assert reply_of(text) == reply


@pytest.mark.parametrize(
    "text",
    ["", "   ", "A1263", "yes, A1263", "yes and no", "is it recalled?", "no. " * 40, "please"],
)
def test_what_says_more_or_nothing_is_no_reply(text: str) -> None:
    assert reply_of(text) is None


def test_a_word_that_needs_its_accents_is_no_reply_without_them() -> None:
    assert reply_of("đúng") is Reply.YES
    assert reply_of("dừng") is Reply.CANCEL
    assert reply_of("dung") is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("no, A1263", "A1263"),
        ("nein: A1263", "A1263"),
        ("Sorry, I meant the A1263", "the A1263"),
        ("non, c'est A1263", "c'est A1263"),
        ("いや、A1263です", "A1263です"),
        ("oh sorry, A1263", "A1263"),
        ("不对，是A1263", "是A1263"),
        ("no", None),
        ("okay A1263", None),
        ("A1263, no?", None),
        ("notebook A1263", None),
        ("", None),
    ],
)
def test_a_correction_is_what_stands_behind_the_no(text: str, rest: str | None) -> None:
    assert correction_of(text) == rest


@given(st.text(max_size=80))
@example("👍🏽")
@example("İ" * 60)
def test_no_text_breaks_the_reader_of_replies(text: str) -> None:
    assert reply_of(text) in {None, *Reply}
    assert correction_of(text) != ""
