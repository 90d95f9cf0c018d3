"""Time zones: those of a country, and the one that somebody names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.text.translations import languages, translator
from core.text.zones import (
    _clocks,
    likely_region,
    local_time_name,
    local_times,
    zone_name,
    zone_named,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("region", "zone"),
    [
        ("DE", "Europe/Berlin"),
        ("JP", "Asia/Tokyo"),
        ("FR", "Europe/Paris"),
        ("SG", "Asia/Singapore"),
    ],
)
def test_a_country_whose_clocks_agree_has_one_time(region: str, zone: str) -> None:
    [only] = local_times(region, 2026)

    assert only.zone == zone


def test_a_country_of_several_times_offers_them_west_to_east() -> None:
    zones = [local.zone for local in local_times("US", 2026)]

    assert zones[0] == "Pacific/Honolulu"
    assert zones[-1] == "America/New_York"
    assert "America/Phoenix" in zones
    assert len(zones) <= 10


def test_an_unknown_country_has_none() -> None:
    assert local_times("XX", 2026) == ()


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("utc", "UTC"),
        ("../../etc/passwd", None),
        ("Mars/Olympus", None),
        ("", None),
    ],
)
def test_a_zone_is_named_by_its_name_or_its_city(typed: str, zone: str | None) -> None:
    assert zone_named(typed) == zone


@pytest.mark.parametrize("lang", languages())
def test_zones_have_names_in_every_language(lang: str) -> None:
    words = translator(lang)

    assert zone_name("Europe/Berlin", words)
    assert zone_name("UTC", words) == "UTC"
    assert "01:00" in local_time_name(local_times("DE", 2026)[0], NOW, words)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../passwd"])
def test_a_zone_that_the_machine_does_not_know_has_no_clocks(zone: str) -> None:
    assert _clocks(zone, 2026) is None


def test_a_language_leads_to_the_country_of_most_who_speak_it() -> None:
    assert [likely_region(lang) for lang in ("en", "ja", "zh-Hant", "tlh")] == [
        "US",
        "JP",
        "TW",
        None,
    ]
