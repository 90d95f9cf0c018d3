"""What `recallbot doctor` says of Telegram."""

from __future__ import annotations

from typing import Any

import pytest

from bots.telegram.checkup import checkup
from bots.telegram.settings import TelegramSettings
from tests.platforms.telegram_server import TelegramServer


async def said(server: TelegramServer, **given: Any) -> tuple[bool, str]:
    """Return what the checkup says with these settings."""
    settings = {"token": server.token, "api_url": server.url} | given
    return await checkup(TelegramSettings.model_validate(settings))


async def test_without_a_token_it_tells_how_to_get_one() -> None:
    right, words = await checkup(TelegramSettings())

    assert right
    assert "/newbot to @BotFather" in words


async def test_a_bot_that_answers_is_named(server: TelegramServer) -> None:
    assert await said(server) == (True, "@recalls_test_bot answers")


@pytest.mark.parametrize("token", ["hello", "123", "4242:short", "@recalls_test_bot"])
async def test_what_does_not_look_like_a_token_is_said_so(
    server: TelegramServer, token: str
) -> None:
    right, words = await said(server, token=token)

    assert not right
    assert "does not look like a token" in words
    assert not server.counts


async def test_a_token_that_telegram_does_not_know_is_said_so(server: TelegramServer) -> None:
    server.revoke()

    right, words = await said(server)

    assert not right
    assert "does not know this token" in words
    assert server.token not in words


async def test_a_server_that_is_not_there_is_named() -> None:
    async with TelegramServer() as server:
        pass

    right, words = await said(server)

    assert not right
    assert "127.0.0.1 cannot be reached" in words


async def test_a_webhook_that_is_set_where_we_ask_is_hinted_at(server: TelegramServer) -> None:
    server.updates.url = "https://recalls.example.org/"

    right, words = await said(server)

    assert right
    assert "takes it away" in words


async def test_a_webhook_that_telegram_cannot_call_is_wrong(server: TelegramServer) -> None:
    server.updates.url = "https://recalls.example.org/"
    failed = {"last_error_message": "Connection refused", "last_error_date": 1}
    server.updates.failed = failed

    right, words = await said(server, webhook=True)

    assert not right
    assert "Connection refused" in words


async def test_what_is_switched_off_with_botfather_is_hinted_at(server: TelegramServer) -> None:
    server.world.bot["supports_inline_queries"] = False
    server.world.bot["can_read_all_group_messages"] = True
    server.world.person().say("hello")

    _, words = await said(server)

    assert "/setinline" in words
    assert "/setprivacy" in words
    assert "1 update(s) wait" in words


async def test_a_bot_that_cannot_be_in_groups_is_hinted_at(server: TelegramServer) -> None:
    server.world.bot["can_join_groups"] = False

    _, words = await said(server)

    assert "/setjoingroups" in words
