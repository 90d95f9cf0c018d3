"""The databases that the store runs on: a fresh one for each test, and one that is locked."""

from __future__ import annotations

import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, chdir, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import psycopg

from core.store.keys import key_file
from core.store.location import Location
from core.store.migrate import upgrade


class Fresh(Protocol):
    """Gives the URL of a new database."""

    def __call__(self, *, empty: bool) -> AbstractContextManager[str]: ...


@dataclass(frozen=True, slots=True)
class StoreCase:
    """One kind of database.

    `fresh` gives the URL of a database of its own, `empty` or with every table; `locked` holds
    it as another program would that is in the middle of a write.
    """

    name: str
    fresh: Fresh
    locked: Callable[[str], AbstractContextManager[None]]


@contextmanager
def sqlite_case(folder: Path) -> Iterator[StoreCase]:
    migrated = folder / f"{uuid.uuid4().hex}.migrated"
    upgrade(Location(migrated))
    yield StoreCase("sqlite", partial(_fresh_file, folder, migrated), _locked_file)


@contextmanager
def _fresh_file(folder: Path, migrated: Path, *, empty: bool) -> Iterator[str]:
    path = folder / f"{uuid.uuid4().hex}.db"
    if not empty:
        shutil.copy(migrated, path)
        shutil.copy(key_file(Location(migrated)), key_file(Location(path)))
    yield f"sqlite:///{path}"


@contextmanager
def _locked_file(url: str) -> Iterator[None]:
    with closing(
        sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    ) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def postgresql_case(server: str, folder: Path) -> Iterator[StoreCase]:
    migrated = f"migrated_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{migrated}" TEMPLATE template0')
        with chdir(folder):
            upgrade(Location.of(database_of(server, migrated)))
        fresh = partial(_fresh_database, server, migrated, folder)
        yield StoreCase("postgresql", fresh, _locked_database)
        admin.execute(f'DROP DATABASE "{migrated}"')


@contextmanager
def _fresh_database(server: str, migrated: str, folder: Path, *, empty: bool) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    template = "template0" if empty else migrated
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        # A server's key lies where the program is started.
        with chdir(folder):
            yield database_of(server, name)
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _locked_database(url: str) -> Iterator[None]:
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE notice, subscriber IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()


def database_of(server: str, name: str) -> str:
    """Return the URL of the database of that name on the server."""
    return urlsplit(server)._replace(path=f"/{name}").geturl()
