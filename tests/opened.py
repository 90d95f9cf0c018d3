"""What is in a database file, with everything sealed opened, to compare two of them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from core.store.keyring import Seal, SealBroken
from core.store.keys import MARKING, seal_for
from core.store.location import Location
from core.store.lookup import META_SQL

Rows = dict[str, list[tuple[object, ...]]]


def opened_rows(path: Path, secret: str) -> Rows:
    """Return what is in every table; marks, and the key of them, are new in each file."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            " AND sql NOT LIKE 'CREATE VIRTUAL%'"
        ).fetchall()
        [kept] = connection.execute(META_SQL, {"name": MARKING}).fetchone()
        seal = seal_for(Location(path), [secret], kept)
        return {name: _rows(connection, name, seal) for (name,) in tables}


def _rows(connection: sqlite3.Connection, table: str, seal: Seal) -> list[tuple[object, ...]]:
    found = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the file's own tables
    rows = [tuple(_opened(seal, value) for value in row) for row in found if row[0] != MARKING]
    return sorted(rows, key=repr)


def _opened(seal: Seal, value: object) -> object:
    if not isinstance(value, bytes):
        return value
    try:
        return seal.read(value)
    except SealBroken:
        return "a mark"
