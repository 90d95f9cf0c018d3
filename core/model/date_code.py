"""Dates printed in code: each format turned into the days it can mean."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Literal, get_args

DateFormat = Literal[
    "YYWW",
    "WWYY",
    "YYYYWW",
    "YYMM",
    "MMYY",
    "YYYYMM",
    "YYYYMMDD",
    "YYMMDD",
    "MMDDYY",
    "YYDDD",
    "DDDYY",
    "YDDD",
    "DDDY",
    "YWW",
    "LDDD",
    "LM",
]
FORMATS: tuple[str, ...] = get_args(DateFormat)
ONE_DIGIT_YEAR = ("YDDD", "DDDY", "YWW")
LETTER_YEAR = ("LDDD", "LM")
# A two-digit year of 80 and above is of the last century: no recall we know is older.
CENTURY_TURNS_AT = 80

Years = Mapping[str, int]


@dataclass(frozen=True, slots=True, order=True)
class Days:
    """A stretch of days, both ends included."""

    first: date
    last: date

    def within(self, other: Days) -> bool:
        """Say whether every day of this stretch is one of `other`'s."""
        return other.first <= self.first and self.last <= other.last

    def touches(self, other: Days) -> bool:
        """Say whether some day is in both."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class _Parts:
    """The digits of a code sorted by what they mean, still as text."""

    of: Mapping[str, str]
    decade: int | None = None
    years: Years = field(default_factory=lambda: MappingProxyType({}))

    def number(self, letter: str) -> int:
        return int(self.of[letter])

    def year(self) -> int | None:
        if "L" in self.of:
            return self.years.get(self.of["L"])
        text = self.of["Y"]
        if len(text) == 1:
            return None if self.decade is None else self.decade + int(text)
        if len(text) == 2:  # noqa: PLR2004 - the format's own width
            return int(text) + (1900 if int(text) >= CENTURY_TURNS_AT else 2000)
        return int(text)


def days_of(
    text: str, date_format: str, decade: int | None = None, years: Years | None = None
) -> Days | None:
    """Return the days that the folded code `text` can mean, or None where it is no such date.

    `decade` (2010) is needed for one-digit years, `years` ({"K": 2017}) for letter years.
    Weeks are ISO 8601 weeks, DDD is the day of the year, and the letter after a letter year
    stands for the month, A for January to L for December.
    """
    if len(text) != len(date_format):
        return None
    of: dict[str, str] = {}
    for letter, character in zip(date_format, text, strict=True):
        of[letter] = of.get(letter, "") + character
    if any(not part.isdigit() for letter, part in of.items() if not _is_letter(letter, of)):
        return None
    parts = _Parts(of, decade, years or {})
    year = parts.year()
    return None if not year else _READERS[_kind(of)](parts, year)


def _is_letter(letter: str, of: Mapping[str, str]) -> bool:
    return letter == "L" or (letter == "M" and "L" in of)


def _kind(of: Mapping[str, str]) -> str:
    return "".join(letter for letter in "LWMD" if letter in of)


def _week(parts: _Parts, year: int) -> Days | None:
    try:
        monday = date.fromisocalendar(year, parts.number("W"), 1)
        return Days(monday, monday + timedelta(days=6))
    except (ValueError, OverflowError):  # the last week of 9999 ends after the calendar does
        return None


def _month(parts: _Parts, year: int) -> Days | None:
    return _days_in_month(year, parts.number("M"))


def _days_in_month(year: int, month: int) -> Days | None:
    if not 1 <= month <= 12 or year < 1:  # noqa: PLR2004 - months of a year
        return None
    return Days(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _letter_month(parts: _Parts, year: int) -> Days | None:
    return _days_in_month(year, "ABCDEFGHIJKL".find(parts.of["M"]) + 1)


def _day(parts: _Parts, year: int) -> Days | None:
    try:
        day = date(year, parts.number("M"), parts.number("D"))
    except ValueError:
        return None
    return Days(day, day)


def _day_of_year(parts: _Parts, year: int) -> Days | None:
    number = parts.number("D")
    if not 1 <= number <= 365 + calendar.isleap(year):
        return None
    day = date(year, 1, 1) + timedelta(days=number - 1)
    return Days(day, day)


_READERS: Mapping[str, Callable[[_Parts, int], Days | None]] = MappingProxyType(
    {
        "W": _week,
        "M": _month,
        "MD": _day,
        "D": _day_of_year,
        "LD": _day_of_year,
        "LM": _letter_month,
    }
)


def days_of_phrase(text: str) -> Days | None:
    """Return the days of an ISO date, month or year ("2024-08-01", "2024-08", "2024")."""
    try:
        numbers = [int(part) for part in text.split("-")]
        match numbers:
            case [year]:
                return Days(date(year, 1, 1), date(year, 12, 31))
            case [year, month]:
                return _days_in_month(year, month)
            case [year, month, day]:
                return Days(date(year, month, day), date(year, month, day))
    except (ValueError, OverflowError):
        return None
    return None
