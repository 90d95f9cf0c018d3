"""When an owner is reminded of a recall, until they say that it is done."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.model.delivery import Progress

# Over four fifths of what ever comes back does so in the first six to eight weeks (ACCC), so
# the last reminder is in the sixth.
DAYS = (1, 3, 10, 30, 42)
_TOMORROW = timedelta(days=1)


def next_reminder(
    sent_at: datetime, already: int, progress: Progress | None, now: datetime
) -> datetime | None:
    """Return when the next reminder is due, None where none is left or none is needed.

    The days count from the alert; `already` reminders went out, the last by `now`. After an
    outage what is overdue comes a day apart.
    """
    if already >= len(DAYS) or is_done(progress):
        return None
    return max(sent_at + timedelta(days=DAYS[already]), now + _TOMORROW)


def remind_tomorrow(now: datetime, already: int, progress: Progress | None) -> datetime | None:
    """Return when the next reminder is due for somebody who asked to be reminded.

    It moves the next one and adds none; None as in `next_reminder`.
    """
    return None if already >= len(DAYS) or is_done(progress) else now + _TOMORROW


def is_done(progress: Progress | None) -> bool:
    """Say whether an owner has nothing left to do: what is only put aside can still burn."""
    return progress is not None and progress >= Progress.CLAIMED
