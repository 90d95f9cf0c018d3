"""The example database that ships: at head, with the shipped catalogue, and rebuilt equal."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bots.app import make_example
from bots.ask import open_asker
from core.catalogue.load import FOLDER, digest
from core.settings import Settings
from core.store.example import SECRET
from core.store.quick import QuickDatabase
from core.store.version import HEAD, VERSION_SQL
from tests.bots.conftest import SHIPPED, SHIPPED_KEY, Command
from tests.opened import Rows, opened_rows

NOBODY = 65_534


def rows_of(path: Path) -> Rows:
    return opened_rows(path, SECRET)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Give up the rights of root, who may write everywhere."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.fixture
def read_only() -> Iterator[Path]:
    """Give a copy that everybody may read and nobody write, in a folder that is the same."""
    folder = Path(tempfile.mkdtemp(prefix="recallbot-test-"))
    copy = folder / SHIPPED.name
    shutil.copyfile(SHIPPED, copy)
    copy.chmod(0o444)
    folder.chmod(0o555)
    yield copy
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_it_is_at_the_newest_schema_and_holds_the_shipped_catalogue() -> None:
    with closing(sqlite3.connect(f"file:{SHIPPED}?mode=ro&immutable=1", uri=True)) as shipped:
        version = shipped.execute(VERSION_SQL).fetchall()
        catalogue = shipped.execute("SELECT name, digest FROM source_state").fetchall()

    assert version == [(HEAD,)]
    assert catalogue == [("catalogue", digest(FOLDER))]


async def test_it_is_rebuilt_with_the_same_rows(tmp_path: Path) -> None:
    rebuilt = tmp_path / "rebuilt.db"

    await make_example(rebuilt)

    shipped, made = rows_of(SHIPPED), rows_of(rebuilt)
    assert shipped.keys() == made.keys()
    for table, rows in shipped.items():
        assert made[table] == rows, table


def test_its_three_subscribers_are_invented() -> None:
    chats = [str(row) for row in rows_of(SHIPPED)["address"]]

    assert len(chats) == 3
    assert all("invented-" in chat for chat in chats)


def test_its_key_lies_beside_it() -> None:
    assert SHIPPED_KEY.read_text() == f"{SECRET}\n"


def test_it_answers_as_it_ships_and_stays_as_it_is(recallbot: Command) -> None:
    before = SHIPPED.read_bytes()

    ended = recallbot("check", "anker", "A1263", "--json", on=SHIPPED)

    assert json.loads(ended.out)["verdict"] == "check_needed"
    assert SHIPPED.read_bytes() == before
    assert not SHIPPED.with_name(f"{SHIPPED.name}-wal").exists()


def test_it_answers_where_nothing_can_be_written(recallbot: Command, read_only: Path) -> None:
    warm = recallbot("check", "anker", "A1263", "--json", on=SHIPPED)

    with as_nobody():
        ended = recallbot("check", "anker", "A1263", "--json", on=read_only)

    assert ended.err == ""
    assert json.loads(ended.out)["reply"] == json.loads(warm.out)["reply"]


def test_it_is_asked_without_opening_the_whole_store() -> None:
    with open_asker(Settings(database_url=str(SHIPPED))) as asker:
        assert isinstance(asker.lookup, QuickDatabase)
