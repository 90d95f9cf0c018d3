"""The reader's own day, wherever that is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.text.alerts.parts import Reader
from core.text.translations import translator

LATE = datetime(2026, 6, 14, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Berlin", "June 15, 2026"),
        (None, "June 14, 2026"),
        ("Nowhere/Atlantis", "June 14, 2026"),
        ("America", "June 14, 2026"),
    ],
)
def test_a_zone_that_this_machine_does_not_know_counts_as_utc(
    zone: str | None, day: str
) -> None:
    assert Reader(translator("en"), LATE, zone=zone).day(LATE) == day
