"""The whole bot in Telegram: what an old button does to the message it stands under."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bots.app import open_database, open_talk, serve
from core.settings import Settings
from tests.bots.telegram.stage import a_channel
from tests.platforms.telegram_server import TelegramServer

CALYPSO = "IKEA CALYPSO date code"


@pytest.fixture
async def talking(server: TelegramServer, database: Path) -> AsyncIterator[TelegramServer]:
    """Give the platform with the bot at work on it."""
    settings = Settings(database_url=str(database))
    store = await open_database(settings)
    stopping, channel = asyncio.Event(), a_channel(server)
    with closing(await open_talk(store, settings)) as talk:
        working = asyncio.create_task(serve([channel], talk, stopping))
        yield server
        stopping.set()
        await working
    await channel.close()
    await store.close()


async def test_an_old_button_leaves_its_warning_where_it_is(talking: TelegramServer) -> None:
    ann = talking.world.person("Ann")
    ann.say(f"{CALYPSO} 1820")
    earlier = await ann.chat.post(1)
    warning = earlier.text
    ann.say(f"{CALYPSO} 2301")
    await ann.chat.post(2)

    ann.press(earlier, "Yes")
    told = await ann.chat.post(3)

    assert told.text.startswith("This button belongs to an earlier question")
    assert earlier.text == warning


async def test_pressed_twice_a_button_is_answered_in_its_place(talking: TelegramServer) -> None:
    ann = talking.world.person("Ann")
    ann.say(f"{CALYPSO} 1820")
    asked = await ann.chat.post(1)

    first, second = ann.press(asked, "Yes"), ann.press(asked, "No")
    await talking.world.until(lambda: first.answer and second.answer)
    ann.say("Casely E33A")
    after = await ann.chat.post(2)

    assert asked.text.startswith("Not covered by the recall")
    assert "Casely" in after.text
