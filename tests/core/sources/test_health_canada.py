"""Health Canada: one file a day, in two languages, without a day of publication."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.model.recall import HazardKind, Kind, Notice, RemedyKind, State
from core.sources.contract import SourceUnavailable
from core.sources.health_canada import FILE, HealthCanada
from core.sources.http import Fetcher
from tests.builders import NOW
from tests.contracts.source_case import recorded
from tests.platforms.authority import Authority, says, versioned

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "hand_excerpts"
PURE = HealthCanada(Fetcher())
WRITTEN = recorded("health_canada", "written.json")
POWER_BANK, _FRENCH_TWIN, MAGNETS, SWING = json.loads(WRITTEN)


def read(row: Mapping[str, Any]) -> Notice:
    payload = json.dumps([row]).encode()
    return PURE.parse(next(PURE.split(payload, FILE, NOW)))


async def test_the_whole_file_is_asked_for_and_what_changed_is_kept(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(says(WRITTEN))
    source = HealthCanada(fetcher, authority.url)

    everything = [record.key async for record in source.fetch(None)]
    recent = [r.key async for r in source.fetch(datetime(2026, 6, 15, tzinfo=UTC))]

    assert authority.asked[0].target.endswith("/opendata-donneesouvertes/HCRSAMOpenData.json")
    assert everything == ["900001", "900003", "900004"]
    # What has no date may have changed at any time.
    assert recent == ["900003", "900004"]


async def test_a_file_that_is_stored_already_is_not_read_again(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(versioned(WRITTEN, '"one"'))
    source = HealthCanada(fetcher, authority.url)
    before = [record async for record in source.fetch(NOW)]
    fetcher.settle()

    again = [record async for record in source.fetch(NOW)]
    everything = [record async for record in source.fetch(None)]

    assert (len(before), len(again), len(everything)) == (2, 0, 3)


async def test_an_empty_file_is_an_outage(authority: Authority, fetcher: Fetcher) -> None:
    authority.will(says(b"[]"))

    with pytest.raises(SourceUnavailable, match="empty"):
        [record async for record in HealthCanada(fetcher, authority.url).fetch(None)]


def test_it_is_unverified() -> None:
    assert not PURE.verified


def test_the_french_twin_of_a_notice_is_left_out() -> None:
    assert [record.key for record in PURE.split(WRITTEN, FILE, NOW)] == [
        "900001",
        "900003",
        "900004",
    ]


def test_the_day_of_the_last_change_is_no_day_of_publication() -> None:
    assert read(POWER_BANK).published is None


def test_a_later_change_keeps_the_identity() -> None:
    later = {**POWER_BANK, "Last updated": "2026-07-01"}

    assert read(later) == read(POWER_BANK)


def test_an_archived_notice_still_stands() -> None:
    assert read(MAGNETS).state is State.OPEN


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (POWER_BANK, Kind.RECALL),
        (MAGNETS, Kind.ADVISORY),
        ({**MAGNETS, "Title": "Public advisory: magnets recalled"}, Kind.RECALL),
        ({**MAGNETS, "Recall class": "Type II"}, Kind.RECALL),
        ({**MAGNETS, "Title": "Magnet sets"}, Kind.RECALL),
    ],
)
def test_a_warning_is_no_recall(row: Mapping[str, Any], kind: Kind) -> None:
    assert read(row).kind is kind


def test_titles_are_cleaned_and_models_in_them_are_read() -> None:
    notice = read(POWER_BANK)

    assert notice.title == (
        "Northlight recalls Glow&Go Power Bank (Model NL-2210) due to fire hazard"
    )
    assert notice.brands[0] == "Northlight"
    assert notice.category == "power-bank"
    assert "NL-2210" in str(notice.units)
    assert notice.hazard.kinds == (HazardKind.FIRE,)


def test_an_expansion_says_so_in_its_title() -> None:
    assert "expanded recall" in (read(SWING).title or "")


def test_the_remedy_is_what_the_text_offers() -> None:
    remedies = read(POWER_BANK).remedies

    assert [option.kind for remedy in remedies for option in remedy.options] == [
        RemedyKind.REFUND
    ]
    assert read(SWING).remedies == ()


def test_the_citation_is_the_notice_s_page_or_the_authority_s() -> None:
    elsewhere = {**SWING, "URL": "https://elsewhere.example/recall"}

    assert read(SWING).main_source.url == SWING["URL"]
    assert read(elsewhere).main_source.url == "https://recalls-rappels.canada.ca/en"


def test_a_notice_without_a_product_goes_by_its_title() -> None:
    assert read({**SWING, "Product": ""}).product == SWING["Title"]


def test_an_issue_nobody_stated_leaves_the_title() -> None:
    notice = read({**SWING, "Issue": None})

    assert notice.hazard.text == SWING["Title"]


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="no shared folder beside the repository")
def test_every_recorded_row_can_be_read() -> None:
    payload = (SHARED / "canada_hcrsam_3rows_2026-07.json").read_bytes()

    notices = [PURE.parse(record) for record in PURE.split(payload, FILE, NOW)]

    assert [notice.number for notice in notices] == ["82281", "82280", "82279"]
