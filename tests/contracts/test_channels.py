"""What every channel promises to whoever speaks and listens through it."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bots.registry import CHANNELS
from core.channel import Channel, Markup, Post, PostRejected
from core.model.message import ESSENTIAL, Block, Button, Message, Picture, Quote, Role
from tests.builders import NOW, STEADY
from tests.contracts.channel_cases import CASES, ChannelCase

TAG = re.compile(r"<[^>]*>")
# What Markdown escapes, and the marks it has: bold, headings, small print, quotations.
MARK = re.compile(r"\\([^0-9A-Za-z\s])|\*\*|^(?:- )?(?:#{2,3} |-# |> )", re.MULTILINE)
CHOICES = (Button("Yes", "yes"), Button("No", "no"))
LINK = "https://acme.example/recall?a=1&b=2"
BLOCKS = st.builds(Block, st.sampled_from(Role), st.text())


@pytest.fixture(params=list(CASES.values()), ids=list(CASES))
def case(request: pytest.FixtureRequest) -> ChannelCase:
    """Give each kind of channel in turn."""
    found: ChannelCase = request.param
    return found


def a_message(text: str = "Stop using it.", times: int = 1) -> Message:
    blocks = tuple(Block(role, f"{role}: {text}", LINK) for role in Role for _ in range(times))
    return Message(blocks, CHOICES)


def letters(text: str) -> str:
    """Return a text without spaces and the dashes of lists, which a channel may style."""
    return "".join(text.split()).replace("-", "").replace("•", "")


def seen(channel: Channel, posts: Sequence[Post]) -> str:
    """Return what a reader sees of these posts, without markup and the posts' own numbers."""
    ends = ((post.text, f"\n{number}/{len(posts)}") for number, post in enumerate(posts, 1))
    text = "\n".join(text.removesuffix(end) if len(posts) > 1 else text for text, end in ends)
    if channel.capabilities.markup is Markup.HTML:
        text = TAG.sub(" ", text)
    return letters(unescaped(channel, text))


def unescaped(channel: Channel, text: str) -> str:
    """Return a text of the channel as it was before it was escaped."""
    match channel.capabilities.markup:
        case Markup.HTML:
            return html.unescape(text)
        case Markup.MARKDOWN:
            return MARK.sub(lambda found: found[1] or "", text)
    return text


def test_what_a_notice_says_and_a_picture_reach_the_reader(case: ChannelCase) -> None:
    channel = case.unconnected()
    quoted = Block(Role.DETAIL, "Where to look:", None, Quote("On the back, beside the plug."))
    picture = Picture(b"jpeg", "Your label")

    posts = channel.render(Message((quoted,), picture=picture))

    said = seen(channel, posts)
    assert letters("On the back, beside the plug.") in said
    carried = [post.picture for post in posts if post.picture]
    assert carried == [picture] or letters("Your label") in said


async def test_it_goes_by_one_name(case: ChannelCase) -> None:
    async with case.build([]) as built:
        assert built.channel.kind == case.kind
        assert built.chat.channel == case.kind


async def test_what_is_said_is_heard_in_order_with_who_and_when(case: ChannelCase) -> None:
    async with case.build(["anker A1263", "yes"]) as built:
        if not built.channel.capabilities.listens:
            pytest.skip("nobody is heard there")
        listening = aiter(built.channel.listen())
        heard = [await anext(listening) for _ in range(2)]

        assert [inbound.text for inbound in heard] == ["anker A1263", "yes"]
        if case.one_chat:
            assert {inbound.sender for inbound in heard} == {built.chat}
        assert {inbound.at for inbound in heard} == {NOW}
        assert {inbound.lang for inbound in heard} == {case.lang}


async def test_a_post_is_shown_and_its_receipt_names_the_chat(case: ChannelCase) -> None:
    async with case.build(["anker A1263"]) as built:
        post = built.channel.render(a_message())[0]

        receipt = await built.channel.send(post, built.chat, key="k1")

        assert receipt.to == built.chat
        assert receipt.id
        assert "Stop using it." in unescaped(built.channel, built.shown())


async def test_every_post_has_a_receipt_of_its_own(case: ChannelCase) -> None:
    async with case.build(["anker A1263"]) as built:
        receipts = [
            await built.channel.send(Post(key), built.chat, key=key)
            for key in ("k1", "k2", "k3")
        ]

        assert len({receipt.id for receipt in receipts}) == 3


async def test_a_post_that_the_platform_does_not_take_is_rejected(case: ChannelCase) -> None:
    async with case.build(["anker A1263"]) as built:
        post = Post("x" * (case.longest + 1))

        assert not built.channel.capabilities.fits(post.text)
        with pytest.raises(PostRejected):
            await built.channel.send(post, built.chat, key="k1")


async def test_an_edit_takes_the_place_of_a_post_or_is_refused(case: ChannelCase) -> None:
    async with case.build(["anker A1263"]) as built:
        first = await built.channel.send(Post("before"), built.chat, key="k1")

        if not built.channel.capabilities.edits:
            with pytest.raises(PostRejected):
                await built.channel.edit(first, Post("after"))
            return
        edited = await built.channel.edit(first, Post("after"))

        assert edited == first
        assert "after" in built.shown()
        assert "before" not in built.shown()


async def test_an_earlier_attempt_is_found_where_the_channel_says_so(case: ChannelCase) -> None:
    async with case.build(["anker A1263"]) as built:
        receipt = await built.channel.send(Post("one"), built.chat, key="k1")

        found = await built.channel.find("k1", built.chat, Post("one"))

        assert found == (receipt if built.channel.capabilities.finds else None)
        assert await built.channel.find("never sent", built.chat, Post("two")) is None


async def test_where_posts_are_found_or_repeats_dropped_the_same_key_shows_once(
    case: ChannelCase,
) -> None:
    async with case.build(["anker A1263"]) as built:
        receipts = [
            await built.channel.send(Post("once"), built.chat, key="k1") for _ in range(2)
        ]

        once = built.channel.capabilities.finds or case.drops_repeats
        times = 1 if once else 2
        assert len({receipt.id for receipt in receipts}) == times
        assert built.shown().count("once") == times


def test_every_block_is_rendered_in_its_order_with_its_link(case: ChannelCase) -> None:
    channel = case.unconnected()

    posts = channel.render(a_message())

    text = unescaped(channel, "".join(post.text for post in posts))
    places = [text.index(f"{role}: Stop using it.") for role in Role]
    assert places == sorted(places)
    links = [url for post in posts for _, url in post.links]
    assert LINK in text or LINK in links


def test_buttons_stand_under_the_last_post_alone_and_never_too_many(case: ChannelCase) -> None:
    channel = case.unconnected()
    buttons = tuple(Button(str(number), str(number)) for number in range(50))

    posts = channel.render(Message(a_message().blocks, buttons))

    most = channel.capabilities.max_buttons
    assert posts[-1].buttons == buttons[:most]
    assert all(post.buttons == () for post in posts[:-1])


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "a & b", "\"quoted\" 'too'"])
def test_what_somebody_wrote_is_text_and_never_markup(case: ChannelCase, text: str) -> None:
    channel = case.unconnected()

    posts = channel.render(Message((Block(Role.VERDICT, text),)))

    shown = "".join(post.text for post in posts)
    if channel.capabilities.markup is Markup.HTML:
        assert "<script" not in shown
    assert text in unescaped(channel, shown)


@pytest.mark.parametrize("kind", list(CASES))
@given(st.lists(BLOCKS, max_size=20))
@example([Block(role, "long warning " * 700) for role in Role])
@example([Block(Role.ACTION, "x" * 50_000)])
@example([Block(Role.HAZARD, "&" * 20_000), Block(Role.SOURCE, "&amp;")])
@STEADY
def test_every_post_fits_and_nothing_essential_is_cut(kind: str, blocks: list[Block]) -> None:
    channel = CASES[kind].unconnected()

    posts = channel.render(Message(tuple(blocks)))

    assert all(channel.capabilities.fits(post.text) for post in posts)
    shown = seen(channel, posts)
    assert all(letters(block.text) in shown for block in blocks if block.role in ESSENTIAL)


async def test_closing_ends_listening_and_may_be_repeated(case: ChannelCase) -> None:
    async with case.build([]) as built:
        await built.channel.close()
        await built.channel.close()

        async with asyncio.timeout(60):
            assert [inbound async for inbound in built.channel.listen()] == []


def test_every_registered_channel_has_a_case() -> None:
    assert set(CASES) == {*CHANNELS, "memory"}
