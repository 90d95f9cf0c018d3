"""How messages look as Discord's Markdown."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bots.discord import render
from bots.discord.render import LONGEST_TEXT, MOST_CALLED, fits, pinged, title_of, units
from core.channel import Post
from core.model.message import ESSENTIAL, Block, Message, Quote, Role
from tests.builders import STEADY

MARKS = re.compile(r"\\([^0-9A-Za-z\s])|\*\*|^(?:[-] )?(?:#{2,3} |-# |> )|^- ", re.MULTILINE)
BLOCKS = st.builds(
    Block,
    st.sampled_from(Role),
    st.text(),
    st.none() | st.text() | st.just("https://acme.example/recall?a=1&b=2"),
    st.none() | st.builds(Quote, st.text()),
)


def shown(text: str) -> str:
    return "".join(MARKS.sub(lambda found: found[1] or "", text).split())


def letters(text: str) -> str:
    return "".join(text.split())


@given(st.lists(BLOCKS, max_size=20))
@example([Block(role, "long warning " * 700) for role in Role])
@example([Block(Role.ACTION, "x" * 50_000)])
@example([Block(Role.HAZARD, "*_`" * 5_000), Block(Role.SOURCE, "\\" * 3_000)])
@example([Block(Role.ACTION, "a\n" * 3_000)])
@example([Block(Role.SOURCE, "\N{FIRE}" * 4_000, "https://a.example/" + "\N{FIRE}" * 600)])
@STEADY
def test_every_post_fits_and_nothing_essential_is_cut(blocks: list[Block]) -> None:
    posts = render.render(Message(tuple(blocks)))

    assert all(fits(post.text) for post in posts)
    said = letters(shown("\n".join(post.text for post in posts))).replace("-", "")
    for block in blocks:
        if block.role in ESSENTIAL:
            assert letters(block.text).replace("-", "") in said


@pytest.mark.parametrize(
    "text",
    [
        "**bold** _it_ ~~no~~ `code` ||spoiler||",
        "<@123> <@&456> <#789> <t:1:R>",
        "[click](https://evil.example)",
        "# heading",
        "> quote",
        "-# small",
        "1. first",
        "back\\slash",
    ],
)
def test_what_somebody_wrote_is_text_and_never_markup(text: str) -> None:
    (post,) = render.render(Message((Block(Role.DETAIL, text),)))

    assert shown(post.text) == letters(text)
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_~`|<\[]", post.text)
    assert not post.text.startswith(("#", ">", "-", "1. "))


def test_an_address_within_a_text_stays_whole() -> None:
    (post,) = render.render(Message((Block(Role.DETAIL, "See https://a.example/b_c_d"),)))

    assert "https://a.example/b_c_d" in post.text


def test_a_link_shows_where_it_leads() -> None:
    block = Block(Role.SOURCE, "Read it here", "https://www.acme.example/recall?a=1&b=2")

    (post,) = render.render(Message((block,)))

    assert (
        post.text == "-# Read it here [acme.example](<https://www.acme.example/recall?a=1&b=2>)"
    )


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://", "no address"])
def test_what_is_no_web_address_stays_text(url: str) -> None:
    (post,) = render.render(Message((Block(Role.SOURCE, "Here", url),)))

    assert "](" not in post.text


def test_roles_are_styled_each_in_its_own_way() -> None:
    blocks = (
        Block(Role.HEADLINE, "Product safety recall"),
        Block(Role.ACTION, "Do this now:\n- Stop using it.\n- Do not charge it."),
        Block(Role.NEXT_STEP, "What is the serial number?"),
        Block(Role.SOURCE, "CPSC"),
    )

    (post,) = render.render(Message(blocks))

    assert post.text.splitlines() == [
        "## Product safety recall",
        "",
        "**Do this now:**",
        "- **Stop using it.**",
        "- **Do not charge it.**",
        "",
        "### What is the serial number?",
        "",
        "-# CPSC",
    ]
    assert render.is_urgent(post.text)
    assert render.asks(post.text)


def test_a_quotation_in_another_language_says_which() -> None:
    quoted = Block(Role.DETAIL, "Wo:", None, Quote("On the back.", "en"))

    (post,) = render.render(Message((quoted,), lang="de"))

    assert post.text == "Wo:\n\n> On the back. (en)"


def test_only_the_first_line_pings_and_only_roles_that_were_chosen() -> None:
    block = Block(Role.HEADLINE, "Recall <@&9>")
    calls = ("<@&12>", "@warden7", "<@34>", "<@&56>", "<@&12>")

    (quiet,) = render.render(Message((block,)))
    (post,) = render.render(Message((block,), calls=calls))

    assert pinged(quiet.text) == ()
    assert post.text == f"<@&12> <@&56>\n{quiet.text}"
    assert pinged(post.text) == (12, 56)
    assert title_of(post.text) == "Recall <@&9>"


def test_whoever_is_called_leaves_every_post_within_its_length() -> None:
    calls = tuple(f"<@&{10**18 + number}>" for number in range(MOST_CALLED + 5))
    blocks = (Block(Role.HEADLINE, "Recall"), *(Block(Role.DETAIL, "x" * 2_500),) * 3)

    first, *rest = render.render(Message(blocks, calls=calls))

    assert len(pinged(first.text)) == MOST_CALLED
    assert all(fits(post.text) for post in (first, *rest))
    assert [pinged(post.text) for post in rest] == [()] * len(rest)


def test_half_a_pair_of_characters_does_not_break_a_post() -> None:
    (post,) = render.render(Message((Block(Role.DETAIL, "half \ud83d pair"),)))

    assert post.text.encode()


def test_lengths_are_counted_the_largest_way() -> None:
    assert units("\N{FIRE}") == 2
    assert fits("x" * LONGEST_TEXT)
    assert not fits("\N{FIRE}" * (LONGEST_TEXT // 2 + 1))
    assert title_of("## ") == "…"
    assert render.render(Message(())) == (Post(""),)
