"""A process is killed anywhere between feed and phone: nothing is lost, or said too often."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from tests.contracts.store_cases import StoreCase, postgresql_case, sqlite_case
from tests.drill.crashes import Drill
from tests.platforms.telegram_server import TelegramServer

POINTS = range(10)
Case = AbstractContextManager[StoreCase]


def _on_sqlite(request: pytest.FixtureRequest) -> Case:
    return sqlite_case(request.getfixturevalue("tmp_path"))


def _on_postgresql(request: pytest.FixtureRequest) -> Case:
    server: str = request.getfixturevalue("postgres")
    return postgresql_case(server, request.getfixturevalue("tmp_path"))


@pytest.fixture(
    params=[
        pytest.param(_on_sqlite, id="sqlite"),
        pytest.param(_on_postgresql, id="postgresql", marks=pytest.mark.postgres),
    ]
)
def store_case(request: pytest.FixtureRequest) -> Iterator[StoreCase]:
    """Give each kind of database in turn."""
    make: Callable[[pytest.FixtureRequest], Case] = request.param
    with make(request) as case:
        yield case


async def test_s08_a_killed_process_loses_nothing_and_repeats_only_what_it_held(
    store_case: StoreCase, tmp_path: Path
) -> None:
    async with TelegramServer(limits=None, checked=False, delay=0.02) as server:
        drill = Drill(partial(store_case.fresh, empty=False), tmp_path, server)
        await drill.measure()
        crashes = [await drill.crash(seed) for seed in POINTS]

    assert [one.lost for one in crashes] == [0] * len(POINTS)
    assert [one.doubled_unheld for one in crashes] == [0] * len(POINTS)
    assert all(one.repeated <= one.held for one in crashes)
    assert any(one.held for one in crashes)
