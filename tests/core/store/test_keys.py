"""Where keys come from: one file, whole, for its owner alone, and never made twice."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import pytest

from core.store.failure import StoreUnavailable
from core.store.keyring import SealBroken, new_secret
from core.store.keys import (
    KeyFile,
    first_ring,
    given_ring,
    key_file,
    make,
    mode_is_right,
    replace,
    ring_for,
    seal_for,
    secrets_in,
)
from core.store.location import Location
from core.store.work import Database
from tests.core.store.conftest import Sealed

ROOT = Path(__file__).parent.parent.parent.parent
SERVER = Location.of("postgresql://localhost/recalls")
OPENS = """
import asyncio, sys
from core.store.work import Database

async def main():
    sys.stdin.readline()
    database = await Database.open(sys.argv[1], patience=60)
    async with database.writing():
        pass
    await database.close()

print("ready", flush=True)
asyncio.run(main())
"""


def refusal(path: Path) -> str:
    with pytest.raises(StoreUnavailable) as error:
        secrets_in(path)
    assert "\n" not in error.value.reason
    return error.value.reason


async def opening(path: Path) -> str:
    with pytest.raises(StoreUnavailable) as error:
        await Database.open(str(path))
    return error.value.reason


async def test_the_first_start_makes_a_key_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "recallbot.db"

    database = await Database.open(str(path))
    await database.close()

    key = tmp_path / "recallbot.db.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert [len(secret) for secret in secrets_in(key)] == [43]
    assert mode_is_right(key)
    assert sorted(file.name for file in tmp_path.iterdir()) == [path.name, key.name]  # noqa: ASYNC240 - nothing else runs meanwhile


async def test_every_later_start_uses_it(tmp_path: Path) -> None:
    path = tmp_path / "recallbot.db"
    for _ in range(2):
        database = await Database.open(str(path))
        await database.close()
    before = secrets_in(key_file(Location(path)))

    database = await Database.open(str(path))
    await database.close()

    assert secrets_in(key_file(Location(path))) == before


def test_processes_that_start_at_once_make_one_key(tmp_path: Path) -> None:
    path = tmp_path / "recallbot.db"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", OPENS, str(path)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in started:
        assert process.stdout is not None
        process.stdout.readline()

    said = [process.communicate("\n") for process in started]

    assert [
        (process.returncode, error) for process, (_, error) in zip(started, said, strict=True)
    ] == [(0, "")] * 4
    assert len(secrets_in(key_file(Location(path)))) == 1
    assert len(list(tmp_path.glob("*.key*"))) == 1


def test_a_key_that_is_there_is_never_replaced_by_making_one(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    make(path, ["the-first-secret-there"])

    make(path, ["another-secret-there"])

    assert secrets_in(path) == ("the-first-secret-there",)
    assert list(tmp_path.iterdir()) == [path]


async def test_a_sealed_database_whose_key_is_missing_is_refused_and_no_key_made(
    file: Path,
) -> None:
    key = key_file(Location(file))
    key.unlink()

    reason = await opening(file)

    assert reason == (
        f"the key file {key} is missing, and without it the database cannot be read: "
        "put it back, or set RECALLBOT_SECRET_KEY"
    )
    assert not key.exists()


async def test_a_database_sealed_with_another_key_is_refused_in_one_sentence(
    file: Path,
) -> None:
    replace(key_file(Location(file)), [new_secret()])

    reason = await opening(file)

    assert reason == "the database was sealed with a secret key that is not given"


async def test_secrets_that_are_given_go_before_the_file(tmp_path: Path) -> None:
    path, ring = tmp_path / "recallbot.db", given_ring(["a secret that was given"])

    database = await Database.open(str(path), ring=ring)
    await database.close()

    assert not key_file(Location(path)).exists()
    with pytest.raises(StoreUnavailable, match="is missing"):
        await Database.open(str(path))


async def test_a_file_that_is_opened_by_a_link_has_one_key(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    link = folder / "linked.db"
    link.symlink_to(file)

    database = await Database.open(str(link))
    await database.close()

    assert list(folder.iterdir()) == [link]


def test_a_server_keeps_its_key_where_the_program_is_started(tmp_path: Path) -> None:
    with chdir(tmp_path):
        ring = first_ring(SERVER)
        again = ring_for(SERVER)

    assert again.open(ring.seal(b"one key")) == b"one key"
    assert [path.name for path in tmp_path.iterdir()] == ["recallbot.key"]


def test_a_key_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    empty, garbage, folder, short = (tmp_path / name for name in ("e", "g", "f", "s"))
    empty.touch()
    garbage.write_bytes(b"\xff\xfe\x00 no key")
    folder.mkdir()
    short.write_text("short\n")

    assert refusal(empty) == f"the key file {empty} is empty"
    assert refusal(garbage) == f"{garbage} is not a key file"
    assert refusal(folder).startswith(f"the key file {folder} cannot be read: ")
    with pytest.raises(StoreUnavailable, match="at least 16 characters"):
        ring_for(SERVER, ["short"])
    shutil.copy(short, tmp_path / "recallbot.key")
    with chdir(tmp_path), pytest.raises(StoreUnavailable, match="at least 16 characters"):
        ring_for(SERVER)


def test_a_key_file_that_cannot_be_written_is_named(
    open_folder: Path, unwritable: Sealed
) -> None:
    path = open_folder / "a.key"

    with unwritable(open_folder):
        with pytest.raises(StoreUnavailable) as made:
            make(path, [new_secret()])
        with pytest.raises(StoreUnavailable) as replaced:
            replace(path, [new_secret()])

    assert made.value.reason == (
        f"the key file {path} cannot be made: Permission denied (or set RECALLBOT_SECRET_KEY)"
    )
    assert "cannot be written: Permission denied" in replaced.value.reason


def test_a_key_that_others_may_read_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    make(path, [new_secret()])
    path.chmod(0o640)

    assert not mode_is_right(path)
    with pytest.raises(StoreUnavailable, match="cannot be read"):
        mode_is_right(tmp_path / "none.key")


def test_a_replaced_key_file_is_read_again_and_one_that_went_is_not_missed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.key"
    make(path, ["the-first-secret-there"])
    watched = KeyFile(path)

    first, same = watched(), watched()
    replace(path, ["a-second-secret-there", "the-first-secret-there"])
    second = watched()
    path.unlink()
    gone = watched()

    assert first is not None
    assert (same, gone) == (None, None)
    assert second == ("a-second-secret-there", "the-first-secret-there")


def test_a_database_without_its_marking_key_is_refused(tmp_path: Path) -> None:
    secrets = [new_secret()]

    with pytest.raises(StoreUnavailable, match="lost its marking key"):
        seal_for(Location(tmp_path / "a.db"), secrets, None)
    with pytest.raises(SealBroken, match="is damaged"):
        seal_for(Location(tmp_path / "a.db"), secrets, "no base64!")


def test_without_given_secrets_there_is_no_ring_of_them() -> None:
    assert given_ring([]) is None
