"""Migrations: what they make is what the code expects, and Alembic loads only for them."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from core.store.location import Location
from core.store.migrate import check, configuration, differences, main, upgrade
from core.store.version import HEAD, HISTORY, is_sealed
from core.store.work import Database, StoreUnavailable
from tests.contracts import as_of_0004

ROOT = Path(__file__).parent.parent.parent.parent


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_head_in_the_code_is_the_head_of_the_migrations() -> None:
    scripts = ScriptDirectory.from_config(configuration())

    steps = [script.revision for script in scripts.walk_revisions()]

    assert scripts.get_heads() == [HEAD]
    assert tuple(reversed(steps)) == HISTORY


def test_the_migrations_make_the_schema_of_the_code() -> None:
    assert check() == []


def test_a_difference_is_told(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("ALTER TABLE notice ADD COLUMN surprise TEXT")
        connection.execute("DROP TABLE meta")

    found = differences(str(file))

    assert len(found) == 2
    assert any("surprise" in difference for difference in found)
    assert any("meta" in difference for difference in found)


def test_the_check_of_the_command_line_passes_and_knows_nothing_else() -> None:
    passed = run("-m", "core.store.migrate", "check")
    refused = run("-m", "core.store.migrate", "downgrade")

    assert (passed.returncode, passed.stdout, passed.stderr) == (0, "", "")
    assert main(["check"]) is None
    assert main([]) == "usage: python -m core.store.migrate check"
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "usage: python -m core.store.migrate check\n"


def test_upgrading_again_changes_nothing(file: Path) -> None:
    before = file.read_bytes()

    upgrade(Location(file))

    assert file.read_bytes() == before


def test_the_keys_are_kept_in_one_tree_without_row_numbers(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        [(sql,)] = connection.execute("SELECT sql FROM sqlite_master WHERE name='notice_key'")

    assert "WITHOUT ROWID" in sql


def test_rows_without_an_owner_stop_an_upgrade_and_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    as_of_0004.make(str(file))
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "INSERT INTO owned_item (subscriber, facts, confirmed, added_at)"
            " VALUES (99, '{}', 0, '2026-01-01 00:00:00')"
        )
        before = connection.execute("SELECT * FROM owned_item").fetchall()

    with pytest.raises(StoreUnavailable, match="1 rows without owner"):
        upgrade(Location(file))

    with closing(sqlite3.connect(file)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        assert connection.execute("SELECT * FROM owned_item").fetchall() == before
    assert "address" not in tables


def test_a_sealed_database_is_not_taken_for_one_to_be_sealed_first(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DELETE FROM meta WHERE name = 'marking_key'")

    with pytest.raises(StoreUnavailable, match="lost its marking key"):
        asyncio.run(Database.open(str(file)))


def test_only_versions_that_sealed_need_the_key_of_before() -> None:
    sealed = [version for version in (None, *HISTORY) if is_sealed(version)]

    assert sealed == ["0005_alerts", "0006_publishing"]


def test_opening_a_database_at_head_does_not_load_alembic(file: Path) -> None:
    program = """
import asyncio, sys
from core.store.work import Database

async def main():
    database = await Database.open(sys.argv[1])
    await database.close()

asyncio.run(main())
print("alembic" in sys.modules)
"""
    ran = run("-c", program, str(file))

    assert (ran.stdout, ran.stderr) == ("False\n", "")
