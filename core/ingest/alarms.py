"""What is odd about a source by its own history: silence, plenty, unreadable records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from math import ceil

# So long a history is looked at, and so many days of publication make one.
HISTORY = timedelta(days=730)
FEWEST_DAYS = 12
# Nothing is silence in less than this, and nothing plenty below that many.
SHORTEST_SILENCE = timedelta(days=7)
SMALLEST_PLENTY = 25
# An outage of so many expected readings in a row is no hiccup.
MOST_MISSED = 24
WORST_SHARE = 0.05
FEWEST_UNREADABLE = 3
# A longer pause is one that nine of ten stay below: with a higher share, two holidays in a
# source's first months would hide its end for six weeks.
LONGER = 0.9
WEEK = 7


class AlarmKind(StrEnum):
    """What is odd."""

    SILENT = "silent"
    PLENTY = "plenty"
    UNREADABLE = "unreadable"
    OUTAGE = "outage"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something for the operator to look at, in one line."""

    kind: AlarmKind
    says: str


def silence(days: Sequence[date], today: date) -> Alarm | None:
    """Return an alarm where the source has published nothing for longer than it ever pauses.

    `days` are the days of its notices, oldest first. Three of its longer pauses in a row, and
    more than the longest it ever made, are needed: a weekly source may skip its holidays.
    """
    known = sorted({day for day in days if day <= today})
    if len(known) < FEWEST_DAYS:
        return None
    pauses = sorted((later - day) for day, later in pairwise(known))
    usual = pauses[ceil(len(pauses) * LONGER) - 1]
    limit = max(3 * usual, pauses[-1] * 5 // 4, SHORTEST_SILENCE)
    quiet = today - known[-1]
    if quiet <= limit:
        return None
    says = f"nothing published for {quiet.days} days; its longest pause was {pauses[-1].days}"
    return Alarm(AlarmKind.SILENT, says)


def plenty(days: Sequence[date], news: int, today: date) -> Alarm | None:
    """Return an alarm where one reading brought more news than any week it ever had, thrice.

    That many at once are a feed that was stamped or numbered anew, or a parser gone wrong.
    """
    weeks = Counter((today - day).days // WEEK for day in days if day <= today)
    limit = max(3 * max(weeks.values(), default=0), SMALLEST_PLENTY)
    if news <= limit:
        return None
    return Alarm(
        AlarmKind.PLENTY, f"{news} changes in one reading; expected are {limit} at most"
    )


def unreadable(counts: Mapping[str, int]) -> Alarm | None:
    """Return an alarm where too many records of one reading meant nothing to us."""
    bad, every = counts.get("unreadable", 0), sum(counts.values())
    if bad < FEWEST_UNREADABLE or bad <= every * WORST_SHARE:
        return None
    return Alarm(AlarmKind.UNREADABLE, f"{bad} of {every} records could not be read")


def outage(age: timedelta, every: timedelta, reason: str | None) -> Alarm | None:
    """Return an alarm where the source fails, and has not been read for far too long."""
    if reason is None or age <= max(MOST_MISSED * every, timedelta(days=1)):
        return None
    return Alarm(AlarmKind.OUTAGE, f"not read for {age.days} days: {reason}")
