"""US FDA: recalls of food, drugs and devices, from press releases and enforcement reports."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from core.clock import Clock, SystemClock
from core.model.recall import Notice
from core.sources.contract import (
    HOUR,
    Authority,
    Cadence,
    RawRecord,
    RecordUnreadable,
    SourceUnavailable,
)
from core.sources.fda_enforcement import (
    identity,
    read_ires,
    read_openfda,
    rows_of_ires,
    rows_of_openfda,
)
from core.sources.fda_press import AUTHORITY, SOURCE, entries, read_release
from core.sources.fields import payload_of
from core.sources.http import Fetched, Fetcher, Site
from core.sources.json_rows import json_object
from core.sources.reading import MEGABYTE

_FEEDS = "https://www.fda.gov/about-fda/contact-fda/stay-informed/rss-feeds"
FEEDS = (f"{_FEEDS}/recalls/rss.xml", f"{_FEEDS}/food-safety-recalls/rss.xml")
OPENFDA = tuple(
    f"https://api.fda.gov/{kind}/enforcement.json" for kind in ("food", "drug", "device")
)
HOSTS = frozenset({"www.fda.gov", "api.fda.gov"})
RSS, OPEN_ROW, IRES_ROW = "fda-rss", "openfda-enforcement", "fda-ires"
LARGEST_FEED = 5 * MEGABYTE
LARGEST_PAGE = 40 * MEGABYTE
MOST_ROWS = 1000
# Reports come weekly and late. In so long a time there are always some, and where openFDA
# finds none it answers 404, which is then what it looks like: an outage.
WINDOW = timedelta(days=60)
# What is older was eaten or is off the shelves; the archive since 2004 holds 80,000 reports.
REACH = timedelta(days=3 * 365)
Read = Callable[[Mapping[str, Any], date], Notice]
ROWS: Mapping[str, Read] = MappingProxyType({OPEN_ROW: read_openfda, IRES_ROW: read_ires})


class Fda:
    """The recalls of the Food and Drug Administration: its press releases and its reports."""

    name = SOURCE
    authority = Authority(
        name=AUTHORITY,
        regions=("US",),
        homepage="https://www.fda.gov/safety/recalls-market-withdrawals-safety-alerts",
        licence="Public domain (work of the U.S. government); openFDA: CC0 1.0",
        licence_url="https://open.fda.gov/license/",
        attribution="Source: U.S. Food and Drug Administration",
    )
    cadence = Cadence(every=3 * HOUR, reread=timedelta(days=30))
    # Of openFDA, whose reports are nearly everything, a single row is recorded.
    verified = False

    def __init__(
        self, fetcher: Fetcher, base_url: str | None = None, clock: Clock | None = None
    ) -> None:
        """Read through `fetcher`; with a `base_url` (for tests) from there."""
        self._fetcher = fetcher
        self._clock = clock or SystemClock()
        self._site = Site(HOSTS, base_url)

    async def fetch(self, since: datetime | None) -> AsyncIterator[RawRecord]:
        """Yield the newest press releases, and the reports since two months before `since`.

        With None every report of the last three years. What one address refuses does not keep
        the others from being asked; it is said at the end. Raises SourceUnavailable.
        """
        refused: list[str] = []
        for records in (self._press(since), *(self._reports(one, since) for one in OPENFDA)):
            try:
                async for record in records:
                    yield record
            except SourceUnavailable as error:
                refused.append(str(error))
        if refused:
            raise SourceUnavailable("; ".join(dict.fromkeys(refused)))

    async def _press(self, since: datetime | None) -> AsyncIterator[RawRecord]:
        ask = self._fetcher.get if since is None else self._fetcher.get_if_changed
        refused: SourceUnavailable | None = None
        for feed in FEEDS:
            try:
                page = await ask(
                    self._site.address(feed), hosts=self._site.allowed, largest=LARGEST_FEED
                )
                for record in () if page.unchanged else self._split(page):
                    yield record
            except SourceUnavailable as error:
                refused = refused or error
        if refused:
            raise refused

    async def _reports(self, address: str, since: datetime | None) -> AsyncIterator[RawRecord]:
        now = self._clock.now()
        first = now - REACH if since is None else since - WINDOW
        # openFDA wants both ends; nothing is reported beyond the end of next year.
        said: dict[str, str | int] = {
            "sort": "report_date:asc",
            "limit": MOST_ROWS,
            "search": f"report_date:[{first:%Y%m%d} TO {now.year + 2}0101]",
        }
        ahead: str | None = address
        received = 0
        while ahead is not None:
            page = await self._fetcher.get(
                self._site.address(ahead),
                hosts=self._site.allowed,
                largest=LARGEST_PAGE,
                params=said if not received else None,
            )
            for record in self._split(page):
                received += 1
                yield record
            ahead = _next(page, received)

    def _split(self, page: Fetched) -> tuple[RawRecord, ...]:
        return tuple(self.split(page.body, page.url, page.at))

    def split(self, payload: bytes, url: str, at: datetime) -> Iterator[RawRecord]:
        """Yield the entries of a feed, or the rows of an answer of openFDA or iRES; pure.

        Raises SourceUnavailable where it is neither, or no entry is in it.
        """
        if payload.lstrip()[:1] in {b"{", b"["}:
            yield from _rows(payload, url, at)
            return
        for key, body in entries(payload):
            yield RawRecord(SOURCE, key, RSS, body, url, at)

    def parse(self, record: RawRecord) -> Notice:
        """Return what one entry or row says; pure. Raises RecordUnreadable."""
        seen = record.fetched_at.date()
        if record.format == RSS:
            return read_release(record.body, record.key, seen)
        if record.format not in ROWS:
            raise RecordUnreadable(f"an unknown format: {record.format:.40}")
        return ROWS[record.format](json_object(record.body), seen)


def _rows(payload: bytes, url: str, at: datetime) -> Iterator[RawRecord]:
    answer = payload_of(payload)
    if isinstance(answer, list):
        kind, rows = OPEN_ROW, rows_of_openfda({"results": answer})
    elif "STATUSCODE" in answer:
        kind, rows = IRES_ROW, rows_of_ires(answer)
    else:
        kind, rows = OPEN_ROW, rows_of_openfda(answer)
    for row in rows:
        body = json.dumps(row, ensure_ascii=False).encode(errors="replace")
        yield RawRecord(SOURCE, identity(row, body), kind, body, url, at)


def _next(page: Fetched, received: int) -> str | None:
    """Return the address of the next page, None after the last.

    Raises SourceUnavailable where there must be more rows and no address leads to them.
    """
    try:
        total = int(payload_of(page.body)["meta"]["results"]["total"])
    except (KeyError, TypeError, ValueError):
        raise SourceUnavailable("openFDA does not say how many reports there are") from None
    if received >= total:
        return None
    if "next" not in page.links:
        raise SourceUnavailable(f"openFDA gave {received} of {total} reports")
    return page.links["next"]
