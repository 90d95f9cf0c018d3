"""How products, fields, countries, money and dates are written."""

from __future__ import annotations

from datetime import date

import pytest

from core.model.recall import RemedyOption
from core.model.verdict import Finding, Relation, Truth
from core.text.names import (
    all_regions,
    field_name,
    is_battery,
    option_names,
    product_name,
    region_names,
    unit_name,
)
from core.text.translations import languages, translator
from tests.builders import a_model, a_notice, a_unit

WORDS = translator("en")


@pytest.mark.parametrize(
    ("brand", "model", "facts", "name"),
    [
        ("Acme", "X100", {}, "Acme X100"),
        ("Acme", None, {}, "Acme product"),
        (None, "X100", {}, "X100"),
        ("Acme", None, {"name": "PowerTwo"}, "Acme PowerTwo"),
        ("Acme", None, {"product": "Stroller", "name": "stroll"}, "Acme Stroller"),
        (None, None, {"serial": "1"}, "this product"),
    ],
)
def test_a_unit_is_called_as_its_owner_would(
    brand: str | None, model: str | None, facts: dict[str, str], name: str
) -> None:
    assert unit_name(a_unit(model, brand, **facts), WORDS) == name


@pytest.mark.parametrize(
    ("product", "models", "name"),
    [
        ("Acme X100 power bank", ("X100",), "Acme X100 power bank"),
        ("Acme power bank", ("X100",), "Acme power bank (X100)"),
        ("Acme power banks", ("X100", "X200"), "Acme X100"),
    ],
)
def test_a_product_is_called_as_in_its_notice_with_its_model(
    product: str, models: tuple[str, ...], name: str
) -> None:
    notice = a_notice(a_model(*models), product=product)

    assert product_name(a_unit(), notice, WORDS) == name


def test_a_field_without_a_name_of_its_own_is_a_code_with_its_name() -> None:
    assert field_name("serial", WORDS) == "serial number"
    assert field_name("lot_stamp", WORDS) == "code (lot stamp)"
    assert field_name(None, WORDS) == "code ()"


def test_many_countries_are_cut_short_visibly() -> None:
    codes = ("US", "CA", "JP", "DE", "FR", "IT", "ES")

    assert region_names(codes[:2], WORDS) == "United States and Canada"
    assert region_names(("WORLD", "XX"), WORDS) == "worldwide"
    assert region_names(codes, WORDS).endswith(" …")


def test_every_country_of_several_notices_is_named_once() -> None:
    notices = [a_notice(regions=("US", "CA")), a_notice(regions=("CA", "JP"))]
    found = tuple(Finding(one, Truth.YES, Relation.NAMED, ()) for one in notices)

    assert all_regions(found) == ("US", "CA", "JP")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ([{"kind": "refund"}], "a refund"),
        ([{"kind": "refund", "amount": "19.99", "currency": "EUR"}], "a refund of €19.99"),
        ([{"kind": "gift_card", "amount": "30", "currency": "USD"}], "a gift card of $30.00"),
        ([{"kind": "replace", "product": "X200"}], "a free replacement (X200)"),
        (
            [{"kind": "repair"}, {"kind": "dispose"}, {"kind": "store_credit"}],
            "a free repair, instructions for disposal, or store credit",
        ),
    ],
)
def test_remedies_are_named_with_their_money(options: list[dict[str, str]], text: str) -> None:
    listed = tuple(RemedyOption.model_validate(option) for option in options)

    assert option_names(listed, WORDS) == text


def test_the_advice_for_batteries_is_for_batteries() -> None:
    assert is_battery(a_notice())
    assert not is_battery(a_notice(category="extinguisher"))


def test_dates_counts_and_lists_are_written_in_full() -> None:
    assert WORDS.day(date(2025, 6, 1)) == "June 1, 2025"
    assert WORDS.both(["a", "b", "c"]) == "a, b, and c"
    assert WORDS.counted("units_counted", 1, regions="Japan") == "About 1 unit (Japan)"
    assert WORDS.counted("units_counted", 1200, regions="Japan") == "About 1,200 units (Japan)"


def test_a_text_that_nobody_wrote_cannot_pass_unseen() -> None:
    with pytest.raises(KeyError):
        WORDS("no_such_text")
    with pytest.raises(KeyError):
        WORDS.counted("no_such_text", 2)


@pytest.mark.parametrize(
    "wanted", [None, "", "xx", "en-GB", "EN_us", "!!", "tlh-Latn", "x" * 500]
)
def test_a_language_we_do_not_have_or_nonsense_becomes_english(wanted: str | None) -> None:
    assert "en" in languages()
    assert translator(wanted).lang == "en"
