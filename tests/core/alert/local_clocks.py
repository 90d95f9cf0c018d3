"""Where clocks change: the zones of this machine, when they do so, and what they showed."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import strategies as st

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ALL_ZONES = sorted(available_timezones())
# The clocks of the world are tested in as many parts.
PARTS = range(8)
# Clocks set back over midnight (St John's), Samoa's skipped day, and years to come.
SPANS = ((2010, 2012), (2025, 2028))
_FROM, _UNTIL = datetime(2005, 1, 1, tzinfo=UTC), datetime(2037, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, int((_UNTIL - _FROM) / MINUTE)).map(
    lambda minutes: _FROM + minutes * MINUTE
)
# Longer than any clock has gone back since 1970 but for a date line.
FOLD_MINUTES = 200


@dataclass(frozen=True, slots=True)
class Changes:
    """Zones whose clocks agree in SPANS, by one of them, and when those change."""

    zone: str
    moments: tuple[datetime, ...]


def wall(moment: datetime, zone: str) -> datetime:
    """Return what the clock shows there, without its zone."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def latest_shown(moment: datetime, zone: str) -> datetime:
    """Return the latest time the clock has shown by then: it stands still when set back."""
    return max(wall(moment - minutes * MINUTE, zone) for minutes in range(FOLD_MINUTES))


def changes_in(part: int) -> tuple[Changes, ...]:
    """Return an eighth of all distinct clocks."""
    return _all_changes()[part :: len(PARTS)]


def days_between(first: datetime, last: datetime, zone: str) -> list[date]:
    """Return the dates the clock showed, once each."""
    hours = range(int((last - first) / timedelta(hours=1)))
    return sorted({wall(first + timedelta(hours=hour), zone).date() for hour in hours})


@cache
def _all_changes() -> tuple[Changes, ...]:
    start = datetime(SPANS[0][0], 1, 1, tzinfo=UTC)
    clocks: dict[object, Changes] = {}
    for zone in ALL_ZONES:
        moments = _moments(zone)
        clock = (moments, *(wall(moment, zone) for moment in (start, *moments)))
        clocks.setdefault(clock, Changes(zone, moments or (start + 400 * DAY,)))
    return tuple(clocks.values())


@cache
def _moments(zone: str) -> tuple[datetime, ...]:
    place = ZoneInfo(zone)
    found = []
    for first, last in SPANS:
        day, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last, 1, 1, tzinfo=UTC)
        before = day.astimezone(place).utcoffset()
        while day < end:
            offset = (day + DAY).astimezone(place).utcoffset()
            if offset != before:
                found.append(_moment(day, before, place))
            before, day = offset, day + DAY
    return tuple(found)


def _moment(day: datetime, before: timedelta | None, place: ZoneInfo) -> datetime:
    def changed(minute: int) -> bool:
        return (day + minute * MINUTE).astimezone(place).utcoffset() != before

    return day + bisect_left(range(24 * 60), 1, key=changed) * MINUTE
