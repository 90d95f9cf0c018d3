"""Posts arrive once, as Bluesky's own server keeps them, with what can be pressed in them."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from typing import Any

import pytest
from PIL import Image

from bots.bluesky.picture import LARGEST
from core.channel import (
    Address,
    AddressGone,
    DeliveryUnknown,
    Post,
    PostRejected,
    TryLater,
)
from core.model.message import Attachment, Picture
from tests.bots.bluesky.stage import KEY, Stage, a_jpeg
from tests.platforms.bluesky_between import PUT, UPLOAD

FAMILY = "👨‍👩‍👧‍👦"


async def test_a_post_says_its_text_in_its_language_and_when(stage: Stage) -> None:
    post = Post("Stop using it.", lang="zh_Hans")

    receipt = await stage.channel.send(post, stage.chat, key=KEY)

    (posted,) = stage.member.posts
    assert posted["uri"] == receipt.id
    assert posted["text"] == "Stop using it."
    assert posted["langs"] == ["zh-Hans"]
    assert posted["createdAt"].endswith("Z")
    assert "facets" not in posted


async def test_what_is_sent_again_is_posted_once_even_with_another_text(stage: Stage) -> None:
    first = await stage.send("one")

    again = await stage.send("one, later")

    assert again == first
    assert stage.member.shown == "one"


async def test_what_is_sent_side_by_side_is_posted_once(stage: Stage) -> None:
    other = stage.another()

    receipts = await asyncio.gather(
        *(stage.send(f"attempt {number}") for number in range(4)),
        *(other.send(Post("other"), stage.chat, key=KEY) for _ in range(4)),
    )
    await other.close()

    assert len(set(receipts)) == 1
    assert len(stage.member.posts) == 1


async def test_two_keys_are_two_posts(stage: Stage) -> None:
    receipts = [await stage.send("the same words", key) for key in ("k1", "k2")]

    assert len({receipt.id for receipt in receipts}) == 2
    assert len(stage.member.posts) == 2


async def test_what_arrived_before_the_line_was_cut_is_found_and_not_repeated(
    stage: Stage,
) -> None:
    stage.between.cuts(PUT)

    with pytest.raises(DeliveryUnknown):
        await stage.send("once")
    found = await stage.channel.find(KEY, stage.chat, Post("once"))
    again = await stage.send("once")

    assert found == again
    assert stage.member.shown == "once"


async def test_what_never_arrived_is_not_found(stage: Stage) -> None:
    stage.between.refuses(PUT, 503, "<html>busy</html>")

    with pytest.raises(DeliveryUnknown):
        await stage.send("once")

    assert await stage.channel.find(KEY, stage.chat, Post("once")) is None


async def test_links_and_hashtags_can_be_pressed_behind_letters_of_many_bytes(
    stage: Stage,
) -> None:
    text = f"リコール{FAMILY}：https://acme.example/リコール?a=1。 #ProductRecall (https://b.example/x_(y))"

    await stage.send(text)

    (posted,) = stage.member.posts
    assert pressed(posted) == {
        "https://acme.example/リコール?a=1": "https://acme.example/リコール?a=1",
        "#ProductRecall": "ProductRecall",
        "https://b.example/x_(y)": "https://b.example/x_(y)",
    }


async def test_model_numbers_and_prices_are_no_links(stage: Stage) -> None:
    await stage.send("Model A1263.de and PAC20.us, sold for $ANKER or $20 at acme.example")

    (posted,) = stage.member.posts
    assert pressed(posted) == {}


async def test_posts_hang_below_each_other_with_the_first_as_root(stage: Stage) -> None:
    first = await stage.send("first", "k1")
    second = await stage.send("second", "k2", first.id)

    await stage.send("third", "k3", second.id)

    replies = {post["text"]: post.get("reply") for post in stage.member.posts}
    assert replies["first"] is None
    assert ends(replies["second"]) == (first.id, first.id)
    assert ends(replies["third"]) == (first.id, second.id)


async def test_below_a_post_that_was_taken_down_it_stands_alone(stage: Stage) -> None:
    first = await stage.send("first", "k1")
    stage.member.deletes(first.id)

    await stage.send("correction", "k2", first.id)

    (posted,) = stage.member.posts
    assert "reply" not in posted


async def test_a_picture_goes_along_as_it_is_with_its_words_and_form(stage: Stage) -> None:
    picture = Picture(a_jpeg(400, 300), "A power bank, with its number on the back")

    await stage.channel.send(Post("Look.", picture=picture), stage.chat, key=KEY)

    (shown,) = stage.member.posts[0]["embed"]["images"]
    assert shown["alt"] == picture.alt
    assert form(shown) == (400, 300)
    assert shown["image"]["mimeType"] == "image/jpeg"
    assert stage.member.picture(shown["image"]["ref"]["$link"]) == picture.jpeg


async def test_a_picture_that_is_too_large_is_made_smaller(stage: Stage) -> None:
    picture = Picture(a_jpeg(1400, 1000, noisy=True), "Noise")

    await stage.channel.send(Post("Look.", picture=picture), stage.chat, key=KEY)

    (shown,) = stage.member.posts[0]["embed"]["images"]
    kept = stage.member.picture(shown["image"]["ref"]["$link"])
    assert len(kept) <= LARGEST < len(picture.jpeg)
    with Image.open(io.BytesIO(kept)) as smaller:
        assert form(shown) == smaller.size


async def test_a_picture_that_is_none_is_refused_before_anything_is_posted(
    stage: Stage,
) -> None:
    post = Post("Look.", picture=Picture(b"no picture", "Nothing"))

    with pytest.raises(PostRejected):
        await stage.channel.send(post, stage.chat, key=KEY)

    assert stage.member.posts == []


async def test_a_repeat_with_a_picture_is_one_post_too(stage: Stage) -> None:
    post = Post("Look.", picture=Picture(a_jpeg(40, 30), "Orange"))
    stage.between.cuts(UPLOAD)

    with pytest.raises(TryLater):
        await stage.channel.send(post, stage.chat, key=KEY)
    receipts = [await stage.channel.send(post, stage.chat, key=KEY) for _ in range(2)]

    assert len(set(receipts)) == 1
    assert len(stage.member.posts) == 1


@pytest.mark.parametrize(
    "post",
    [
        Post(""),
        Post(" \n"),
        Post("x" * 301),
        Post(FAMILY * 121),
        Post("\ud83d"),
        Post("x", attachment=Attachment("a.json", "application/json", b"{}")),
    ],
)
async def test_what_makes_no_post_is_refused_without_asking(stage: Stage, post: Post) -> None:
    with pytest.raises(PostRejected):
        await stage.channel.send(post, stage.chat, key=KEY)

    assert stage.between.asked == []


async def test_an_account_that_is_not_set_up_is_gone(stage: Stage) -> None:
    with pytest.raises(AddressGone, match="RECALLBOT_BLUESKY_ACCOUNTS"):
        await stage.channel.send(Post("x"), Address("bluesky", "other.test"), key=KEY)


async def test_a_post_cannot_be_edited(stage: Stage) -> None:
    receipt = await stage.send("before")

    with pytest.raises(PostRejected):
        await stage.channel.edit(receipt, Post("after"))

    assert stage.member.shown == "before"


def pressed(posted: Mapping[str, Any]) -> dict[str, str]:
    """Return what each part of the text that can be pressed leads to."""
    text = posted["text"].encode()
    found = {}
    for facet in posted.get("facets", []):
        (feature,) = facet["features"]
        at = slice(facet["index"]["byteStart"], facet["index"]["byteEnd"])
        found[text[at].decode()] = feature.get("uri") or feature["tag"]
    return found


def form(shown: Mapping[str, Any]) -> tuple[int, int]:
    return shown["aspectRatio"]["width"], shown["aspectRatio"]["height"]


def ends(reply: Any) -> tuple[str, str]:
    return reply["root"]["uri"], reply["parent"]["uri"]
