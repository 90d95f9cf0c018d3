"""The databases of stories: each story on SQLite and on PostgreSQL, in one of its own."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, chdir, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from bots.app import open_database
from core.alert.planner import plan_all
from core.model.lexicon import Lexicon
from core.settings import Settings
from core.store.keys import key_file
from core.store.location import Location
from tests.builders import NOW
from tests.contracts.store_cases import StoreCase, database_of, postgresql_case, sqlite_case
from tests.scenarios.stage import FixedClock
from tests.scenarios.stories.street import Street, a_street
from tests.scenarios.stories.town import Town, a_town

Copied = Callable[[str], AbstractContextManager[str]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of database, how one is copied, and the folder in which its key lies."""

    case: StoreCase
    copied: Copied
    folder: Path


@contextmanager
def _sqlite(request: pytest.FixtureRequest) -> Iterator[Kind]:
    folder: Path = request.getfixturevalue("tmp_path_factory").mktemp("stories")

    @contextmanager
    def copied(url: str) -> Iterator[str]:
        file = Path(url.removeprefix("sqlite:///"))
        copy = folder / f"{uuid.uuid4().hex}.db"
        shutil.copy(file, copy)
        shutil.copy(key_file(Location(file)), key_file(Location(copy)))
        yield f"sqlite:///{copy}"

    with sqlite_case(folder) as case:
        yield Kind(case, copied, folder)


@contextmanager
def _postgresql(request: pytest.FixtureRequest) -> Iterator[Kind]:
    folder: Path = request.getfixturevalue("tmp_path_factory").mktemp("stories")
    server: str = request.getfixturevalue("postgres")

    @contextmanager
    def copied(url: str) -> Iterator[str]:
        name, template = f"story_{uuid.uuid4().hex}", urlsplit(url).path.lstrip("/")
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        yield database_of(server, name)
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    with postgresql_case(server, folder) as case:
        yield Kind(case, copied, folder)


@pytest.fixture(
    scope="session",
    params=[
        pytest.param(_sqlite, id="sqlite"),
        pytest.param(_postgresql, id="postgresql", marks=pytest.mark.postgres),
    ],
)
def databases(request: pytest.FixtureRequest) -> Iterator[Kind]:
    """Give each kind of database in turn."""
    with request.param(request) as kind:
        yield kind


@pytest.fixture
def empty(databases: Kind) -> Iterator[str]:
    """Give the URL of a database in which nobody and nothing is yet."""
    with databases.case.fresh(empty=False) as url:
        yield url


@pytest.fixture(scope="session")
def with_catalogue(databases: Kind, reviewed: datetime) -> Iterator[str]:
    """Give the URL of a database with the shipped recalls in it, to be copied."""

    async def fill(url: str) -> None:
        clock = FixedClock(reviewed)
        database = await open_database(Settings(database_url=url), clock)
        await plan_all(database, Lexicon(), clock)
        await database.close()

    with ExitStack() as stack:
        with databases.case.fresh(empty=False) as url:
            asyncio.run(fill(url))
            kept = stack.enter_context(databases.copied(url))
        yield kept


@pytest.fixture
def shipped_url(databases: Kind, with_catalogue: str) -> Iterator[str]:
    """Give the URL of a database of its own with the shipped recalls in it."""
    # A server's key lies where the program is started.
    with databases.copied(with_catalogue) as url, chdir(databases.folder):
        yield url


@pytest.fixture
async def town(empty: str) -> AsyncIterator[Town]:
    """Give a town in which no recall is known."""
    async with a_town(empty, NOW) as town:
        yield town


@pytest.fixture
async def shop(shipped_url: str, reviewed: datetime) -> AsyncIterator[Town]:
    """Give a town that knows the shipped recalls, on the day of their review."""
    async with a_town(shipped_url, reviewed) as town:
        yield town


@pytest.fixture
async def street(town: Town) -> AsyncIterator[Street]:
    """Give a town in which no recall is known, whose people are in Telegram."""
    async with a_street(town) as street:
        yield street
