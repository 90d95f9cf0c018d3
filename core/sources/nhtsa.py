"""US NHTSA: recalls of vehicles, child seats, tires and equipment, from its flat file.

Unverified: of the flat file only one row was at hand, with its longer texts left out.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import islice
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
from core.sources.fields import payload_of
from core.sources.http import Fetcher, Site
from core.sources.json_rows import json_object
from core.sources.nhtsa_campaign import AUTHORITY, SOURCE, notice_of
from core.sources.nhtsa_flat import campaigns
from core.sources.nhtsa_read import FLAT, ISSUES, LOOKED_UP, from_issue, from_look_up, from_rows
from core.sources.reading import MEGABYTE
from core.sources.text import clean

FILES = "https://static.nhtsa.gov/odi/ffdd/rcl"
NEWER = f"{FILES}/FLAT_RCL_POST_2010.zip"
OLDER = f"{FILES}/FLAT_RCL_PRE_2010.zip"
LOOK_UP = "https://api.nhtsa.gov/recalls/recallsByVehicle"
HOSTS = frozenset({"static.nhtsa.gov", "api.nhtsa.gov"})
# 14 MB packed in May 2026.
LARGEST_FILE = 80 * MEGABYTE
LARGEST_ANSWER = 8 * MEGABYTE
AT_ONCE = 200


class Nhtsa:
    """The recalls of the National Highway Traffic Safety Administration, one for a campaign."""

    name = SOURCE
    authority = Authority(
        name=AUTHORITY,
        regions=("US",),
        homepage="https://www.nhtsa.gov/recalls",
        licence="Public domain (work of the U.S. government, 17 U.S.C. § 105)",
        licence_url="https://www.nhtsa.gov/about-nhtsa/terms-use",
        attribution="Source: U.S. National Highway Traffic Safety Administration",
    )
    # The files are built anew once a day.
    cadence = Cadence(every=12 * HOUR, reread=timedelta(days=30))
    verified = False

    def __init__(self, fetcher: Fetcher, base_url: str | None = None) -> None:
        """Read through `fetcher`; with a `base_url` (for tests) from there."""
        self._fetcher = fetcher
        self._site = Site(HOSTS, base_url)

    async def fetch(self, since: datetime | None) -> AsyncIterator[RawRecord]:
        """Yield every campaign since 2010, with `since` None the older ones too.

        Campaigns are edited months after they were filed and carry no date of it, so all of
        them are yielded whenever the file has changed. Raises SourceUnavailable.
        """
        ask = self._fetcher.get if since is None else self._fetcher.get_if_changed
        for address in (OLDER, NEWER) if since is None else (NEWER,):
            file = await ask(
                self._site.address(address), hosts=self._site.allowed, largest=LARGEST_FILE
            )
            if file.unchanged:
                return
            records = self.split(file.body, file.url, file.at)
            # Unpacking 300 MB must not keep others waiting.
            while some := await asyncio.to_thread(
                lambda left: [*islice(left, AT_ONCE)], records
            ):
                for record in some:
                    yield record

    async def look_up(self, make: str, model: str, year: int) -> tuple[RawRecord, ...]:
        """Return the campaigns NHTSA itself finds for a vehicle now, to be parsed as others.

        For an answer, not for the store: each names only the vehicle asked about. Raises
        SourceUnavailable, also where NHTSA does not know the make.
        """
        said: dict[str, str | int] = {"make": make, "model": model, "modelYear": year}
        page = await self._fetcher.get(
            self._site.address(LOOK_UP),
            hosts=self._site.allowed,
            largest=LARGEST_ANSWER,
            params=said,
        )
        return tuple(self.split(page.body, page.url, page.at))

    def split(self, payload: bytes, url: str, at: datetime) -> Iterator[RawRecord]:
        """Yield one record for each campaign of a file, or of an answer in JSON; pure.

        Raises SourceUnavailable where the payload is neither.
        """
        if payload.lstrip()[:1] == b"{":
            for kind, fields in _recalls(payload_of(payload)):
                body = json.dumps(fields, ensure_ascii=False).encode(errors="replace")
                yield RawRecord(SOURCE, _key(fields, body), kind, body, url, at)
            return
        for number, rows in campaigns(payload):
            yield RawRecord(SOURCE, number, FLAT, rows, url, at)

    def parse(self, record: RawRecord) -> Notice:
        """Return what one campaign says; pure. Raises RecordUnreadable."""
        seen = record.fetched_at.date()
        if record.format == FLAT:
            return notice_of(from_rows(record.body, seen), seen)
        read = from_look_up if record.format == LOOKED_UP else from_issue
        return notice_of(read(json_object(record.body), seen), seen)


def _recalls(answer: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield every recall in an answer of the API, with the name of its shape."""
    results = answer.get("results", answer.get("Results"))
    if not isinstance(results, list):
        raise SourceUnavailable("the answer holds no results")
    for result in results:
        issues = result.get("safetyIssues", result) if isinstance(result, dict) else result
        listed = issues.get("recalls") if isinstance(issues, dict) else None
        if not isinstance(listed, list):
            yield LOOKED_UP, result
            continue
        for recall in listed:
            yield ISSUES, _of_vehicle(recall, result)


def _of_vehicle(recall: Any, result: Mapping[str, Any]) -> Any:
    """Return a recall with the vehicle it was found by, where it names none itself."""
    if not isinstance(recall, dict) or isinstance(recall.get("associatedProducts"), list):
        return recall
    vehicle = {
        "type": "Vehicle",
        "productYear": result.get("modelYear"),
        "productMake": result.get("make"),
        "productModel": result.get("vehicleModel"),
    }
    return {**recall, "associatedProducts": [vehicle]}


def _key(fields: Any, body: bytes) -> str:
    """Return the campaign's number, or a name for a record without one."""
    for name in ("NHTSACampaignNumber", "nhtsaCampaignNumber"):
        try:
            if number := clean(fields[name]):
                return number
        except (RecordUnreadable, TypeError, KeyError):
            continue
    return f"unnumbered-{blake2b(body, digest_size=8).hexdigest()}"
