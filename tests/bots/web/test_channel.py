"""What the web channel promises to whoever speaks and listens through it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bots.web.channel import MOST_UNHEARD, Said, Web
from bots.web.render import LONGEST_POST
from bots.web.settings import WebSettings
from bots.web.transcript import IDLE, MOST_ENTRIES, MOST_VISITORS
from core.channel import Address, AddressGone, Channel, Post, PostRejected, TryLater
from core.model.message import Button
from tests.bots.web.stage import Ticking

ANN = Address("web", "ann")


@pytest.fixture
def web() -> Web:
    return Web(WebSettings(), Ticking().now)


def says(text: str) -> Said:
    return Said(text, text, "en")


async def test_it_is_a_channel(web: Web) -> None:
    channel: Channel = web

    assert channel.kind == "web"
    assert channel.capabilities.max_buttons == 8
    assert channel.capabilities.private


async def test_what_a_visitor_says_is_heard_with_who_and_when_and_the_language(
    web: Web,
) -> None:
    web.hear("ann", Said("yes", "Yes, it does", "pt-BR"))

    heard = await anext(aiter(web.listen()))

    assert (heard.sender, heard.text, heard.lang) == (ANN, "yes", "pt-BR")
    assert heard.at.tzinfo is UTC


async def test_a_post_stands_in_the_visitors_transcript_alone(web: Web) -> None:
    web.hear("ann", says("A1263"))
    web.hear("bob", says("A1366"))

    receipt = await web.send(Post("<p>recalled</p>"), ANN, key="k1")

    transcripts = [web.transcript("ann"), web.transcript("bob")]
    texts = [[entry.text for entry in each.after(0)] for each in transcripts if each]
    assert texts == [["A1263", "<p>recalled</p>"], ["A1366"]]
    assert receipt.to == ANN


async def test_the_same_key_twice_is_one_post(web: Web) -> None:
    web.hear("ann", says("A1263"))

    first = await web.send(Post("<p>once</p>"), ANN, key="k1")
    again = await web.send(Post("<p>once</p>"), ANN, key="k1")

    assert again == first
    assert await web.find("k1", ANN, Post("<p>once</p>")) == first
    assert await web.find("k2", ANN, Post("<p>once</p>")) is None


async def test_a_chat_nobody_opened_is_gone(web: Web) -> None:
    with pytest.raises(AddressGone) as gone:
        await web.send(Post("<p>hello</p>"), ANN, key="k1")

    assert gone.value.moved_to is None


async def test_another_channels_address_is_not_ours(web: Web) -> None:
    web.hear("ann", says("A1263"))

    with pytest.raises(AddressGone):
        await web.send(Post("<p>hello</p>"), Address("telegram", "ann"), key="k1")


async def test_a_chat_idle_for_too_long_is_gone() -> None:
    clock = Ticking()
    web = Web(WebSettings(), clock.now)
    web.hear("ann", says("A1263"))
    clock.ahead = IDLE + timedelta(minutes=1)

    with pytest.raises(AddressGone):
        await web.send(Post("<p>hello</p>"), ANN, key="k1")


async def test_of_too_many_visitors_the_one_longest_idle_is_forgotten(web: Web) -> None:
    web.hear("ann", says("A1263"))
    listening = asyncio.create_task(count(web))

    for number in range(MOST_VISITORS):
        web.hear(f"visitor {number}", says("A1263"))
        await asyncio.sleep(0)

    assert web.transcript("ann") is None
    assert web.transcript("visitor 0") is not None
    await web.close()
    assert await listening == MOST_VISITORS + 1


async def count(web: Web) -> int:
    return len([heard async for heard in web.listen()])


async def test_a_long_transcript_forgets_its_beginning(web: Web) -> None:
    web.hear("ann", says("first"))

    for number in range(MOST_ENTRIES):
        await web.send(Post(f"<p>{number}</p>"), ANN, key=str(number))

    transcript = web.transcript("ann")
    assert transcript
    assert len(transcript.after(0)) == MOST_ENTRIES
    assert transcript.after(0)[0].text == "<p>0</p>"


async def test_large_posts_push_out_the_oldest_too(web: Web) -> None:
    web.hear("ann", says("first"))

    for number in range(4):
        await web.send(Post("x" * LONGEST_POST), ANN, key=str(number))

    transcript = web.transcript("ann")
    assert transcript
    assert [entry.key for entry in transcript.after(0)] == ["2", "3"]


async def test_a_post_beyond_the_limit_is_rejected(web: Web) -> None:
    web.hear("ann", says("A1263"))

    with pytest.raises(PostRejected):
        await web.send(Post("x" * (LONGEST_POST + 1)), ANN, key="k1")


async def test_a_post_cannot_be_edited_after_it_was_read(web: Web) -> None:
    web.hear("ann", says("A1263"))
    receipt = await web.send(Post("<p>one</p>"), ANN, key="k1")

    with pytest.raises(PostRejected):
        await web.edit(receipt, Post("<p>two</p>"))


async def test_whoever_waits_is_woken_by_the_reply(web: Web) -> None:
    number = web.hear("ann", says("A1263"))
    waiting = asyncio.create_task(web.answered("ann", number))
    await asyncio.sleep(0)

    await web.send(Post("<p>recalled</p>"), ANN, key="k1")

    assert await waiting is True


async def test_waiting_ends_without_a_reply() -> None:
    hasty = Web(WebSettings(), Ticking().now, patience=timedelta(milliseconds=1))
    number = hasty.hear("ann", says("A1263"))

    assert await hasty.answered("ann", number) is False


async def test_closing_ends_listening_and_waiting_and_may_be_repeated(web: Web) -> None:
    number = web.hear("ann", says("A1263"))
    waiting = asyncio.create_task(web.answered("ann", number))
    await asyncio.sleep(0)

    await web.close()
    await web.close()

    assert [heard.text async for heard in web.listen()] == ["A1263"]
    assert [heard.text async for heard in web.listen()] == []
    assert await waiting is False
    with pytest.raises(TryLater):
        web.hear("ann", says("still there?"))
    with pytest.raises(AddressGone):
        await web.send(Post("<p>late</p>"), ANN, key="k1")


async def test_more_than_anybody_can_hear_is_refused_for_now(web: Web) -> None:
    for _ in range(MOST_UNHEARD):
        web.hear("ann", says("A1263"))

    with pytest.raises(TryLater) as later:
        web.hear("ann", says("A1263"))

    assert later.value.retry_after


async def test_numbers_grow_over_a_restart() -> None:
    clock = Ticking()
    before = Web(WebSettings(), clock.now).hear("ann", says("A1263"))
    clock.ahead = timedelta(seconds=2)

    after = Web(WebSettings(), clock.now).hear("ann", says("A1263"))

    assert after > before


async def test_choices_are_those_of_the_last_post(web: Web) -> None:
    web.hear("ann", says("A1263"))
    await web.send(Post("<p>?</p>", (Button("Yes", "yes"),)), ANN, key="k1")
    transcript = web.transcript("ann")
    assert transcript

    offered = transcript.choices
    web.hear("ann", Said("yes", "Yes"))

    assert offered == (Button("Yes", "yes"),)
    assert transcript.choices == ()


def test_times_come_from_outside() -> None:
    moment = datetime(2026, 6, 14, tzinfo=UTC)
    web = Web(WebSettings(), lambda: moment)

    number = web.hear("ann", says("A1263"))

    assert number == int(moment.timestamp()) * 1000
