"""What the pages read; the store answers it, and in tests a few notices in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from core.model.recall import Notice
from core.model.verdict import SourceAge


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
