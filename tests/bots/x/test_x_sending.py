"""What becomes of a post on X: paid for, sent once, and each refusal understood."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from bots.surroundings import Surroundings
from bots.x.channel import X, open_x
from bots.x.failures import OUT_OF_CREDITS
from bots.x.money import OVER_BUDGET
from core.channel import (
    Address,
    AddressGone,
    DeliveryUnknown,
    Inbound,
    Post,
    PostRejected,
    Receipt,
    TryLater,
)
from core.model.message import Picture
from tests.bots.x.stage import FakePurse, Stage, opened, settings_for
from tests.fakes import FakeKept
from tests.platforms.x_server import XServer

POSTS = "POST /2/tweets"
POST, LINK = 15_000, 200_000


def a_picture(alt: str = "Stop using the A1263") -> Picture:
    file = io.BytesIO()
    Image.new("RGB", (64, 36), "red").save(file, "JPEG")
    return Picture(file.getvalue(), alt)


async def test_a_post_stands_there_and_was_paid_for(stage: Stage) -> None:
    receipt = await stage.says("Product safety recall: fire & smoke")

    (post,) = stage.server.posts_of(stage.server.handle)
    assert receipt == Receipt(post.id, stage.here)
    assert post.text == "Product safety recall: fire & smoke"
    assert stage.purse.paid == {"k1": POST}
    assert stage.server.complaints == []


@pytest.mark.parametrize("text", ["See cpsc.gov", "More: https://www.cpsc.gov/Recalls/1"])
async def test_what_x_links_is_paid_for_as_such(stage: Stage, text: str) -> None:
    await stage.says(text)

    assert stage.purse.spent == LINK == stage.server.bill.spent * 1_000_000


async def test_a_picture_goes_with_its_words(stage: Stage) -> None:
    await stage.says("Stop using it.", picture=a_picture())

    (post,) = stage.server.posts_of(stage.server.handle)
    assert [media.alt for media in post.media] == ["Stop using the A1263"]
    assert stage.server.complaints == []


@pytest.mark.parametrize("route", ["POST /2/media/metadata", "POST /2/media/upload"])
async def test_without_the_picture_or_its_words_nothing_is_posted_or_paid(
    stage: Stage, route: str
) -> None:
    stage.server.faults.fails(503, route=route)

    with pytest.raises(TryLater):
        await stage.says("Stop using it.", picture=a_picture())

    assert stage.texts == []
    assert stage.purse.spent == 0


async def test_a_picture_that_x_cannot_read_is_rejected(stage: Stage) -> None:
    with pytest.raises(PostRejected):
        await stage.says("Stop using it.", picture=Picture(b"no picture", "alt"))

    assert stage.purse.spent == 0


async def test_over_the_cap_nothing_is_asked_until_the_next_month(server: XServer) -> None:
    async with opened(server, monthly_cap="0.02") as stage:
        await stage.says("one", "k1")

        with pytest.raises(TryLater) as raised:
            await stage.says("two", "k2")

        assert raised.value.said == OVER_BUDGET
        assert raised.value.retry_after is not None
        assert timedelta() < raised.value.retry_after <= timedelta(days=31)
        assert server.count.total(POSTS) == 1


async def test_many_posts_at_once_never_pass_the_cap(server: XServer) -> None:
    async with opened(server, monthly_cap="0.10") as stage:
        sent = await asyncio.gather(
            *(stage.says(f"post {number}", f"k{number}") for number in range(20)),
            return_exceptions=True,
        )

        assert sum(isinstance(one, Receipt) for one in sent) == 6
        assert server.bill.spent * 1_000_000 == stage.purse.spent == 6 * POST


async def test_what_x_refuses_is_paid_back(stage: Stage) -> None:
    stage.server.faults.refuses(400, "Invalid Request", "One parameter was invalid.")

    with pytest.raises(PostRejected):
        await stage.says("Stop using it.")

    assert stage.purse.spent == 0


async def test_who_asks_too_often_is_told_until_when_to_wait(stage: Stage) -> None:
    stage.server.faults.throttles(seconds=600)

    with pytest.raises(TryLater) as raised:
        await stage.says("Stop using it.")

    assert raised.value.retry_after is not None
    assert timedelta(seconds=590) < raised.value.retry_after <= timedelta(seconds=602)
    assert stage.purse.spent == 0


async def test_an_account_that_was_throttled_asks_for_nothing_meanwhile(stage: Stage) -> None:
    stage.server.faults.throttles(seconds=600)
    for key in ("k1", "k2"):
        with pytest.raises(TryLater):
            await stage.says(f"Stop using it: {key}", key)

    assert stage.server.count.total(POSTS) == 1


async def test_we_keep_to_the_limit_before_x_has_to_say_so(server: XServer) -> None:
    async with opened(server) as stage:
        for number in range(100):
            await stage.says(f"post {number}", f"k{number}")

        with pytest.raises(TryLater):
            await stage.says("one more", "more")

        assert server.count.total(POSTS, 429) == 0


async def test_without_credits_it_is_tried_again_tomorrow(stage: Stage) -> None:
    stage.server.dollars = 0

    with pytest.raises(TryLater) as raised:
        await stage.says("Stop using it.")

    assert raised.value.retry_after == timedelta(days=1)
    assert raised.value.said == OUT_OF_CREDITS


async def test_a_suspended_locked_or_unknown_account_is_gone(stage: Stage) -> None:
    account = stage.server.accounts[0]

    for refuse in (stage.server.suspend, stage.server.lock):
        refuse(account)
        with pytest.raises(AddressGone) as raised:
            await stage.says("Stop using it.")
        assert "account" in raised.value.said
        account.restore()
    account.revoke()
    with pytest.raises(AddressGone, match="401"):
        await stage.says("Stop using it.")
    for chat in ("nobody", "not an address"):
        with pytest.raises(AddressGone):
            await stage.channel.send(Post("x"), Address("x", chat), key="k2")


async def test_an_app_that_may_only_read_is_told_so(stage: Stage) -> None:
    stage.server.accounts[0].read_only = True

    with pytest.raises(AddressGone, match="permissions"):
        await stage.says("Stop using it.")


@pytest.mark.parametrize("after", [True, False])
async def test_a_page_of_html_instead_of_an_answer_leaves_it_open(
    stage: Stage, *, after: bool
) -> None:
    stage.server.faults.fails(503, route=POSTS, after=after)

    with pytest.raises(DeliveryUnknown):
        await stage.says("Stop using it.")
    found = await stage.channel.find("k1", stage.here, Post("Stop using it."))

    assert (found is not None) is after
    assert stage.purse.paid["k1"] == POST


async def test_a_cut_connection_leaves_it_open_and_it_is_found(stage: Stage) -> None:
    text = (
        "Recall: A&B <1263>\nfire   hazard, cpsc.gov and https://www.cpsc.gov/Recalls/1?a=1&b=2"
    )
    await stage.says("before", "k0")
    stage.server.faults.drops(route=POSTS)

    with pytest.raises(DeliveryUnknown):
        await stage.says(text)
    found = await stage.channel.find("k1", stage.here, Post(text))

    assert found is not None
    assert stage.server.world.posts[found.id].text == text
    assert await stage.channel.find("k2", stage.here, Post("never sent")) is None


async def test_a_post_with_a_picture_is_found_by_its_text(stage: Stage) -> None:
    receipt = await stage.says("Stop using it.", picture=a_picture())

    assert await stage.channel.find("k1", stage.here, Post("Stop using it.")) == receipt


async def test_where_nobody_answers_nothing_was_sent(server: XServer) -> None:
    async with opened(server) as stage:
        await server.__aexit__()

        with pytest.raises(TryLater):
            await stage.says("Stop using it.")

        assert stage.purse.spent == 0


async def test_the_same_text_again_is_the_post_that_stands_there(stage: Stage) -> None:
    first = await stage.says("Stop using it.", "k1")

    second = await stage.says("Stop using it.", "k1")

    assert second == first
    assert stage.texts == ["Stop using it."]


async def test_what_x_has_and_nobody_finds_is_posted_without_a_name(stage: Stage) -> None:
    stage.server.faults.refuses(
        403, "Forbidden", "You are not allowed to create a Tweet with duplicate content."
    )

    receipt = await stage.says("Stop using it.")

    assert receipt == Receipt("", stage.here)


async def test_a_post_looks_for_itself_only_as_far_as_the_purse_allows(server: XServer) -> None:
    async with opened(server, FakePurse({"k1": POST}), monthly_cap="0.015") as stage:
        with pytest.raises(TryLater) as raised:
            await stage.channel.find("k1", stage.here, Post("Stop using it."))

        assert raised.value.said == OVER_BUDGET


async def test_a_reply_to_ourselves_goes_where_the_account_is_allowed_it(
    stage: Stage,
) -> None:
    first = await stage.says("one")
    stage.server.accounts[0].self_replies = True

    below = await stage.channel.send(Post("two"), stage.here, key="k2", reply_to=first.id)

    assert stage.server.world.posts[below.id].reply_to is stage.server.world.posts[first.id]
    assert not stage.channel.capabilities.threads


async def test_a_reply_that_x_does_not_allow_is_rejected(stage: Stage) -> None:
    first = await stage.says("one")

    with pytest.raises(PostRejected, match="not allowed"):
        await stage.channel.send(Post("two"), stage.here, key="k2", reply_to=first.id)


async def test_too_long_or_empty_is_rejected_without_asking(stage: Stage) -> None:
    for text in ("x" * 281, "火" * 141, "", "  "):
        with pytest.raises(PostRejected):
            await stage.channel.send(Post(text), stage.here, key="k1")

    assert stage.server.count.total() == 0


async def test_closed_it_sends_nothing_more(stage: Stage) -> None:
    await stage.channel.close()

    with pytest.raises(TryLater):
        await stage.says("Stop using it.")


@pytest.mark.parametrize("picture", [a_picture(""), Picture(b"\xff" * (5 << 20) + b"x", "alt")])
async def test_a_picture_without_words_or_too_large_is_rejected_without_asking(
    stage: Stage, picture: Picture
) -> None:
    with pytest.raises(PostRejected):
        await stage.says("Stop using it.", picture=picture)

    assert stage.server.count.total() == 0


async def test_a_post_is_not_edited(stage: Stage) -> None:
    receipt = await stage.says("before")

    with pytest.raises(PostRejected):
        await stage.channel.edit(receipt, Post("after"))


async def test_without_a_purse_it_posts_and_answers_unpaid(server: XServer) -> None:
    question = server.person("ann").mentions(f"@{server.handle} A1263?")
    around = Surroundings(lambda: datetime.now(UTC), FakeKept(), lambda *_: ())
    channel = X(settings_for(server, mentions=server.handle), around)
    try:
        heard = await anext(channel.listen())
        assert isinstance(heard, Inbound)
        assert heard.private_link is None
        await channel.send(Post("Stop using it."), heard.sender, key="reply:1")
        again = await channel.send(Post("Something else."), heard.sender, key="reply:2")
    finally:
        await channel.close()

    assert [answer.id for answer in server.replies_to(question)] == [again.id]


async def test_it_is_opened_where_an_account_is_set(
    server: XServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    around = Surroundings(lambda: datetime.now(UTC), FakeKept(), lambda *_: ())
    assert await open_x(around) is None
    monkeypatch.setenv("RECALLBOT_X_API_KEY", server.api_key)
    monkeypatch.setenv("RECALLBOT_X_API_SECRET", server.api_secret)
    monkeypatch.setenv("RECALLBOT_X_ACCOUNTS", server.accounts[0].setting)
    monkeypatch.setenv("RECALLBOT_X_REPLIES", "true")

    channel = await open_x(around)

    assert channel is not None
    assert channel.capabilities.threads
    await channel.close()
