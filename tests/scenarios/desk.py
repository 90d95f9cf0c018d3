"""A desk at which recorded payloads are read, and the records that authorities really sent."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from core.ingest.report import Report
from core.ingest.run import Payload, Reader
from core.model.recall import Notice
from core.sources.http import Fetcher
from core.sources.registry import build
from core.store import notices
from core.store.notices import RevisionKind
from core.store.work import Database
from tests.builders import NOW
from tests.scenarios.stage import FixedClock

FIXTURES = Path(__file__).parent.parent / "fixtures" / "sources"
HOUR = timedelta(hours=1)
Record = dict[str, Any]


def recorded(path: str) -> list[Record]:
    """Return the records of a recorded payload."""
    whole = json.loads((FIXTURES / path).read_bytes())
    return list(whole["results"] if isinstance(whole, dict) else whole)


def cpsc(number: str) -> Record:
    """Return a recorded recall of the CPSC."""
    return next(one for one in recorded("cpsc/recalls.json") if one["RecallNumber"] == number)


def another(number: int, **facts: Any) -> Record:
    """Return a recorded recall of the CPSC under another number."""
    page = f"https://www.cpsc.gov/Recalls/2026/another-{number}"
    named = {"RecallID": number, "RecallNumber": str(number), "URL": page}
    return cpsc("26349") | named | {"Inconjunctions": []} | facts


class Desk:
    """Reads recorded payloads into one database, each an hour after the one before."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.clock = FixedClock(NOW)
        self.database: Database | None = None

    async def restart(self) -> None:
        """Close the database and open it again, as a new process does."""
        await self.close()
        self.database = await Database.open(self.address)

    async def close(self) -> None:
        if self.database is not None:
            await self.database.close()

    @property
    def open(self) -> Database:
        assert self.database is not None
        return self.database

    async def reads(self, source: str, *records: Record) -> dict[str, int]:
        return dict((await self.replays(source, json.dumps(records).encode())).counts)

    async def replays(self, source: str, payload: bytes) -> Report:
        self.clock.at += HOUR
        pages = [Payload(payload.strip, "page", "https://authority.example/")]
        reader = Reader(self.open, self.clock)
        return await reader.replay(build(source, Fetcher()), pages, self.clock.at)

    async def kept(self, name: str) -> Notice:
        async with self.open.reading() as connection:
            notice = await notices.notice(connection, name)
        assert notice is not None
        return notice

    async def event(self, name: str) -> list[str]:
        async with self.open.reading() as connection:
            return [one.id for one in await notices.event_of(connection, name)]

    async def told(self, name: str) -> list[RevisionKind]:
        """Return what was told of a notice aloud."""
        async with self.open.reading() as connection:
            revisions = await notices.revisions(connection, name)
        return [revision.kind for revision in revisions if not revision.quiet]
