"""EU Safety Gate: dangerous products, neither food nor medicine, notified by 30 countries."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any

from core.clock import Clock, SystemClock
from core.model.recall import Notice
from core.sources.contract import (
    HOUR,
    Authority,
    Cadence,
    RawRecord,
    SourceUnavailable,
)
from core.sources.fields import payload_of
from core.sources.http import Fetched, Fetcher, Site
from core.sources.json_rows import json_rows
from core.sources.normalise import published
from core.sources.reading import MEGABYTE
from core.sources.safety_gate_alert import API, EEA, HOST, NAME, alert_notice

PER_PAGE = 100
MOST_PAGES = 150
# New alerts are listed by the day of publication; some show up a little later.
LOOK_BACK = timedelta(days=3)
SEVERAL = 3
AUTHORITY = Authority(
    name=NAME,
    regions=EEA,
    homepage=f"https://{HOST}/safety-gate-alerts",
    licence="CC BY 4.0, without pictures and trademarks",
    licence_url="https://commission.europa.eu/legal-notice_en",
    attribution="Source: EU Safety Gate, © European Union, CC BY 4.0",
)


class SafetyGate:
    """The EU's alerts on dangerous products, in English where there is an English text."""

    def __init__(
        self, fetcher: Fetcher, base_url: str | None = None, clock: Clock | None = None
    ) -> None:
        """Prepare to ask; with a `base_url` every address lies there instead."""
        self._fetcher = fetcher
        self._site = Site(frozenset({HOST}), base_url)
        self._clock = clock or SystemClock()

    @property
    def name(self) -> str:
        """Return the name stored with every notice."""
        return "safety_gate"

    @property
    def authority(self) -> Authority:
        """Return who publishes."""
        return AUTHORITY

    @property
    def cadence(self) -> Cadence:
        """Return how often it is asked."""
        return Cadence(every=6 * HOUR, reread=timedelta(days=7))

    @property
    def verified(self) -> bool:
        """Say that alerts of the current shape were at hand."""
        return True

    async def fetch(self, since: datetime | None) -> AsyncIterator[RawRecord]:
        """Yield what was published since then, this year's and last year's alerts where None.

        An alert that cannot be had holds up none of the others; it is complained about at the
        end. Raises SourceUnavailable and nothing else.
        """
        cutoff = (since - LOOK_BACK).date() if since else None
        failed: list[SourceUnavailable] = []
        async for number in self._listed(cutoff):
            try:
                page = await self._fetcher.get(
                    self._site.address(f"{API}/notification/{number}"),
                    hosts=self._site.allowed,
                    largest=4 * MEGABYTE,
                    params={"language": "en"},
                )
                records = list(self.split(page.body, page.url, page.at))
            except SourceUnavailable as error:
                failed.append(error)
                if len(failed) == SEVERAL:
                    raise
                continue
            for record in records:
                yield record
        if failed:
            raise SourceUnavailable(f"{len(failed)} alerts could not be read: {failed[0]}")

    def split(self, payload: bytes, url: str, at: datetime) -> Iterator[RawRecord]:
        """Yield one record for each alert; none for a list that only says which there are.

        Raises SourceUnavailable where the payload is neither.
        """
        if payload.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
            rows = json_rows(payload)
        else:
            whole = payload_of(payload)
            if _is_list_of_alerts(whole):
                return
            rows = [(payload, whole)]
        if not any(_is_alert(row) for _, row in rows):
            raise SourceUnavailable("the answer holds no alert")
        for body, row in rows:
            yield RawRecord(self.name, _key(body, row), "notification", body, url, at)

    def parse(self, record: RawRecord) -> Notice:
        """Return what one alert says. Raises RecordUnreadable and nothing else."""
        return alert_notice(record)

    async def _listed(self, cutoff: date | None) -> AsyncIterator[str]:
        today = self._clock.now().date()
        first = min(cutoff.year, today.year) if cutoff else today.year - 1
        years = range(first, today.year + 1)
        seen: set[str] = set()
        for page in range(MOST_PAGES):
            found = _search_page(await self._search(sorted(years, reverse=True), page))
            rows = found["content"]
            if not rows and page == 0 and cutoff is None:
                raise SourceUnavailable("the search finds no alert at all")
            young = [row for row in rows if not _before(row, cutoff)]
            for number in (str(row["id"]) for row in young):
                if number not in seen:
                    seen.add(number)
                    yield number
            if not young or found.get("last") is not False:
                return
        raise SourceUnavailable(f"the search goes on after {MOST_PAGES} pages")

    async def _search(self, years: list[int], page: int) -> Fetched:
        return await self._fetcher.post(
            self._site.address(f"{API}/search"),
            hosts=self._site.allowed,
            largest=20 * MEGABYTE,
            # A body that leaves out any of these is answered with 405.
            json={
                "criteria": {"year": years},
                "searchCriteriaForNotification": False,
                "isLaunched": True,
                "isLaunchSearch": True,
                "pagination": {
                    "sortField": "PUBLICATION_DATE",
                    "sortOrder": "DESC",
                    "totalElements": 0,
                    "numberElements": PER_PAGE,
                    "page": page,
                },
                "fullTextSearch": "",
                "language": "en",
                "displayDefaultResults": False,
                "isForMostRecent": False,
            },
        )


def _search_page(fetched: Fetched) -> Mapping[str, Any]:
    found = payload_of(fetched.body)
    rows = found.get("content") if isinstance(found, Mapping) else None
    whole = isinstance(rows, list) and all(
        isinstance(row, Mapping) and str(row.get("id", "")).isdigit() for row in rows
    )
    if not whole:
        raise SourceUnavailable("the answer is no page of search results")
    return {**found, "content": rows}


def _before(row: Mapping[str, Any], cutoff: date | None) -> bool:
    day = published(row.get("publicationDate"))
    return cutoff is not None and day is not None and day < cutoff


def _is_list_of_alerts(whole: Any) -> bool:
    """Say whether it is a page of the search, or of an open-data portal's addresses."""
    if not isinstance(whole, Mapping):
        return False
    if isinstance(whole.get("content"), list):
        return True
    rows = whole.get("results")
    return isinstance(rows, list) and all(
        isinstance(row, Mapping) and "rapex_url" in row for row in rows
    )


def _is_alert(row: Any) -> bool:
    return isinstance(row, Mapping) and "product" in row and "reference" in row


def _key(body: bytes, row: Any) -> str:
    reference = row.get("reference") if isinstance(row, Mapping) else None
    if isinstance(reference, str) and reference.strip():
        return reference.strip().upper()
    return f"unnumbered {blake2b(body, digest_size=8).hexdigest()}"
