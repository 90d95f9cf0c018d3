"""Dates as the authorities write them, in English, French and a few neighbours' words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from functools import cache

from babel import Locale

from core.sources.contract import RecordUnreadable
from core.sources.text import clean

EARLIEST = 1970
LATEST = 2040  # where nobody says when the record was seen; sentinels lie far beyond it
_LANGUAGES = ("en", "fr", "de", "es", "it", "nl", "pt")
_LONGEST = 80
_SHORTEST_MONTH = 3

_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_SLASHED = re.compile(r"(?<!\d)(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?!\d)")
_ASIAN = re.compile(r"(?<!\d)(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:t?\d{4,6}z?)?$")
_US = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)")
_DOTTED = re.compile(r"(?<!\d)(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)")
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|\.|º)?[\s-]+(?:of |de )?([a-z]{3,})\.?,?"
    r"[\s-]+(?:de )?(\d{4})"
)
_MONTH_FIRST = re.compile(r"\b([a-z]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)")

_Order = Callable[[re.Match[str]], tuple[str, str, str]]
_AS_IS: _Order = lambda found: (found[1], found[2], found[3])  # noqa: E731 - a row of a table
_DAY_LAST_BUT_ONE: _Order = lambda found: (found[3], found[1], found[2])  # noqa: E731 - as above
_BACKWARDS: _Order = lambda found: (found[3], found[2], found[1])  # noqa: E731 - as above
_SHAPES: tuple[tuple[re.Pattern[str], _Order], ...] = (
    (_ISO, _AS_IS),
    (_SLASHED, _AS_IS),
    (_ASIAN, _AS_IS),
    (_COMPACT, _AS_IS),
    (_US, _DAY_LAST_BUT_ONE),
    (_DOTTED, _BACKWARDS),
    (_MONTH_FIRST, _DAY_LAST_BUT_ONE),
    (_DAY_FIRST, _BACKWARDS),
)


def published(text: object, *formats: str, seen: date | None = None) -> date | None:
    """Return the day `text` names, or None where it names none that can be right; never raises.

    `formats` (as of `datetime.strptime`) are tried first; then ISO, RFC 822, YYYYMMDD, American
    slashes and months by name. None for years before 1970 (1901 is a sentinel) and for those
    after the year that follows `seen`, the day the record was fetched.
    """
    try:
        plain = clean(text)[:_LONGEST]
    except RecordUnreadable:
        return None
    latest = seen.year + 1 if seen else LATEST
    day = _by_formats(plain, formats) or _by_shape(_bare(plain))
    return day if day and EARLIEST <= day.year <= latest else None


def month_number(name: str) -> int | None:
    """Return 1 to 12 for the name of a month, short or long, in a European language."""
    return _months().get(_bare(name).rstrip("."))


def month_names() -> frozenset[str]:
    """Return every name `month_number` knows in small letters, with and without accents."""
    return frozenset(_months()) | {"février", "août", "décembre", "märz"}


def a_day(year: str | int, month: str | int, day: str | int) -> date | None:
    """Return the day where the calendar has it; `month` is a number or a name."""
    number = int(month) if str(month).isdigit() else month_number(str(month))
    try:
        return date(int(year), number or 0, int(day))
    except (ValueError, OverflowError):
        return None


def _by_formats(plain: str, formats: tuple[str, ...]) -> date | None:
    for shape in formats:
        try:
            # Only the day counts: an authority's day is not shifted into another zone.
            return datetime.strptime(plain, shape).date()  # noqa: DTZ007 - see above
        except (ValueError, re.error):
            continue
    return None


def _by_shape(plain: str) -> date | None:
    for shape, order in _SHAPES:
        if (found := shape.search(plain)) and (day := a_day(*order(found))):
            return day
    return None


def _bare(text: str) -> str:
    """Return `text` in lower case without accents, so that names of months compare."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in apart if not unicodedata.combining(one))


@cache
def _months() -> dict[str, int]:
    found: dict[str, int] = {}
    for language in _LANGUAGES:
        widths = Locale(language).months["format"]
        for width in ("wide", "abbreviated"):
            for number, name in widths[width].items():
                bare = _bare(name).rstrip(".")
                if len(bare) >= _SHORTEST_MONTH:
                    found.setdefault(bare, number)
    found["sept"] = 9
    return found
