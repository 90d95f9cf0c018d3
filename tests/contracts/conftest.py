"""The databases of the store's contract, each test in one of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from core.store.work import Database
from tests.contracts.store_cases import StoreCase, postgresql_case, sqlite_case

Case = AbstractContextManager[StoreCase]


def _on_sqlite(request: pytest.FixtureRequest) -> Case:
    folder: Path = request.getfixturevalue("tmp_path_factory").mktemp("store")
    return sqlite_case(folder)


def _on_postgresql(request: pytest.FixtureRequest) -> Case:
    folder: Path = request.getfixturevalue("tmp_path_factory").mktemp("server")
    return postgresql_case(request.getfixturevalue("postgres"), folder)


def _only(make: Callable[[pytest.FixtureRequest], Case], name: str) -> pytest.MarkDecorator:
    one = pytest.param(make, id=name)
    return pytest.mark.parametrize("store_case", [one], indirect=True, scope="session")


# For what only one of them does.
only_on_sqlite = _only(_on_sqlite, "sqlite")
only_on_postgresql = _only(_on_postgresql, "postgresql")


@pytest.fixture(
    scope="session",
    params=[
        pytest.param(_on_sqlite, id="sqlite"),
        pytest.param(_on_postgresql, id="postgresql", marks=pytest.mark.postgres),
    ],
)
def store_case(request: pytest.FixtureRequest) -> Iterator[StoreCase]:
    """Give each kind of database in turn."""
    make: Callable[[pytest.FixtureRequest], Case] = request.param
    with make(request) as case:
        yield case


@pytest.fixture
def empty_url(store_case: StoreCase) -> Iterator[str]:
    """Give the URL of a database in which there is nothing yet."""
    with store_case.fresh(empty=True) as url:
        yield url


@pytest.fixture
def url(store_case: StoreCase) -> Iterator[str]:
    """Give the URL of a database that has its tables and no rows."""
    with store_case.fresh(empty=False) as url:
        yield url


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """Give an open database without rows."""
    database = await Database.open(url, patience=5)
    yield database
    await database.close()
