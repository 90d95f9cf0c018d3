"""When a person is written to: quiet hours, pace and digests in their own time zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.model import hours
from core.model.delivery import Because, News, Reason
from core.model.hours import Night, first_at, wall
from core.model.subscriber import Pace, Wishes, zone_of

__all__ = [
    "WAKE_CAP",
    "At",
    "Gather",
    "Moment",
    "Muted",
    "Night",
    "Now",
    "digest_day",
    "next_digest",
    "night",
    "when",
]

# More serious alerts than these in one night are told in the morning: whoever is woken for
# every recall switches alerts off, and hears of none.
WAKE_CAP = 3
_MONDAY = 0
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Now:
    """Send it."""


@dataclass(frozen=True, slots=True)
class At:
    """Ask again then: the quiet hours are over."""

    due: datetime


@dataclass(frozen=True, slots=True)
class Gather:
    """Keep it for the digest that is due then."""

    due: datetime


@dataclass(frozen=True, slots=True)
class Muted:
    """Give it up: the person wants none."""

    because: Because


Moment = Now | At | Gather | Muted


def when(news: News, wishes: Wishes, now: datetime, woken_tonight: int) -> Moment:
    """Return when this is told to somebody with these wishes.

    A serious recall of what they have at hand comes at any hour, at most WAKE_CAP a night;
    `woken_tonight` counts the alerts sent since `night(wishes, now).begin`. Other recalls
    that are not serious wait for the digest where they chose one; all else waits for the end
    of the quiet hours. A group has no such wishes: give `Wishes()`.
    """
    if not wishes.alerts:
        return Muted(Because.ALERTS_OFF)
    if _gathers(news, wishes):
        return Gather(next_digest(wishes, now))
    asleep = night(wishes, now)
    if asleep is None or (_wakes(news) and woken_tonight < WAKE_CAP):
        return Now()
    return At(asleep.end)


def _gathers(news: News, wishes: Wishes) -> bool:
    """Say whether it is news that can wait; what changes something told before cannot."""
    return wishes.pace is not Pace.INSTANT and news.reason is Reason.ALERT and not news.serious


def _wakes(news: News) -> bool:
    """Say whether it warns of a danger in the house for the first time."""
    return news.serious and news.tier.at_hand and news.reason in {Reason.ALERT, Reason.ANSWER}


def night(wishes: Wishes, now: datetime) -> Night | None:
    """Return the quiet hours that hold `now`, None outside of them; see core.model.hours."""
    return hours.night(wishes.quiet, wishes.zone, now)


def next_digest(wishes: Wishes, after: datetime) -> datetime:
    """Return the first moment after `after` at which a digest is due, in UTC.

    It is due once every local day, or every Monday for a weekly pace, when the clock first
    shows the hour, or where it skips the hour when it goes on, still on that day. A day that
    a place skips has none.
    """
    today = after.astimezone(zone_of(wishes.zone)).date()
    return next(due for _, due in _digests(wishes, today, _DAY) if due > after)


def digest_day(wishes: Wishes, now: datetime) -> date:
    """Return the local day of the digest last due by `now`: its occurrence.

    One that is late, even past midnight, stays that day's.
    """
    # Clocks set back over midnight show the day before again.
    today = now.astimezone(zone_of(wishes.zone)).date()
    return next(day for day, due in _digests(wishes, today + _DAY, -_DAY) if due <= now)


def _digests(wishes: Wishes, day: date, step: timedelta) -> Iterator[tuple[date, datetime]]:
    """Yield the days of digests and when they are due, from `day` on for ever."""
    zone = zone_of(wishes.zone)
    while True:
        due = _digest_on(day, time(wishes.hour), zone)
        if due and (wishes.pace is not Pace.WEEKLY or day.weekday() == _MONDAY):
            yield day, due
        day += step


def _digest_on(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    due = first_at(day, at, zone)
    if wall(due, zone).date() == day:
        return due
    if wall(first_at(day, time(), zone), zone).date() != day:
        return None
    # The hour is skipped together with the rest of the day (Nuuk, 23:00 to 24:00).
    return due - timedelta(minutes=1)
