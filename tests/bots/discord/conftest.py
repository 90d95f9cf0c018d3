"""The platform and our channel on it, for every test of Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.bots.discord.stage import Stage, opened
from tests.platforms.discord_server import Discord, a_discord, discord_py_reaches


@pytest.fixture
async def discord() -> AsyncIterator[Discord]:
    """Give a platform that limits no rate."""
    async with a_discord() as discord:
        discord.limits.lift()
        with discord_py_reaches(discord):
            yield discord


@pytest.fixture
async def stage(discord: Discord) -> AsyncIterator[Stage]:
    """Give our channel, connected."""
    async with opened(discord) as stage:
        await discord.gateway.ready()
        yield stage
