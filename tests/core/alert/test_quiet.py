"""Who is written to when: alerts off, quiet hours over clock changes, pace, being woken."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from core.alert.quiet import WAKE_CAP, At, Gather, Muted, Night, Now, night, when
from core.model.delivery import Because, News, Reason, Tier
from core.model.subscriber import Pace, QuietHours, Wishes
from tests.builders import STEADY
from tests.core.alert.local_clocks import (
    ALL_ZONES,
    DAY,
    MINUTE,
    MOMENTS,
    PARTS,
    Changes,
    changes_in,
    latest_shown,
    wall,
)

NIGHT = QuietHours(time(22), time(7))
SPANS = (NIGHT, QuietHours(time(23, 30), time(2, 30)), QuietHours(time(2, 30), time(1)))
TIMES = st.builds(time, st.integers(0, 23), st.sampled_from((0, 1, 30, 59)))
HOURS = st.builds(QuietHours, TIMES, TIMES)
# 02:30 in Berlin.
AT_NIGHT = datetime(2026, 6, 14, 0, 30, tzinfo=UTC)
AT_SEVEN = datetime(2026, 6, 14, 5, 0, tzinfo=UTC)
BY_DAY = datetime(2026, 6, 14, 10, 0, tzinfo=UTC)
FIRE_AT_HOME = News(Reason.ALERT, Tier.OWNER, serious=True)
CUT_AT_HOME = News(Reason.ALERT, Tier.OWNER, serious=False)


def sleeper(pace: Pace = Pace.INSTANT, *, alerts: bool = True) -> Wishes:
    return Wishes(alerts=alerts, pace=pace, quiet=NIGHT, zone="Europe/Berlin")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("reason", Reason)
def test_whoever_switched_alerts_off_is_never_written_to(reason: Reason) -> None:
    news = News(reason, Tier.OWNER, serious=True)

    found = when(news, sleeper(alerts=False), BY_DAY, 0)

    assert found == Muted(Because.ALERTS_OFF)


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("tier", Tier)
def test_outside_of_quiet_hours_it_goes_at_once(reason: Reason, tier: Tier) -> None:
    assert when(News(reason, tier, serious=False), sleeper(), BY_DAY, 0) == Now()


@pytest.mark.parametrize("tier", [Tier.OWNER, Tier.ANSWER])
def test_s28_a_serious_hazard_at_hand_comes_in_quiet_hours(tier: Tier) -> None:
    assert when(News(Reason.ALERT, tier, serious=True), sleeper(), AT_NIGHT, 0) == Now()


def test_s28_a_low_risk_comes_next_morning() -> None:
    assert when(CUT_AT_HOME, sleeper(), AT_NIGHT, 0) == At(AT_SEVEN)


def test_s28_nobody_is_woken_more_often_than_the_cap() -> None:
    woken = [when(FIRE_AT_HOME, sleeper(), AT_NIGHT, times) for times in range(WAKE_CAP + 2)]

    assert woken == [Now()] * WAKE_CAP + [At(AT_SEVEN)] * 2


@pytest.mark.parametrize("tier", [Tier.INTEREST, Tier.GROUP])
def test_what_is_only_watched_wakes_nobody(tier: Tier) -> None:
    news = News(Reason.ALERT, tier, serious=True)

    assert when(news, sleeper(), AT_NIGHT, 0) == At(AT_SEVEN)


@pytest.mark.parametrize("reason", set(Reason) - {Reason.ALERT, Reason.ANSWER})
def test_neither_reminders_nor_what_changes_something_told_wake(reason: Reason) -> None:
    news = News(reason, Tier.OWNER, serious=True)

    assert when(news, sleeper(), AT_NIGHT, 0) == At(AT_SEVEN)


@pytest.mark.parametrize(
    ("pace", "due"), [(Pace.DAILY, "2026-06-15T07:00"), (Pace.WEEKLY, "2026-06-15T07:00")]
)
@pytest.mark.parametrize("tier", [Tier.OWNER, Tier.INTEREST])
def test_low_risk_waits_for_the_digest_of_whoever_wants_one(
    pace: Pace, due: str, tier: Tier
) -> None:
    news = News(Reason.ALERT, tier, serious=False)

    assert when(news, sleeper(pace), BY_DAY, 0) == Gather(utc(due))


@pytest.mark.parametrize("tier", [Tier.OWNER, Tier.INTEREST])
@pytest.mark.parametrize("pace", Pace)
def test_a_serious_hazard_waits_for_no_digest(pace: Pace, tier: Tier) -> None:
    assert when(News(Reason.ALERT, tier, serious=True), sleeper(pace), BY_DAY, 0) == Now()


@pytest.mark.parametrize("reason", set(Reason) - {Reason.ALERT})
def test_what_changes_something_told_waits_for_no_digest(reason: Reason) -> None:
    news = News(reason, Tier.OWNER, serious=False)

    assert when(news, sleeper(Pace.WEEKLY), BY_DAY, 0) == Now()
    assert when(news, sleeper(Pace.WEEKLY), AT_NIGHT, 0) == At(AT_SEVEN)


def test_a_group_is_told_at_once() -> None:
    assert when(News(Reason.FEED, Tier.GROUP, serious=False), Wishes(), AT_NIGHT, 0) == Now()


@pytest.mark.parametrize(
    ("zone", "span", "now", "hours"),
    [
        (None, "22-7", "2026-06-14T23:00", "14T22:00 15T07:00"),
        ("Europe/Berlin", "22-7", "2026-03-29T00:30", "28T21:00 29T05:00"),
        ("Europe/Berlin", "22-7", "2026-10-25T00:30", "24T20:00 25T06:00"),
        # 02:30 is skipped: 03:00 ends the night. 02:30 comes twice: the first does.
        ("Europe/Berlin", "22-2:30", "2026-03-29T00:30", "28T21:00 29T01:00"),
        ("Europe/Berlin", "22-2:30", "2026-10-25T00:00", "24T20:00 25T00:30"),
        ("Australia/Lord_Howe", "22-2:10", "2026-10-03T15:00", "03T11:30 03T15:30"),
        # The night of the 29th goes on into the 31st.
        ("Pacific/Apia", "22-7", "2011-12-30T09:30", "30T08:00 30T17:00"),
        # They are silent but for ten minutes, and on that day the clock skips these.
        ("Europe/Berlin", "2:50-2:40", "2026-03-28T12:00", "28T01:50 30T00:40"),
    ],
)
def test_a_night_begins_and_ends_by_the_clock_on_the_wall(
    zone: str | None, span: str, now: str, hours: str
) -> None:
    wishes = Wishes(zone=zone, quiet=QuietHours.parse(span))

    begin, end = (utc(f"{now[:8]}{day}") for day in hours.split())
    assert night(wishes, utc(now)) == Night(begin, end)


def test_in_the_second_half_past_two_the_night_is_over() -> None:
    wishes = Wishes(zone="Europe/Berlin", quiet=QuietHours(time(22), time(2, 30)))

    assert night(wishes, utc("2026-10-25T01:10")) is None


@pytest.mark.parametrize("quiet", [None, QuietHours(time(22), time(22))])
def test_there_is_no_night_without_an_end(quiet: QuietHours | None) -> None:
    assert night(Wishes(quiet=quiet), AT_NIGHT) is None


@pytest.mark.parametrize("part", PARTS)
def test_it_is_night_while_the_clock_shows_so_wherever_clocks_change(part: int) -> None:
    for changes in changes_in(part):
        for quiet in SPANS:
            assert_nights(changes, quiet)


def assert_nights(changes: Changes, quiet: QuietHours) -> None:
    wishes = Wishes(zone=changes.zone, quiet=quiet)
    for change in changes.moments:
        shown = wall(change - DAY, changes.zone)
        for quarter in range(2 * 24 * 4):
            moment = change - DAY + quarter * 15 * MINUTE
            # The clock stood a minute ago at what it does not show again when set forward.
            shown = max(shown, wall(moment - MINUTE, changes.zone), wall(moment, changes.zone))

            found = night(wishes, moment)

            assert (found is not None) == quiet.contains(shown.time()), (changes.zone, moment)


@STEADY
@given(st.sampled_from(ALL_ZONES), HOURS, MOMENTS)
@example("Australia/Lord_Howe", NIGHT, datetime(2026, 10, 3, 15, 30, tzinfo=UTC))
@example("Australia/Lord_Howe", SPANS[2], datetime(2026, 4, 4, 15, 10, tzinfo=UTC))
@example("Pacific/Apia", NIGHT, datetime(2011, 12, 30, 10, 0, tzinfo=UTC))
@example("Pacific/Apia", SPANS[2], datetime(2011, 12, 30, 9, 59, tzinfo=UTC))
@example("Pacific/Kiritimati", NIGHT, datetime(1994, 12, 31, 9, 0, tzinfo=UTC))
@example("Antarctica/Troll", SPANS[1], datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
@example("America/St_Johns", QuietHours(time(0), time(0, 1)), utc("2010-11-07T02:31"))
@example("Asia/Gaza", NIGHT, datetime(2023, 4, 28, 22, 30, tzinfo=UTC))
@example("Africa/Casablanca", SPANS[1], datetime(2026, 3, 22, 1, 30, tzinfo=UTC))
@example("America/Nuuk", NIGHT, datetime(2026, 3, 29, 1, 0, tzinfo=UTC))
@example("America/Havana", NIGHT, datetime(2025, 11, 2, 5, 30, tzinfo=UTC))
@example("Europe/Berlin", QuietHours(time(2, 50), time(2, 40)), utc("2026-03-29T01:00"))
def test_a_night_is_what_the_clock_shows_and_what_waits_for_its_end_goes_then(
    zone: str, quiet: QuietHours, now: datetime
) -> None:
    assume(quiet.start != quiet.end)
    wishes = Wishes(zone=zone, quiet=quiet)

    found = night(wishes, now)

    assert (found is not None) == quiet.contains(latest_shown(now, zone).time())
    assert found is None or found.begin <= now < found.end <= now + timedelta(days=3)
    assert found is None or when(CUT_AT_HOME, wishes, found.end, 0) == Now()


@STEADY
@given(
    st.sampled_from(ALL_ZONES),
    HOURS,
    st.builds(News, st.sampled_from(Reason), st.sampled_from(Tier), st.booleans()),
    st.sampled_from(Pace),
    MOMENTS,
)
@example(
    "Pacific/Apia", NIGHT, CUT_AT_HOME, Pace.DAILY, datetime(2011, 12, 30, 9, 59, tzinfo=UTC)
)
def test_nothing_waits_for_ever(
    zone: str, quiet: QuietHours, news: News, pace: Pace, now: datetime
) -> None:
    wishes = Wishes(zone=zone, quiet=quiet, pace=pace)

    moment = when(news, wishes, now, WAKE_CAP)

    match moment:
        case Gather(due=due):
            assert now < due <= now + 9 * DAY
            digest = News(Reason.DIGEST, Tier.FOLLOW_UP, serious=False)
            moment = when(digest, wishes, due, 0)
            now = due
    match moment:
        case At(due=due):
            assert now < due <= now + 3 * DAY
            moment = when(FIRE_AT_HOME, wishes, due, WAKE_CAP)
    assert moment == Now()
