"""Hours of the local day as they fall in UTC, over changes of the clock too; pure."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from core.model.subscriber import QuietHours, zone_of

_DAY = timedelta(days=1)
# A night that holds a moment begins at most two dates before, where a date was skipped.
_AROUND = range(-2, 3)


@dataclass(frozen=True, slots=True)
class Night:
    """Quiet hours as they fall: the UTC moments of their begin and of their end (excluded)."""

    begin: datetime
    end: datetime


def night(quiet: QuietHours | None, place: str | None, now: datetime) -> Night | None:
    """Return the quiet hours of that zone (IANA, else UTC) that hold `now`, None outside.

    Each local day has them once: they begin and end when the clock first shows those times,
    or, where it skips them, when it goes on. Those that meet are one.
    """
    # Hours that begin where they end would never be over.
    if quiet is None or quiet.start == quiet.end:
        return None
    zone = zone_of(place)
    for one in _nights(quiet, zone, now.astimezone(zone).date()):
        if one.begin <= now < one.end:
            return one
    return None


@lru_cache(maxsize=1024)
def _nights(quiet: QuietHours, zone: ZoneInfo, day: date) -> tuple[Night, ...]:
    """Return the nights around a local day; a broadcast asks for the same ones many times."""
    nights: list[Night] = []
    over = _DAY if quiet.end < quiet.start else timedelta()
    for evening in (day + days * _DAY for days in _AROUND):
        begin = first_at(evening, quiet.start, zone)
        end = first_at(evening + over, quiet.end, zone)
        if nights and begin == nights[-1].end:
            begin = nights.pop().begin
        nights.append(Night(begin, end))
    return tuple(nights)


def first_at(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the first moment at which the clock there shows that time or a later one."""
    wanted = datetime.combine(day, at)
    late = wanted.replace(tzinfo=zone).astimezone(UTC)
    if wall(late, zone) == wanted:
        return late
    # The clock skips it: the moment it does so lies between the readings by the time before
    # (fold 0) and by the time after (PEP 495).
    early = wanted.replace(tzinfo=zone, fold=1).astimezone(UTC)
    seconds = range(int((late - early).total_seconds()))
    skipped = bisect_left(
        seconds, wanted, key=lambda second: wall(early + timedelta(seconds=second), zone)
    )
    return early + timedelta(seconds=skipped)


def wall(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return what the clock there shows at that moment."""
    return moment.astimezone(zone).replace(tzinfo=None)
