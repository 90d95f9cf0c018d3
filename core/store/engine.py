"""Engines set up alike for every use: SQLite's pragmas, PostgreSQL's patience, errors named."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    DBAPIError,
    IntegrityError,
    ProgrammingError,
    TimeoutError,  # noqa: A004 - the pool's own
)
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from core.store.failure import StoreUnavailable, sqlite_reason
from core.store.location import Location

PATIENCE = 5.0
# With NORMAL a power cut may take back the last commits, never tear the file; FULL waits for
# the disk at every commit.
Synchronous = Literal["normal", "full"]
WRITES = "recallbot_writes"
# What another program or machine can cause; everything else is a mistake of ours.
OUTSIDE = (DatabaseError, TimeoutError)
OURS = (DataError, IntegrityError, ProgrammingError)
LOCK_NOT_AVAILABLE = "55P03"


# It would write every parameter, so every serial, into a log that is set to debugging.
logging.getLogger("aiosqlite").setLevel(logging.INFO)


def async_engine(
    location: Location, patience: float, synchronous: Synchronous = "normal"
) -> AsyncEngine:
    """Return an engine whose locks and connections are waited for `patience` seconds."""
    arguments = _arguments(location, patience)
    engine = create_async_engine(
        _url(location, "sqlite+aiosqlite"),
        connect_args=arguments,
        hide_parameters=True,
        pool_pre_ping=location.path is None,
        pool_timeout=patience,
    )
    _configure(engine.sync_engine, location, patience)
    if location.path is not None:
        event.listen(engine.sync_engine, "connect", _as_durable_as(synchronous))
    return engine


def sync_engine(location: Location, patience: float) -> Engine:
    """Return an engine for migrations: each transaction writes, no foreign key is enforced.

    A batch migration on SQLite drops and renames tables, and dropping a table would otherwise
    delete the rows that refer to it.
    """
    engine = create_engine(
        _url(location, "sqlite"),
        connect_args=_arguments(location, patience),
        hide_parameters=True,
        poolclass=NullPool,
    )
    _configure(engine, location, patience, foreign_keys=False)
    return engine.execution_options(**{WRITES: True})


def _url(location: Location, driver: str) -> URL:
    if location.path is not None:
        return URL.create(driver, database=str(location.path))
    try:
        return make_url(location.url)
    except (ArgumentError, ValueError):
        raise StoreUnavailable("the PostgreSQL URL cannot be read") from None


def _arguments(location: Location, patience: float) -> dict[str, object]:
    if location.path is not None:
        return {"timeout": patience}
    return {"connect_timeout": max(2, round(patience))}


def _configure(
    engine: Engine, location: Location, patience: float, *, foreign_keys: bool = True
) -> None:
    def on_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # The driver must not begin transactions by itself: `begin` below does.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
        # What a person had erased must not linger in free pages.
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()

    def on_postgresql(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute(f"SET lock_timeout = {round(patience * 1000)}")
        cursor.close()
        connection.commit()

    if location.path is None:
        event.listen(engine, "connect", on_postgresql)
    else:
        event.listen(engine, "connect", on_sqlite)
        event.listen(engine, "begin", _begin)


def _as_durable_as(synchronous: Synchronous) -> Callable[..., None]:
    def on_connect(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.close()

    return on_connect


def _begin(connection: Connection) -> None:
    # Each look-up is one statement and so sees one state; a transaction for it only costs time.
    if connection.get_execution_options().get(WRITES):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def errors_named(location: Location) -> Iterator[None]:
    """Turn what others cause into StoreUnavailable, in one sentence without any secret.

    Mistakes of ours pass as they are.
    """
    try:
        yield
    except OURS:
        raise
    except OUTSIDE as error:
        reason = _reason(error, location)
        if reason is None:
            raise
        raise StoreUnavailable(reason) from error


def _reason(error: Exception, location: Location) -> str | None:
    original = error.orig if isinstance(error, DBAPIError) else None
    name = str(location.path) if location.path else _server(location)
    if isinstance(error, TimeoutError):
        return f"the database {name} is too busy"
    if location.path is not None:
        return sqlite_reason(original, location.path)
    if getattr(original, "sqlstate", None) == LOCK_NOT_AVAILABLE:
        return f"the database {name} is locked by another program"
    return f"the database {name} cannot be used: {_said(original, location)}"


def _server(location: Location) -> str:
    url = _url(location, "")
    host = url.host or url.query.get("host") or "localhost"
    return f"{url.database or ''} at {host}:{url.port or 5432} (PostgreSQL)"


def _said(original: BaseException | None, location: Location) -> str:
    """Return the server's own last words, in one line and without the password."""
    said = str(original).strip().splitlines()[-1].strip()
    password = _url(location, "").password
    return said.replace(str(password), "***") if password else said
