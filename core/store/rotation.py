"""Sealing everything anew with another secret, while others work, and however often stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    Row,
    Select,
    Table,
    bindparam,
    func,
    or_,
    select,
    text,
    type_coerce,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from core.store.engine import LOCK_NOT_AVAILABLE
from core.store.failure import StoreUnavailable
from core.store.keyring import NAME_BYTES, KeyRing, new_secret
from core.store.keys import replace, secrets_in
from core.store.marking import reseal_marking
from core.store.schema import METADATA
from core.store.seal import Sealed
from core.store.work import Database

BATCH = 500
# Any number will do that no other lock of this program has.
ROTATION_LOCK = 7_257_002
# How often, and how many seconds apart, it is tried to find nobody writing.
MOST_TRIES, PAUSE = 1000, 0.05
_RAW = LargeBinary()


@dataclass(frozen=True, slots=True)
class SealedTable:
    """A table that has sealed columns, and the one column of its primary key."""

    table: Table
    columns: tuple[str, ...]

    @property
    def key(self) -> ColumnElement[Any]:
        """Return the column that numbers or names its rows."""
        [column] = self.table.primary_key.columns
        return column

    def stale(self, name: bytes) -> ColumnElement[bool]:
        """Return the condition that a row has a value which that key has not sealed."""
        starts = (
            func.substr(type_coerce(self.table.c[column], _RAW), 1, NAME_BYTES, type_=_RAW)
            for column in self.columns
        )
        return or_(*(start != name for start in starts))


def sealed_tables() -> tuple[SealedTable, ...]:
    """Return every table of the schema in which something is sealed."""
    return tuple(_sealed_tables())


def _sealed_tables() -> Iterator[SealedTable]:
    for table in METADATA.sorted_tables:
        names = tuple(column.name for column in table.c if isinstance(column.type, Sealed))
        if names:
            yield SealedTable(table, names)


async def rotate_file(database: Database, path: Path) -> int:
    """Make a new secret in the key file at `path`, seal everything with it, drop the old one.

    Return how many rows were sealed anew. Whoever has the database open goes on working; what
    was stopped in the middle, even by losing power, goes on where this is called again.
    Raises StoreUnavailable.
    """
    async with _alone(database):
        secrets = secrets_in(path)
        # Two are what a rotation left that was stopped.
        if len(secrets) == 1:
            replace(path, [new_secret(), *secrets])
    ring = KeyRing(secrets_in(path))
    count = await reseal(database, ring)
    for _ in range(MOST_TRIES):
        if await _dropped(database, path, ring):
            return count
        await asyncio.sleep(PAUSE)
        count += await reseal(database, ring)
    raise StoreUnavailable("too much is being written to drop the old key: run this again")


async def reseal(database: Database, ring: KeyRing) -> int:
    """Seal with the ring's first secret whatever another one sealed; return how many rows.

    Some hundreds of rows are one transaction, between which others write. Raises
    StoreUnavailable.
    """
    count = 0
    for sealed in sealed_tables():
        count += await _reseal_table(database, sealed, ring)
    async with database.writing() as connection:
        await connection.run_sync(reseal_marking, ring)
    return count


async def any_stale(connection: AsyncConnection, name: bytes) -> bool:
    """Say whether some row has a value that the key of that name has not sealed."""
    for sealed in sealed_tables():
        one = select(sealed.key).where(sealed.stale(name)).limit(1)
        if (await connection.execute(one)).first() is not None:
            return True
    return False


async def _reseal_table(database: Database, sealed: SealedTable, ring: KeyRing) -> int:
    count = 0
    page = _page(sealed, ring.name)
    async with database.reading() as connection:
        rows = (await connection.execute(page)).all()
    while rows:
        async with database.writing() as connection:
            for column in sealed.columns:
                await _reseal_column(connection, sealed, column, _anew(rows, column, ring))
        count += len(rows)
        async with database.reading() as connection:
            rows = (await connection.execute(page.where(sealed.key > rows[-1].key))).all()
    return count


def _page(sealed: SealedTable, name: bytes) -> Select[Any]:
    raw = (type_coerce(sealed.table.c[column], _RAW).label(column) for column in sealed.columns)
    rows = select(sealed.key.label("key"), *raw).where(sealed.stale(name))
    return rows.order_by(sealed.key).limit(BATCH)


def _anew(rows: Sequence[Row[Any]], column: str, ring: KeyRing) -> list[dict[str, object]]:
    values = ((row.key, getattr(row, column)) for row in rows)
    return [
        {"which": key, "old": old, "new": ring.seal(ring.open(old))}
        for key, old in values
        if old is not None and ring.stale(old)
    ]


async def _reseal_column(
    connection: AsyncConnection, sealed: SealedTable, name: str, anew: list[dict[str, object]]
) -> None:
    if not anew:
        return
    raw = type_coerce(sealed.table.c[name], _RAW)
    # What somebody changed meanwhile is newer than what we have read.
    row = update(sealed.table).where(
        sealed.key == bindparam("which"), raw == bindparam("old", type_=_RAW)
    )
    new = type_coerce(bindparam("new", type_=_RAW), _RAW)
    await connection.execute(row.values({name: new}), anew)


@asynccontextmanager
async def _alone(database: Database) -> AsyncIterator[AsyncConnection]:
    """Give a connection for writing while no other process rotates."""
    async with database.writing() as connection:
        # SQLite has one writer at a time anyway.
        if connection.dialect.name == "postgresql":
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({ROTATION_LOCK})"))
        yield connection


async def _dropped(database: Database, path: Path, ring: KeyRing) -> bool:
    """Drop the old secrets; False where somebody may still write what one of them sealed.

    Everybody looks at the key file before sealing, so only what was being written when the new
    secret came can be late; here nobody is in the middle of writing.
    """
    async with _alone(database) as connection:
        if not await _nobody_writes(connection) or await any_stale(connection, ring.name):
            return False
        replace(path, secrets_in(path)[:1])
        return True


async def _nobody_writes(connection: AsyncConnection) -> bool:
    """Keep others from writing to sealed tables, or say at once that somebody does.

    Waiting for one table while holding another would be a deadlock with whoever has both.
    """
    if connection.dialect.name != "postgresql":
        return True
    names = ", ".join(sealed.table.name for sealed in sealed_tables())
    try:
        async with connection.begin_nested():
            await connection.execute(text(f"LOCK TABLE {names} IN SHARE MODE NOWAIT"))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            return False
        raise
    return True
