"""Masks, columns of first and last numbers, announced lists and rows of lots are read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.model.rule import CodeRule, Rule, walk
from core.sources.drafts.draft import draft
from tools.drafts import identifiers


def _listed(text: str) -> list[str]:
    return [f"{field} {value}" for field, value in identifiers(draft([text], "Heater").rule)]


def _plain(rule: Rule) -> Any:
    return json.loads(rule.model_dump_json(exclude_defaults=True))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Serial numbers UCQ****** and UCTH*****.", ["serial UCQ*", "serial UCTH*"]),
        ("Serial numbers XXXXX2308.", ["serial *2308"]),
        ('"Model:20A-13" is printed on the box.', ["model 20A-13"]),
        ("Pajama sets, Style 816TR in Petal.", ["model 816TR"]),
        ("Plush toys (Style 45541) are recalled.", ["model 45541"]),
        ('"NO. HG1015" appears on the front.', ["model HG1015"]),
        ("the order codes GDX-TMP-TP or GDX-PH-TP.", ["model GDX-TMP-TP", "model GDX-PH-TP"]),
        ("Models AB12/13/14.", ["model AB12", "model AB13", "model AB14"]),
        ("Mower models Rebel BRB54, Rebel BRB61.", ["model BRB54", "model BRB61"]),
        (
            "Model numbers TD3318 for the Delta brand, and SM1977 for the other.",
            ["model TD3318", "model SM1977"],
        ),
        ("Date codes, in YYYYMM format, from 202409 to 202501.", ["date_code 202409..202501"]),
        (
            "Serial numbers within ranges LT21091 - LT22365 and RG23125 - RG24252.",
            ["serial LT21091..LT22365", "serial RG23125..RG24252"],
        ),
    ],
)
def test_codes_are_read_as_notices_write_them(text: str, wanted: list[str]) -> None:
    found = _listed(text)

    assert found == wanted


def test_a_mask_in_the_middle_says_which_characters_count() -> None:
    drafted = draft(["Serial numbers XXXX21XXXXX and XXXX22XXXXX."], "Heater")

    codes = [node for node in walk(drafted.rule) if isinstance(node, CodeRule)]
    assert [(code.at, code.eq) for code in codes] == [((5, 6), ("21", "22"))]


def test_prefixes_of_serial_numbers_range_over_their_first_characters() -> None:
    drafted = draft(["Serial numbers have prefixes ranging from 1901 through 2101."], "Heater")

    (code,) = (node for node in walk(drafted.rule) if isinstance(node, CodeRule))
    assert (code.field, code.at, code.between) == ("serial", (1, 4), (("1901", "2101"),))


def test_columns_of_first_and_last_numbers_are_ranges() -> None:
    text = (
        "Boilers made between April 2023 and May 2023 Model Serial Number Start "
        "Serial Number End 010-130A1 / CX 199-NG IC-0199-230400064 IC-0199-240300821 "
        "Boilers manufactured between June 2024 and April 2025 010-131A1 I262400165 I262500429"
    )

    found = _listed(text)

    assert set(found) == {
        "manufactured 2023-04-01..2023-05-31",
        "manufactured 2024-06-01..2025-04-30",
        "model 010-130A1",
        "model CX 199-NG",
        "model 010-131A1",
        "serial IC-0199-230400064..IC-0199-240300821",
        "serial I262400165..I262500429",
    }


def test_numbers_of_different_length_stay_ends_of_one_range() -> None:
    drafted = draft(
        ["Model First serial number Last serial number GDM-49NT 9466976 10040916"], "Heater"
    )

    assert "serial 9466976..10040916" in [" ".join(one) for one in identifiers(drafted.rule)]
    assert not drafted.complete


def test_masks_beside_models_in_a_table_are_the_serial_numbers() -> None:
    found = _listed(
        "Brand Model Number Model Name Serial Number Range "
        "ACME CLP-430R Digital Piano UCQ****** UCR****** ACME CVP-601B Digital Piano UCS******"
    )

    assert set(found) == {
        *("model CLP-430R", "model CVP-601B"),
        *("serial UCQ*", "serial UCR*", "serial UCS*"),
    }


def test_dates_in_a_column_beside_models_say_when_they_were_made() -> None:
    found = _listed(
        "Model/SKU # Description Date Codes 34143 ROLLER 07/2021 - 12/2023 27019 COOLER 05/2020"
    )

    assert set(found) == {
        *("model 34143", "model 27019"),
        *("manufactured 2021-07-01..2023-12-31", "manufactured 2020-05-01..2020-05-31"),
    }


def test_an_announced_list_is_read_behind_its_title() -> None:
    found = _listed(
        "It has the following style number located on a sewn-in, side-seam label: Brand "
        "Style/Name MCS 7903815 - Heart Lullaby Lane 7904011 - Airplane; Animals"
    )

    assert found == ["model 7903815", "model 7904011"]


def test_a_code_said_to_be_printed_is_taken_for_a_model_and_owned_up_to() -> None:
    drafted = draft(['The dressers have "ASNG093" printed on labels.'], "Dressers")

    assert ("model", "ASNG093") in set(identifiers(drafted.rule))
    assert "ASNG093" in drafted.left_over
    assert not drafted.complete


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "1801224 Date de durabilité minimale 16/03/2022",
            ["lot 1801224", "expiry 2022-03-16"],
        ),
        ("2331; date limite de consommation; 2023-08-05", ["lot 2331", "expiry 2023-08-05"]),
        (
            "5000159500654; tous les lots; date de durabilité minimale; 2021-07-31",
            ["gtin 5000159500654", "expiry 2021-07-31"],
        ),
        (
            "5713795220915 Tous les lots 5713795220939 Tous les lots",
            ["gtin 5713795220915", "gtin 5713795220939"],
        ),
        ("lot n°173", ["lot 173"]),
    ],
)
def test_lots_are_read_as_france_writes_them(text: str, wanted: list[str]) -> None:
    found = _listed(text)

    assert found == wanted
