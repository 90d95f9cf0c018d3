"""Every recorded record of FDA and NHTSA, where the recordings lie beside the repository."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from core.model.recall import Notice
from core.sources.contract import RawRecord, Source
from core.sources.fda import Fda
from core.sources.http import Fetcher
from core.sources.nhtsa import Nhtsa
from tests.builders import NOW

SHARED = Path(__file__).parents[3].parent / "shared"
RECORDED = SHARED / "data"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.exists(), reason="no shared folder beside the repository"),
]


def records(source: Source, *names: str) -> list[RawRecord]:
    pages = [page for name in names for page in sorted(RECORDED.glob(name))]
    return [
        record
        for page in pages
        for record in source.split(page.read_bytes(), "https://www.example.gov/", NOW)
    ]


def test_every_recorded_recall_of_the_fda_is_readable() -> None:
    source = Fda(Fetcher())
    found = records(source, "fda_rss/*.xml", "fda_ires/*.json", "hand_excerpts/openfda_*.json")

    notices: list[Notice] = [source.parse(record) for record in found]

    assert Counter(record.format for record in found) == {
        "fda-rss": 20,
        "fda-ires": 168,
        "openfda-enforcement": 1,
    }
    assert len({notice.id for notice in notices}) == 189


def test_every_recorded_campaign_of_nhtsa_is_readable() -> None:
    source = Nhtsa(Fetcher())
    found = records(source, "nhtsa/*.json", "hand_excerpts/nhtsa_*.tsv")

    notices: list[Notice] = [source.parse(record) for record in found]

    assert Counter(record.format for record in found) == {
        "nhtsa-safety-issues": 5,
        "nhtsa-flat-29": 1,
    }
    assert len({notice.id for notice in notices}) == 5
