"""Dates as notices write them, read from tokens into the days they stand for."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from core.model.date_code import Days
from core.sources.drafts.tokens import Kind, Token
from core.sources.drafts.vocabulary import words

SHORTEST_GLUED = 5
# How far behind "October 21 to October 27, 2024" the year may stand, in tokens.
FARTHEST_YEAR = 6
SPACED_PARTS = 3
# Who writes these writes the day before the month.
DAY_FIRST = words(
    "durabilité consommation ddm dlc fabrication péremption mindesthaltbarkeitsdatum"
)
LONGEST_PART = 4
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
# What stands between a date without its year and the one that says it.
JOINTS = words("through thru to until till and or , - \u2013 \u2014")


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
        return (
            _by_dashes(tokens[index].text.split("-")) if _may_be_named(tokens[index]) else None
        )
    return (
        _day_month_year(tokens, index)
        or _year_code_day(tokens, index)
        or _spaced(tokens, index, day_first)
        or _in_one_token(tokens[index].text, day_first)
    )


def _may_be_named(token: Token) -> bool:
    return token.kind is Kind.MIXED and token.text.count("-") == 2  # noqa: PLR2004


def _month_first(tokens: Sequence[Token], index: int, month: int) -> Dated | None:
    """Read "July 2020", "July 4, 2020", and "July 4" as no date."""
    of = index + 1 < len(tokens) and tokens[index + 1].word == "of"
    first = _number(tokens, index + 1 + of)
    if first is not None and is_year(first):
        return Dated(_month(first, month), 2 + of)
    if first is None or of:
        return _borrowed(tokens, (index, index + 1), month, None)
    comma = index + 2 < len(tokens) and tokens[index + 2].text == ","
    year = _year(tokens, index + 2 + comma, short=not comma)
    if year is None:
        return _borrowed(tokens, (index, index + 2), month, first)
    return _dated(year, month, first, 3 + comma)


def _year(tokens: Sequence[Token], index: int, *, short: bool) -> int | None:
    """Read a year; `short`: also "24" behind "APR 27", where it ends what is printed."""
    year = _number(tokens, index)
    if year is None or is_year(year):
        return year
    after = tokens[index + 1 : index + 2]
    alone = not after or after[0].kind in (Kind.MARK, Kind.END)
    two = len(tokens[index].text) == 2 and tokens[index - 2].text.isupper()  # noqa: PLR2004
    return 2000 + year if short and alone and two else None


def _borrowed(
    tokens: Sequence[Token], span: tuple[int, int], month: int, day: int | None
) -> Dated | None:
    """Read "October 21" and "April" of a stretch or a list that says its year at its end."""
    start, stop = span
    if stop >= len(tokens) or tokens[stop].word not in JOINTS:
        return None
    behind = tokens[stop + 1 : stop + 1 + FARTHEST_YEAR]
    last = 0
    for place, token in enumerate(behind):
        number = _number(behind, place)
        if last and number is not None and is_year(number):
            days = _whole_or_day(number - (last < month), month, day)
            return None if days is None else Dated(days, stop - start)
        last = last or MONTHS.get(token.word, 0)
        if number is None and token.word not in MONTHS and token.word not in (",", "of"):
            return None
    return None


def _whole_or_day(year: int, month: int, day: int | None) -> Days | None:
    found = Dated(_month(year, month), 1) if day is None else _dated(year, month, day, 1)
    return None if found is None else found.days


def _spaced(tokens: Sequence[Token], index: int, day_first: bool | None) -> Dated | None:  # noqa: FBT001
    """Read "10 22 24", as it is stamped: three pairs of digits and nothing else."""
    parts = [token.text for token in tokens[index : index + SPACED_PARTS]]
    if len(parts) < SPACED_PARTS or any(len(p) != 2 or not p.isdigit() for p in parts):  # noqa: PLR2004
        return None
    around = [*tokens[max(0, index - 1) : index], *tokens[index + 3 : index + 4]]
    if any(len(token.text) == 2 and token.text.isdigit() for token in around):  # noqa: PLR2004
        return None
    found = _by_slashes(parts, day_first)
    return found and Dated(found.days, SPACED_PARTS)


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
    if text.count(".") == 2:  # noqa: PLR2004 - day, month and year
        return _by_slashes(text.split("."), day_first=True)  # as Europe writes them
    return _by_slashes(text.split("/"), day_first)


def _by_dashes(parts: Sequence[str]) -> Dated | None:
    if not all(map(_is_part, parts)):
        return _named_month(parts)
    numbers = [int(part) for part in parts]
    if len(parts) == 3 and is_year(numbers[0]):  # noqa: PLR2004 - year, month, day
        return _dated(numbers[0], numbers[1], numbers[2], 1)
    if len(parts) == 2 and all(map(is_year, numbers)) and numbers[0] <= numbers[1]:  # noqa: PLR2004
        return Dated(Days(date(numbers[0], 1, 1), date(numbers[1], 12, 31)), 1)
    return None


def _named_month(parts: Sequence[str]) -> Dated | None:
    """Read "21-AUG-2025" and "17-OCT-24"."""
    if len(parts) != 3 or not (_is_part(parts[0]) and _is_part(parts[2])):  # noqa: PLR2004
        return None
    month, year = MONTHS.get(parts[1].lower()), int(parts[2])
    if month is None or not (is_year(year) or len(parts[2]) == 2):  # noqa: PLR2004
        return None
    return _dated(year if is_year(year) else 2000 + year, month, int(parts[0]), 1)


def _month_and_year(parts: Sequence[str]) -> Dated | None:
    month, year = (int(part) for part in parts)
    if len(parts[1]) != 4 or not is_year(year) or not 1 <= month <= 12:  # noqa: PLR2004
        return None
    return Dated(_month(year, month), 1)


def _by_slashes(parts: Sequence[str], day_first: bool | None) -> Dated | None:  # noqa: FBT001
    if not all(map(_is_part, parts)):
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
        if token.kind is not Kind.NUMBER or "/" not in token.text:
            continue
        parts = token.text.split("/")
        if len(parts) == 3 and all(map(_is_part, parts)):  # noqa: PLR2004
            if 12 < int(parts[1]) <= 31 and int(parts[0]) <= 12:  # noqa: PLR2004
                return False
            if 12 < int(parts[0]) <= 31 and int(parts[1]) <= 12:  # noqa: PLR2004
                return True
    return True if any(token.word in DAY_FIRST for token in tokens) else None


def _is_part(text: str) -> bool:
    """Say whether it can be the day, month or year of a date."""
    return text.isdecimal() and len(text) <= LONGEST_PART


def _number(tokens: Sequence[Token], index: int) -> int | None:
    if index >= len(tokens) or not _is_part(tokens[index].text):
        return None
    return int(tokens[index].text)


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
