"""Health Canada: the government's recalls and safety alerts of every kind; unverified."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any

from core.model.recall import Citation, Hazard, HazardKind, Kind, Notice, Remedy, SourceKind
from core.sources.contract import (
    HOUR,
    Authority,
    Cadence,
    RawRecord,
    SourceUnavailable,
)
from core.sources.drafts.draft import draft
from core.sources.fields import notice, required
from core.sources.http import Fetched, Fetcher, Site
from core.sources.json_rows import json_object, json_rows
from core.sources.normalise import (
    brands,
    category,
    clean,
    hazards,
    hazards_of,
    line,
    notice_id,
    passage,
    published,
    remedy_options,
)
from core.sources.reading import MEGABYTE

HOST = "recalls-rappels.canada.ca"
FILE = f"https://{HOST}/sites/default/files/opendata-donneesouvertes/HCRSAMOpenData.json"
ID = "health-canada"
CANADA = ("CA",)
# The file has days, no times, and is written once a day.
LOOK_BACK = timedelta(days=3)
_FRENCH = re.compile(r"^https?://[^/]+/fr/")
_PAGE = re.compile(rf"^https://{re.escape(HOST)}/[^\s]{{1,400}}$")
_WARNS = re.compile(
    r"(?i)\b(?:warns?|warning|advisory|information update|safety alert|unauthori[sz]ed)\b"
)
# Headlines here are written like sentences.
_RECALLS = re.compile(r"\brecalls\b")
_RECALL = re.compile(r"(?i)\brecall(?:s|ed|ing)?\b")

AUTHORITY = Authority(
    name="Health Canada",
    regions=CANADA,
    homepage=f"https://{HOST}/en",
    licence="Open Government Licence – Canada",
    licence_url="https://open.canada.ca/en/open-government-licence-canada",
    attribution=("Contains information licensed under the Open Government Licence – Canada"),
)


class HealthCanada:
    """Canada's recalls: consumer goods, food, vehicles, medicines and devices, in English."""

    def __init__(self, fetcher: Fetcher, base_url: str | None = None) -> None:
        """Prepare to ask; with a `base_url` every address lies there instead."""
        self._fetcher = fetcher
        self._site = Site(frozenset({HOST}), base_url)

    @property
    def name(self) -> str:
        """Return the name stored with every notice."""
        return "health_canada"

    @property
    def authority(self) -> Authority:
        """Return who publishes."""
        return AUTHORITY

    @property
    def cadence(self) -> Cadence:
        """Return how often it is asked; what is filed away shows only in a full reading."""
        return Cadence(every=12 * HOUR, reread=timedelta(days=7))

    @property
    def verified(self) -> bool:
        """Say that only three rows were at hand, none of a consumer product."""
        return False

    async def fetch(self, since: datetime | None) -> AsyncIterator[RawRecord]:
        """Yield what changed since then, everything where None; nothing for a known file.

        Rows without a date are yielded each time. Raises SourceUnavailable and nothing else.
        """
        page = await self._file(everything=since is None)
        if page.unchanged:
            return
        rows = json_rows(page.body)
        if not rows:
            raise SourceUnavailable("the file is empty")
        cutoff = (since - LOOK_BACK).date() if since else None
        for record, row in self._records(rows, page.url, page.at):
            day = published(row.get("Last updated")) if isinstance(row, Mapping) else None
            if cutoff is None or day is None or day >= cutoff:
                yield record

    def split(self, payload: bytes, url: str, at: datetime) -> Iterator[RawRecord]:
        """Yield one record for each notice; its French twin is left out.

        Raises SourceUnavailable where the payload is no list.
        """
        for record, _ in self._records(json_rows(payload), url, at):
            yield record

    def parse(self, record: RawRecord) -> Notice:
        """Return what one row says. Raises RecordUnreadable and nothing else."""
        return _notice(record)

    async def _file(self, *, everything: bool) -> Fetched:
        ask = self._fetcher.get if everything else self._fetcher.get_if_changed
        return await ask(
            self._site.address(FILE), hosts=self._site.allowed, largest=80 * MEGABYTE
        )

    def _records(
        self, rows: list[tuple[bytes, Any]], url: str, at: datetime
    ) -> Iterator[tuple[RawRecord, Any]]:
        for body, row in rows:
            if isinstance(row, Mapping) and _FRENCH.match(_text(row.get("URL"))):
                continue
            yield RawRecord(self.name, _key(body, row), "opendata", body, url, at), row


def _notice(record: RawRecord) -> Notice:
    row = json_object(record.body)
    title = required(row, "Title")
    product = clean(row.get("Product")) or title
    return notice(
        id=notice_id(ID, required(row, "NID")),
        authority=AUTHORITY.name,
        number=line(required(row, "NID")),
        kind=_kind(row, title),
        # "Last updated" is no day of publication, and nothing else is given.
        published=None,
        brands=brands(_RECALLS.sub("Recalls", title), ()),
        product=line(product),
        title=passage(title),
        names=tuple(dict.fromkeys((line(product), line(title)))),
        category=category(product, clean(row.get("Category")), clean(row.get("Organization"))),
        regions=CANADA,
        units=draft((title, product), line(product)).rule,
        hazard=_hazard(row, title),
        remedies=tuple(_remedies(row)),
        sources=(_citation(row, title, record.fetched_at.date()),),
        note=passage(clean(row.get("What you should do"))) or None,
    )


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _key(body: bytes, row: Any) -> str:
    number = row.get("NID") if isinstance(row, Mapping) else None
    if isinstance(number, str | int) and str(number).strip():
        return str(number).strip()
    return f"unnumbered {blake2b(body, digest_size=8).hexdigest()}"


def _kind(row: Mapping[str, Any], title: str) -> Kind:
    if clean(row.get("Recall class")) or _RECALL.search(title):
        return Kind.RECALL
    return Kind.ADVISORY if _WARNS.search(title) else Kind.RECALL


def _hazard(row: Mapping[str, Any], title: str) -> Hazard:
    issue = clean(row.get("Issue"))
    kinds = hazards_of(issue, "health_canada")
    if set(kinds) <= {HazardKind.OTHER}:
        kinds = hazards(issue, title)
    return Hazard(kinds=kinds, text=passage(issue or title), source=ID)


def _remedies(row: Mapping[str, Any]) -> Iterator[Remedy]:
    text = passage(clean(row.get("What you should do")))
    if options := remedy_options((), text, dollar="CAD"):
        yield Remedy(regions=CANADA, options=options, text=text, source=ID)


def _citation(row: Mapping[str, Any], title: str, seen: date) -> Citation:
    url = clean(row.get("URL"))
    page = url if _PAGE.match(url) else f"https://{HOST}/en"
    return Citation(id=ID, url=page, kind=SourceKind.OFFICIAL, says=passage(title), seen=seen)
