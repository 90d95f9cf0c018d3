"""The example database and backups: whole files, complete by themselves."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.keys import probe_of_unit
from core.model.unit import Unit
from core.store import notices, subscribers
from core.store.backup import backup
from core.store.example import PEOPLE, SECRET, write_example
from core.store.keyring import INDEX_BYTES
from core.store.keys import MARKING, key_file, ring_of
from core.store.location import Location
from core.store.migrate import differences
from core.store.quick import QuickDatabase
from core.store.work import Database, StoreUnavailable
from tests.builders import NOW, a_notice
from tests.core.store.conftest import Sealed


async def fill(connection: AsyncConnection) -> None:
    await notices.put_notices(connection, "catalogue", [a_notice()], NOW)
    await notices.set_source(connection, "catalogue", NOW, "digest")


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        listed = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = sorted(name for (name,) in listed)
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr)  # noqa: S608 - its own names
            for name in names
            if name != "sqlite_sequence"
        }


def opened_rows(path: Path) -> dict[str, list[list[object]]]:
    """Return the rows with what is sealed opened, without marks: no two have them alike."""
    return {
        name: [[opened(value) for value in row] for row in found if row[0] != MARKING]
        for name, found in rows(path).items()
    }


def opened(value: object) -> object:
    if not isinstance(value, bytes):
        return value
    return None if len(value) == INDEX_BYTES else ring_of([SECRET]).open(value)


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def integrity(path: Path) -> list[tuple[str]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return [
            *connection.execute("PRAGMA integrity_check"),
            *connection.execute("PRAGMA journal_mode"),
        ]


async def test_the_example_is_one_migrated_file_with_three_people(tmp_path: Path) -> None:
    path = tmp_path / "subscriptions.db.example"

    await write_example(path, NOW, fill)

    assert sorted(names_in(tmp_path)) == [path.name, f"{path.name}.key"]
    assert integrity(path) == [("ok",), ("delete",)]
    assert differences(str(path)) == []
    everything = rows(path)
    assert len(everything["subscriber"]) == len(PEOPLE) == 3
    assert len(everything["owned_item"]) == 4
    assert len(everything["notice"]) == 1


async def test_the_people_of_the_example_own_what_they_were_given(tmp_path: Path) -> None:
    path = tmp_path / "subscriptions.db.example"
    await write_example(path, NOW, fill)

    database = await Database.open(str(path))
    async with database.reading() as connection:
        for person in PEOPLE:
            owned = await subscribers.owned_items(connection, person.channel, person.chat)
            who = await subscribers.find_subscriber(connection, person.channel, person.chat)
            assert {item.nickname: item.unit for item in owned} == dict(person.items)
            assert who is not None
            assert (who.lang, who.region) == (person.lang, person.region)
    await database.close()


async def test_the_example_is_made_anew_with_the_same_rows(tmp_path: Path) -> None:
    first, second = tmp_path / "first.example", tmp_path / "second.example"
    await write_example(first, NOW, fill)
    await write_example(second, NOW + timedelta(days=1), fill)

    await write_example(second, NOW, fill)

    assert opened_rows(first) == opened_rows(second)
    assert "Rucksack" in str(opened_rows(first))
    assert "Rucksack" not in str(rows(first))


async def test_the_example_answers_a_quick_look_up(tmp_path: Path) -> None:
    path = tmp_path / "subscriptions.db.example"
    await write_example(path, NOW, fill)

    quick = QuickDatabase.open(str(path))

    assert quick is not None
    with closing(quick):
        assert quick.candidates(probe_of_unit(Unit("Acme", "X100")), 5) == (a_notice(),)


async def test_an_example_that_cannot_be_written_says_why(
    tmp_path: Path, open_folder: Path, unwritable: Sealed
) -> None:
    (tmp_path / "folder").mkdir()

    with pytest.raises(StoreUnavailable, match="Is a directory"):
        await write_example(tmp_path / "folder", NOW, fill)
    with pytest.raises(StoreUnavailable, match="No such file or directory"):
        await write_example(tmp_path / "missing" / "x.example", NOW, fill)
    with unwritable(open_folder), pytest.raises(StoreUnavailable, match="Permission denied"):
        await write_example(open_folder / "x.example", NOW, fill)


async def test_a_failed_example_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "subscriptions.db.example"
    await write_example(path, NOW, fill)
    before = rows(path)

    async def fail(_: AsyncConnection) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write_example(path, NOW, fail)

    assert rows(path) == before
    assert sorted(names_in(tmp_path)) == [path.name, f"{path.name}.key"]


async def test_a_backup_taken_during_a_write_is_whole_and_without_it(
    file: Path, tmp_path: Path
) -> None:
    target = tmp_path / "backup.db"
    database = await Database.open(str(file))
    async with database.writing() as connection:
        await subscribers.subscriber(connection, "web", "before", NOW)

    async with database.writing() as connection:
        await subscribers.subscriber(connection, "web", "during", NOW)
        backup(f"sqlite:///{file}", target)
    await database.close()

    assert integrity(target) == [("ok",), ("delete",)]
    assert len(rows(target)["subscriber"]) == 1
    shutil.copy(key_file(Location(file)), key_file(Location(target)))
    copy = await Database.open(str(target))
    async with copy.reading() as connection:
        found = [
            await subscribers.find_subscriber(connection, "web", chat)
            for chat in ("before", "during")
        ]
    await copy.close()
    assert [who is not None for who in found] == [True, False]
    assert differences(str(target)) == []
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_backup_overwrites_nothing(file: Path, tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("precious", encoding="utf-8")

    with pytest.raises(StoreUnavailable, match="precious exists already"):
        backup(str(file), target)

    assert target.read_text(encoding="utf-8") == "precious"


def test_a_backup_that_cannot_be_made_says_why_and_leaves_no_file(
    tmp_path: Path, file: Path
) -> None:
    garbage, target = tmp_path / "garbage.db", tmp_path / "backup.db"
    garbage.write_bytes(b"garbage\n" * 1000)

    with pytest.raises(StoreUnavailable, match="there is no database at"):
        backup(str(tmp_path / "missing.db"), target)
    with pytest.raises(StoreUnavailable, match="is not an SQLite database"):
        backup(str(garbage), target)
    with pytest.raises(StoreUnavailable, match="cannot be written: No such file"):
        backup(str(file), tmp_path / "missing" / "backup.db")

    assert not target.exists()
    assert not (tmp_path / "missing.db").exists()


def test_a_backup_to_or_from_where_we_may_not_go_says_so(
    open_folder: Path, unwritable: Sealed, file: Path
) -> None:
    shutil.copy(file, open_folder / "recallbot.db")

    with unwritable(open_folder):
        with pytest.raises(StoreUnavailable, match="Permission denied"):
            backup(str(open_folder / "recallbot.db"), open_folder / "backup.db")
        with pytest.raises(StoreUnavailable, match="it may not be read"):
            backup(str(file.parent / "elsewhere.db"), open_folder / "backup.db")


def test_postgresql_is_left_to_its_own_program(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="pg_dump"):
        backup("postgresql://ann:secret@localhost/recalls", tmp_path / "backup.db")
