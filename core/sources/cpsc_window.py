"""The spans of days by which CPSC is asked, so that no answer is too much for its server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import httpx

# Years before this one hold few recalls: they are asked for together.
FIRST_YEAR = 1980
SHORTEST = timedelta(days=60)
# CPSC pauses for 2½ weeks at most; four months without a recall are a fault of the answer.
NEVER_EMPTY = timedelta(days=120)
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Days by `field` ("RecallDate" or "LastPublishDate"), both ends in; None is open."""

    field: str
    first: date | None
    last: date | None

    @property
    def parameters(self) -> dict[str, str]:
        """Return the query. A misspelt parameter is ignored there and everything is sent."""
        ends = {f"{self.field}Start": self.first, f"{self.field}End": self.last}
        return {"format": "json"} | {name: f"{day}" for name, day in ends.items() if day}

    def smaller(self, today: date) -> tuple[Window, ...]:
        """Return its two halves; itself where it is short or has no beginning."""
        end = self.last or today
        if self.first is None or end - self.first < SHORTEST:
            return (self,)
        middle = self.first + (end - self.first) // 2
        return (
            Window(self.field, self.first, middle),
            Window(self.field, middle + A_DAY, self.last),
        )

    def far_beyond(self, day: date) -> bool:
        """Say whether `day` lies so far behind its end that the end was not asked for."""
        return self.last is not None and day > self.last + timedelta(days=366)


ELDEST = Window("RecallDate", None, date(FIRST_YEAR - 1, 12, 31))


def years(until: int) -> Iterator[Window]:
    """Yield what follows the eldest window, year by year; the last one is open."""
    for year in range(FIRST_YEAR, until):
        yield Window("RecallDate", date(year, 1, 1), date(year, 12, 31))
    yield Window("RecallDate", date(until, 1, 1), None)


def may_be_empty(url: str, at: datetime) -> bool:
    """Say whether the window asked for by `url` can hold nothing, asked `at`."""
    said = httpx.URL(url).params
    starts = [said[name] for name in said if name.endswith("DateStart")]
    ends = [said[name] for name in said if name.endswith("DateEnd")]
    if not starts:
        return False
    try:
        first = date.fromisoformat(starts[0])
        last = date.fromisoformat(ends[0]) if ends else at.date()
    except ValueError:
        return False
    return last - first < NEVER_EMPTY
