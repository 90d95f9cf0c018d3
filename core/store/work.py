"""The database in use: at the newest schema, and one transaction for each piece of work."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.store.engine import PATIENCE, WRITES, Synchronous, async_engine, errors_named
from core.store.failure import StoreUnavailable
from core.store.keyring import KeyRing
from core.store.keys import ring_for
from core.store.location import Location
from core.store.marking import kept_seal
from core.store.migrate import stored_version, upgrade
from core.store.products import keys_stand, missing_keys
from core.store.seal import Seal, seal_of, seal_with
from core.store.version import HEAD

__all__ = ["Database", "StoreUnavailable"]


@dataclass(frozen=True, slots=True)
class InTurns:
    """A connection of one's own, and how its writing takes turns with that of others."""

    connection: AsyncConnection
    _turn: Callable[[], AbstractAsyncContextManager[None]]

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Give the connection for looking things up, and for writing what is its own alone."""
        async with self.connection.begin():
            yield self.connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Give the connection for one transaction; nobody else writes until it ends."""
        async with self._turn():
            await self.connection.execution_options(**{WRITES: True})
            try:
                async with self.connection.begin():
                    yield self.connection
            finally:
                await self.connection.execution_options(**{WRITES: False})


class Database:
    """One database of this program; made by `open`."""

    def __init__(
        self, location: Location, patience: float, synchronous: Synchronous = "normal"
    ) -> None:
        """Prepare to connect to `location`; nothing is connected yet."""
        self._location = location
        self._patience = patience
        self._engine = async_engine(location, patience, synchronous)
        self._writer = self._engine.execution_options(**{WRITES: True})
        # SQLite has one writer at a time; in line here they wait fairly and do not poll.
        self._turn = asyncio.Lock() if location.path else None

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        patience: float = PATIENCE,
        ring: KeyRing | None = None,
        synchronous: Synchronous = "normal",
    ) -> Database:
        """Open the database at `url`, creating or upgrading it where needed.

        What is personal is sealed with `ring`; without one, with the key in the file beside
        the database, which is made for a new database and must be there for an old one.
        A lock held by somebody else is waited for `patience` seconds, here and in every
        transaction. `synchronous` is how far an SQLite file goes to survive a power cut.
        Raises StoreUnavailable where the database cannot be used.
        """
        location = Location.of(url)
        if location.path is not None:
            _make_room(location.path)
        database = cls(location, patience, synchronous)
        try:
            await database._bring_to_head(ring)
        except BaseException:
            await database.close()
            raise
        return database

    async def _bring_to_head(self, ring: KeyRing | None) -> None:
        async with self.reading() as connection:
            version = await connection.run_sync(stored_version)
        if version != HEAD:
            await asyncio.to_thread(upgrade, self._location, self._patience, ring)
        keys = await asyncio.to_thread(ring_for, self._location) if ring is None else ring
        async with self.reading() as connection:
            seal = await connection.run_sync(kept_seal, keys)
            seal_with(self._engine.dialect, seal)
            stand = await keys_stand(connection)
        if not stand:
            await self._find_products()
        async with self.writing():
            pass  # beginning to write is what fails on a read-only or a locked database

    async def _find_products(self) -> None:
        """Make the keys of all products anew, in short transactions."""
        last: int | None = 0
        while last is not None:
            async with self.writing() as connection:
                last = await missing_keys(connection, last)

    @property
    def seal(self) -> Seal:
        """Return what seals and marks what is personal in this database."""
        return seal_of(self._engine.dialect)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection for looking things up; raises StoreUnavailable."""
        async with self._transaction(self._engine) as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection whose changes are all kept at the end, or none after an error.

        Raises StoreUnavailable. Do not ask for another one inside: it would wait for this.
        """
        async with self._in_turn(), self._transaction(self._writer) as connection:
            yield connection

    @asynccontextmanager
    async def in_turns(self) -> AsyncIterator[InTurns]:
        """Give one connection for long work in many transactions, with others' in between.

        What belongs to a connection alone, such as a temporary table, lasts from one
        transaction to the next. Raises StoreUnavailable.
        """
        with errors_named(self._location):
            async with self._engine.connect() as connection:
                yield InTurns(connection, self._in_turn)

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        if self._turn is None:
            yield
            return
        await self._take_turn(self._turn)
        try:
            yield
        finally:
            self._turn.release()

    async def _take_turn(self, turn: asyncio.Lock) -> None:
        try:
            await asyncio.wait_for(turn.acquire(), self._patience)
        except TimeoutError:
            path = self._location.path
            raise StoreUnavailable(f"the database {path} is too busy") from None

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        with errors_named(self._location):
            async with engine.begin() as connection:
                yield connection

    async def close(self) -> None:
        """Let go of every connection; safe to call twice."""
        await self._engine.dispose()


def _make_room(path: Path) -> None:
    """Make the file where there is none, for its owner's eyes only: people's things are in it.

    Raises StoreUnavailable for what SQLite itself would only call "unable to open".
    """
    try:
        if path.is_dir():
            raise StoreUnavailable(f"{path} is a folder, not a database file")
        if not path.parent.is_dir():
            raise StoreUnavailable(f"the folder {path.parent} of the database does not exist")
        os.close(os.open(path, os.O_CREAT | os.O_RDONLY, 0o600))
    except OSError as error:
        reason = error.strerror or "it is refused"
        raise StoreUnavailable(f"the database {path} cannot be opened: {reason}") from None
