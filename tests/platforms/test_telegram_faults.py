"""Limits, and everything that can go wrong with the Telegram server for tests."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telegram import (
    Bot,
)
from telegram.error import (
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)

from tests.platforms.telegram_calling import call
from tests.platforms.telegram_server import Fault, Limits, TelegramServer


async def test_too_many_messages_are_told_how_long_to_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with TelegramServer(limits=Limits(burst=2)) as server:
        bot = Bot(server.token, f"{server.url}/bot")
        ann, bob = server.world.person("Ann"), server.world.person("Bob")
        async with bot:
            await bot.send_message(ann.id, "1")
            await bot.send_message(ann.id, "2")

            with pytest.raises(RetryAfter) as caught:
                await bot.send_message(ann.id, "3")
            await bot.send_message(bob.id, "1")

    assert caught.value._retry_after.total_seconds() == 1
    assert server.counts["sendMessage", "429"] == 1


async def test_a_group_gets_twenty_a_minute_and_all_together_thirty_a_second() -> None:
    limits = Limits(chat=1000, burst=1000)
    async with TelegramServer(limits=limits) as server:
        ann = server.world.person()
        group = server.world.gather("group", "Flat 3", ann)

        told = [
            await call(server, "sendMessage", chat_id=group.id, text="x") for _ in range(21)
        ]

    assert [answer["ok"] for answer in told] == [True] * 20 + [False]
    assert told[-1]["parameters"]["retry_after"] == 3


async def test_a_scale_of_the_limits_shortens_every_wait() -> None:
    assert Limits().scaled(10) == Limits(300, 10, 200, 3)


async def test_a_wrong_token_and_an_unknown_method_are_told_apart(
    server: TelegramServer, bot: Bot
) -> None:
    assert (await call(server, "sendFax"))["error_code"] == 404
    assert (await call(server, "GETME"))["ok"]
    server.token = "1:another"
    with pytest.raises(InvalidToken, match="Unauthorized"):
        await bot.get_me()


async def test_a_token_taken_away_ends_the_poll_that_waits(
    server: TelegramServer, bot: Bot
) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await server.world.until(lambda: server.world._waiting)

    server.revoke()

    with pytest.raises(InvalidToken):
        await poll
    assert server.counts["getUpdates", "401"] == 1


@pytest.mark.parametrize(
    ("kind", "error", "posts"),
    [
        ("status", NetworkError, 0),
        ("too_many", RetryAfter, 0),
        ("drop_before", NetworkError, 0),
        ("drop_after", NetworkError, 1),
    ],
)
async def test_a_fault_strikes_its_method_so_many_times(
    server: TelegramServer, bot: Bot, kind: Any, error: type[Exception], posts: int
) -> None:
    ann = server.world.person()
    server.faults.append(Fault(kind, method="sendMessage"))

    await bot.get_chat(ann.id)
    with pytest.raises(error):
        await bot.send_message(ann.id, "one")

    assert len(ann.chat.posts) == posts
    await bot.send_message(ann.id, "two")
    assert sum(server.counts.values()) == 4  # with getMe at the start


async def test_a_hanging_server_holds_on_until_the_client_lets_go(
    server: TelegramServer, bot: Bot
) -> None:
    ann = server.world.person()
    server.faults.append(Fault("hang", times=None))

    with pytest.raises(TimedOut):
        await bot.send_message(ann.id, "one", read_timeout=0.1)
    server.faults.clear()
    await bot.send_message(ann.id, "two")

    assert ann.chat.shown == "two"


async def test_a_server_started_again_is_at_the_same_place_and_forgets_nothing(
    server: TelegramServer, bot: Bot
) -> None:
    ann = server.world.person()
    ann.say("hello")
    url = server.url

    await server.__aexit__()
    async with server:
        (update,) = await bot.get_updates()

    assert server.url == url
    assert update.message
