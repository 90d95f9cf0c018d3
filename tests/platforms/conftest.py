"""What the tests of the platform servers share: a running Telegram and a client of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from tests.platforms.telegram_server import TelegramServer


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    """Give a Telegram that lets any number of messages pass."""
    async with TelegramServer(limits=None) as running:
        yield running


@pytest.fixture
async def bot(server: TelegramServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    """Give python-telegram-bot's own bot, at that Telegram."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # else it warns of a change to come
    async with Bot(server.token, f"{server.url}/bot", f"{server.url}/file/bot") as ours:
        yield ours
