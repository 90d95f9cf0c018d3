"""`recallbot send-test`: one marked message, and in one line what became of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.failure import Failure
from bots.testing import send_test_message
from core.channel import Address
from core.settings import Settings
from tests.bots.conftest import Command, refused
from tests.platforms.discord_server import a_discord, discord_py_reaches
from tests.platforms.telegram_server import Fault, TelegramServer


@pytest.fixture
def settings(database: Path) -> Settings:
    return Settings(database_url=str(database))


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TelegramServer]:
    async with TelegramServer(limits=None) as server:
        monkeypatch.setenv("RECALLBOT_TELEGRAM_TOKEN", server.token)
        monkeypatch.setenv("RECALLBOT_TELEGRAM_API_URL", server.url)
        yield server


def in_telegram(chat: object) -> Address:
    return Address("telegram", str(chat))


async def test_it_arrives_marked_as_a_test_in_the_language_that_is_asked_for(
    server: TelegramServer, settings: Settings
) -> None:
    ann = server.world.person("Ann")
    ann.start()

    receipt = await send_test_message(settings, in_telegram(ann.chat.id), "de")

    post = await ann.chat.post(1)
    assert post.text == "Das ist eine Testnachricht. Es geht um keinen Rückruf."
    assert receipt.id == str(post.id)


async def test_it_arrives_in_discord(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_discord() as discord:
        ann = discord.person("ann")
        room = discord.guild("Parents", owner=ann).text("general")
        monkeypatch.setenv("RECALLBOT_DISCORD_TOKEN", discord.token)
        with discord_py_reaches(discord):
            receipt = await send_test_message(
                settings, Address("discord", f"channel:{room.id}"), None
            )

    assert receipt.id.startswith(room.id)
    assert "This is a test message" in room.messages[-1].text


async def test_an_address_where_nobody_is_says_so(
    server: TelegramServer, settings: Settings
) -> None:
    with pytest.raises(Failure, match="telegram: not sent, nobody is reached there"):
        await send_test_message(settings, in_telegram(12345), None)


async def test_a_chat_that_has_moved_is_named(
    server: TelegramServer, settings: Settings
) -> None:
    ann = server.world.person("Ann")
    group = server.world.gather("group", "Flat 3", owner=ann)
    moved = group.migrate(by=ann)

    with pytest.raises(Failure, match=f"its address is now {moved.id}"):
        await send_test_message(settings, in_telegram(group.id), None)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault("too_many", retry_after=7), "tried again in 0:00:07"),
        (Fault("drop_after"), "may have arrived"),
    ],
)
async def test_a_failing_platform_says_what_became_of_it(
    server: TelegramServer, settings: Settings, fault: Fault, told: str
) -> None:
    ann = server.world.person("Ann")
    ann.start()
    fault.method = "sendMessage"
    server.faults.append(fault)

    with pytest.raises(Failure, match=told):
        await send_test_message(settings, in_telegram(ann.chat.id), None)


async def test_a_wrong_token_leads_to_the_doctor(
    server: TelegramServer, settings: Settings
) -> None:
    server.revoke()

    with pytest.raises(Failure, match="recallbot doctor"):
        await send_test_message(settings, in_telegram(1), None)


def test_what_is_not_there_or_not_set_up_is_one_line(recallbot: Command) -> None:
    unknown = recallbot("send-test", "fax", "12")
    not_set_up = recallbot("send-test", "Telegram", "12")

    assert refused(unknown, "no channel 'fax'", "telegram, discord")
    assert refused(not_set_up, "RECALLBOT_TELEGRAM_TOKEN is not set")


def test_a_number_below_zero_is_an_address_too(recallbot: Command) -> None:
    ended = recallbot("send-test", "telegram", "-100123")

    assert refused(ended, "RECALLBOT_TELEGRAM_TOKEN is not set")
