"""Where stories play: the shipped recalls in a real SQLite file, and a clock that stands."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

import pytest

from bots.app import open_database, open_talk
from core.catalogue.load import FOLDER, load, reviewed_at
from core.match.decide import judge
from core.settings import Settings
from core.store.keys import key_file
from core.store.location import Location
from tests.scenarios.desk import Desk
from tests.scenarios.stage import FixedClock, Stage


@pytest.fixture(scope="session")
def reviewed() -> datetime:
    """Give the day on which the shipped recalls were reviewed."""
    return reviewed_at(load(FOLDER, judge))


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory, reviewed: datetime) -> Path:
    """Give a database file with the shipped recalls in it, to be copied."""
    file = tmp_path_factory.mktemp("shipped") / "shipped.db"

    async def write() -> None:
        settings = Settings(database_url=f"sqlite:///{file}")
        database = await open_database(settings, FixedClock(reviewed))
        await database.close()

    asyncio.run(write())
    return file


@pytest.fixture
async def stage(shipped: Path, tmp_path: Path, reviewed: datetime) -> AsyncIterator[Stage]:
    """Give a bot on a database of its own, on the day of the review."""
    file = tmp_path / "story.db"
    shutil.copy(shipped, file)
    shutil.copy(key_file(Location(shipped)), key_file(Location(file)))
    settings = Settings(database_url=f"sqlite:///{file}")
    clock = FixedClock(reviewed)
    async with AsyncExitStack() as stack:
        database = await open_database(settings, clock)
        stack.push_async_callback(database.close)
        talk = await open_talk(database, settings, clock)
        stack.callback(talk.close)
        yield Stage(talk, database, clock)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Give a desk on an empty database of its own."""
    desk = Desk(f"sqlite:///{tmp_path / 'desk.db'}")
    await desk.restart()
    yield desk
    await desk.close()
