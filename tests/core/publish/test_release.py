"""When a draft may be posted: modes, approvals, hours over clock changes, so many a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.model.hours import night
from core.model.public import Account, Draft, Mode, Rules, Sort, Stage
from core.model.subscriber import QuietHours
from core.publish.release import Course, begin, course, may_release, people_missing, slot
from tests.builders import NOW, STEADY

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NIGHT = QuietHours(time(22), time(7))
BERLIN = "Europe/Berlin"
# Among them places whose clocks go back by half an hour, or over midnight, or skip a day.
ZONES = (BERLIN, "Australia/Lord_Howe", "America/Nuuk", "Pacific/Apia", "Asia/Tehran", None)
# The morning on which Berlin's clocks go from 02:00 to 03:00, and back from 03:00 to 02:00.
SPRING, AUTUMN = datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)
MOMENTS = st.integers(0, int((datetime(2028, 1, 1, tzinfo=UTC) - SPRING) / MINUTE)).map(
    lambda minutes: SPRING - DAY + minutes * MINUTE
)
TIMES = st.builds(time, st.integers(0, 23), st.sampled_from((0, 1, 30, 59)))
HOURS = st.one_of(st.none(), st.builds(QuietHours, TIMES, TIMES))
# Posts of the last day, and those that are still to come.
SENT = st.lists(st.integers(-24 * 60, 48 * 60), max_size=8)


def account(**rules: object) -> Account:
    return Account(1, "mastodon", "agency", "Agency", Rules(**rules))  # type: ignore[arg-type]  # any of its fields


ACCOUNTS = st.builds(
    account, hours=HOURS, zone=st.sampled_from(ZONES), per_day=st.integers(1, 4)
)


def a_draft(stage: Stage = Stage.DRAFTED, *, serious: bool = False) -> Draft:
    draft = Draft(1, 1, 1, Sort.RECALL, stage, "en", (), "key", serious, NOW)
    return replace(draft, edited=True)


def free(
    where: Account, sent: Sequence[datetime] = (), now: datetime = NOW, *, serious: bool = False
) -> datetime:
    return slot(where, serious=serious, now=now, sent_last_day=sent)


def test_automatic_drafts_are_due_at_once() -> None:
    found = begin(account(mode=Mode.AUTOMATIC), serious=True, now=NOW)

    assert found == (Stage.PENDING, NOW)


def test_delayed_drafts_are_due_after_the_delay() -> None:
    found = begin(account(mode=Mode.DELAYED, delay=HOUR), serious=True, now=NOW)

    assert found == (Stage.PENDING, NOW + HOUR)


def test_other_drafts_wait_for_approval() -> None:
    found = begin(account(mode=Mode.APPROVAL), serious=False, now=NOW)

    assert found == (Stage.DRAFTED, None)


@pytest.mark.parametrize("mode", Mode)
def test_what_two_people_have_to_release_waits_for_them_in_every_mode(mode: Mode) -> None:
    found = begin(account(mode=mode, two_for_serious=True), serious=True, now=NOW)

    assert found == (Stage.DRAFTED, None)


@pytest.mark.parametrize(
    ("rules", "stage", "serious", "missing"),
    [
        ({"mode": Mode.APPROVAL}, Stage.DRAFTED, True, 1),
        ({"mode": Mode.APPROVAL}, Stage.PENDING, False, 1),
        ({"mode": Mode.AUTOMATIC}, Stage.PENDING, True, 0),
        ({"mode": Mode.DELAYED}, Stage.PENDING, True, 0),
        ({"mode": Mode.DELAYED}, Stage.DRAFTED, False, 1),
        ({"mode": Mode.AUTOMATIC}, Stage.HELD, False, 1),
        ({"mode": Mode.AUTOMATIC, "two_for_serious": True}, Stage.PENDING, True, 2),
        ({"mode": Mode.APPROVAL, "two_for_serious": True}, Stage.DRAFTED, False, 1),
    ],
)
def test_so_many_people_have_to_approve(
    rules: dict[str, object],
    stage: Stage,
    serious: bool,  # noqa: FBT001 - a row of the table
    missing: int,
) -> None:
    where, draft = account(**rules), a_draft(stage, serious=serious)

    assert people_missing(draft, where, ()) == missing
    assert may_release(draft, where, ()) is (missing == 0)
    assert may_release(draft, where, ("ann", "bea")[:missing])


def test_one_person_is_never_two() -> None:
    where = account(mode=Mode.APPROVAL, two_for_serious=True)
    draft = a_draft(serious=True)

    assert not may_release(draft, where, ("ann", "ann"))
    assert people_missing(draft, where, ("ann", "ann")) == 1
    assert may_release(draft, where, ("ann", "bea"))


@pytest.mark.parametrize("stage", [one for one in Stage if not one.open])
def test_what_is_not_open_is_not_released(stage: Stage) -> None:
    assert not may_release(a_draft(stage), account(), ("ann", "bea"))


def test_outside_of_its_hours_of_rest_an_account_posts_at_once() -> None:
    where = account(hours=NIGHT, zone=BERLIN)

    assert free(where, now=AUTUMN + 12 * HOUR) == AUTUMN + 12 * HOUR


def test_in_its_hours_of_rest_only_what_is_serious_is_posted() -> None:
    where = account(hours=NIGHT, zone=BERLIN)
    night_of_spring, night_of_autumn = SPRING - HOUR, AUTUMN - HOUR

    assert free(where, now=night_of_spring, serious=True) == night_of_spring
    assert free(where, now=night_of_spring) == SPRING + 5 * HOUR
    assert free(where, now=night_of_autumn) == AUTUMN + 6 * HOUR


def test_more_than_so_many_a_day_wait_for_the_next_free_place() -> None:
    sent = [NOW - 20 * HOUR, NOW - 3 * HOUR]

    found = free(account(per_day=2), sent)

    assert found == NOW + 4 * HOUR


def test_what_is_still_to_come_has_its_place() -> None:
    sent = [NOW + HOUR, NOW + 2 * HOUR]

    found = free(account(per_day=2), sent)

    assert found == NOW + 25 * HOUR


def test_a_serious_recall_waits_for_a_place_but_not_for_the_morning() -> None:
    where = account(per_day=1, hours=NIGHT, zone=BERLIN)
    midnight = datetime(2026, 6, 14, 22, tzinfo=UTC)

    usual = free(where, [midnight - DAY + MINUTE], midnight)
    serious = free(where, [midnight - DAY + MINUTE], midnight, serious=True)

    assert serious == midnight + MINUTE
    assert usual == midnight + 7 * HOUR


def test_an_account_posts_at_least_once_a_day() -> None:
    assert free(account(per_day=0), [NOW - HOUR]) == NOW + 23 * HOUR


@STEADY
@given(where=ACCOUNTS, now=MOMENTS, minutes=SENT, serious=st.booleans())
@example(
    where=account(hours=QuietHours(time(2), time(3)), zone=BERLIN, per_day=1),
    now=SPRING + HOUR,
    minutes=[0, -1439],
    serious=False,
)
@example(
    where=account(hours=QuietHours(time(2, 30), time(2)), zone=BERLIN, per_day=2),
    now=AUTUMN,
    minutes=[-1440, 0, 1, 1440],
    serious=False,
)
@example(
    where=account(hours=QuietHours(time(0), time(0)), zone="Pacific/Apia", per_day=1),
    now=SPRING,
    minutes=[0] * 8,
    serious=False,
)
def test_no_slot_is_in_the_hours_of_rest_or_makes_a_day_too_full(
    where: Account,
    now: datetime,
    minutes: list[int],
    serious: bool,  # noqa: FBT001 - Hypothesis gives it
) -> None:
    sent = [now + minute * MINUTE for minute in minutes]

    found = free(where, sent, now, serious=serious)

    assert found >= now
    assert serious or night(where.rules.hours, where.rules.zone, found) is None
    starts = [one for one in (*sent, found) if found - DAY < one <= found]
    for start in starts:
        window = [one for one in (*sent, found) if start <= one < start + DAY]
        assert len(window) <= where.rules.per_day


@STEADY
@given(ACCOUNTS, MOMENTS)
def test_one_after_the_other_no_day_has_more_than_the_rules_allow(
    where: Account, now: datetime
) -> None:
    per_day = where.rules.per_day

    sent: list[datetime] = []
    for _ in range(3 * per_day + 1):
        sent.append(free(where, sent, now))

    assert sent == sorted(sent)
    spans = zip(sent, sent[per_day:], strict=False)
    assert all(later - first >= DAY for first, later in spans)


def test_the_hours_are_those_the_clock_there_shows() -> None:
    where = account(hours=NIGHT, zone="Australia/Lord_Howe")

    found = free(where, now=datetime(2026, 4, 4, 14, tzinfo=UTC))

    assert found.astimezone(ZoneInfo("Australia/Lord_Howe")).time() == time(7)


@pytest.mark.parametrize(
    ("waiting", "sent", "expected"),
    [
        (40, 0, Course.SUMMARY),
        (20, 0, Course.EACH),
        (21, 0, Course.SUMMARY),
        (5, 15, Course.EACH),
        (6, 15, Course.SUMMARY),
        (1, 20, Course.EACH),
        (1, 30, Course.EACH),
        (2, 20, Course.SUMMARY),
        (0, 20, Course.EACH),
    ],
)
def test_s05_more_recalls_than_the_day_allows_are_one_summary(
    waiting: int, sent: int, expected: Course
) -> None:
    found = course(account(per_day=20), waiting=waiting, sent_last_day=[NOW] * sent)

    assert found is expected
