from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mastodon_mock.content_format import render_status_html

from bots.mastodon.counting import Limit, tightest
from bots.mastodon.failures import wait_in
from bots.mastodon.render import render
from bots.mastodon.saying import says_the_same
from bots.mastodon.settings import MastodonSettings, accounts_of
from core.model.message import Block, Message, Picture, Quote, Role
from core.settings import SettingsError, load
from tests.builders import STEADY

LONG_LINK = f"https://www.cpsc.gov/Recalls/{'a' * 300}?id=1"
SMALL = Limit(60, 23)
WORDS = st.lists(
    st.sampled_from(
        ["Stop", "使用中止。", "https://a.example/x", "@ann@b.example", "x" * 90, "e\u0301"]
    )
    | st.text(max_size=20)
)


def said(texts: list[str]) -> str:
    return "".join("".join(texts).split())


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("a" * 500, 500),
        ("警告", 2),
        ("\U0001f525", 1),
        (LONG_LINK, 23),
        (f"See {LONG_LINK}.", 28),
        (f"（{LONG_LINK}）", 25),
        (f"{LONG_LINK}を見る", 26),
        ("http://a.example/?q=[1]", 24),
        ("xhttps://a.example/", 19),
        ("write @recalls@cpsc.example now", 18),
        ("mail us@acme.example", 20),
        ("https://a.example/@ann@b.example", 23),
    ],
)
def test_links_count_the_same_and_mentions_by_their_local_part(text: str, length: int) -> None:
    assert Limit().length(text) == length


def test_what_fits_every_instance_is_within_the_tightest_of_each() -> None:
    assert tightest([Limit(500, 23), Limit(5000, 25)]) == Limit(500, 25)
    assert tightest([Limit(5000, 25)]) == Limit(5000, 25)
    assert tightest([]) == Limit(500, 23)


def test_blocks_are_paragraphs_of_plain_text_in_one_post_where_they_fit() -> None:
    message = Message(
        (
            Block(Role.HEADLINE, "Recall: Acme heater #CheckYourHeater"),
            Block(Role.DETAIL, "They say:", None, Quote("It can overheat.")),
            Block(Role.SOURCE, "CPSC:", "https://www.cpsc.gov/1"),
            Block(Role.REMEDY, "Write to", "mailto:help@acme.example?subject=x"),
        ),
        lang="en",
        picture=Picture(b"jpeg", "A heater"),
    )

    (post,) = render(message)

    assert post.text == (
        "Recall: Acme heater #CheckYourHeater\n\nThey say: It can overheat.\n\n"
        "CPSC: https://www.cpsc.gov/1\n\nWrite to help@acme.example"
    )
    assert post.picture == message.picture
    assert post.lang == "en"


def test_blocks_are_split_between_posts_and_not_within() -> None:
    blocks = tuple(Block(Role.DETAIL, f"{number} " + "word " * 60) for number in range(3))

    posts = render(Message(blocks, picture=Picture(b"jpeg", "A heater")))

    assert [post.text[:1] for post in posts] == ["0", "1", "2"]
    assert [bool(post.picture) for post in posts] == [True, False, False]


def test_a_long_text_without_spaces_is_cut_behind_a_sentence() -> None:
    text = "ただちに使用を中止してください。" * 10

    posts = render(Message((Block(Role.ACTION, text),)), SMALL)

    assert all(post.text.endswith("。") for post in posts)
    assert "".join(post.text for post in posts) == text


@given(WORDS, st.sampled_from([" ", "", "\n"]))
@example(["https://a.example/x"] * 100, ",")
@example(["https://a.example/x"] * 100, "")
@example(["@ann@b.example"] * 100, "")
@example(["x" * 50_000], "")
@STEADY
def test_every_post_fits_and_nothing_is_left_out(words: list[str], between: str) -> None:
    text = between.join(words)

    posts = render(Message((Block(Role.ACTION, text),)), SMALL)

    assert all(SMALL.fits(post.text) for post in posts)
    assert said([post.text for post in posts]) == said([text])


MASTODON_SHOWS = (
    '<p>Heat &amp; &lt;fire&gt; <a href="https://m.example/tags/CheckYourHeater" rel="tag" '
    'class="mention hashtag">#<span>CheckYourHeater</span></a></p><p>Ask '
    '<span class="h-card"><a href="https://m.example/@acme" class="u-url mention">'
    '@<span>acme</span></a></span><br /><a rel="nofollow" '
    'href="https://www.cpsc.gov/Recalls/2026/Acme-Recalls-Heaters?a=1&amp;b=2">'
    '<span class="invisible">https://www.</span><span class="ellipsis">cpsc.gov/Recalls/2026/'
    'Acme-R</span><span class="invisible">ecalls-Heaters?a=1&amp;b=2</span></a></p>'
)
WRITTEN = (
    "Heat & <fire> #CheckYourHeater\n\nAsk @acme@social.example\n"
    "https://www.cpsc.gov/Recalls/2026/Acme-Recalls-Heaters?a=1&b=2"
)


def test_a_status_says_the_same_however_it_is_marked_up() -> None:
    assert says_the_same(MASTODON_SHOWS, WRITTEN)


SPOKEN = st.text(st.characters(categories=["L", "N", "P", "S"], include_characters=" \n"))


@given(st.lists(st.sampled_from([WRITTEN, "#Tag", "https://a.example/x?y=%20&z"]) | SPOKEN))
@example(["<b>", "&amp;", "a_b*c*"])
@STEADY
def test_what_an_instance_shows_of_a_text_says_the_same(words: list[str]) -> None:
    text = " ".join(words)

    shown = render_status_html(text)

    assert says_the_same(shown, text) == any(letter.isalnum() for letter in text)


def test_a_name_that_the_instance_does_not_know_is_compared_as_it_stands() -> None:
    content = "<p>Heat</p><p>@acme@social.example<br />now</p>"

    assert says_the_same(content, "Heat\n\n@acme@social.example\nnow")


@pytest.mark.parametrize(
    "text",
    [WRITTEN.replace("fire", "smoke"), WRITTEN.replace("a=1", "a=2"), f"{WRITTEN} 2/2", ""],
)
def test_a_status_that_differs_is_another(text: str) -> None:
    assert not says_the_same(MASTODON_SHOWS, text)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Date": "Sun, 22 Nov 2026 10:00:00 GMT", "X-RateLimit-Reset": "1795341660"}, 60),
        (
            {
                "Date": "Sun, 22 Nov 2026 10:00:00 GMT",
                "X-RateLimit-Reset": "2026-11-22T09:00:00Z",
            },
            1,
        ),
        ({"Retry-After": "30"}, 30),
        ({"X-RateLimit-Reset": "soon", "Retry-After": "7"}, 7),
        ({"X-RateLimit-Reset": "9" * 30, "Date": "Sun, 22 Nov 2026 10:00:00 GMT"}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait_is_read_from_whatever_the_server_says(
    headers: dict[str, str], seconds: int | None
) -> None:
    wait = wait_in(headers)

    assert (wait.total_seconds() if wait else None) == seconds


def test_accounts_stand_one_behind_the_other() -> None:
    text = (
        "@Recalls@Social.example:abcdefgh, ann@127.0.0.1:9381:mock_token\nbo@[::1]:80:a-b_c~d=e"
    )

    settings = MastodonSettings.model_validate({"accounts": text})

    assert [(one.chat, one.url, one.token) for one in settings.logins] == [
        ("recalls@social.example", "https://social.example", "abcdefgh"),
        ("ann@127.0.0.1:9381", "http://127.0.0.1:9381", "mock_token"),
        ("bo@[::1]:80", "http://[::1]:80", "a-b_c~d=e"),
    ]
    assert accounts_of(settings) == (
        "recalls@social.example",
        "ann@127.0.0.1:9381",
        "bo@[::1]:80",
    )


def test_without_accounts_there_are_none() -> None:
    assert accounts_of(MastodonSettings.model_validate({})) == ()


@pytest.mark.parametrize(
    "text",
    [
        *("recalls@social.example", "social.example:secret_token", "secret_token"),
        "recalls@127.0.0.1:9381",
        "http://recalls@social.example:secret_token",
        "a@b.example:secret_token, A@B.example:secret_token",
    ],
)
def test_an_account_that_cannot_be_read_stops_the_start_and_is_not_quoted(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALLBOT_MASTODON_ACCOUNTS", text)

    with pytest.raises(SettingsError, match="RECALLBOT_MASTODON_ACCOUNTS") as caught:
        load(MastodonSettings)

    assert "secret_token" not in str(caught.value)


def test_a_token_is_shown_nowhere() -> None:
    settings = MastodonSettings.model_validate({"accounts": "a@b.example:secret_token"})

    assert "secret_token" not in f"{settings!r} {settings.logins!r}"
