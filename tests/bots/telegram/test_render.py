"""Messages as Telegram's HTML, whatever somebody wrote into them."""

from __future__ import annotations

from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bots.telegram.keyboard import MOST_IN_A_ROW, carried, rows, said_by
from bots.telegram.render import (
    LONGEST_CAPTION,
    LONGEST_TEXT,
    MOST_MARKS,
    fits,
    fits_caption,
    render,
    units,
    visible,
)
from core.model.message import Attachment, Block, Button, Message, Picture, Quote, Role
from tests.builders import STEADY
from tests.fakes import FakeKept
from tests.platforms.telegram.rules import read_html

# All that makes lengths and marks go wrong: astral letters, right to left, joined emoji,
# markup, references, and lines that begin as a list does.
AWKWARD = st.text(st.sampled_from("ab \n-<>&\";'#x0123🔋👨‍👩‍👧‍👦مرحباשלום中文\u200f\u202e/="))
TEXTS = st.one_of(st.text(), AWKWARD, st.just("long 🔋 warning & " * 400))
QUOTES = st.none() | st.builds(Quote, TEXTS, st.sampled_from(["en", "fr", "zh-Hant", "??"]))
URLS = st.none() | st.sampled_from(
    ["https://acme.example/?a=1&b=\"<'", "mailto:ann@acme.example", "http://[", "x" * 9_000]
)
BLOCKS = st.lists(st.builds(Block, st.sampled_from(Role), TEXTS, URLS, QUOTES), max_size=12)
PICTURE = Picture(b"jpeg", "alt " * 300)
FILE = Attachment("a.json", "application/json", b"{}")
PICTURES = st.none() | st.just(PICTURE)
FILES = st.none() | st.just(FILE)
LONG_QUOTE = Block(Role.HAZARD, "", None, Quote("&" * 9_000, "fr"))
MANY = [Block(Role.HEADLINE, "x", "https://acme.example")] * 120


def bare(text: str) -> str:
    """Return the letters of a text, without what a list's lines begin with."""
    return "".join(text.split()).replace("-", "").replace("•", "")


@given(blocks=BLOCKS, picture=PICTURES, file=FILES)
@example(blocks=[Block(Role.ACTION, "🔋" * 5_000)], picture=PICTURE, file=FILE)
@example(blocks=MANY, picture=None, file=FILE)
@example(blocks=[LONG_QUOTE], picture=PICTURE, file=None)
@STEADY
def test_every_post_is_what_telegram_takes_and_nothing_is_left_out(
    blocks: list[Block], picture: Picture | None, file: Attachment | None
) -> None:
    posts = render(Message(tuple(blocks), (Button("Yes", "yes"),), "en", picture, file))

    for post in posts:
        assert fits(post.text)
        assert fits_caption(post.text) or not (post.picture or post.attachment)
        read = read_html(post.text)
        assert read.text == visible(post.text)
        assert read.dropped == []
        assert units(read.text) <= LONGEST_TEXT
        assert len(read.entities) <= MOST_MARKS
    shown = bare("".join(visible(post.text) for post in posts))
    for block in blocks:
        assert bare(block.text) in shown
        assert block.quote is None or bare(block.quote.text) in shown
    assert [post.picture for post in posts if post.picture] == ([picture] if picture else [])
    assert sum(post.attachment is not None for post in posts) == (file is not None)


@given(TEXTS)
@STEADY
def test_what_is_visible_is_what_was_written(text: str) -> None:
    (*_, post) = render(Message((Block(Role.DETAIL, text[:1000]),)))

    assert bare(unescape(visible(post.text))) == bare(unescape(text[:1000]))


@pytest.mark.parametrize(
    ("text", "length"), [("a", 1), ("é", 1), ("中", 1), ("🔋", 2), ("👨‍👩‍👧", 8), ("", 0)]
)
def test_lengths_are_counted_as_telegram_counts(text: str, length: int) -> None:
    assert units(text) == length


def test_at_the_limit_one_post_is_enough_and_beyond_it_two_are_needed() -> None:
    least = "x" * (LONGEST_TEXT // 2 - 1)

    at_limit = render(Message((Block(Role.DETAIL, least), Block(Role.DETAIL, least))))
    beyond = render(Message((Block(Role.DETAIL, least), Block(Role.DETAIL, f"{least}x"))))

    assert len(at_limit) == 1
    assert units(visible(at_limit[0].text)) == LONGEST_TEXT
    assert len(beyond) == 2


def test_a_caption_at_its_limit_stays_below_its_picture() -> None:
    picture = Picture(b"jpeg", "alt")

    one = render(Message((Block(Role.DETAIL, "&" * LONGEST_CAPTION),), picture=picture))

    assert len(one) == 1
    assert one[0].picture == picture


def test_a_quote_in_the_readers_language_is_not_labelled() -> None:
    german = Block(Role.DETAIL, "Dort steht:", None, Quote("Nicht laden.", "de-AT"))

    (post,) = render(Message((german,), lang="de"))

    assert post.text == "Dort steht:\n<blockquote>Nicht laden.</blockquote>"


def test_headline_and_action_stand_out_and_links_are_named() -> None:
    blocks = (
        Block(Role.HEADLINE, "Product safety recall"),
        Block(Role.ACTION, "Stop using it."),
        Block(Role.SOURCE, "CPSC", "https://www.cpsc.gov/Recalls"),
    )

    (post,) = render(Message(blocks))

    assert post.text == (
        "<b>Product safety recall</b>\n\n<b>Stop using it.</b>\n\n"
        '<i>CPSC</i> <a href="https://www.cpsc.gov/Recalls">cpsc.gov</a>'
    )


@given(st.text(max_size=200))
@example("=yes")
@example("ü" * 32)
@STEADY
async def test_a_button_says_the_same_when_it_is_pressed(says: str) -> None:
    kept = FakeKept()

    data = await carried(says, kept)

    assert len(data.encode()) <= 64
    assert await said_by(data, kept) == says


@pytest.mark.parametrize("data", ["", "yes", "#unknown", "?x"])
async def test_a_button_of_somebody_else_says_nothing(data: str) -> None:
    assert await said_by(data, FakeKept()) is None


@given(st.lists(st.text(min_size=1, max_size=40), max_size=100))
@STEADY
def test_rows_hold_every_button_in_its_order(labels: list[str]) -> None:
    buttons = [Button(label, label) for label in labels]

    arranged = list(rows(buttons))

    assert [button for row in arranged for button in row] == buttons
    assert all(1 <= len(row) <= MOST_IN_A_ROW for row in arranged)


def test_names_that_are_called_stand_below_the_headline_and_roles_of_others_do_not() -> None:
    blocks = (Block(Role.HEADLINE, "Recall"), Block(Role.HAZARD, "Fire."))

    (post,) = render(Message(blocks, calls=("@warden", "<@&12>", "@<b>", "@warden")))

    assert visible(post.text) == "Recall\n\n@warden @<b>\n\nFire."
    assert render(Message(blocks, calls=("<@&12>",))) == render(Message(blocks))
