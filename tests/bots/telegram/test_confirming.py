"""An update is confirmed once it was answered or given up, and others go on meanwhile."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs
from telegram import Bot, Update

from bots.telegram.intake import Bounds, Intake
from bots.telegram.polling import WINDOW
from bots.telegram.webhook import HEADER, PATH, secret_of
from core.channel import Address, Heard, Inbound, Left
from tests.bots.telegram.stage import Stage, opened
from tests.builders import NOW
from tests.platforms.telegram_server import TelegramServer


def waiting(server: TelegramServer) -> list[str]:
    """Return the words that Telegram would send again."""
    return [update["message"]["text"] for update in server.world.updates]


async def polled(stage: Stage, times: int) -> None:
    """Wait until Telegram was asked so often more."""
    before = stage.server.counts["getUpdates", "200"]
    await stage.until(lambda: stage.server.counts["getUpdates", "200"] >= before + times)


async def test_what_was_not_answered_is_heard_after_a_restart(server: TelegramServer) -> None:
    ann, bob = server.world.person("Ann"), server.world.person("Bob")
    async with opened(server) as stage:
        stage.answers = False
        ann.say("hanging")
        await stage.inbound()
        stage.answers = True
        bob.say("answered")
        await stage.inbound(2)
        await polled(stage, 3)

        assert stage.said == ["hanging", "answered"]
        assert waiting(server) == ["hanging", "answered"]

    async with opened(server) as stage:
        await stage.inbound(2)

        # What came after the oldest that waits is the price: it is answered twice.
        assert stage.said == ["hanging", "answered"]


async def test_what_was_answered_is_confirmed_up_to_the_oldest_that_was_not(
    server: TelegramServer,
) -> None:
    ann = server.world.person()
    async with opened(server) as stage:
        stage.answers = False
        for text in ("first", "second", "third"):
            ann.say(text)
        await stage.inbound(3)
        first, _, third = stage.heard

        third.settled()
        first.settled()
        first.settled()

        await stage.until(lambda: waiting(server) == ["second", "third"])


async def test_a_chat_whose_answers_hang_does_not_stop_the_others(
    server: TelegramServer,
) -> None:
    ann, bob = server.world.person("Ann"), server.world.person("Bob")
    with capture_logs() as logs:
        async with opened(server) as stage:
            stage.answers = False
            ann.say("hanging")
            await stage.inbound()
            stage.answers = True
            for number in range(WINDOW + 20):
                bob.say(str(number))
            await stage.inbound(WINDOW + 21)
            await stage.until(lambda: not waiting(server))

    assert stage.said == ["hanging", *(str(number) for number in range(WINDOW + 20))]
    assert [log["updates"] for log in logs] == [1]


async def test_that_somebody_left_is_told_again_until_it_was_noted(
    server: TelegramServer,
) -> None:
    async with opened(server) as stage:
        stage.answers = False
        server.world.person().block()
        await stage.until(lambda: stage.heard)

    async with opened(server) as stage:
        await stage.until(lambda: stage.heard)

    assert [type(one) for one in stage.heard] == [Left]


async def test_an_answer_that_hangs_too_long_is_given_up_and_told() -> None:
    intake = Intake(says_hello, Bounds(answer=0.01))
    listening = intake.heard()

    with capture_logs() as logs:
        task = intake.take(an_update(1))
        await anext(listening)
        following = asyncio.ensure_future(anext(listening))
        await task
    intake.close()

    assert [(log["event"], log["seconds"]) for log in logs] == [("answer_overdue", 0.01)]
    with pytest.raises(StopAsyncIteration):
        await following


async def test_no_more_is_taken_in_than_can_be_answered() -> None:
    intake = Intake(says_hello, Bounds(updates=2))
    tasks = [intake.take(an_update(number)) for number in (1, 2)]
    listening = intake.heard()
    heard = await anext(listening)
    full = intake.is_full

    heard.settled()
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)

    assert full
    assert not intake.is_full
    intake.close()
    await asyncio.wait(tasks)
    assert [task.cancelled() for task in tasks] == [False, True]


async def test_polling_waits_while_too_much_is_under_way(server: TelegramServer) -> None:
    ann = server.world.person()
    async with opened(server) as stage:
        stage.channel._intake._bounds = Bounds(updates=1)
        stage.answers = False
        ann.say("first")
        await stage.inbound()
        ann.say("second")
        polls = server.counts["getUpdates", "200"]
        await asyncio.sleep(0.5)

        assert stage.said == ["first"]
        assert server.counts["getUpdates", "200"] == polls
        stage.heard[0].settled()
        await stage.inbound(2)


async def test_the_webhook_says_yes_when_it_was_answered_and_not_before(
    server: TelegramServer,
) -> None:
    async with opened(server, webhook=True, public_url="https://recalls.example.org") as stage:
        stage.answers = False
        await stage.until(lambda: server.updates.url)
        async with calling(stage) as client:
            first = asyncio.create_task(call(client, server, 1))
            heard = await stage.inbound()
            again = asyncio.create_task(call(client, server, 1))
            stage.channel._intake._bounds = Bounds(updates=1)
            refused = await call(client, server, 2)
            early = first.done() or again.done()

            heard.settled()

            assert not early
            assert refused == 503
            assert list(await asyncio.gather(first, again)) == [200, 200]
    assert stage.said == ["hello"]


async def test_a_webhook_call_that_is_not_answered_when_we_stop_is_to_come_again(
    server: TelegramServer,
) -> None:
    async with opened(server, webhook=True, public_url="https://recalls.example.org") as stage:
        stage.answers = False
        await stage.until(lambda: server.updates.url)
        async with calling(stage) as client:
            first = asyncio.create_task(call(client, server, 1))
            await stage.inbound()

            await stage.channel.close()

            assert await first == 503


def calling(stage: Stage) -> httpx.AsyncClient:
    """Return a client that reaches the channel's page as Telegram does."""
    routes = stage.channel.routes()
    assert routes is not None
    application = FastAPI()
    application.include_router(routes)
    return httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://test")


async def call(client: httpx.AsyncClient, server: TelegramServer, number: int) -> int:
    """Call with an update of this number, and return the status of the answer."""
    post = server.world.person().say("hello")
    server.world.updates.clear()
    body = json.dumps({"update_id": number, "message": post.now})
    answer = await client.post(PATH, content=body, headers={HEADER: secret_of(server.token)})
    return answer.status_code


def an_update(number: int) -> Update:
    """Return something that happened in a chat of its own."""
    chat = {"id": number, "type": "private"}
    told = {"message_id": 1, "date": 1, "chat": chat, "text": "hello"}
    update = Update.de_json({"update_id": number, "message": told}, Bot("1:a"))
    assert update is not None
    return update


async def says_hello(update: Update) -> Heard:
    """Hear the same in everything."""
    return Inbound(Address("telegram", str(update.update_id)), "hello", NOW)
