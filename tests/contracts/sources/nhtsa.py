"""NHTSA's flat file, in its ZIP where it is fetched, and the answers of its API."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from core.sources.nhtsa_flat import campaigns
from tests.contracts.source_case import SourceCase, recorded
from tests.contracts.source_pages import JsonList, cell_mutants, json_mutants

_FLAT = recorded("nhtsa", "flat.tsv")
_CAMPAIGN = recorded("nhtsa", "campaign.json")
_LOOK_UP = recorded("nhtsa", "look-up.json")


@dataclass(frozen=True, slots=True)
class Campaigns:
    """Campaigns of several rows each."""

    broken: tuple[bytes, ...] = (b"7\n", b"\t\t\n")

    def records(self, page: bytes) -> list[bytes]:
        """Return the rows of each campaign."""
        return [rows for _, rows in campaigns(page)]

    def page(self, like: bytes, records: Sequence[bytes]) -> bytes:  # noqa: ARG002 - a Shape
        """Return these rows one after the other."""
        return b"".join(records)


def zipped(table: bytes, name: str = "FLAT_RCL_POST_2010.txt") -> bytes:
    """Return a ZIP that holds this table."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo(name), table, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


CASES = (
    SourceCase(
        name="nhtsa",
        payload=_FLAT,
        url="https://static.nhtsa.gov/odi/ffdd/rcl/FLAT_RCL_POST_2010.zip",
        count=len(list(campaigns(_FLAT))),
        shape=Campaigns(),
        mutants=cell_mutants,
        answers={"FLAT_RCL": zipped(_FLAT)},
        content_type="application/octet-stream",
        errors=(zipped(b""), zipped(b"<html></html>"), zipped(_FLAT, "RCL_FROM_2025_2026.csv")),
        # One byte that is no character makes one campaign unreadable, not 240,000 rows.
        charset_shows=False,
    ),
    SourceCase(
        name="nhtsa",
        part="campaign",
        payload=_CAMPAIGN,
        url="https://api.nhtsa.gov/safetyIssues/byNhtsaId?nhtsaId=16V747000",
        count=1,
        shape=None,
        mutants=json_mutants,
        answers={"FLAT_RCL": zipped(_FLAT)},
    ),
    SourceCase(
        name="nhtsa",
        part="look-up",
        payload=_LOOK_UP,
        url="https://api.nhtsa.gov/recalls/recallsByVehicle?make=toyota&model=prius&modelYear=2017",
        count=len(json.loads(_LOOK_UP)["results"]),
        shape=JsonList(("results",)),
        mutants=json_mutants,
        answers={"FLAT_RCL": zipped(_FLAT)},
    ),
)
