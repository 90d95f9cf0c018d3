"""The platform and our channel on it, for every test of Bluesky."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.bots.bluesky.stage import Stage, opened


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Give our channel with an account on Bluesky's own server."""
    async with opened() as stage:
        yield stage
