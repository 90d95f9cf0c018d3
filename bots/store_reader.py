"""What the pages read, straight from the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from bots import outbox_list, source_list
from bots.ask import aged
from core.clock import Clock
from core.model.recall import Notice
from core.model.verdict import SourceAge
from core.settings import Settings
from core.sources.contract import Authority
from core.store import ledger, listing, notices
from core.store.listing import Cursor, Wanted
from core.store.work import Database

# A hundred small questions to the store, asked once for everybody who looks at that moment.
SOURCES_KEPT = timedelta(seconds=10)
# Counting a million deliveries takes a second or two.
OUTBOX_KEPT = timedelta(minutes=1)


class StoreReader:
    """What the pages read, straight from the store."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        """Read from `database`, with the limits of `settings`."""
        self._database = database
        self._settings = settings
        self._clock = clock
        self._told: tuple[datetime, Sequence[Mapping[str, Any]]] | None = None
        self._counted: tuple[datetime, Sequence[Mapping[str, Any]]] | None = None

    async def notice(self, name: str) -> Notice | None:
        """Return one notice, or None."""
        async with self._database.reading() as connection:
            return await notices.notice(connection, name)

    async def revisions(self, name: str) -> Sequence[notices.Revision]:
        """Return every version of a notice that we saw, oldest first."""
        async with self._database.reading() as connection:
            return await notices.revisions(connection, name)

    async def search(self, words: str, limit: int) -> Sequence[Notice]:
        """Return the notices that these words find."""
        async with self._database.reading() as connection:
            return await notices.search(connection, words, limit)

    async def latest(self, limit: int) -> Sequence[Notice]:
        """Return the newest notices."""
        async with self._database.reading() as connection:
            return await notices.latest(connection, limit)

    async def ages(self) -> Sequence[SourceAge]:
        """Return how old each source is."""
        async with self._database.reading() as connection:
            return aged(await notices.source_ages(connection), self._settings)

    async def listed(
        self, wanted: Wanted, limit: int, after: Cursor | None = None
    ) -> listing.Listing:
        """Return the notices that fit, the last published or changed first."""
        async with self._database.reading() as connection:
            return await listing.listed(connection, wanted, limit, after)

    async def fitting(self, wanted: Wanted, found: Sequence[Notice]) -> Sequence[Notice]:
        """Return those of the notices that fit."""
        async with self._database.reading() as connection:
            return await listing.fitting(connection, wanted, found)

    async def entry(self, name: str) -> listing.Entry | None:
        """Return one notice as lists have it, or None."""
        async with self._database.reading() as connection:
            return await listing.entry(connection, name)

    async def choices(self) -> Mapping[str, Sequence[str]]:
        """Return what lists can be narrowed to."""
        async with self._database.reading() as connection:
            return await listing.choices(connection)

    async def weeks(self, today: date, number: int) -> listing.Weeks:
        """Return how many recalls each of the last weeks brought."""
        async with self._database.reading() as connection:
            return await listing.weeks(connection, today, number)

    async def sources(self) -> Sequence[Mapping[str, Any]]:
        """Return what there is to say of every source, as it was within the last seconds."""
        now = self._clock.now()
        if self._told is None or now - self._told[0] > SOURCES_KEPT:
            self._told = now, await source_list.rows(self._database, self._settings, now)
        return self._told[1]

    async def outbox(self) -> Sequence[Mapping[str, Any]]:
        """Return how many deliveries there are of each kind, as it was within a minute."""
        now = self._clock.now()
        if self._counted is None or now - self._counted[0] > OUTBOX_KEPT:
            async with self._database.reading() as connection:
                self._counted = now, outbox_list.rows(await ledger.counts(connection))
        return self._counted[1]

    def authority(self, source: str) -> Authority | None:
        """Return who publishes the notices of a source, None where that is not known."""
        return source_list.authority_of(source)
