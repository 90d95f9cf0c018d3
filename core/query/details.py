"""What else was said of a unit: its colour, the country, when it was bought or made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from core.query.phrases import Hit, Phrases
from core.query.sheet import LINKED, Kind, Mark, Sheet
from core.query.wording import Meaning, wording

FIRST_YEAR, LAST_YEAR = 1985, 2035
MONTHS = 12
# How far before or after a date the word may stand that says what happened then.
BEFORE, AFTER = 40, 16
CLOSE = 12
_YEAR = r"(?:19[89]\d|20[0-3]\d)"
_ISO = re.compile(
    rf"(?<![a-z0-9/.-])({_YEAR})[-/.](0?[1-9]|1[0-2])(?:[-/.](\d{{1,2}}))?(?![0-9a-z])"
)
_EAST = re.compile(
    rf"({_YEAR}) ?[年년](?:도)? ?(?:(\d{{1,2}}) ?[月월](?: ?(\d{{1,2}}) ?[日号號일])?)?"
)
_MONTH_YEAR = re.compile(rf"(?<![a-z0-9/.-])(0?[1-9]|1[0-2])[-/.]({_YEAR})(?![0-9a-z/-])")
_NUMERIC = re.compile(
    r"(?<![a-z0-9/.-])(\d{1,2})[-/.](\d{1,2})([-/.])((?:19|20)?\d{2})(?![0-9a-z/-])"
)
# "EXP 10/22": month and year, where the word before says that it is a date.
_SHORT = re.compile(r"[ :.=]{0,3}(0?[1-9]|1[0-2])[-/.](\d{2})(?![0-9a-z/.-])")
_VIETNAMESE = re.compile(rf"thang (\d{{1,2}})(?: ?[/-] ?| nam | )({_YEAR})")
_ONLY_YEAR = re.compile(rf"(?<![a-z0-9/.-])({_YEAR})(?![0-9a-z/-])")
_YEAR_AFTER = re.compile(
    rf"[ .,']*(?:\d{{1,2}}(?:st|nd|rd|th)?[ ,]+)?(?:de |del |di |of |r\. )?({_YEAR})(?!\d)"
)
_DAY_BEFORE = re.compile(r"\d{1,2}(?:\.|st|nd|rd|th)? ?(?:de |of )?$")
_ABBREVIATED = {"US": "US", "USA": "US", "UK": "GB", "UAE": "AE", "NZ": "NZ"}
_CAPITALS = re.compile(r"(?<![A-Za-z.])(?:U\.S\.A?\.?|U\.K\.|US|USA|UK|UAE|NZ)(?![A-Za-z])")


@dataclass(frozen=True, slots=True)
class _Date:
    start: int
    end: int
    value: str


def read_dates(sheet: Sheet) -> None:
    """Mark dates with what happened then; every date is taken, so that none becomes a code."""
    dates = list(_dates(sheet))
    if not dates and not _SHORT.search(sheet.plain.words):
        return
    ends = _expiries().find(sheet.plain.words)
    for date in (*_short_dates(sheet, ends), *dates):
        if not sheet.free(date.start, date.end):
            continue
        field = "expiry" if _ends(date, ends) else _happened(sheet, date)
        if field and date.value:
            sheet.mark(Mark(Kind.DETAIL, date.start, date.end, date.value, field))
        elif len(date.value) != len("2024"):
            sheet.take(date.start, date.end)


def first_date(sheet: Sheet) -> str | None:
    """Return the first date in the text, whatever happened then, or None."""
    dates = sorted(_dates(sheet), key=lambda date: (date.start, -date.end))
    return next((date.value for date in dates if date.value), None)


def _dates(sheet: Sheet) -> Iterator[_Date]:
    words = sheet.plain.words
    for match in _ISO.finditer(words):
        yield _Date(*match.span(), _iso(match[1], match[2], match[3]))
    for match in _EAST.finditer(words):
        yield _Date(*match.span(), _iso(match[1], match[2], match[3]))
    for pattern in (_VIETNAMESE, _MONTH_YEAR):
        for match in pattern.finditer(words):
            yield _Date(*match.span(), _iso(match[2], match[1]))
    for match in _NUMERIC.finditer(words):
        yield _Date(*match.span(), _numeric(match))
    yield from _with_month_names(sheet)
    for match in _ONLY_YEAR.finditer(words):
        yield _Date(*match.span(), match[1])


def _short_dates(sheet: Sheet, ends: list[Hit[None]]) -> Iterator[_Date]:
    for hit in ends:
        match = _SHORT.match(sheet.plain.words, hit.end)
        if match:
            yield _Date(*match.span(), _iso(f"20{match[2]}", match[1]))


def _numeric(match: re.Match[str]) -> str:
    """Return the date where day and month cannot be confused, else only its year."""
    year = match[4] if len(match[4]) == len("2024") else f"20{match[4]}"
    day, month = int(match[1]), int(match[2])
    if match[3] == "." or day > MONTHS:
        return _iso(year, match[2], f"{day:02}") if month <= MONTHS else ""
    return _iso(year, match[1], match[2]) if month > MONTHS else year


def _ends(date: _Date, ends: list[Hit[None]]) -> bool:
    return any(0 <= date.start - hit.end <= CLOSE or hit.end == date.start for hit in ends)


@lru_cache(maxsize=1)
def _expiries() -> Phrases[None]:
    phrases: Phrases[None] = Phrases()
    for listed in wording().known["expiry"].values():
        for phrase in listed:
            phrases.add(phrase, None)
    return phrases


def _iso(year: str, month: str | None = None, day: str | None = None) -> str:
    if not month or not 1 <= int(month) <= MONTHS:
        return year
    return f"{year}-{int(month):02}" + (f"-{int(day):02}" if day and day != "0" else "")


def _with_month_names(sheet: Sheet) -> Iterator[_Date]:
    words = sheet.plain.words
    for hit in sheet.meaning("months"):
        year = _YEAR_AFTER.match(words, hit.end)
        before = _DAY_BEFORE.search(words, max(0, hit.start - 8), hit.start)
        if year:
            start = before.start() if before else hit.start
            yield _Date(start, year.end(), _iso(year[1], hit.meaning.value))


def _happened(sheet: Sheet, date: _Date) -> str | None:
    near = [
        (_distance(hit, date), hit.meaning.kind)
        for kind in ("bought", "made")
        for hit in sheet.meaning(kind)
        if _distance(hit, date) is not None
    ]
    close = [(distance, kind) for distance, kind in near if distance is not None]
    if close:
        return "bought" if min(close)[1] == "bought" else "manufactured"
    since = any(0 <= date.start - hit.end <= 1 for hit in sheet.meaning("from"))
    return "manufactured" if since and len(date.value) > len("2024") else None


def _distance(hit: Hit[Meaning], date: _Date) -> int | None:
    if hit.end <= date.start:
        return date.start - hit.end if date.start - hit.end <= BEFORE else None
    return hit.start - date.end if 0 <= hit.start - date.end <= AFTER else None


def read_colours(sheet: Sheet) -> None:
    """Mark colours by their English names."""
    for hit in sorted(sheet.meaning("colours"), key=lambda hit: -hit.size):
        if sheet.free(hit.start, hit.end):
            sheet.mark(Mark(Kind.DETAIL, hit.start, hit.end, hit.meaning.value, "colour"))


def _visited(place: Hit[Meaning], travel: Hit[Meaning]) -> bool:
    """Say whether the place stands in, right after or (without a space) before the phrase."""
    after = 0 <= place.start - travel.end <= 1
    return after or place.inside(travel) or place.end == travel.start


def read_regions(sheet: Sheet) -> None:
    """Mark countries and large cities, but not where a unit was made or somebody travels."""
    made = [hit.end for hit in sheet.meaning("made_in")]
    travels = list(sheet.meaning("going"))
    for hit in sorted(sheet.meaning("countries"), key=lambda hit: -hit.size):
        if sheet.free(hit.start, hit.end, LINKED - 1):
            visited = any(_visited(hit, travel) for travel in travels)
            if visited or any(0 <= hit.start - end <= 1 for end in made):
                sheet.take(hit.start, hit.end)
            else:
                value = hit.meaning.value
                sheet.mark(Mark(Kind.DETAIL, hit.start, hit.end, value, "region"))
    for match in _CAPITALS.finditer(sheet.plain.shown):
        if sheet.free(*match.span()) and not sheet.plain.shown.isupper():
            value = _ABBREVIATED[match[0].replace(".", "")]
            sheet.mark(Mark(Kind.DETAIL, *match.span(), value, "region"))
