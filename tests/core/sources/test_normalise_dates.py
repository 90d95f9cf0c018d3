"""Days as authorities write them, and how long something was sold."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.sources.normalise import published, sold


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-26T00:00:00", date(2026, 3, 26)),
        ("2026-03-27T09:51:33.719Z", date(2026, 3, 27)),
        ("January 5, 2025", date(2025, 1, 5)),
        ("5 janvier 2025", date(2025, 1, 5)),
        ("1er août 2024", date(2024, 8, 1)),
        ("02 Jun 2026", date(2026, 6, 2)),
        ("27 October 2025", date(2025, 10, 27)),
        ("Wed, 12 Nov 2025 09:14:00 EST", date(2025, 11, 12)),
        ("Sept. 3, 2024", date(2024, 9, 3)),
        ("20260722", date(2026, 7, 22)),
        ("20260713T120000Z", date(2026, 7, 13)),
        ("04/27/2026", date(2026, 4, 27)),
        ("31.12.2023", date(2023, 12, 31)),
        ("2024年3月5日", date(2024, 3, 5)),
    ],
)
def test_a_day_is_read_however_it_is_written(text: str, day: date) -> None:
    assert published(text) == day


@pytest.mark.parametrize(
    "text", ["19010101", "2099-01-01", "2025-02-30", "soon", "", None, {}, "0000-00-00", "2025"]
)
def test_what_cannot_be_the_day_is_none(text: object) -> None:
    assert published(text) is None


def test_a_day_beyond_next_year_is_none_where_we_know_when_it_was_seen() -> None:
    assert published("2028-01-01", seen=date(2026, 7, 1)) is None
    assert published("2027-12-31", seen=date(2026, 7, 1)) == date(2027, 12, 31)


def test_the_authoritys_own_format_comes_first() -> None:
    assert published("05/01/2024", "%d/%m/%Y") == date(2024, 1, 5)


@given(st.one_of(st.text(max_size=60), st.integers(), st.none()), st.text(max_size=8))
@example("2025-01-01", "%")
@example("99999999", "")
def test_reading_a_day_never_raises(text: object, shape: str) -> None:
    day = published(text, shape)

    assert day is None or 1970 <= day.year <= 2040


@pytest.mark.parametrize(
    ("text", "start", "end", "where", "price"),
    [
        (
            "Online at Amazon.com from June 2016 through December 2022 for about $27.",
            date(2016, 6, 1),
            date(2022, 12, 31),
            "Online at Amazon.com",
            "about $27",
        ),
        (
            "Online at Amazon.com from May 1, 2025 through September 30, 2025 for about $76.",
            date(2025, 5, 1),
            date(2025, 9, 30),
            "Online at Amazon.com",
            "about $76",
        ),
        (
            "Exclusively online at www.amazon.com from March through June 2024 for $23.",
            date(2024, 3, 1),
            date(2024, 6, 30),
            "Online at www.amazon.com",
            "$23",
        ),
        (
            "Walmart.com since 2017 for between $40 and $50.",
            date(2017, 1, 1),
            None,
            "Walmart.com",
            "between $40 and $50",
        ),
        (
            "Polaris dealers from April 2023 through July 2024 between $20,900 and $29,900.",
            date(2023, 4, 1),
            date(2024, 7, 31),
            "Polaris dealers",
            "between $20,900 and $29,900",
        ),
        ("November 2017 - February 2024", date(2017, 11, 1), date(2024, 2, 29), None, None),
        ("Sold until March 2020", None, date(2020, 3, 31), None, None),
        ("2026-01-01 to 2026-06-29", date(2026, 1, 1), date(2026, 6, 29), None, None),
        ("de janvier 2023 à août 2024", date(2023, 1, 1), date(2024, 8, 31), None, None),
        ("Stores nationwide", None, None, "Stores nationwide", None),
        ("from December 2015 through September 2015", None, None, None, None),
    ],
)
def test_a_sales_sentence_says_when_where_and_for_how_much(
    text: str, start: date | None, end: date | None, where: str | None, price: str | None
) -> None:
    assert sold(text) == (start, end, where, price)


def test_several_periods_are_taken_together() -> None:
    sale = sold(
        "At Pursteam.com from December 2020 through April 2025 for about $15 and from "
        "June 2019 through January 2024 for about $11."
    )

    assert (sale.start, sale.end) == (date(2019, 6, 1), date(2025, 4, 30))


@given(st.text(max_size=120))
@example("from May 0 2024 to May 99 2024 for $")
@example("from 9999 to 0000")
def test_reading_a_sales_sentence_never_raises(text: str) -> None:
    sale = sold(text)

    assert not (sale.start and sale.end and sale.start > sale.end)
