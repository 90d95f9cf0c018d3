"""Somebody who asks an authority on loopback, in a time that passes only where it is waited."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.sources.http import Fetcher, Manners
from tests.builders import NOW

LOCAL = frozenset({"127.0.0.1"})
QUICK = Manners(contact="https://recalls.example.org/about", loopback=True)
HURRIED = replace(QUICK, transfer=timedelta(seconds=0.1), silence=timedelta(seconds=0.1))


@dataclass
class Patience:
    """A clock that stands still, and a sleep that moves it and takes no time."""

    moment: datetime = NOW
    waits: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        """Return the moment it stands at."""
        return self.moment

    async def sleep(self, seconds: float) -> None:
        """Note the wait and let it be over."""
        self.waits.append(seconds)
        self.moment += timedelta(seconds=seconds)
        await asyncio.sleep(0)


def asker(patience: Patience, manners: Manners = QUICK) -> Fetcher:
    """Return a fetcher that lives in that time; where a wait varies it is the longest."""
    return Fetcher(manners, clock=patience, sleep=patience.sleep, chance=lambda: 1.0)
