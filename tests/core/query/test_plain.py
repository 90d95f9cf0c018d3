"""The plain form in which a message is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.query.plain import LONGEST, read
from tests.builders import STEADY


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ａ１２６３", "a1263"),
        ("٣ و ۳", "3 و 3"),
        ("Straße Łódź İzmir", "strasse lodz izmir"),
        ("A\u200b12\u200d63", "a1263"),
        ("a – b — c − d", "a - b - c - d"),
        ("can’t", "can't"),
        ("two   spaces \t and\r\nlines", "two spaces and \nlines"),
        ("А1263 и Е33А", "a1263 и e33a"),
        ("модельА1263", "модельa1263"),
        ("Аnker", "anker"),
        ("тест5 это", "тест5 это"),
        ("Кондиционер-2000", "кондиционер-2000"),
        ("إلى مدرسة", "الي مدرسه"),
    ],
)
def test_every_alphabet_becomes_comparable(text: str, words: str) -> None:
    assert read(text).words == words


def test_capitals_are_kept_beside_the_words() -> None:
    plain = read("ＢＩ－Ｂ４１ Straße")

    assert (plain.shown, plain.words) == ("BI-B41 Strasse", "bi-b41 strasse")


@STEADY
@given(st.text(max_size=400))
def test_both_forms_are_equally_long_and_bounded(text: str) -> None:
    plain = read(text * 20)

    assert len(plain.shown) == len(plain.words) <= 2 * LONGEST
