"""Stand-ins that obey the same contracts as the real thing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from pydantic import ValidationError

from core.model.recall import Notice
from core.sources.contract import (
    HOUR,
    Authority,
    Cadence,
    RawRecord,
    RecordUnreadable,
    SourceUnavailable,
)
from tests.builders import a_citation, a_notice, a_rule

ACME_AUTHORITY = Authority(
    "Fake Authority", ("US",), "https://fake.example/", "CC0", None, "Source: Fake Authority"
)


@dataclass(slots=True)
class FakeSource:
    """An authority whose records are notices as JSON objects, with the key under "key".

    `records` is what it answers now, and `down` the reason why it does not; `asked` is what it
    was asked for so far. `corrects` are facts that its parser puts right.
    """

    name: str = "fake"
    authority: Authority = ACME_AUTHORITY
    cadence: Cadence = field(default_factory=lambda: Cadence(HOUR, reread=timedelta(days=1)))
    verified: bool = True
    records: Sequence[Any] = ()
    down: str | None = None
    at: datetime | None = None
    asked: list[datetime | None] = field(default_factory=list)
    corrects: dict[str, Any] = field(default_factory=dict)

    async def fetch(self, since: datetime | None) -> AsyncIterator[RawRecord]:
        self.asked.append(since)
        assert self.at is not None, "say what time it is"
        payload = json.dumps(list(self.records)).encode()
        for record in self.split(payload, "https://fake.example/api", self.at):
            yield record
        if self.down is not None:
            raise SourceUnavailable(self.down)

    def split(self, payload: bytes, url: str, at: datetime) -> Iterator[RawRecord]:
        try:
            found = json.loads(payload)
        except ValueError:
            raise SourceUnavailable("this is no JSON") from None
        if not isinstance(found, list):
            raise SourceUnavailable("this is no list of records")
        for place, one in enumerate(found):
            key = str(one.get("key", place)) if isinstance(one, dict) else f"place {place}"
            body = json.dumps(one).encode()
            yield RawRecord(self.name, key, "fake-1", body, url, at)

    def parse(self, record: RawRecord) -> Notice:
        try:
            facts = json.loads(record.body)
            key = facts.pop("key")
            facts.pop("stamped", None)
            units = facts.pop("units", None)
            page = facts.pop("page", f"https://{self.name}.example/recall/{key}")
            citation = a_citation(source=self.name) | {
                "url": page,
                "seen": record.fetched_at.date(),
            }
            return a_notice(
                a_rule(units) if units else None,
                **{
                    "id": f"{self.name}-{key}",
                    "number": key,
                    "authority": self.authority.name,
                    "complete": False,
                    "hazard": {"kinds": ["fire"], "text": "Hot.", "source": self.name},
                    "sources": (citation,),
                    **facts,
                    **self.corrects,
                },
            )
        except (ValidationError, AttributeError, KeyError, TypeError) as error:
            raise RecordUnreadable(type(error).__name__) from None


def a_record(key: str = "25-001", **facts: Any) -> dict[str, Any]:
    """Return a record of the fake authority; facts are those of a notice, "stamped" none."""
    return {"key": key, "title": f"Acme recalls its power bank {key}", **facts}


@dataclass(slots=True)
class FakeKept:
    """Keeps what buttons stand for as long as it lives."""

    words: dict[str, str] = field(default_factory=dict)

    async def keep(self, says: str) -> str:
        key = sha256(says.encode()).hexdigest()[:24]
        self.words[key] = says
        return key

    async def find(self, key: str) -> str | None:
        return self.words.get(key)
