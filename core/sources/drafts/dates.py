"""Dates as notices write them, read from tokens into the days they stand for."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from core.model.date_code import Days
from core.sources.drafts.tokens import Kind, Token

SHORTEST_GLUED = 5
FIRST_YEAR, LAST_YEAR = 1970, 2069
_FRENCH = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
_GERMAN = "januar februar märz april mai juni juli august september oktober november dezember"
# Canada's two-letter months, good in English and French (Food and Drug Regulations, B.01.007).
BILINGUAL = MappingProxyType(
    {
        code: n
        for n, code in enumerate(
            ["JA", "FE", "MR", "AL", "MA", "JN", "JL", "AU", "SE", "OC", "NO", "DE"], 1
        )
    }
)


def _names() -> dict[str, int]:
    english = [name.lower() for name in calendar.month_name[1:]]
    found = {name: n for n, name in enumerate(english, 1)}
    found |= {name[:3]: n for n, name in enumerate(english, 1)}
    for language in (_FRENCH, _GERMAN):
        found |= {name: n for n, name in enumerate(language.split(), 1)}
    return found | {"sept": 9}


MONTHS = MappingProxyType(_names())


@dataclass(frozen=True, slots=True)
class Dated:
    """The days a phrase stands for, and how many tokens it took."""

    days: Days
    width: int


def date_at(tokens: Sequence[Token], index: int, *, day_first: bool | None) -> Dated | None:
    """Return the date that begins at `index`, or None.

    `day_first` tells 3/4/2025 apart, None where nobody knows: then it is no date to us.
    """
    month = MONTHS.get(tokens[index].word)
    if month and tokens[index].text[:1].isupper():
        return _month_first(tokens, index, month)
    if tokens[index].kind is not Kind.NUMBER:
        return None
    return (
        _day_month_year(tokens, index)
        or _year_code_day(tokens, index)
        or _in_one_token(tokens[index].text, day_first)
    )


def _month_first(tokens: Sequence[Token], index: int, month: int) -> Dated | None:
    """Read "July 2020", "July 4, 2020", and "July 4" as no date."""
    first = _number(tokens, index + 1)
    if first is None:
        return None
    if is_year(first):
        return Dated(_month(first, month), 2)
    comma = index + 2 < len(tokens) and tokens[index + 2].text == ","
    year = _number(tokens, index + 2 + comma)
    if year is None or not is_year(year):
        return None
    return _dated(year, month, first, 3 + comma)


def _day_month_year(tokens: Sequence[Token], index: int) -> Dated | None:
    if index + 2 >= len(tokens):
        return None
    day, month, year = (
        _number(tokens, index),
        MONTHS.get(tokens[index + 1].word),
        _number(tokens, index + 2),
    )
    if day is None or month is None or year is None or not is_year(year):
        return None
    return _dated(year, month, day, 3)


def _year_code_day(tokens: Sequence[Token], index: int) -> Dated | None:
    """Read "2025 JA 14", as Canada prints it."""
    if index + 2 >= len(tokens):
        return None
    year, day = _number(tokens, index), _number(tokens, index + 2)
    month = BILINGUAL.get(tokens[index + 1].text)
    if year is None or day is None or month is None or not is_year(year):
        return None
    return _dated(year, month, day, 3)


def _in_one_token(text: str, day_first: bool | None) -> Dated | None:  # noqa: FBT001 - handed on
    if "-" in text:
        return _by_dashes(text.split("-"))
    return _by_slashes(text.split("/"), day_first)


def _by_dashes(parts: Sequence[str]) -> Dated | None:
    if not all(part.isdigit() for part in parts):
        return None
    numbers = [int(part) for part in parts]
    if len(parts) == 3 and is_year(numbers[0]):  # noqa: PLR2004 - year, month, day
        return _dated(numbers[0], numbers[1], numbers[2], 1)
    if len(parts) == 2 and all(map(is_year, numbers)) and numbers[0] <= numbers[1]:  # noqa: PLR2004
        return Dated(Days(date(numbers[0], 1, 1), date(numbers[1], 12, 31)), 1)
    return None


def _month_and_year(parts: Sequence[str]) -> Dated | None:
    month, year = (int(part) for part in parts)
    if len(parts[1]) != 4 or not is_year(year) or not 1 <= month <= 12:  # noqa: PLR2004
        return None
    return Dated(_month(year, month), 1)


def _by_slashes(parts: Sequence[str], day_first: bool | None) -> Dated | None:  # noqa: FBT001
    if not all(part.isdigit() for part in parts):
        return None
    if len(parts) == 2:  # noqa: PLR2004 - month and year
        return _month_and_year(parts)
    if len(parts) != 3:  # noqa: PLR2004 - day, month and year
        return None
    one, two, year = (int(part) for part in parts)
    if not is_year(year) and len(parts[2]) != 2:  # noqa: PLR2004 - two digits of the year
        return None
    if one != two and day_first is None and max(one, two) <= 12:  # noqa: PLR2004 - months
        return None
    first = day_first if max(one, two) <= 12 else one > 12  # noqa: PLR2004 - months
    day, month = (one, two) if first else (two, one)
    return _dated(year if is_year(year) else 2000 + year, month, day, 1)


@dataclass(frozen=True, slots=True)
class Glued:
    """A code and the date that a lost table line left stuck to it."""

    code: str
    date: str
    days: Days


def glued_at(text: str) -> Glued | None:
    """Return the parts of "5398705/31/2027", or None where it is no such thing.

    The month has two digits wherever that is one.
    """
    head, slash, rest = text.partition("/")
    if not slash or not head.isdecimal() or len(head) < SHORTEST_GLUED:
        return None
    for width in (2, 1):
        said = f"{head[-width:]}/{rest}"
        found = _by_slashes(said.split("/"), day_first=False)
        if found and 1 <= int(head[-width:]) <= 12:  # noqa: PLR2004 - months
            return Glued(head[:-width], said, found.days)
    return None


def day_comes_first(tokens: Sequence[Token]) -> bool | None:
    """Return what dates between slashes give away about their order, None where nothing."""
    for token in tokens:
        parts = token.text.split("/")
        if len(parts) == 3 and all(part.isdigit() for part in parts):  # noqa: PLR2004
            if 12 < int(parts[1]) <= 31 and int(parts[0]) <= 12:  # noqa: PLR2004
                return False
            if 12 < int(parts[0]) <= 31 and int(parts[1]) <= 12:  # noqa: PLR2004
                return True
    return None


def _number(tokens: Sequence[Token], index: int) -> int | None:
    if index >= len(tokens) or not tokens[index].text.isdecimal():
        return None
    return int(tokens[index].text) if len(tokens[index].text) <= 4 else None  # noqa: PLR2004


def is_year(number: int) -> bool:
    """Say whether it is a year that something sold today may bear."""
    return FIRST_YEAR <= number <= LAST_YEAR


def year_at(tokens: Sequence[Token], index: int) -> Dated | None:
    """Return the year that stands alone at `index`, or None."""
    number = _number(tokens, index)
    if number is None or not is_year(number):
        return None
    return Dated(Days(date(number, 1, 1), date(number, 12, 31)), 1)


def _month(year: int, month: int) -> Days:
    return Days(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _dated(year: int, month: int, day: int, width: int) -> Dated | None:
    try:
        one = date(year, month, day)
    except ValueError:
        return None
    return Dated(Days(one, one), width)
