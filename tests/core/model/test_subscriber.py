"""Quiet hours as people write them, over midnight and by day."""

from __future__ import annotations

from datetime import time

import pytest

from core.model.subscriber import QuietHours


@pytest.mark.parametrize(
    ("typed", "start", "end"),
    [
        ("22-7", time(22), time(7)),
        ("22:30 – 07:00", time(22, 30), time(7)),
        ("10pm-7am", time(22), time(7)),
        ("12am to 12pm", time(0), time(12)),
        ("22h00 à 7h30", time(22), time(7, 30)),
        ("24-6", time(0), time(6)),
        ("22 bis 6", time(22), time(6)),
    ],
)
def test_a_span_of_hours_is_read(typed: str, start: time, end: time) -> None:
    assert QuietHours.parse(typed) == QuietHours(start, end)


@pytest.mark.parametrize(
    "typed", ["", "22", "22-22", "25-7", "22-7-8", "13pm-7am", "9:75-10", "a-b"]
)
def test_what_is_no_span_is_none(typed: str) -> None:
    assert QuietHours.parse(typed) is None


def test_a_night_lies_on_both_sides_of_midnight() -> None:
    night, day = QuietHours(time(22), time(7)), QuietHours(time(9), time(17))

    assert [night.contains(time(hour)) for hour in (21, 22, 0, 6, 7)] == [
        False, True, True, True, False,
    ]  # fmt: skip
    assert [day.contains(time(hour)) for hour in (8, 9, 16, 17)] == [False, True, True, False]
