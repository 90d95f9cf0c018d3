"""A draft says that it is incomplete: whatever looks like a limit and was not read marks it."""

from __future__ import annotations

import pytest

from core.sources.drafts.draft import Draft, draft


def _read(text: str, product: str = "Space heater") -> Draft:
    return draft([text], product)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("View full product list.", "product list"),
        ("A list of affected numbers can be found at www.example.com.", "list of affected"),
        ("To see if yours is recalled, visit www.example.com.", "to see if"),
        ("voir liste des produits en pièce jointe.", "voir liste"),
        ("Made on various dates since May 6, 2023.", "various dates"),
        ("The product list will be provided later.", "be provided"),
        ("They were also sold as replacement parts.", "replacement parts"),
    ],
)
def test_who_sends_the_reader_elsewhere_has_not_said_everything(text: str, left: str) -> None:
    drafted = _read(text)

    assert left in drafted.left_over
    assert not drafted.complete


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('They bear establishment number "EST. 13246" inside the mark.', "13246"),
        ("The lid has the code 1234 printed on it.", "1234"),
        ('"HB-05" stands on the pack.', "HB-05"),
        ("The Redeemer DH 5379 Boot is recalled.", "5379"),
        ("The packs say 07/22 NH.", "07/22"),
        ('Packs with sell by date "AUG 10" are recalled.', "AUG"),
        ("The products bear the date March 17, 2024.", "March 17 , 2024"),
        ("This recall involves all 2024 Mule vehicles.", "2024"),
        ("The lot numbers included (PC: 0224 and PC:1223) are on it.", "1223"),
        ("Model 7 is recalled.", "Model"),
        ("Model PRO is recalled.", "Model"),
        ('"Model No: Baby Tub" is on the label.', "Model No"),
        ('Products bear lot code "T24 1".', "T24"),
        ("Models AB-12, -13 and -14.", "-13"),
        ("Version 2.0 of the charger is recalled.", "Version"),
        ("Units made in week 23 of 2024 are recalled.", "week"),
        ("The first generation is recalled.", "generation"),
        ("The third letter of the serial number is K.", "serial number"),
        ("Serial numbers 4500127 and below are recalled.", "below"),
    ],
)
def test_pieces_of_codes_and_dates_that_nobody_read_are_owned_up_to(
    text: str, left: str
) -> None:
    drafted = _read(text)

    assert left in drafted.left_over
    assert not drafted.complete


@pytest.mark.parametrize(
    "text",
    [
        "Only rails purchased on or after August 21, 2023 are included in this recall.",
        "This recall involves certain plush balls.",
        "The blue tiaras in the pack are not included in the recall.",
        "The models are identified below.",
    ],
)
def test_a_limit_in_words_marks_the_draft(text: str) -> None:
    drafted = _read(text)

    assert drafted.left_over
    assert not drafted.complete


def test_a_code_in_the_name_that_the_rule_leaves_out_is_owned_up_to() -> None:
    drafted = _read("Model BP125 is recalled.", "BatPak 2F power banks")

    assert drafted.left_over == ()

    named = draft(["The BatPak XR25 is loud. Model BP125 is recalled."], "BatPak XR25")

    assert "XR25" in named.left_over


@pytest.mark.parametrize(
    "text",
    [
        "Sold in sizes 5/6, 7/8 and 13/14 for about $20 in packs of 100 pieces.",
        "For children of 12 years or less. It holds 500 grams and 3 cups.",
        "Sold during the 2023 holiday season. Sold from March 2022 through May 2023.",
        "The model and serial number are printed on a label on the bottom.",
        "See the labels [view labels]. It is made of steel and 20 inches high.",
    ],
)
def test_sizes_amounts_and_where_a_label_is_mark_nothing(text: str) -> None:
    drafted = _read(text)

    assert drafted.left_over == ()
    assert drafted.complete
