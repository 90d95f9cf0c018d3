"""Long polling through outages, restarts and other programs: nothing lost, told once."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

from structlog.testing import capture_logs

from core.channel import Inbound
from tests.bots.telegram.stage import a_channel, opened
from tests.platforms.telegram_server import Fault, TelegramServer

Logs = list[MutableMapping[str, Any]]


def told(logs: Logs) -> list[object]:
    """Return what was logged of the channel's standing."""
    return [log["event"] for log in standing(logs)]


def standing(logs: Logs) -> list[MutableMapping[str, Any]]:
    return [log for log in logs if log["event"] in {"channel_down", "channel_up"}]


async def test_what_was_said_while_we_were_away_is_heard_in_order(
    server: TelegramServer,
) -> None:
    ann = server.world.person()
    for number in range(5):
        ann.say(str(number))

    async with opened(server) as stage:
        await stage.inbound(5)

        assert stage.said == ["0", "1", "2", "3", "4"]


async def test_what_was_handed_over_is_not_heard_again_after_a_restart(
    server: TelegramServer,
) -> None:
    ann = server.world.person()
    async with opened(server) as stage:
        ann.say("before")
        await stage.inbound()

    async with opened(server) as stage:
        ann.say("after")
        await stage.inbound()

        assert stage.said == ["after"]


async def test_what_was_not_handed_over_is_heard_after_a_restart(
    server: TelegramServer,
) -> None:
    ann = server.world.person()
    ann.say("first")
    ann.say("second")
    channel = a_channel(server)
    listening = channel.listen()
    first = await anext(listening)
    await channel.close()

    async with opened(server) as stage:
        await stage.inbound(2)

        assert isinstance(first, Inbound)
        assert stage.said == ["first", "second"]


async def test_a_platform_that_is_down_is_told_once_and_asked_until_it_is_back(
    server: TelegramServer,
) -> None:
    ann = server.world.person()
    fault = Fault("status", method="getUpdates", times=None)
    async with opened(server) as stage:
        ann.say("before")
        await stage.inbound()
        with capture_logs() as logs:
            server.faults.append(fault)
            ann.say("meanwhile")
            await stage.until(lambda: server.counts["getUpdates", "502"] >= 3)
            server.faults.clear()
            await stage.inbound(2)

    assert told(logs) == ["channel_down", "channel_up"]
    assert stage.said == ["before", "meanwhile"]


async def test_a_platform_that_cannot_be_reached_at_the_start_is_waited_for() -> None:
    server = TelegramServer(limits=None)
    async with server:
        ann = server.world.person()
    ann.say("hello")

    with capture_logs() as logs:
        async with opened(server) as stage:
            await stage.until(lambda: told(logs))
            async with server:
                await stage.inbound()
                await stage.channel.close()

    assert told(logs)[:2] == ["channel_down", "channel_up"]
    assert stage.said == ["hello"]


async def test_a_wrong_token_is_told_once_with_what_to_do(server: TelegramServer) -> None:
    server.revoke()

    with capture_logs() as logs:
        async with opened(server) as stage:
            await stage.until(lambda: server.counts["getMe", "401"] >= 3)
            server.revoked = False
            server.world.person().say("hello")
            await stage.inbound()

    assert told(logs) == ["channel_down", "channel_up"]
    assert "@BotFather" in str(standing(logs)[0]["advice"])
    assert server.token not in str(logs)


async def test_a_token_revoked_while_we_listen_is_told_too(server: TelegramServer) -> None:
    with capture_logs() as logs:
        async with opened(server) as stage:
            server.world.person().say("hello")
            await stage.inbound()
            server.revoke()
            await stage.until(lambda: told(logs))

    assert standing(logs)[0]["reason"] == "wrong token"


async def test_another_program_with_our_token_is_told_once(server: TelegramServer) -> None:
    fault = Fault("status", method="getUpdates", times=3, status=409)

    with capture_logs() as logs:
        server.faults.append(fault)
        async with opened(server) as stage:
            server.world.person().say("hello")
            await stage.inbound()

    assert told(logs) == ["channel_down", "channel_up"]
    assert standing(logs)[0]["reason"] == "another program is connected"


async def test_a_webhook_of_before_is_taken_away(server: TelegramServer) -> None:
    server.updates.url = "https://recalls.example.org/telegram/webhook"

    async with opened(server) as stage:
        server.world.person().say("hello")

        assert (await stage.inbound()).text == "hello"
    assert server.updates.url == ""


async def test_an_answer_that_nobody_can_read_is_asked_for_again() -> None:
    broken = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal broken
        await reader.readuntil(b"\r\n\r\n")
        body = b'{"ok":true,"result":[{}]}'
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Length: 25\r\nConnection: close\r\n\r\n" + body
        )
        await writer.drain()
        writer.close()
        broken += 1

    listening = await asyncio.start_server(answer, "127.0.0.1", 0)
    server = TelegramServer(port=listening.sockets[0].getsockname()[1])

    with capture_logs() as logs:
        async with opened(server) as stage:
            await stage.until(lambda: broken >= 3)

    assert told(logs) == ["channel_down"]
    listening.close()
    await listening.wait_closed()


async def test_one_update_that_cannot_be_understood_stops_no_other(
    server: TelegramServer,
) -> None:
    ann = server.world.person()

    class Broken:
        async def find(self, key: str) -> str | None:
            raise RuntimeError(key)

    async with opened(server, kept=Broken()) as stage:
        post = ann.chat.add({"from": server.world.bot_as_user}, {"text": "?"})
        button = {"text": "More", "callback_data": "#abc"}
        post.now["reply_markup"] = {"inline_keyboard": [[button]]}
        with capture_logs() as logs:
            ann.press(post, "More")
            ann.say("after")
            await stage.inbound()

    assert stage.said == ["after"]
    assert [log["reason"] for log in logs] == ["RuntimeError"]


async def test_more_than_one_answer_holds_is_heard_in_order(server: TelegramServer) -> None:
    async with opened(server) as stage:
        ann = server.world.person()
        for number in range(250):
            ann.say(str(number))
        await stage.inbound(250)

        assert stage.said == [str(number) for number in range(250)]
        assert len(stage.channel._polling._taken) <= 100
