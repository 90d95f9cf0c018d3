"""Messages as posts of X: all of them fit, nothing that keeps from harm is left out."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bots.x.render import render
from core.model.message import Block, Message, Picture, Quote, Role
from tests.builders import STEADY
from tests.platforms.x_judge import judged_weight

LINK = "https://www.cpsc.gov/Recalls/2025/power-banks-recalled"
PRIVATE = "https://bot.example.org/?start=check_QTEyNjM"
TEXTS = st.one_of(
    st.text(max_size=400), st.sampled_from(("火" * 300, "word " * 99, "x.com " * 60))
)
BLOCKS = st.lists(
    st.builds(Block, st.sampled_from(Role), TEXTS, st.sampled_from((None, LINK))), max_size=8
)
HEADLINE = Block(Role.HEADLINE, "Product safety recall: check your Anker A1263")
HAZARD = Block(Role.HAZARD, "Hazard: it can catch fire.")
ACTION = Block(Role.ACTION, "Stop using and charging it until you know.")
SOURCE = Block(Role.SOURCE, "Source: U.S. CPSC, June 12, 2025.", LINK)
WAY = Block(Role.NEXT_STEP, "In a group I read no serial numbers. Write to me:", PRIVATE)


def texts_of(*blocks: Block, single: bool = False) -> list[str]:
    return [post.text for post in render(Message(blocks, single=single))]


def test_a_message_that_fits_is_one_post_with_a_line_for_each_block() -> None:
    (text,) = texts_of(HEADLINE, HAZARD, ACTION, SOURCE)

    assert text.splitlines() == [
        *(HEADLINE.text, HAZARD.text, ACTION.text),
        f"{SOURCE.text} {LINK}",
    ]


def test_a_makers_words_stand_in_quotation_marks() -> None:
    (text,) = texts_of(Block(Role.DETAIL, "Where to look:", None, Quote("On the back.")))

    assert text == "Where to look: “On the back.”"


def test_a_long_message_goes_on_in_posts_that_say_which_they_are() -> None:
    details = [Block(Role.DETAIL, f"{number} " + "long detail " * 12) for number in range(3)]

    posts = texts_of(HEADLINE, HAZARD, ACTION, *details, SOURCE)

    assert [text.splitlines()[-1] for text in posts] == ["1/3", "2/3", "3/3"]
    assert posts[0].startswith(HEADLINE.text)


def test_a_picture_goes_with_the_first_post_alone() -> None:
    picture = Picture(b"jpeg", "What it shows")

    posts = render(Message((Block(Role.DETAIL, "word " * 200),), picture=picture))

    assert [post.picture for post in posts] == [picture, *[None] * (len(posts) - 1)]


@given(BLOCKS)
@example([Block(Role.ACTION, "x" * 20_000)])
@example([Block(Role.DETAIL, "a.com" * 200, LINK)])
@STEADY
def test_every_post_fits_by_somebody_elses_count(blocks: list[Block]) -> None:
    posts = render(Message(tuple(blocks)))

    assert all(judged_weight(post.text) <= 280 for post in posts)


@given(BLOCKS)
@example([Block(Role.ACTION, "x" * 2_000), Block(Role.HAZARD, "火" * 2_000)])
@STEADY
def test_a_single_message_is_one_post_that_fits(blocks: list[Block]) -> None:
    (post,) = render(Message(tuple(blocks), single=True))

    assert judged_weight(post.text) <= 280


def test_a_single_message_says_what_keeps_from_harm_and_the_way_on_first() -> None:
    verdict = Block(Role.VERDICT, "A recall covers it, but only certain units of it. " * 3)
    remedy = Block(Role.REMEDY, "What you get: a free replacement. " * 4)

    (text,) = texts_of(HEADLINE, HAZARD, ACTION, verdict, remedy, SOURCE, WAY, single=True)

    assert text.startswith("\n".join((HEADLINE.text, HAZARD.text, ACTION.text)))
    assert PRIVATE in text
    assert LINK in text or SOURCE.text in text
    assert "1/" not in text


def test_where_nothing_is_recalled_the_verdict_says_that_this_is_no_proof() -> None:
    headline = Block(Role.HEADLINE, "No recall found: Anker A9999")
    verdict = Block(Role.VERDICT, "I hold no recall of it. " + "That is no proof. " * 9)

    (text,) = texts_of(headline, verdict, SOURCE, WAY, single=True)

    assert verdict.text in text
    assert PRIVATE in text


def test_only_where_the_essential_alone_is_too_long_is_it_cut_and_shows_it() -> None:
    (text,) = texts_of(HEADLINE, Block(Role.ACTION, "Stop using it. " * 60), single=True)

    assert text.startswith(HEADLINE.text)
    assert text.endswith("…")


@pytest.mark.parametrize("single", [True, False])
def test_a_message_that_says_nothing_is_one_empty_post(*, single: bool) -> None:
    assert texts_of(single=single) == [""]


def test_a_web_address_is_never_cut() -> None:
    posts = texts_of(Block(Role.DETAIL, "word " * 53, LINK), SOURCE)

    assert sum(len(re.findall(re.escape(LINK), text)) for text in posts) == 2
