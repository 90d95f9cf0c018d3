"""Opening an SQLite file that is not as it should be: each refusal is one clear sentence."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from core.store import forgetting, subscribers
from core.store.work import Database, StoreUnavailable
from tests.builders import NOW
from tests.core.store.conftest import Sealed


def damage(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))


def holds(path: Path, text: bytes) -> bool:
    return text in path.read_bytes()


async def refusal(path: Path) -> str:
    with pytest.raises(StoreUnavailable) as error:
        await Database.open(f"sqlite:///{path}", patience=0.1)
    assert "\n" not in error.value.reason
    return error.value.reason


async def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new.db"

    database = await Database.open(f"sqlite:///{path}")
    await database.close()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()

    database = await Database.open(f"sqlite:///{path}")
    await database.close()

    assert path.stat().st_size > 0


async def test_a_folder_is_no_database(tmp_path: Path) -> None:
    assert await refusal(tmp_path) == f"{tmp_path} is a folder, not a database file"


async def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    reason = await refusal(tmp_path / "missing" / "recallbot.db")

    assert reason == f"the folder {tmp_path / 'missing'} of the database does not exist"


@pytest.mark.parametrize(
    "garbage", [b"hello\n" * 1000, b"\0" * 4096 + b"x", b"SQLite format 3"]
)
async def test_a_file_of_garbage_is_refused_and_left_as_it_is(
    tmp_path: Path, garbage: bytes
) -> None:
    path = tmp_path / "garbage.db"
    path.write_bytes(garbage)

    reason = await refusal(path)

    assert reason == f"{path} is not an SQLite database"
    assert path.read_bytes() == garbage


async def test_a_damaged_database_is_named(file: Path) -> None:
    damage(file)

    assert await refusal(file) == f"the database {file} is damaged: restore it from a backup"


async def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")

    assert await refusal(path) == f"{path} is another program's database"


async def test_a_database_locked_by_another_program_is_named(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        reason = await refusal(file)

    assert reason == f"the database {file} is locked by another program"


async def test_an_exclusively_locked_file_without_wal_is_named(tmp_path: Path) -> None:
    path = tmp_path / "locked.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")

        reason = await refusal(path)

    assert reason == f"the database {path} is locked by another program"


async def test_an_unwritable_folder_is_named(open_folder: Path, unwritable: Sealed) -> None:
    path = open_folder / "new.db"

    with unwritable(open_folder):
        reason = await refusal(path)

    assert reason == f"the database {path} cannot be opened: Permission denied"


async def test_an_unwritable_file_is_named(
    file: Path, open_folder: Path, unwritable: Sealed
) -> None:
    path = open_folder / "readonly.db"
    shutil.copy(file, path)

    with unwritable(open_folder):
        reason = await refusal(path)

    assert reason in {
        f"the database {path} cannot be written: it is read-only",
        f"the database {path} cannot be opened or created",
    }


async def test_a_name_longer_than_any_file_may_have_is_refused(tmp_path: Path) -> None:
    assert "too long" in await refusal(tmp_path / ("x" * 300))


async def test_a_link_without_a_file_behind_it_is_followed(tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / "real.db")

    database = await Database.open(f"sqlite:///{link}")
    await database.close()

    assert (tmp_path / "real.db").exists()


async def test_every_connection_has_the_pragmas(file: Path) -> None:
    database = await Database.open(str(file))

    async with database.reading() as connection:
        found = {
            name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    await database.close()

    assert found == {
        "journal_mode": "wal",
        "synchronous": 1,
        "foreign_keys": 1,
        "secure_delete": 1,
    }


async def test_a_writer_that_never_gets_its_turn_says_so(file: Path) -> None:
    database = await Database.open(str(file), patience=0.1)

    async with database.writing():
        with pytest.raises(StoreUnavailable, match="too busy"):
            async with database.writing():
                raise AssertionError("two writers at once")
    await database.close()


async def test_more_readers_than_connections_are_told_that_it_is_busy(file: Path) -> None:
    database = await Database.open(str(file), patience=0.1)

    async def nested(depth: int) -> None:
        async with database.reading():
            if depth:
                await nested(depth - 1)

    with pytest.raises(StoreUnavailable, match="too busy"):
        await nested(40)
    await database.close()


async def test_a_mistake_of_ours_is_not_taken_for_a_broken_database(file: Path) -> None:
    database = await Database.open(str(file))

    with pytest.raises(Exception, match="no such table") as error:
        async with database.reading() as connection:
            await connection.exec_driver_sql("SELECT * FROM nowhere")
    await database.close()

    assert not isinstance(error.value, StoreUnavailable)


async def test_what_was_erased_is_not_left_in_the_file(file: Path) -> None:
    database = await Database.open(str(file))
    async with database.writing() as connection:
        await subscribers.subscriber(connection, "web", "invented-chat-4711", NOW)
    async with database.writing() as connection:
        await forgetting.forget(connection, "web", "invented-chat-4711")

    await database.close()

    assert not holds(file, b"invented-chat-4711")
