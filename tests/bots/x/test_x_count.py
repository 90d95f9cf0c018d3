"""How long X takes a text to be, held against somebody else's port of X's own twitter-text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bots.x.count import fits, has_link, weight
from tests.builders import STEADY
from tests.platforms.x_judge import judged_links, judged_weight

WORDS = st.sampled_from(
    (
        *(
            "recall",
            "A1263",
            "発火の恐れ",
            "使用中止",
            "召回",
            "Brandgefahr",
            "e\u0301",
            "©",
            "—",
        ),
        *("cpsc.gov", "www.cpsc.gov/Recalls", "https://www.cpsc.gov/Recalls/2025/a-b_c"),
        *("https://example.com/?a=1&b=2", "http://EXAMPLE.co.jp", "Nestlé.com", "a.b", "3.7"),
        *(
            "ann@example.com",
            "@bot",
            "#ProductRecall",
            "🔥",
            "⚠️",
            "❤️",
            "👨‍👩‍👧",
            "👍🏽",
            "🇯🇵",
            "1️⃣",
        ),
        *(
            "(",
            ")",
            ".",
            ",",
            ":",
            "/",
            "-",
            "_",
            "。",
            "、",
            "\n",
            "\r\n",
            "\t",
            "…",
            "“",
            "”",
        ),
        *(
            "https://t.co/abcdefghij",
            "https://日本語.jp/x",
            "read.me",
            "foo.bar.Read",
            "v3.0.1",
        ),
    )
)
# The parser of the tests knows them as X does.
PLAIN = st.characters(categories=("Lu", "Ll", "Nd", "Lo", "Po", "Zs"), max_codepoint=0xFFFF)
TEXTS = st.one_of(
    st.lists(st.one_of(WORDS, st.just(" ")), max_size=40).map("".join),
    st.lists(st.one_of(WORDS, st.text(PLAIN, max_size=12)), max_size=12).map(" ".join),
)


@given(TEXTS)
@example("https://t.co/abcdefghij/more")
@example("_cpsc.gov -cpsc.gov /cpsc.gov @cpsc.gov $cpsc.gov")
@example("発火cpsc.gov発火https://cpsc.gov。")
@example("https://acme.example/recall http://localhost/x")
@STEADY
def test_no_text_is_longer_to_x_than_to_us(text: str) -> None:
    assert weight(text) >= judged_weight(text)


@given(TEXTS)
@STEADY
def test_what_x_links_is_never_taken_for_text_alone(text: str) -> None:
    assert has_link(text) or not judged_links(text)


@pytest.mark.parametrize(
    "text",
    [
        "Product safety recall: fire hazard",
        "リコール：発火の恐れ A1263",
        "Rückruf – Gefahr: Brand … “Anker”",
        "see https://www.cpsc.gov/Recalls/2025/a-b_c?x=1&y=2.",
        "see cpsc.gov, ec.europa.eu and caa.go.jp",
        "🔥 ⚠️ ❤️ ©",
        "e\u0301\r\nx",
        "ann@example.com v3.0.1 A1647.",
        "",
    ],
)
def test_a_usual_text_is_as_long_to_us_as_to_x(text: str) -> None:
    assert weight(text) == judged_weight(text)


@pytest.mark.parametrize(
    ("text", "whole"),
    [("x" * 280, True), ("x" * 281, False), ("火" * 140, True), ("火" * 141, False)],
)
def test_a_post_holds_280_of_latin_and_half_as_much_of_chinese(text: str, whole: bool) -> None:  # noqa: FBT001 - a case's outcome
    assert fits(text) is whole


def test_a_link_is_paid_for_and_a_number_with_dots_is_not() -> None:
    assert has_link("More: cpsc.gov")
    assert has_link("https://acme.example/x")
    assert not has_link("Version 3.0.1 of A1647.B, ann@example.com")
