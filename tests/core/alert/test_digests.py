"""When digests are due: once every local day, or once a week, wherever the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.alert.quiet import digest_day, next_digest
from core.model.subscriber import Pace, Wishes
from tests.builders import STEADY
from tests.core.alert.local_clocks import (
    ALL_ZONES,
    DAY,
    MINUTE,
    MOMENTS,
    PARTS,
    Changes,
    changes_in,
    days_between,
    wall,
)

SECOND = timedelta(seconds=1)


def daily(zone: str | None, hour: int) -> Wishes:
    return Wishes(pace=Pace.DAILY, hour=hour, zone=zone)


def due_between(wishes: Wishes, first: datetime, last: datetime) -> list[datetime]:
    found = []
    while (first := next_digest(wishes, first)) < last:
        found.append(first)
    return found


@pytest.mark.parametrize(
    ("zone", "hour", "after", "due"),
    [
        (None, 9, "2026-03-29T09:00", "2026-03-30T09:00"),
        ("Europe/Berlin", 9, "2026-03-28T12:00", "2026-03-29T07:00"),
        ("Europe/Berlin", 9, "2026-10-24T12:00", "2026-10-25T08:00"),
        # 02:00 is skipped: 03:00 follows. 02:00 comes twice: the first.
        ("Europe/Berlin", 2, "2026-03-28T12:00", "2026-03-29T01:00"),
        ("Europe/Berlin", 2, "2026-10-24T12:00", "2026-10-25T00:00"),
        # Half an hour is skipped, 02:00 to 02:30.
        ("Australia/Lord_Howe", 2, "2026-10-03T00:00", "2026-10-03T15:30"),
        # Two hours are skipped, 01:00 to 03:00.
        ("Antarctica/Troll", 2, "2026-03-28T12:00", "2026-03-29T01:00"),
        # Midnight itself is skipped.
        ("America/Havana", 0, "2025-03-08T12:00", "2025-03-09T05:00"),
        # 23:00 is skipped with the rest of the day.
        ("America/Nuuk", 23, "2026-03-28T12:00", "2026-03-29T00:59"),
        # The 30th of December 2011 never was.
        ("Pacific/Apia", 9, "2011-12-29T19:00", "2011-12-30T19:00"),
        ("Pacific/Kiritimati", 9, "1994-12-30T19:00", "1994-12-31T19:00"),
    ],
)
def test_a_digest_is_due_at_its_hour_or_when_the_clock_goes_on(
    zone: str | None, hour: int, after: str, due: str
) -> None:
    asked = datetime.fromisoformat(after).replace(tzinfo=UTC)

    found = next_digest(daily(zone, hour), asked)

    assert found == datetime.fromisoformat(due).replace(tzinfo=UTC)


@pytest.mark.parametrize("part", PARTS)
def test_every_local_day_has_one_digest_wherever_clocks_change(part: int) -> None:
    for changes in changes_in(part):
        for hour in (0, 1, 2, 3, 9, 23):
            assert_one_a_day(changes, hour)


def assert_one_a_day(changes: Changes, hour: int) -> None:
    wishes = daily(changes.zone, hour)
    for change in changes.moments:
        first, last = change - 3 * DAY, change + 3 * DAY

        dues = due_between(wishes, first, last)

        days = [wall(due, changes.zone).date() for due in dues]
        whole = days_between(first, last, changes.zone)[1:-1]
        assert sorted(set(days)) == days
        assert set(whole) <= set(days), (changes.zone, hour, change)
        assert [digest_day(wishes, due) for due in dues] == days


@STEADY
@given(st.sampled_from(ALL_ZONES), st.integers(0, 23), st.sampled_from(Pace), MOMENTS)
@example("Australia/Lord_Howe", 2, Pace.DAILY, datetime(2026, 10, 3, 15, 29, tzinfo=UTC))
@example("Australia/Lord_Howe", 1, Pace.DAILY, datetime(2026, 4, 4, 15, 10, tzinfo=UTC))
@example("Pacific/Apia", 9, Pace.DAILY, datetime(2011, 12, 30, 9, 59, tzinfo=UTC))
@example("Pacific/Apia", 0, Pace.DAILY, datetime(2011, 12, 30, 10, 0, tzinfo=UTC))
@example("Pacific/Fakaofo", 23, Pace.DAILY, datetime(2011, 12, 30, 10, 30, tzinfo=UTC))
@example("Pacific/Kiritimati", 12, Pace.DAILY, datetime(1994, 12, 31, 9, 0, tzinfo=UTC))
@example("Antarctica/Troll", 2, Pace.WEEKLY, datetime(2026, 3, 29, 0, 30, tzinfo=UTC))
@example("America/St_Johns", 0, Pace.DAILY, datetime(2010, 11, 7, 2, 40, tzinfo=UTC))
@example("Asia/Gaza", 0, Pace.DAILY, datetime(2023, 4, 28, 22, 0, tzinfo=UTC))
@example("Africa/Casablanca", 2, Pace.DAILY, datetime(2026, 3, 22, 1, 30, tzinfo=UTC))
@example("America/Nuuk", 23, Pace.DAILY, datetime(2026, 3, 29, 0, 59, tzinfo=UTC))
@example("America/Havana", 0, Pace.DAILY, datetime(2025, 11, 2, 4, 30, tzinfo=UTC))
@example("America/Santiago", 23, Pace.DAILY, datetime(2026, 4, 5, 3, 30, tzinfo=UTC))
def test_the_next_digest_is_of_the_day_after_the_last_one(
    zone: str, hour: int, pace: Pace, now: datetime
) -> None:
    wishes = Wishes(pace=pace, hour=hour, zone=zone)

    due = next_digest(wishes, now)

    step = 7 if pace is Pace.WEEKLY else 1
    skipped = 0 if now.year > 2012 else step
    last, day = digest_day(wishes, now), digest_day(wishes, due)
    assert now < due <= now + (step + 1 + skipped) * DAY
    assert digest_day(wishes, due - SECOND) == last
    assert day == wall(due, zone).date()
    assert step <= (day - last).days <= step + skipped


@STEADY
@given(st.sampled_from(ALL_ZONES), st.integers(0, 23), MOMENTS)
@example("Australia/Lord_Howe", 2, datetime(2026, 10, 3, 0, 0, tzinfo=UTC))
@example("Asia/Gaza", 2, datetime(2026, 3, 27, 12, 0, tzinfo=UTC))
@example("Africa/Casablanca", 2, datetime(2026, 3, 21, 12, 0, tzinfo=UTC))
@example("Pacific/Apia", 3, datetime(2011, 9, 23, 20, 0, tzinfo=UTC))
def test_it_is_the_first_minute_the_clock_shows_the_hour(
    zone: str, hour: int, after: datetime
) -> None:
    wishes = daily(zone, hour)
    after = after.replace(second=0, microsecond=0)
    due = next_digest(wishes, after)

    day = wall(due, zone).date()
    # Two days are longer than any day.
    minutes = (due + minute * MINUTE for minute in range(-2 * 24 * 60, 60))
    shown = [m for m in minutes if wall(m, zone).date() == day]
    reached = [m for m in shown if wall(m, zone).hour >= hour]

    assert due == (reached[0] if reached else shown[-1])


def test_a_weekly_digest_comes_on_monday() -> None:
    wishes = Wishes(pace=Pace.WEEKLY, zone="Asia/Tokyo")
    sunday_night_in_tokyo = datetime(2026, 6, 14, 15, 30, tzinfo=UTC)

    due = next_digest(wishes, sunday_night_in_tokyo)

    assert due == datetime(2026, 6, 15, 0, 0, tzinfo=UTC)
    assert digest_day(wishes, due + 6 * DAY) == date(2026, 6, 15)


def test_a_digest_that_is_late_past_midnight_stays_that_of_its_day() -> None:
    wishes = daily("Europe/Berlin", 23)
    ten_past_midnight = datetime(2026, 6, 14, 22, 10, tzinfo=UTC)

    assert digest_day(wishes, ten_past_midnight) == date(2026, 6, 14)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc", "America", ""])
def test_whoever_has_a_zone_this_machine_does_not_know_gets_it_by_utc(zone: str) -> None:
    noon = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)

    assert next_digest(daily(zone, 9), noon) == datetime(2026, 6, 15, 9, 0, tzinfo=UTC)


def test_forty_zones_get_theirs_at_nine_on_each_day_of_a_year() -> None:
    zones = [zone for zone in ALL_ZONES if zone.startswith(("Europe/", "America/"))][::5][:40]
    year = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)

    for zone in zones:
        dues = due_between(daily(zone, 9), *year)

        walls = [wall(due, zone) for due in dues]
        assert {shown.time().isoformat("minutes") for shown in walls} == {"09:00"}
        assert {later.date() - day.date() for day, later in pairwise(walls)} == {DAY}
