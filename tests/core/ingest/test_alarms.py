"""What is odd about a source, by its own history."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from core.ingest.alarms import FEWEST_DAYS, AlarmKind, outage, plenty, silence, unreadable

THURSDAY = date(2026, 1, 15)
DAY = timedelta(days=1)
RECORDED = Path(__file__).parents[2] / "fixtures" / "ingest" / "cpsc_days.tsv"


def weekly(weeks: int, each: int = 25) -> list[date]:
    """Return the days of a source that publishes on Thursdays, but not at Christmas."""
    days = [THURSDAY - timedelta(weeks=week) for week in reversed(range(weeks))]
    return [day for day in days if not (day.month == 12 and day.day > 18) for _ in range(each)]


def recorded() -> list[date]:
    """Return the day of every recall the CPSC published from December 2023 to March 2026."""
    with RECORDED.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    return [date.fromisoformat(r["published"]) for r in rows for _ in range(int(r["recalls"]))]


def known_on(days: list[date], today: date) -> list[date]:
    """Return what had been published by that day."""
    return [day for day in days if day <= today]


def test_the_recorded_history_of_the_cpsc_lived_through_day_by_day_alarms_nobody() -> None:
    days = recorded()
    span = (days[-1] - days[0]).days

    mornings = [days[0] + DAY * number for number in range(span + 1)]
    silent = [day for day in mornings if silence(known_on(days, day), day)]
    busy = [
        day for day in mornings if plenty(known_on(days, day - DAY * 7), days.count(day), day)
    ]

    assert len(days) == 602
    assert silent == []
    assert busy == []


def test_a_real_stop_of_the_cpsc_is_noticed_within_four_weeks_whenever_it_comes() -> None:
    days = recorded()
    stops = sorted(set(days))[FEWEST_DAYS - 1 :]

    noticed = [
        next(late for late in range(100) if silence(known_on(days, stop), stop + DAY * late))
        for stop in stops
    ]

    assert len(stops) == 110
    assert min(noticed) == 22
    assert max(noticed) == 27


@pytest.mark.parametrize("days_later", [0, 7, 14, 18, 21])
def test_a_holiday_is_no_silence(days_later: int) -> None:
    assert silence(weekly(100), THURSDAY + timedelta(days=days_later)) is None


def test_a_holiday_in_the_first_year_is_no_silence_either() -> None:
    days = [THURSDAY - timedelta(weeks=week) for week in reversed(range(14))]

    assert silence(days, THURSDAY + timedelta(days=18)) is None


def test_more_than_a_holiday_is_a_silence() -> None:
    alarm = silence(weekly(100), THURSDAY + timedelta(days=40))

    assert alarm is not None
    assert alarm.kind is AlarmKind.SILENT
    assert "40 days" in alarm.says


def test_a_daily_source_is_missed_sooner() -> None:
    days = [THURSDAY - timedelta(days=day) for day in reversed(range(200))]

    assert silence(days, THURSDAY + timedelta(days=7)) is None
    assert silence(days, THURSDAY + timedelta(days=8)) is not None


def test_too_little_history_says_nothing() -> None:
    assert silence([THURSDAY] * 50, THURSDAY + timedelta(days=400)) is None
    assert silence([], THURSDAY) is None


def test_days_still_to_come_are_no_life_sign() -> None:
    days = [*weekly(100), date(2099, 1, 1)]

    assert silence(days, THURSDAY + timedelta(days=60)) is not None


def test_an_archive_stamped_anew_is_plenty_and_a_busy_week_is_not() -> None:
    assert plenty(weekly(100), 40, THURSDAY) is None
    assert plenty([], 25, THURSDAY) is None
    alarm = plenty(weekly(100), 709, THURSDAY)
    assert alarm is not None
    assert alarm.kind is AlarmKind.PLENTY


def test_a_few_bad_records_are_no_alarm_and_many_are() -> None:
    assert unreadable({"same": 899, "unreadable": 1}) is None
    assert unreadable({"same": 2, "unreadable": 2}) is None
    assert unreadable({"same": 90, "unreadable": 10}) is not None


def test_an_outage_is_an_alarm_only_when_it_lasts() -> None:
    hour = timedelta(hours=1)

    assert outage(timedelta(days=9), hour, None) is None
    assert outage(timedelta(hours=20), hour, "down") is None
    assert outage(timedelta(days=2), hour, "down") is not None
    assert outage(timedelta(days=2), timedelta(days=1), "down") is None
