"""What fits is counted as Bluesky counts, and messages become as few posts as can be."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bots.bluesky.facets import facets_of
from bots.bluesky.names import name_of
from bots.bluesky.render import MOST_BYTES, MOST_GRAPHEMES, fits, graphemes, render
from core.channel import Post
from core.model.message import Block, Message, Picture, Quote, Role
from tests.builders import STEADY
from tests.platforms.bluesky_server import POSTS, Member, bluesky_server

FAMILY = "👨‍👩‍👧‍👦"
# https://atproto.com/specs/tid
TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
LATIN = "Stop using it. "


@cache
def somebody() -> Member:
    """Return one account for all that is only tried."""
    return bluesky_server().member()


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("x" * 300, True),
        ("x" * 301, False),
        ("安" * 300, True),
        ("安" * 301, False),
        (FAMILY * 120, True),
        (FAMILY * 121, False),
        ("🇩🇪" * 300, True),
        ("🇩🇪" * 301, False),
        ("é" * 300, True),
        ("é" * 301, False),
        ("각" * 300, True),
        ("क्षि" * 240, True),
        ("\r\n" * 300 + "", True),
        ("สวัสดี" * 50, True),
    ],
)
def test_what_fits_is_what_bluesky_takes(text: str, taken: bool) -> None:  # noqa: FBT001 - a table
    server = bluesky_server()
    member = somebody()
    record = {"$type": POSTS, "text": text, "createdAt": "2026-11-22T12:00:00.000Z"}
    wanted = {"repo": member.did, "collection": POSTS, "record": record}

    answer = server.http.post(
        "/com.atproto.repo.createRecord",
        json=wanted,
        headers={"Authorization": f"Bearer {member.token}"},
    )

    assert answer.is_success is taken, answer.text
    assert fits(text) is taken


def test_a_short_message_is_one_post_with_blank_lines_and_its_picture() -> None:
    picture = Picture(b"jpeg", "Orange")
    blocks = (
        Block(Role.HEADLINE, "Product safety recall"),
        Block(Role.ACTION, "- Stop using it\n- Unplug it"),
        Block(Role.DETAIL, "Where to look:", None, Quote("On the back")),
        Block(Role.SOURCE, "CPSC 25-123", "https://www.cpsc.gov/25-123"),
    )

    posts = render(Message(blocks, lang="de", picture=picture))

    assert posts == (
        Post(
            "Product safety recall\n\n• Stop using it\n• Unplug it\n\n"
            "Where to look: “On the back”\n\nCPSC 25-123 https://www.cpsc.gov/25-123",
            picture=picture,
            lang="de",
        ),
    )


def test_blank_lines_go_before_a_second_post_comes() -> None:
    blocks = tuple(Block(Role.DETAIL, "x" * 59) for _ in range(5))

    (post,) = render(Message(blocks))

    assert post.text == "\n".join(["x" * 59] * 5)


def test_a_long_message_is_split_between_blocks_and_numbered() -> None:
    blocks = tuple(Block(Role.DETAIL, letter * 200) for letter in "abc")

    posts = render(Message(blocks))

    assert [post.text for post in posts] == [
        f"{letter * 200}\n\n{number}/3" for number, letter in enumerate("abc", 1)
    ]


def test_a_long_block_is_split_between_words() -> None:
    posts = render(Message((Block(Role.ACTION, LATIN * 40),)))

    bodies = [post.text.rpartition("\n\n")[0] for post in posts]
    assert " ".join(bodies) == (LATIN * 40).strip()


def test_a_link_to_write_a_mail_is_the_address() -> None:
    (post,) = render(Message((Block(Role.SOURCE, "Ask", "mailto:a@acme.example?subject=x"),)))

    assert post.text == "Ask a@acme.example"


def test_a_message_that_says_nothing_is_one_empty_post() -> None:
    assert render(Message(())) == (Post("", lang="en"),)


@given(st.text(max_size=2_000))
@example(FAMILY * 500)
@example("e" + "\u0301" * 5_000)
@example("安" * 1_000)
@example(" " * 1_000)
@STEADY
def test_every_piece_fits_and_no_letter_is_lost(text: str) -> None:
    posts = render(Message((Block(Role.HAZARD, text),)))

    assert all(fits(post.text) for post in posts)
    numbered = len(posts) > 1
    bodies = [post.text.rpartition("\n\n")[0] if numbered else post.text for post in posts]
    assert letters("".join(bodies)) == letters(re.sub("^- ", "• ", text, flags=re.MULTILINE))


def letters(text: str) -> str:
    return "".join(text.split())


def test_the_limits_are_those_of_a_post() -> None:
    assert graphemes(FAMILY * 120) == 120 < MOST_GRAPHEMES
    assert len((FAMILY * 120).encode()) == MOST_BYTES


@given(st.text(), st.text())
@STEADY
def test_a_name_is_a_tid_of_a_time_that_is_over_and_the_same_for_the_same_key(
    key: str, other: str
) -> None:
    name = name_of(key)

    assert TID.fullmatch(name)
    assert datetime(2023, 1, 1, tzinfo=UTC) <= time_of(name) < datetime(2025, 4, 1, tzinfo=UTC)
    assert (name == name_of(other)) is (key == other)


def time_of(name: str) -> datetime:
    """Return the time that a TID tells."""
    number = 0
    for letter in name:
        number = number << 5 | "234567abcdefghijklmnopqrstuvwxyz".index(letter)
    return datetime.fromtimestamp((number >> 10) / 1_000_000, UTC)


def test_of_a_long_link_the_beginning_is_shown_and_leads_to_all_of_it() -> None:
    url = "https://www.cpsc.gov/Recalls/2026/" + "Long-Name-" * 20
    message = Message(
        (
            Block(Role.HEADLINE, "リコール"),
            Block(Role.SOURCE, "出典：CPSC", url),
            Block(Role.DETAIL, "Again:", url),
        )
    )

    (post,) = render(message)

    shown = "cpsc.gov/Recalls/2026/Long-Name…"
    assert post.text == f"リコール\n\n出典：CPSC {shown}\n\nAgain: {shown}"
    assert post.links == ((shown, url), (shown, url))
    facets = facets_of(post.text, post.links)
    raw = post.text.encode()
    cut = [raw[one.index.byte_start : one.index.byte_end].decode() for one in facets]
    assert cut == [shown, shown]
    assert [one.features[0].uri for one in facets] == [url, url]


def test_each_post_of_several_has_its_own_links() -> None:
    urls = [f"https://www.example.org/{'x' * 40}/{number}" for number in range(3)]
    message = Message(tuple(Block(Role.DETAIL, "word " * 40, url) for url in urls))

    posts = render(message)

    assert [url for post in posts for _, url in post.links] == urls
    assert all(post.links for post in posts)
