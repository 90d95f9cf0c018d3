"""USDA FSIS: recalls and public health alerts of meat, poultry and egg products."""

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
from core.sources.http import Fetcher, Site
from core.sources.json_rows import json_rows
from core.sources.reading import MEGABYTE
from core.sources.text import clean
from core.sources.usda_fsis_record import AUTHORITY, LANGUAGE, NUMBER, SOURCE, read_recall

SERVICE = "https://www.fsis.usda.gov/fsis/api/recall/v/1"
HOSTS = frozenset({"www.fsis.usda.gov", "fsis.usda.gov"})
FORMAT = "fsis-recall-1"
# 2,001 rows were 12 MB in April 2026.
LARGEST = 60 * MEGABYTE
LONGEST_NUMBER = 60


class UsdaFsis:
    """The recalls of the Food Safety and Inspection Service, English and Spanish as one."""

    name = SOURCE
    authority = Authority(
        name=AUTHORITY,
        regions=("US",),
        homepage="https://www.fsis.usda.gov/recalls",
        licence="Public domain (work of the U.S. government, 17 U.S.C. § 105)",
        licence_url="https://www.usda.gov/policies-and-links/digital/copyright",
        attribution="Source: USDA Food Safety and Inspection Service",
    )
    cadence = Cadence(every=3 * HOUR, reread=timedelta(days=1))
    verified = True

    def __init__(self, fetcher: Fetcher, base_url: str | None = None) -> None:
        """Read through `fetcher`; with a `base_url` (for tests) from there."""
        self._fetcher = fetcher
        self._site = Site(HOSTS, base_url)

    async def fetch(self, since: datetime | None) -> AsyncIterator[RawRecord]:
        """Yield every recall there is, or nothing where none changed. Raises SourceUnavailable.

        The service knows no filter by date, and its filter by year loses recalls: a recall of
        January that was filed under the year before leaves that year's view once corrected.
        """
        ask = self._fetcher.get if since is None else self._fetcher.get_if_changed
        page = await ask(self._site.address(SERVICE), hosts=self._site.allowed, largest=LARGEST)
        if page.unchanged:
            return
        for record in self.split(page.body, page.url, page.at):
            yield record

    def split(self, payload: bytes, url: str, at: datetime) -> Iterator[RawRecord]:
        """Yield one record for each recall, its languages together in a JSON list; pure.

        Raises SourceUnavailable where the payload is no list or an empty one.
        """
        rows = json_rows(payload)
        if not rows:
            raise SourceUnavailable("no recall at all, where there are thousands")
        for key, bodies in _by_recall(rows):
            yield RawRecord(SOURCE, key, FORMAT, b"[" + b",".join(bodies) + b"]", url, at)

    def parse(self, record: RawRecord) -> Notice:
        """Return what one recall says; pure. Raises RecordUnreadable."""
        return read_recall(record)


def _by_recall(rows: list[tuple[bytes, Any]]) -> Iterator[tuple[str, list[bytes]]]:
    """Yield the number of each recall with its rows, one for each language.

    A second row in the same language is another record of the same recall.
    """
    recalls: dict[tuple[str, int], dict[str, bytes]] = {}
    for body, fields in rows:
        number, language = _identity(fields, body)
        turn = 0
        while language in recalls.get((number, turn), ()):
            turn += 1
        recalls.setdefault((number, turn), {})[language] = body
    for (number, _), languages in recalls.items():
        yield number, [languages[language] for language in sorted(languages)]


def _identity(fields: Any, body: bytes) -> tuple[str, str]:
    """Return the number and the language of a row, or a name for a row without them."""
    try:
        number = clean(fields[NUMBER])
        language = clean(fields.get(LANGUAGE))
    except (RecordUnreadable, TypeError, KeyError, AttributeError):
        number = language = ""
    if not number or len(number) > LONGEST_NUMBER:
        number = f"unnumbered-{blake2b(body, digest_size=8).hexdigest()}"
    return number, language
