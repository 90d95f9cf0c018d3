"""When an owner is reminded: on five days, a day apart at least, until it is done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.alert.reminders import DAYS, is_done, next_reminder, remind_tomorrow
from core.model.delivery import Progress
from tests.builders import STEADY

SENT = datetime(2026, 6, 14, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
GOING_ON = (None, Progress.REACHED, Progress.CHECKED, Progress.STOPPED)
DONE = (Progress.CLAIMED, Progress.DISPOSED, Progress.NOT_MINE)


def reminded(delays: list[int]) -> list[datetime]:
    """Return when reminders went out that were each sent so many hours late."""
    now, sent = SENT, list[datetime]()
    for delay in delays:
        due = next_reminder(SENT, len(sent), None, now)
        assert due is not None
        now = due + timedelta(hours=delay)
        sent.append(now)
    return sent


def test_they_come_on_days_1_3_10_30_and_42() -> None:
    days = [(at - SENT).days for at in reminded([0] * 5)]

    assert days == [1, 3, 10, 30, 42]


def test_there_is_no_sixth() -> None:
    assert next_reminder(SENT, len(DAYS), Progress.STOPPED, SENT) is None


@pytest.mark.parametrize("progress", GOING_ON)
def test_they_go_on_until_it_is_done(progress: Progress | None) -> None:
    assert not is_done(progress)
    assert next_reminder(SENT, 2, progress, SENT + 3 * DAY) == SENT + 10 * DAY


@pytest.mark.parametrize("progress", DONE)
def test_they_end_when_it_is_done_or_not_theirs(progress: Progress) -> None:
    assert is_done(progress)
    assert next_reminder(SENT, 0, progress, SENT) is None
    assert remind_tomorrow(SENT, 0, progress) is None


@STEADY
@given(st.lists(st.integers(0, 2000), min_size=5, max_size=5))
@example([20 * 24, 0, 0, 0, 0])
@example([0, 0, 0, 100 * 24, 0])
def test_after_an_outage_they_do_not_come_all_at_once(delays: list[int]) -> None:
    sent = reminded(delays)

    assert all(later - earlier >= DAY for earlier, later in pairwise(sent))


def test_remind_me_moves_the_next_to_tomorrow_and_adds_none() -> None:
    pressed = SENT + 20 * DAY

    assert remind_tomorrow(pressed, 3, Progress.STOPPED) == pressed + DAY
    assert next_reminder(SENT, 4, Progress.STOPPED, pressed + DAY) == SENT + 42 * DAY
    assert remind_tomorrow(pressed, len(DAYS), Progress.STOPPED) is None
