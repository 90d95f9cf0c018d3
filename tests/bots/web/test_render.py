"""How a message becomes posts: escaped, marked by role, split and never cut."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bots.web.render import LONGEST_PIECE, LONGEST_POST, fits, render
from core.model.message import ESSENTIAL, Attachment, Block, Button, Message, Role
from tests.bots.web.stage import danger
from tests.builders import STEADY


class Reading(HTMLParser):
    """Reads posts back: what tags there are, what they hold, and whether they are balanced."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(html: str) -> Reading:
    reading = Reading()
    reading.feed(html)
    reading.close()
    return reading


def html_of(*blocks: Block) -> str:
    return "".join(post.text for post in render(Message(blocks)))


def test_every_block_is_a_paragraph_with_its_role_in_order() -> None:
    posts = render(danger("Acme X100"))

    assert len(posts) == 1
    roles = [part.split('"')[0] for part in posts[0].text.split('class="role-')[1:]]
    assert roles == [block.role for block in danger("Acme X100").blocks]


def test_buttons_come_with_the_last_post_and_no_more_than_fit() -> None:
    buttons = tuple(Button(f"choice {n}", str(n)) for n in range(12))

    posts = render(Message((Block(Role.DETAIL, "Which?"),), buttons))

    assert posts[-1].buttons == buttons[:8]


def test_text_is_never_markup() -> None:
    html = html_of(Block(Role.VERDICT, "<script>alert('&')</script><b>"))

    assert "<script" not in html
    assert read(html).texts == ["<script>alert('&')</script><b>"]


def test_a_link_shows_where_it_leads_and_tells_the_other_side_nothing() -> None:
    html = html_of(
        Block(Role.SOURCE, "Source: CPSC.", "https://www.cpsc.gov/Recalls/2025?a=1&b=2")
    )

    assert (
        'Source: CPSC. <a href="https://www.cpsc.gov/Recalls/2025?a=1&amp;b=2" '
        'rel="noopener noreferrer">cpsc.gov</a>' in html
    )


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//x", "mailto:a@b"]
)
def test_anything_but_a_web_address_is_no_link(url: str) -> None:
    html = html_of(Block(Role.SOURCE, "Source", url))

    assert "<a" not in html
    assert url in read(html).texts[0]


def test_lines_with_a_dash_become_a_list() -> None:
    html = html_of(
        Block(Role.DETAIL, "You can:\n- ask\n- keep a list\nWell?", "https://a.example")
    )

    assert html == (
        '<div lang="en" dir="auto"><p class="role-detail">You can:</p>'
        '<ul class="role-detail"><li>ask</li><li>keep a list</li></ul>'
        '<p class="role-detail">Well? <a href="https://a.example" rel="noopener noreferrer">'
        "a.example</a></p></div>"
    )


def test_a_list_at_the_end_carries_the_link_in_its_last_line() -> None:
    html = html_of(Block(Role.DETAIL, "- one\n- two", "https://a.example"))

    assert "<li>one</li><li>two <a " in html


def test_the_language_of_the_message_is_told() -> None:
    (post,) = render(Message((Block(Role.DETAIL, "こんにちは"),), lang="ja"))

    assert post.text.startswith('<div lang="ja"')


def test_a_message_without_blocks_is_one_empty_post() -> None:
    (post,) = render(Message(()))

    assert read(post.text).texts == []


BLOCKS = st.builds(
    Block,
    st.sampled_from(list(Role)),
    st.text(max_size=300),
    st.none() | st.text(max_size=60) | st.just("https://www.example.org/a?b=c&d"),
)


@given(st.lists(BLOCKS, max_size=12))
@example([Block(Role.ACTION, '"' * (LONGEST_POST * 2))])
@example(
    [Block(Role.HAZARD, "& <" * LONGEST_PIECE), Block(Role.SOURCE, "s", "https://x.example")]
)
@example([Block(role, "'" * LONGEST_PIECE) for role in Role])
@STEADY
def test_posts_fit_are_balanced_and_lose_nothing_essential(blocks: list[Block]) -> None:
    posts = render(Message(tuple(blocks)))

    readings = [read(post.text) for post in posts]
    said = "".join("".join("".join(reading.texts).split()) for reading in readings)
    assert all(fits(post.text) for post in posts)
    assert all(reading.open == [] for reading in readings)
    for reading in readings:
        assert reading.tags <= {"div", "p", "ul", "li", "br", "a"}
        assert reading.attributes <= {"lang", "dir", "class", "href", "rel"}
    for block in blocks:
        if block.role in ESSENTIAL:
            wanted = [
                "".join(line.removeprefix("- ").split()) for line in block.text.splitlines()
            ]
            assert all(line in said for line in wanted)


def test_a_file_is_shown_in_pieces_and_escaped() -> None:
    content = ("<b>&" * 20_000).encode()
    file = Attachment("recallbot.json", "application/json", content)

    posts = render(Message((Block(Role.DETAIL, "Everything."),), attachment=file))

    text = "".join(post.text for post in posts)
    assert all(fits(post.text) for post in posts)
    assert "recallbot.json" in text
    assert text.count("&lt;b&gt;&amp;") >= 20_000 - len(posts) * 20
    assert "<b>" not in text
