"""The platform and our channel on it, for every test of Telegram."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.bots.telegram.stage import Stage, opened
from tests.platforms.telegram_server import TelegramServer


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    """Give a platform that lets everything pass."""
    async with TelegramServer(limits=None) as server:
        yield server


@pytest.fixture
async def stage(server: TelegramServer) -> AsyncIterator[Stage]:
    """Give our channel, which reads photos of up to a kilobyte."""
    async with opened(server, photo_limit=1024) as stage:
        yield stage
