"""A database for the public voice, and a newspaper without accounts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from core.store.work import Database
from tests.contracts.store_cases import StoreCase, sqlite_case
from tests.core.publish.newspaper import Newspaper


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreCase]:
    """Give files with every table and no rows."""
    with sqlite_case(tmp_path_factory.mktemp("publish")) as case:
        yield case


@pytest.fixture
def url(files: StoreCase) -> Iterator[str]:
    """Give the URL of a database that has its tables and no rows."""
    with files.fresh(empty=False) as url:
        yield url


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """Give an open database without rows."""
    database = await Database.open(url)
    yield database
    await database.close()


@pytest.fixture
def paper(database: Database) -> Newspaper:
    """Give a newspaper without accounts."""
    return Newspaper(database)
