"""What the pages read; the store answers it, and in tests a few notices in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from core.model.recall import Notice
from core.model.verdict import SourceAge
from core.sources.contract import Authority
from core.store.listing import Cursor, Entry, Listing, Wanted, Weeks


class Revision(Protocol):
    """One version of a notice as we saw it."""

    @property
    def number(self) -> int:
        """Return its number, counted from 1."""
        ...

    @property
    def kind(self) -> str:
        """Return what it was: new, expanded, corrected, …"""
        ...

    @property
    def seen_at(self) -> datetime:
        """Return when we first saw it, in UTC."""
        ...

    @property
    def notice(self) -> Notice:
        """Return the whole notice as it then stood."""
        ...


class Reader(Protocol):
    """Everything the pages ask of the store."""

    async def notice(self, name: str, /) -> Notice | None:
        """Return one notice by its id, or None."""
        ...

    async def revisions(self, name: str, /) -> Sequence[Revision]:
        """Return every version of a notice that we saw, oldest first."""
        ...

    async def search(self, words: str, limit: int, /) -> Sequence[Notice]:
        """Return the notices that these words find, best first."""
        ...

    async def latest(self, limit: int, /) -> Sequence[Notice]:
        """Return the newest notices."""
        ...

    async def ages(self) -> Sequence[SourceAge]:
        """Return how old each source is."""
        ...

    async def listed(
        self, wanted: Wanted, limit: int, after: Cursor | None = None, /
    ) -> Listing:
        """Return the notices that fit, the last published or changed first."""
        ...

    async def fitting(self, wanted: Wanted, found: Sequence[Notice], /) -> Sequence[Notice]:
        """Return those of the notices that fit."""
        ...

    async def entry(self, name: str, /) -> Entry | None:
        """Return one notice by its id as lists have it, or None."""
        ...

    async def choices(self) -> Mapping[str, Sequence[str]]:
        """Return what lists can be narrowed to, by the facet's beginning."""
        ...

    async def weeks(self, today: date, number: int, /) -> Weeks:
        """Return how many recalls each of the last weeks brought, by hazard."""
        ...

    async def sources(self) -> Sequence[Mapping[str, Any]]:
        """Return what there is to say of every source, as `recallbot sources --json` has it."""
        ...

    async def outbox(self) -> Sequence[Mapping[str, Any]]:
        """Return how many deliveries there are of each kind, as `recallbot outbox --json`."""
        ...

    def authority(self, source: str, /) -> Authority | None:
        """Return who publishes the notices of a source, None where that is not known."""
        ...
