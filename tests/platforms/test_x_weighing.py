"""The X for tests weighs posts and finds links as twitter-text-parser, which others wrote."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.builders import STEADY
from tests.platforms.x.weighing import links, normal, weight
from tests.platforms.x_judge import judged_links, judged_weight

EMOJI = st.sampled_from(
    [
        "⚠️", "⚠", "☎️", "©", "™", "1️⃣", "#⃣", "🔥", "👍🏽", "🏽", "🧑‍🦽", "👨‍👩‍👧‍👦", "👩🏻‍🤝‍👨🏿",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", "🇩🇪", "🇩", "❤️‍🔥",
        "🏳️‍🌈", "\u200d", "\ufe0f",
    ]
)  # fmt: skip
LINKS = st.sampled_from(
    [
        "https://www.cpsc.gov/Recalls/2024/A-(b)_c", "http://t.co/abc", "https://t.co/abc/def",
        "HTTPS://T.CO/" + "a" * 41, "CPSC.gov", "example.com", "S.84", "v1.2.3", "a.de/x?y=z&w",
        "ec.europa.eu/safety-gate-alerts", "x.com:80/a", "foo.bar.baz", "日本.jp", "1.co",
        "https://日本語.jp/パス", "under_score.example.com", "me@example.com", "@ex.com",
        "#a.com", "a.xn--p1ai", "www..com", "http://", "https://[::1]/", "?q=1", "a.com中.org",
    ]
)  # fmt: skip
BETWEEN = st.sampled_from([*" .,()/-_@#$:?&…—“\n\r", "\r\n", "e\u0301", "日本語", "한국"])
PIECES = st.one_of(EMOJI, LINKS, BETWEEN, st.text(max_size=4))
TEXTS = st.lists(PIECES, max_size=9).map("".join)


@STEADY
@given(TEXTS)
@example("👨🏻‍🤝‍👨🏻")
@example("a" * 256 + " https://www.cpsc.gov/" + "a" * 300)
@example("日" * 139 + "https://例え.jp/…")
@example("https://example.com/" + "a" * 4090)
def test_a_text_weighs_what_the_judge_says(text: str) -> None:
    weighed = weight(text)

    assert weighed == judged_weight(text)


@STEADY
@given(TEXTS)
@example("persons...https://www.whitehouse.gov/a S.84 -cpsc.gov x.cpsc.gov/a.")
def test_the_links_of_a_text_are_those_the_judge_finds(text: str) -> None:
    kept = normal(text)

    found = [kept[link.start : link.end] for link in links(kept)]

    assert found == judged_links(kept)


@pytest.mark.parametrize(
    ("text", "weighs"),
    [
        ("", 0),
        ("a", 1),
        ("日", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("⚠️", 2),
        ("cpsc.gov", 23),
        ("e\u0301", 1),
        ("“…”", 4),
    ],
)
def test_the_published_weights_hold(text: str, weighs: int) -> None:
    weighed = weight(text)

    assert weighed == weighs
