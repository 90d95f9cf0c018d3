"""Where a number stands is said in the notice's own sentences, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.sources.imprint import LONGEST_PLACE, where_printed
from tests.builders import STEADY

TABLE = "Model Colour UPC " + "X100 Red 012345678905 " * 20


@pytest.mark.parametrize(
    "said",
    [
        "The model number is printed on the back of the power bank.",
        'Model number "BP25001" and batch number "ZZ-1" are printed on an attached label.',
        '"BICYSTAR" is printed on the tray and "Model No.: TB-HC6900" on a label on the seat.',
        "The serial number can be found under the charger receptacle on the back.",
        "The date code is on the bottom of the bottle.",
        "There is a white label on the bottom of each unit that lists the model number.",
        "All versions are labeled with model number W046 on the product's tracking label.",
        '"Model 3705" is printed on the black front tag.',
        "The VIN is located on the steering head of the frame, on the right.",
        'The serial number is on the underside of the ~6" long pulleys.',
        "Please share the Product ID number on the label on the corner of the window.",
    ],
)
def test_the_sentence_that_says_where_is_taken_alone(said: str) -> None:
    text = f"This recall involves lamps, model X1. {said} They were sold in red."

    assert where_printed(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "This recall involves lamps with model number X100.",
        "The Vevor logo is printed on the front of the lamp.",
        "Model number X100 has the Vevor logo printed on the front of the lamp.",
        "Model numbers can be found on the firm's website.",
        "A list of serial numbers is located on the recall page.",
        "The model number does not appear on the product.",
        "There is no model number on the product.",
        'No. HG1015" and the model number appear on the front of it.',
        "Model X100 was sold at the stores of Acme; the lamp is on the left.",
        f"The following lamps are recalled {TABLE} made of steel",
    ],
)
def test_a_place_is_never_invented(text: str) -> None:
    assert where_printed(text) is None


def test_several_places_stand_in_their_order_and_once() -> None:
    first = "The model number is printed on the box."
    second = "The date code is engraved on the prongs of the plug."

    assert where_printed(f"{first} It is red. {second} {first}") == f"{first} {second}"


def test_an_abbreviation_ends_no_sentence() -> None:
    said = (
        "The model No. X100 is printed on a 2 in. by 3 in. label on the back of the U.S. unit."
    )

    assert where_printed(f"It is a lamp. {said}") == said


def test_of_a_sentence_that_is_mostly_a_table_only_what_can_be_read_is_taken() -> None:
    behind = f"The following are included: {TABLE} The model number is located on the bottom."
    before = f"The lot numbers are printed on the bottom of the can: {TABLE}"

    assert where_printed(behind) == "The model number is located on the bottom."
    assert where_printed(before) == "The lot numbers are printed on the bottom of the can …"


def test_what_would_be_too_long_is_left_to_the_notice() -> None:
    many = " ".join(
        f"The model number of lamp {number} is printed on the back of the lamp on a label that "
        "is white and has a black border around it and a small hole in the upper left corner."
        for number in range(9)
    )

    found = where_printed(many)

    assert found is not None
    assert len(found) <= LONGEST_PLACE
    assert many.startswith(found)


@STEADY
@given(st.text(alphabet='ab .:"\n', max_size=80))
@example("model number " * 2_000)
@example('The model number is printed on the back "' * 500)
def test_it_takes_nothing_that_is_not_there(text: str) -> None:
    found = where_printed(text)

    pieces = found.removesuffix(" …").split(" … ") if found else []
    assert all(piece.split(". ")[0] in text for piece in pieces)
