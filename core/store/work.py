"""The database in use: at the newest schema, and one transaction for each piece of work."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.store.engine import PATIENCE, WRITES, async_engine, errors_named
from core.store.failure import StoreUnavailable
from core.store.location import Location
from core.store.migrate import stored_version, upgrade
from core.store.version import HEAD

__all__ = ["Database", "StoreUnavailable"]


class Database:
    """One database of this program; made by `open`."""

    def __init__(self, location: Location, patience: float) -> None:
        """Prepare to connect to `location`; nothing is connected yet."""
        self._location = location
        self._patience = patience
        self._engine = async_engine(location, patience)
        self._writer = self._engine.execution_options(**{WRITES: True})
        # SQLite has one writer at a time; in line here they wait fairly and do not poll.
        self._turn = asyncio.Lock() if location.path else None

    @classmethod
    async def open(cls, url: str, *, patience: float = PATIENCE) -> Database:
        """Open the database at `url`, creating or upgrading it where needed.

        A lock held by somebody else is waited for `patience` seconds, here and in every
        transaction. Raises StoreUnavailable where the database cannot be used.
        """
        location = Location.of(url)
        if location.path is not None:
            _make_room(location.path)
        database = cls(location, patience)
        try:
            await database._bring_to_head()
        except BaseException:
            await database.close()
            raise
        return database

    async def _bring_to_head(self) -> None:
        async with self.reading() as connection:
            version = await connection.run_sync(stored_version)
        if version != HEAD:
            await asyncio.to_thread(upgrade, self._location, self._patience)
        async with self.writing():
            pass  # beginning to write is what fails on a read-only or a locked database

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
        if self._turn is None:
            async with self._transaction(self._writer) as connection:
                yield connection
            return
        await self._take_turn(self._turn)
        try:
            async with self._transaction(self._writer) as connection:
                yield connection
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
