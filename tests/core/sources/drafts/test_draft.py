"""What drafts read from single sentences, and what they own up to not having read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from core.model.rule import Rule
from core.sources.drafts.draft import Draft, draft
from tools.drafts import identifiers


def _read(text: str, product: str = "Space heater", models: Sequence[str] = ()) -> Draft:
    return draft([text], product, models)


def _listed(rule: Rule) -> list[str]:
    return [f"{field} {value}" for field, value in identifiers(rule)]


def _plain(rule: Rule) -> Any:
    return json.loads(rule.model_dump_json(exclude_defaults=True))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Model number HGB85 is on the tag.", ["model HGB85"]),
        ('"Item No.: CBPBG-PIN" is printed on it.', ["model CBPBG-PIN"]),
        ("models HPJ88 and HTW75.", ["model HPJ88", "model HTW75"]),
        ("models W1056 (blue), W1057 (red).", ["model W1056", "model W1057"]),
        ("Models H7167 through H7169.", ["model H7167", "model H7168", "model H7169"]),
        ("Model # PL585/SF585.", ["model PL585", "model SF585"]),
        ("model numbers starting with RE1122 or RE1145.", ["model RE1122*", "model RE1145*"]),
        ("a batch number ending in 3465 or 3585.", ["batch *3465", "batch *3585"]),
        ('lot code "23342-2".', ["lot 23342-2"]),
        (
            "UPCs 879288000077 (48 oz.) and 879288000084.",
            ["upc 879288000077", "upc 879288000084"],
        ),
        ("Serial numbers JX230000001 to JX230801425.", ["serial JX230000001..JX230801425"]),
        ("serial number between 18517201 and 18868311.", ["serial 18517201..18868311"]),
        ("serial numbers 911XXXXXX.", ["serial 911*"]),
        ("PO number 4500123 is on the label.", ["po_number 4500123"]),
        ("It bears FCC ID 2BHG8-AF28.", ["fcc_id 2BHG8-AF28"]),
        ("made before May 1, 2021.", ["manufactured ..2021-04-30"]),
        ("made from June 2022 through July 2023.", ["manufactured 2022-06-01..2023-07-31"]),
        ("a manufacture date of May 2020 or later.", ["manufactured 2020-05-01.."]),
        (
            "best by dates of 4/28/2024 and 5/26/2024.",
            ["expiry 2024-04-28", "expiry 2024-05-26"],
        ),
        ("USE BY 2024 DE 10.", ["expiry 2024-12-10"]),
        ("sold between June 2016 and May 2022.", ["bought 2016-06-01..2022-05-31"]),
        ("Model years 2022 and 2023.", ["model_year 2022", "model_year 2023"]),
        ("Numéro de lot : L2045.", ["lot L2045"]),
    ],
)
def test_a_label_and_what_follows_it_is_read(text: str, wanted: list[str]) -> None:
    drafted = _read(f"The recall covers {text}")

    assert _listed(drafted.rule) == wanted
    assert drafted.complete


@pytest.mark.parametrize(
    "text",
    [
        "They measure about 25.4 by 12.6 inches, weigh 1,158 pounds and cost $1,250.",
        "It runs on 120V, 60Hz, two CR2032 cells and a 12-volt adapter.",
        "Sold in sizes 12M and 3T, 2-in-1, in packs of 1000pcs.",
        "Call 800-988-7973 or go to www.example.com/recall/A1263.",
    ],
)
def test_sizes_prices_cells_and_telephones_are_no_identifiers(text: str) -> None:
    drafted = _read(text)

    assert _listed(drafted.rule) == []
    assert drafted.left_over == ()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('"X003FFPT63" is printed on the box.', "X003FFPT63"),
        ("This recall involves certain VINs of Model Year 2024 ATVs.", "certain"),
        ("Only stools made by Acme are included in this recall.", "only"),
        ("Model A1263. Check online to see if yours is included.", "to see if"),
        ("The following serial numbers are included in this recall.", "serial numbers"),
        ("All wheels with serial number 2740000 or higher are affected.", "higher"),
        ("All models named Assisi. It includes models Assisi and Esther.", "models"),
        ("Date codes 2126 to 2319 are included.", "2126 to 2319"),
        ('lot 77120 and use-by date "12 8 25".', "use-by date"),
        ("best by dates of 3/4/2025.", "3/4/2025"),
        ("Model A1263 does not apply to units sold after January 23, 2025.", "2025-01-24.."),
        ("model number BY-300 and BY-300 FS.", "BY-300"),
        ("packed in cases marked with lot", "lot"),
    ],
)
def test_what_was_not_understood_is_owned_up_to(text: str, left: str) -> None:
    drafted = _read(text)

    assert left in drafted.left_over
    assert not drafted.complete


def test_the_unread_sentence_stands_in_the_rule_word_for_word() -> None:
    drafted = _read("Model A1263 is recalled. Contact us to determine if model A1263 is yours.")

    said = [node for node in _plain(drafted.rule)["of"] if node["op"] == "unparsed"]
    assert said[0]["verbatim"] == "Contact us to determine if model A1263 is yours."


def test_an_example_in_the_text_settles_the_form_of_the_date_codes() -> None:
    drafted = _read(
        "The date codes are between 16919 and 11122. "
        "The date code 16919 represents June 18, 2019."
    )

    assert _plain(drafted.rule)["of"][0] == {
        "op": "code",
        "field": "date_code",
        "between": [["16919", "11122"]],
        "order": "date",
        "date_format": "DDDYY",
    }
    assert drafted.complete


@pytest.mark.parametrize(
    ("said", "form"),
    [
        ("The first two digits are the week and the last two digits the year.", "WWYY"),
        ("The first two digits are the year and the last two digits the week.", "YYWW"),
        ("The form is YYWW.", "YYWW"),
    ],
)
def test_week_and_year_are_told_apart_by_the_words_around_them(said: str, form: str) -> None:
    drafted = _read(f"Date codes 1820 to 2220 are recalled. {said}")

    assert _plain(drafted.rule)["of"][0]["date_format"] == form


def test_a_range_that_runs_backwards_keeps_only_its_ends() -> None:
    drafted = _read("serial numbers 770001 through 700010.")

    assert _plain(drafted.rule)["of"][0]["order"] == "opaque"
    assert not drafted.complete


def test_what_is_left_out_is_a_doubt_and_never_listed() -> None:
    drafted = _read("Model 711 is recalled. Model 711B is not included in this recall.")

    assert _listed(drafted.rule) == ["model 711"]
    assert _plain(drafted.rule)["of"][1]["op"] == "expect"


def test_codes_are_held_to_the_model_whose_sentence_they_stand_in() -> None:
    drafted = _read(
        "Model E2037 has one of these date codes: 2318, 2322. "
        "Model E2038 has the date code 2313."
    )

    rows = _plain(drafted.rule)["of"]
    assert [row["of"][0]["any_of"] for row in rows] == [["E2037"], ["E2038"]]
    assert [row["of"][1]["eq"] for row in rows] == [["2318", "2322"], ["2313"]]


def test_a_table_without_lines_is_read_column_by_column() -> None:
    drafted = _read(
        "Item # Description UPC 25069 Gel Set 884920250697 25070 Bracelets 884920205070"
    )

    assert _listed(drafted.rule) == [
        "model 25069",
        "model 25070",
        "upc 884920250697",
        "upc 884920205070",
    ]


def test_a_table_of_models_and_batches_is_read_row_by_row() -> None:
    drafted = _read(
        "Color SKU Batch Number Almond M11288ATLB WC0234712405 WC0238412406 "
        "Latte M11288LTDB WC0229042401"
    )

    rows = _plain(drafted.rule)["of"]
    assert rows[1]["of"][0]["any_of"] == ["M11288LTDB"]
    assert rows[0]["of"][1]["eq"] == ["WC0234712405", "WC0238412406"]


def test_rows_of_bar_code_lot_and_date_are_read_as_france_prints_them() -> None:
    drafted = _read("3250390600596; 07820; date de durabilité minimale; 2022-09-14; |")

    assert _listed(drafted.rule) == [
        "gtin 3250390600596",
        "lot 07820",
        "expiry 2022-09-14",
    ]


def test_a_text_without_identifiers_leads_to_the_name() -> None:
    drafted = _read("This recall involves wooden toys.", "Egg puzzle")

    assert _plain(drafted.rule) == {"op": "attr", "field": "product", "any_of": ["Egg puzzle"]}
    assert drafted.complete


def test_a_code_in_the_name_is_a_model_as_well() -> None:
    drafted = _read("This recall involves watches.", "Altafit AF28 watch")

    assert _listed(drafted.rule) == ["model AF28"]


def test_all_units_are_all_units() -> None:
    drafted = _read("All lots are included in the recall.")

    assert _plain(drafted.rule) == {"op": "all_units"}


def test_models_from_a_field_stand_beside_those_of_the_text() -> None:
    drafted = _read("Model A2 is on the label.", models=["A1", "see table", "B1, B2"])

    assert _listed(drafted.rule) == ["model A1", "model A2", "model B1", "model B2"]


def test_the_evidence_shows_each_sentence_and_what_was_read_from_it() -> None:
    drafted = _read("It is white. Model A1263 is on the label.")

    assert drafted.evidence == (("Model A1263 is on the label.", ("A1263",)),)


@pytest.mark.parametrize("product", ["", "!!!", "x" * 500])
def test_a_product_without_a_proper_name_still_has_a_rule(product: str) -> None:
    drafted = draft(["It is white."], product)

    assert drafted.complete
