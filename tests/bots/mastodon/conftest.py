"""An instance and our channel on it, for every test of Mastodon."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bots.mastodon.channel import Mastodon
from bots.mastodon.settings import MastodonSettings
from tests.platforms.mastodon_server import MastodonServer, a_mastodon


@pytest.fixture
async def server() -> AsyncIterator[MastodonServer]:
    """Give an instance on which nobody has posted."""
    async with a_mastodon() as server:
        yield server


@pytest.fixture
async def channel(server: MastodonServer) -> AsyncIterator[Mastodon]:
    """Give our channel on that instance."""
    channel = Mastodon(
        MastodonSettings.model_validate({"accounts": server.login}), media_pause=0
    )
    yield channel
    await channel.close()
