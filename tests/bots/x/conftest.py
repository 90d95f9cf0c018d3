"""The platform and our channel on it, for every test of X."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.bots.x.stage import Stage, opened
from tests.platforms.x_server import XServer


@pytest.fixture
async def server() -> AsyncIterator[XServer]:
    """Give a platform."""
    async with XServer() as server:
        yield server


@pytest.fixture
async def stage(server: XServer) -> AsyncIterator[Stage]:
    """Give our channel; it does not listen."""
    async with opened(server) as stage:
        yield stage
