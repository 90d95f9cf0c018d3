"""US CPSC: recalls of consumer products, from the Recall Retrieval web service."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from core.model.recall import Notice
from core.sources.contract import (
    HOUR,
    Authority,
    Cadence,
    RawRecord,
    RecordUnreadable,
    SourceUnavailable,
)
from core.sources.cpsc_record import AUTHORITY, NAME, read_recall
from core.sources.cpsc_window import ELDEST, Window, may_be_empty, years
from core.sources.dates import published
from core.sources.http import Fetcher, Site
from core.sources.json_rows import json_object, json_rows
from core.sources.reading import MEGABYTE
from core.sources.text import clean, line

SERVICE = "https://www.saferproducts.gov/RestWebServices/Recall"
HOSTS = frozenset({"www.saferproducts.gov", "saferproducts.gov"})
FORMAT = "cpsc-recall-1.4"
# All 10,000 recalls are 40 MB; the fullest year is 3.
LARGEST = 60 * MEGABYTE
LARGEST_ID = 1 << 63
# How often a window is asked for in smaller parts, or again, where an error comes with 200.
PATIENCE = 3
A_DAY = timedelta(days=1)


class Cpsc:
    """The recalls of the U.S. Consumer Product Safety Commission."""

    name = NAME
    authority = Authority(
        name=AUTHORITY,
        regions=("US",),
        homepage="https://www.cpsc.gov/Recalls",
        licence="Public domain (work of the U.S. government, 17 U.S.C. § 105)",
        licence_url="https://www.cpsc.gov/About-CPSC/Policies-Statements-and-Directives",
        attribution="Source: U.S. Consumer Product Safety Commission",
    )
    # Edits do not move LastPublishDate, so everything is read again each night.
    cadence = Cadence(every=HOUR, reread=A_DAY)
    verified = True

    def __init__(self, fetcher: Fetcher, base_url: str | None = None) -> None:
        """Read through `fetcher`; with a `base_url` (for tests) from there."""
        self._fetcher = fetcher
        self._site = Site(HOSTS, base_url)

    async def fetch(self, since: datetime | None) -> AsyncIterator[RawRecord]:
        """Yield what was published or stamped since the day before `since`, or everything.

        Everything is asked for by years of the recall date. Raises SourceUnavailable.
        """
        if since is not None:
            recent = Window("LastPublishDate", since.date() - A_DAY, None)
            for record in await self._read(recent, PATIENCE):
                yield record
            return
        eldest = await self._read(ELDEST, PATIENCE)
        for record in eldest:
            yield record
        if any(_is_of(record, ELDEST) for record in eldest):
            return  # the service ignored the window, as it does where it knows no parameter
        for window in years(max(record.fetched_at.year for record in eldest)):
            for record in await self._read(window, PATIENCE):
                yield record

    async def _read(self, window: Window, patience: int) -> tuple[RawRecord, ...]:
        page = await self._fetcher.get(
            self._site.address(SERVICE),
            hosts=self._site.allowed,
            largest=LARGEST,
            params=window.parameters,
        )
        try:
            return tuple(self.split(page.body, page.url, page.at))
        except SourceUnavailable:
            if not patience:
                raise
        parts = [
            await self._read(part, patience - 1) for part in window.smaller(page.at.date())
        ]
        return tuple(record for part in parts for record in part)

    def split(self, payload: bytes, url: str, at: datetime) -> Iterator[RawRecord]:
        """Yield the recalls of one answer; pure.

        Raises SourceUnavailable for an error said as a recall with the RecallID 0, and for no
        recall at all where the window asked for cannot be empty.
        """
        rows = json_rows(payload)
        for _, fields in rows:
            _refuse_error(fields)
        if not rows and not may_be_empty(url, at):
            raise SourceUnavailable("no recall at all where there must be some")
        for body, fields in rows:
            yield RawRecord(NAME, _key(fields, body), FORMAT, body, url, at)

    def parse(self, record: RawRecord) -> Notice:
        """Return what one recall says; pure. Raises RecordUnreadable."""
        return read_recall(record)


def _refuse_error(fields: Any) -> None:
    if isinstance(fields, dict) and str(fields.get("RecallID")) == "0":
        try:
            reason = line(clean(fields.get("Title")))
        except RecordUnreadable:
            reason = ""
        raise SourceUnavailable(f"an error instead of recalls: {reason or 'no reason given'}")


def _key(fields: Any, body: bytes) -> str:
    """Return the RecallID, or a name for a record without one."""
    number = fields.get("RecallID") if isinstance(fields, dict) else None
    if isinstance(number, int) and not isinstance(number, bool) and 0 < number < LARGEST_ID:
        return str(number)
    return f"unnumbered-{blake2b(body, digest_size=8).hexdigest()}"


def _is_of(record: RawRecord, window: Window) -> bool:
    """Say whether the record shows that the window was not heeded."""
    try:
        day = published(json_object(record.body).get("RecallDate"))
    except RecordUnreadable:
        return False
    return day is not None and window.far_beyond(day)
