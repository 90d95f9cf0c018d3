"""Asking any database from plain code: one event loop, kept for as long as it is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from bots.app import open_database
from core.clock import Clock
from core.model.keys import Probe
from core.model.lexicon import Lexicon
from core.model.recall import Notice
from core.settings import Settings
from core.store import notices
from core.store.work import Database


@dataclass(frozen=True, slots=True)
class Store:
    """A database brought up to date, its names and ages already read."""

    database: Database
    runner: asyncio.Runner
    lexicon: Lexicon
    ages: tuple[notices.SourceState, ...]

    def candidates(self, probe: Probe, limit: int) -> Sequence[Notice]:
        """Return the notices that may concern a unit."""
        return self.runner.run(self._candidates(probe, limit))

    async def _candidates(self, probe: Probe, limit: int) -> Sequence[Notice]:
        async with self.database.reading() as connection:
            return await notices.candidates(connection, probe, limit)


@contextmanager
def opened_store(settings: Settings, clock: Clock) -> Iterator[Store]:
    """Open, upgrade and fill the database; raises Failure where that cannot be."""
    with asyncio.Runner() as runner:
        database = runner.run(open_database(settings, clock))
        try:
            names, ages = runner.run(_known(database))
            yield Store(database, runner, names, tuple(ages))
        finally:
            runner.run(database.close())


async def _known(database: Database) -> tuple[Lexicon, list[notices.SourceState]]:
    async with database.reading() as connection:
        return await notices.lexicon(connection), await notices.source_ages(connection)
