"""France RappelConso: recalls of food and everything else sold to French consumers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any

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
from core.sources.rappelconso_fiche import FRANCE, NAME, SITE, fiche_notice, renamed
from core.sources.reading import MEGABYTE

HOST = "data.economie.gouv.fr"
DATASET = f"https://{HOST}/api/explore/v2.1/catalog/datasets/rappelconso-v2-gtin-espaces"
PER_PAGE = 100
# The interface refuses offset + limit beyond this; the export has no such limit.
MOST_PAGED = 10_000
LOOK_BACK = timedelta(days=3)
AUTHORITY = Authority(
    name=NAME,
    regions=FRANCE,
    homepage=SITE,
    licence="Licence Ouverte / Open Licence (Etalab)",
    licence_url="https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    attribution="Source : RappelConso, data.economie.gouv.fr, Licence Ouverte",
)


class RappelConso:
    """France's recalls, in French: the fiche in its newest version."""

    def __init__(self, fetcher: Fetcher, base_url: str | None = None) -> None:
        """Prepare to ask; with a `base_url` every address lies there instead."""
        self._fetcher = fetcher
        self._site = Site(frozenset({HOST}), base_url)

    @property
    def name(self) -> str:
        """Return the name stored with every notice."""
        return "rappelconso"

    @property
    def authority(self) -> Authority:
        """Return who publishes."""
        return AUTHORITY

    @property
    def cadence(self) -> Cadence:
        """Return how often it is asked; the end of a recall shows only in a full reading."""
        return Cadence(every=3 * HOUR, reread=timedelta(days=7))

    @property
    def verified(self) -> bool:
        """Say that records of the current shape were at hand."""
        return True

    async def fetch(self, since: datetime | None) -> AsyncIterator[RawRecord]:
        """Yield what was published since then, everything where None.

        Raises SourceUnavailable and nothing else.
        """
        if since is None:
            pages = [await self._export()]
        else:
            pages = await self._pages((since - LOOK_BACK).date())
        rows = [row for page in pages for row in _rows(page.body)]
        if since is None and not rows:
            raise SourceUnavailable("the export is empty")
        for record in self._records(rows, pages[0].url, pages[0].at):
            yield record

    def split(self, payload: bytes, url: str, at: datetime) -> Iterator[RawRecord]:
        """Yield one record for each fiche, in its highest version.

        Raises SourceUnavailable where the payload is none of the shapes we know.
        """
        yield from self._records(_rows(payload), url, at)

    def parse(self, record: RawRecord) -> Notice:
        """Return what one fiche says. Raises RecordUnreadable and nothing else."""
        return fiche_notice(record)

    async def _export(self, **params: str) -> Fetched:
        return await self._fetcher.get(
            self._site.address(f"{DATASET}/exports/json"),
            hosts=self._site.allowed,
            largest=120 * MEGABYTE,
            params=params,
        )

    async def _pages(self, day: date) -> list[Fetched]:
        where = f"date_publication>'{day.isoformat()}'"
        pages: list[Fetched] = []
        while True:
            offset = len(pages) * PER_PAGE
            page = await self._page(where, offset)
            pages.append(page)
            total, rows = _counted(page.body)
            if total > MOST_PAGED:
                return [await self._export(where=where)]
            if not rows or offset + len(rows) >= total:
                return pages

    async def _page(self, where: str, offset: int) -> Fetched:
        return await self._fetcher.get(
            self._site.address(f"{DATASET}/records"),
            hosts=self._site.allowed,
            largest=20 * MEGABYTE,
            params={
                "limit": PER_PAGE,
                "offset": offset,
                "order_by": "date_publication desc",
                "where": where,
            },
        )

    def _records(self, rows: list[Any], url: str, at: datetime) -> Iterator[RawRecord]:
        newest: dict[str, Any] = {}
        for row in rows:
            key = _key(row)
            if key not in newest or _version(row) > _version(newest[key]):
                newest[key] = row
        for key, row in newest.items():
            yield RawRecord(self.name, key, _format(row), _body(row), url, at)


def _rows(payload: bytes) -> list[Any]:
    """Return the fiches of a page, of an export, of the first interface, or the one sent."""
    whole = payload_of(payload)
    if isinstance(whole, list):
        return whole
    if isinstance(whole, Mapping):
        if isinstance(whole.get("results"), list):
            return list(whole["results"])
        if isinstance(whole.get("records"), list):
            return [_fields(row) for row in whole["records"]]
        if "numero_fiche" in whole or "reference_fiche" in whole:
            return [whole]
    raise SourceUnavailable("the answer holds no fiches")


def _fields(row: Any) -> Any:
    inner = row.get("record", row) if isinstance(row, Mapping) else row
    return inner.get("fields", inner) if isinstance(inner, Mapping) else inner


def _counted(payload: bytes) -> tuple[int, list[Any]]:
    whole = payload_of(payload)
    total = whole.get("total_count") if isinstance(whole, Mapping) else None
    if not isinstance(total, int) or isinstance(total, bool):
        raise SourceUnavailable("the page does not say how many fiches there are")
    return total, _rows(payload)


def _body(row: Any) -> bytes:
    return json.dumps(row, separators=(",", ":")).encode()


def _key(row: Any) -> str:
    """Return the number of the fiche, the same in all its versions."""
    fiche = renamed(row) if isinstance(row, Mapping) else {}
    number = fiche.get("numero_fiche")
    if isinstance(number, str) and number.strip():
        return number.strip().lower()
    return f"unnumbered {blake2b(_body(row), digest_size=8).hexdigest()}"


def _version(row: Any) -> int:
    number = renamed(row).get("numero_version") if isinstance(row, Mapping) else None
    return number if isinstance(number, int) else 0


def _format(row: Any) -> str:
    if isinstance(row, Mapping) and "reference_fiche" in row:
        return "v1"
    listed = row.get("identification_produits") if isinstance(row, Mapping) else None
    return "v2-joined" if isinstance(listed, str) else "v2"
