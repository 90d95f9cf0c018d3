"""What tests of the sources share: an authority on loopback, and somebody who asks it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from core.sources.http import Fetcher
from tests.platforms.asking import Patience, asker
from tests.platforms.authority import Authority, running


@pytest.fixture
async def authority() -> AsyncIterator[Authority]:
    """Give an authority's server that answers 404 until told otherwise."""
    async with running() as authority:
        yield authority


@pytest.fixture
def patience() -> Patience:
    """Give a time that passes only where it is waited."""
    return Patience()


@pytest.fixture
async def fetcher(patience: Patience) -> AsyncIterator[Fetcher]:
    """Give somebody who may ask this machine."""
    async with asker(patience) as fetcher:
        yield fetcher
