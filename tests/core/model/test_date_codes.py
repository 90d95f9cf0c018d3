"""Date codes of every format: read back, and never outside a range that their day is in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.match.codes import code_evidence
from core.model.date_code import (
    FORMATS,
    LETTER_YEAR,
    ONE_DIGIT_YEAR,
    Days,
    days_of,
    days_of_phrase,
)
from core.model.verdict import Truth, Why
from tests.builders import STEADY, a_code_rule, a_unit

DECADE = 2010
YEARS = {letter: 2010 + index for index, letter in enumerate("ABCDEFGHJK")}
MONTHS = "ABCDEFGHIJKL"


def _iso(day: date) -> tuple[int, int]:
    calendar = day.isocalendar()
    return calendar.year, calendar.week


def _letter(day: date) -> str:
    return next(letter for letter, year in YEARS.items() if year == day.year)


PRINTED: dict[str, Callable[[date], str]] = {
    "YYWW": lambda day: f"{_iso(day)[0] % 100:02}{_iso(day)[1]:02}",
    "WWYY": lambda day: f"{_iso(day)[1]:02}{_iso(day)[0] % 100:02}",
    "YYYYWW": lambda day: f"{_iso(day)[0]:04}{_iso(day)[1]:02}",
    "YWW": lambda day: f"{_iso(day)[0] % 10}{_iso(day)[1]:02}",
    "YYMM": lambda day: f"{day:%y%m}",
    "MMYY": lambda day: f"{day:%m%y}",
    "YYYYMM": lambda day: f"{day:%Y%m}",
    "YYYYMMDD": lambda day: f"{day:%Y%m%d}",
    "YYMMDD": lambda day: f"{day:%y%m%d}",
    "MMDDYY": lambda day: f"{day:%m%d%y}",
    "YYDDD": lambda day: f"{day:%y%j}",
    "DDDYY": lambda day: f"{day:%j%y}",
    "YDDD": lambda day: f"{day.year % 10}{day:%j}",
    "DDDY": lambda day: f"{day:%j}{day.year % 10}",
    "LDDD": lambda day: f"{_letter(day)}{day:%j}",
    "LM": lambda day: f"{_letter(day)}{MONTHS[day.month - 1]}",
}
# ISO weeks of the first and last days of a decade belong to years outside it.
IN_THE_DECADE = st.dates(date(2010, 1, 4), date(2019, 12, 29))


def _stated(date_format: str) -> dict[str, object]:
    decade = {"decade": DECADE} if date_format in ONE_DIGIT_YEAR else {}
    years = {"years": YEARS} if date_format in LETTER_YEAR else {}
    return {"date_format": date_format, **decade, **years}


def _days(date_format: str, code: str) -> Days | None:
    return days_of(code, date_format, DECADE, YEARS)


def test_every_format_is_tested() -> None:
    assert set(PRINTED) == set(FORMATS)


@pytest.mark.parametrize("date_format", FORMATS)
@STEADY
@given(day=IN_THE_DECADE)
@example(day=date(2016, 1, 1))  # in week 53 of 2015
@example(day=date(2016, 2, 29))
@example(day=date(2016, 12, 31))  # day 366
@example(day=date(2018, 12, 31))  # in week 1 of 2019
def test_a_printed_day_is_among_the_days_its_code_can_mean(date_format: str, day: date) -> None:
    days = _days(date_format, PRINTED[date_format](day))

    assert days is not None
    assert days.first <= day <= days.last


@pytest.mark.parametrize("date_format", FORMATS)
@STEADY
@given(days=st.lists(IN_THE_DECADE, min_size=3, max_size=3))
@example(days=[date(2013, 2, 4), date(2014, 1, 5), date(2014, 10, 15)])  # 00514 as a number
@example(days=[date(2015, 12, 27), date(2016, 1, 1), date(2016, 1, 4)])
def test_a_day_inside_the_range_is_never_outside(date_format: str, days: list[date]) -> None:
    start, made, end = (PRINTED[date_format](day) for day in sorted(days))
    rule = a_code_rule(
        between=[(start, end)],
        order="date",
        length=[len(date_format)],
        **_stated(date_format),
    )

    found = code_evidence(rule, a_unit(serial=made), "")

    assert found.truth is Truth.YES


@pytest.mark.parametrize("date_format", FORMATS)
@STEADY
@given(days=st.lists(IN_THE_DECADE, min_size=2, max_size=2), later=st.integers(40, 400))
def test_a_day_well_after_the_range_is_outside(
    date_format: str, days: list[date], later: int
) -> None:
    first, last = sorted(days)
    after = last + timedelta(days=later)
    if after > date(2019, 12, 29):
        return
    rule = a_code_rule(
        between=[(PRINTED[date_format](first), PRINTED[date_format](last))],
        order="date",
        length=[len(date_format)],
        **_stated(date_format),
    )

    found = code_evidence(rule, a_unit(serial=PRINTED[date_format](after)), "")

    assert found.truth in {Truth.NO, Truth.UNKNOWN}
    assert found.truth is Truth.NO or found.why in {Why.LOOKS_ALIKE, Why.MALFORMED}


@pytest.mark.parametrize("date_format", FORMATS)
@STEADY
@given(code=st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", max_size=8))
@example(code="999952")  # the last week of 9999 runs into a year that does not exist
@example(code="000001")
@example(code="")
def test_any_code_reads_as_days_in_order_or_not_at_all(date_format: str, code: str) -> None:
    days = _days(date_format, code)

    assert days is None or days.first <= days.last


@pytest.mark.parametrize(
    ("code", "date_format", "first", "last"),
    [
        ("1553", "YYWW", date(2015, 12, 28), date(2016, 1, 3)),
        ("2053", "YYWW", date(2020, 12, 28), date(2021, 1, 3)),
        ("5315", "WWYY", date(2015, 12, 28), date(2016, 1, 3)),
        ("1602", "YYMM", date(2016, 2, 1), date(2016, 2, 29)),
        ("1702", "YYMM", date(2017, 2, 1), date(2017, 2, 28)),
        ("000229", "YYMMDD", date(2000, 2, 29), date(2000, 2, 29)),
        ("16366", "YYDDD", date(2016, 12, 31), date(2016, 12, 31)),
        ("00514", "DDDYY", date(2014, 1, 5), date(2014, 1, 5)),
        ("7912", "YYMM", date(2079, 12, 1), date(2079, 12, 31)),
        ("8001", "YYMM", date(1980, 1, 1), date(1980, 1, 31)),
        ("9952", "YYWW", date(1999, 12, 27), date(2000, 1, 2)),
        ("0001", "YYWW", date(2000, 1, 3), date(2000, 1, 9)),
        ("6018", "YDDD", date(2016, 1, 18), date(2016, 1, 18)),
        ("0186", "DDDY", date(2016, 1, 18), date(2016, 1, 18)),
    ],
)
def test_weeks_leap_days_and_centuries_read_as_printed(
    code: str, date_format: str, first: date, last: date
) -> None:
    days = days_of(code, date_format, DECADE)

    assert days == Days(first, last)


@pytest.mark.parametrize(
    ("code", "date_format"),
    [
        ("1653", "YYWW"),  # 2016 has 52 weeks
        ("1600", "YYWW"),
        ("1613", "YYMM"),
        ("1600", "YYMM"),
        ("170229", "YYMMDD"),
        ("19000229", "YYYYMMDD"),
        ("17366", "YYDDD"),
        ("17000", "YYDDD"),
        ("0000", "YYYYMM"),
        ("000012", "YYYYMM"),
        ("999952", "YYYYWW"),
        ("16O1", "YYMM"),
        ("160", "YYMM"),
        ("Z001", "LDDD"),  # a year letter nobody explained
        ("AM", "LM"),  # there is no thirteenth month
        ("A1", "LM"),
    ],
)
def test_what_is_no_such_date_reads_as_nothing(code: str, date_format: str) -> None:
    assert _days(date_format, code) is None


@pytest.mark.parametrize("date_format", [*ONE_DIGIT_YEAR, *LETTER_YEAR])
def test_a_year_that_needs_explaining_reads_as_nothing_without_it(date_format: str) -> None:
    code = PRINTED[date_format](date(2016, 5, 9))

    assert days_of(code, date_format) is None


def test_a_stretch_that_straddles_another_touches_it_without_being_within() -> None:
    week = Days(date(2016, 2, 29), date(2016, 3, 6))
    february = Days(date(2016, 2, 1), date(2016, 2, 29))

    assert week.touches(february)
    assert february.touches(week)
    assert not week.within(february)
    assert Days(date(2016, 2, 29), date(2016, 2, 29)).within(february)


@pytest.mark.parametrize(
    ("phrase", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-02-29", date(2024, 2, 29), date(2024, 2, 29)),
    ],
)
def test_an_iso_date_month_or_year_is_its_days(phrase: str, first: date, last: date) -> None:
    assert days_of_phrase(phrase) == Days(first, last)


@pytest.mark.parametrize(
    "phrase",
    ["", "soon", "2023-02-29", "2024-13", "2024-1-1-1", "0", "-2024", "9" * 30, "9" * 5000],
)
def test_a_phrase_that_is_no_date_reads_as_nothing(phrase: str) -> None:
    assert days_of_phrase(phrase) is None
