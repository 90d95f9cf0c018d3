"""What identifies a product at RappelConso, in its three ways of writing it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.sources.contract import RecordUnreadable
from core.sources.french_lots import lots, product_names, said_plainly

SHELF_LIFE = "date de durabilité minimale"
MILK, COCOA = "3574100075109", "5000159500654"


def code(field: str, *values: str) -> dict[str, Any]:
    return {"op": "code", "field": field, "eq": values}


def expiry(start: str, end: str | None = None) -> dict[str, Any]:
    first, last = date.fromisoformat(start), date.fromisoformat(end or start)
    return {"op": "date", "field": "expiry", "start": first, "end": last}


def every(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"op": "and", "of": parts}


def either(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"op": "or", "of": parts}


def unparsed(text: str) -> dict[str, Any]:
    return {"op": "unparsed", "verbatim": text}


def rule(value: object) -> dict[str, Any] | None:
    found = lots(value).rule
    return None if found is None else found.model_dump(exclude_defaults=True)


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (
            [MILK, "2000754b", SHELF_LIFE, "2023-03-31"],
            every(code("gtin", MILK), every(code("lot", "2000754B"), expiry("2023-03-31"))),
        ),
        (
            [MILK, "17", SHELF_LIFE, "2022-12-05", f"|{MILK}", "20", SHELF_LIFE, "2023-01-12"],
            every(
                code("gtin", MILK),
                either(
                    every(code("lot", "17"), expiry("2022-12-05")),
                    every(code("lot", "20"), expiry("2023-01-12")),
                ),
            ),
        ),
        (
            [COCOA, "tous les lots", SHELF_LIFE, "2021-07-31", f"2021-10-31|{MILK}", "7"],
            either(
                every(code("gtin", COCOA), expiry("2021-07-31", "2021-10-31")),
                every(code("gtin", MILK), code("lot", "7")),
            ),
        ),
        (["lots n° 2014 et 21188"], code("lot", "2014", "21188")),
        (["209228278", "tous les lots"], code("gtin", "209228278")),
        ([MILK], code("gtin", MILK)),
        (
            ["lots commençant par : l pl0029 et l pl0030", SHELF_LIFE, "2022-01-31"],
            every(
                {"op": "code", "field": "lot", "starts": ("L PL0029", "L PL0030")},
                expiry("2022-01-31"),
            ),
        ),
        (["voir liste des produits en pièce jointe", "non concerné"],
         unparsed("voir liste des produits en pièce jointe")),
        ([MILK, "non concerné", f"|{COCOA}", "non concerné"], code("gtin", MILK, COCOA)),
        (["lots commençant par : une lettre"], unparsed("lots commençant par : une lettre")),
        (["non concerné"], None),
        ([], None),
    ],
)  # fmt: skip
def test_a_list_is_read_in_its_order(
    listed: list[str], expected: dict[str, Any] | None
) -> None:
    assert rule(listed) == expected


@pytest.mark.parametrize(
    ("joined", "expected"),
    [
        (
            "$22ej084c01$date limite de consommation$2022-04-13$",
            every(code("lot", "22EJ084C01"), expiry("2022-04-13")),
        ),
        (
            "3367824926723$40880036 / 41080093$date de consommation$2024-05-25$2024-07-06",
            every(
                code("gtin", "3367824926723"),
                every(code("lot", "40880036", "41080093"), expiry("2024-05-25", "2024-07-06")),
            ),
        ),
        ("0203684000000$$non concerné$$", code("gtin", "0203684000000")),
        (
            "$m14$dlc$2023-03-27$|$m02$dlc$2023-03-27$",
            either(
                every(code("lot", "M14"), expiry("2023-03-27")),
                every(code("lot", "M02"), expiry("2023-03-27")),
            ),
        ),
        ("néant$24241$$$", unparsed("néant ; 24241")),
        ("$tous les lots$$$|3574100075109$7$$$", None),
        ("$24241(sous-vide)$$$", code("lot", "24241")),
        ("$fab s11/25 fab s12/25$$$", unparsed("fab s11/25 fab s12/25")),
    ],
)
def test_the_joined_form_has_fixed_places(joined: str, expected: dict[str, Any] | None) -> None:
    assert rule(joined) == expected


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        ("5713795220915 Tous les lots  5713795220922 Tous les lots",
         code("gtin", "5713795220915", "5713795220922")),
        ("LOT 33019", code("lot", "33019")),
        ("00000000 00000000", None),
        ("18012224 Date de durabilité minimale entre le 04/03/2022 et le 27/03/2022",
         every(code("lot", "18012224"), expiry("2022-03-04", "2022-03-27"))),
        ("3548783000017 18012224 Date de durabilité minimale 02/03/2022",
         every(code("gtin", "3548783000017"),
               every(code("lot", "18012224"), expiry("2022-03-02")))),
        ("790  3526170007023 790",
         either(code("lot", "790"), every(code("gtin", "3526170007023"), code("lot", "790")))),
    ],
)  # fmt: skip
def test_the_first_data_set_wrote_prose(prose: str, expected: dict[str, Any] | None) -> None:
    assert rule(prose) == expected


def test_what_is_listed_without_a_bar_code_leaves_the_product_open() -> None:
    assert lots([MILK, "12"]).names_product
    assert not lots([MILK, "12", "|lot 13"]).names_product
    assert not lots([]).names_product


def test_periods_in_which_cars_were_made_are_read() -> None:
    found = lots(["600: 28.07.2023 - 19.12.2025\ngrande panda: 25.02.2025 - 23.01.2026"]).rule

    assert found is not None
    assert str(found).count("manufactured") == 2


def test_a_number_of_lots_beyond_reason_is_still_a_rule() -> None:
    listed = [part for number in range(500) for part in (f"|{MILK}", str(number))]

    found = lots(listed).rule

    assert found is not None
    assert str(found).count("lot") == 500


def test_a_value_of_another_kind_is_unreadable() -> None:
    with pytest.raises(RecordUnreadable):
        lots({"lot": 7})


def test_sentences_begin_with_capitals_again() -> None:
    said = said_plainly("ne plus consommer. écrire au vendeur, art. 7 à part")

    assert said == "Ne plus consommer. Écrire au vendeur, art. 7 à part"


def test_names_that_fold_to_one_are_named_once() -> None:
    found = product_names(["Boudin noir", "boudin-noir", "…"])

    assert found is not None
    assert found.model_dump()["any_of"] == ("boudin-noir",)
    assert product_names(["…"]) is None
