"""Dates are read as people write and stamp them, and wrong ones are not believed."""

from __future__ import annotations

import pytest

from core.sources.drafts.draft import draft
from tools.drafts import identifiers


def _listed(text: str) -> list[str]:
    return [f"{field} {value}" for field, value in identifiers(draft([text], "Heater").rule)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "They were produced between Jan. 2, 2024, and Feb. 22, 2024.",
            "manufactured 2024-01-02..2024-02-22",
        ),
        (
            "They were produced from May 31, 2024, to October 8, 2024.",
            "manufactured 2024-05-31..2024-10-08",
        ),
        (
            "They were produced from October 21 to October 27, 2024.",
            "manufactured 2024-10-21..2024-10-27",
        ),
        (
            "They were made between November and February 2024.",
            "manufactured 2023-11-01..2024-02-29",
        ),
        (
            "They were made between April and October of 2024.",
            "manufactured 2024-04-01..2024-10-31",
        ),
        (
            "They were produced between Jan. 19, 2024-Aug. 21, 2024.",
            "manufactured 2024-01-19..2024-08-21",
        ),
        ("labeled with production date 10 22 24.", "manufactured 2024-10-22"),
        ('"BEST IF USED BY APR 27 24" is printed on it.', "expiry 2024-04-27"),
        (
            '"used by" dates from 21-AUG-2025 through 27-AUG-25.',
            "expiry 2025-08-21..2025-08-27",
        ),
        ("Use by dates up to and including 12 March 2024.", "expiry ..2024-03-12"),
        ("produced between 12.03.2021 and 15.04.2022.", "manufactured 2021-03-12..2022-04-15"),
        ("fabriqués du 12.03.2021 au 15.04.2022.", "manufactured 2021-03-12..2022-04-15"),
    ],
)
def test_a_date_is_read_as_it_is_written(text: str, wanted: str) -> None:
    found = _listed(text)

    assert found == [wanted]


def test_two_months_of_one_year_are_both_read() -> None:
    found = _listed("They were made in July and August 2022.")

    assert found == [
        "manufactured 2022-07-01..2022-07-31",
        "manufactured 2022-08-01..2022-08-31",
    ]


def test_the_year_that_a_wrong_serial_number_tells_is_not_believed() -> None:
    found = _listed(
        "The coils were incorrectly marked with a 2018 serial number, indicating that the "
        "unit was manufactured in 2018."
    )

    assert found == []


@pytest.mark.parametrize("text", ["Use by 03 04 25.", "Sizes 10 12 14 16.", "Model 2612-WHT."])
def test_numbers_that_may_be_something_else_are_no_dates(text: str) -> None:
    found = _listed(text)

    assert not any(value.startswith(("expiry", "manufactured")) for value in found)
