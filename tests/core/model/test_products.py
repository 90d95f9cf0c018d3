"""Products without their units: nothing is lost, and a notice finds them by key alone."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.model.identifier import fold
from core.model.keys import SHORTEST_PART
from core.model.products import (
    PRODUCT_FACTS,
    Product,
    keys_for_products,
    product_keys,
    split,
    unit_of,
)
from core.model.rule import Rule
from core.model.unit import Unit
from tests.builders import (
    STEADY,
    a_code_rule,
    a_maker,
    a_model,
    a_notice,
    a_rule,
    a_unit,
    all_of,
)
from tests.core.match.damage import misread, written_differently

CODES = st.text("0O1IAB5SX", min_size=1, max_size=12)
FIELDS = st.sampled_from(
    [*sorted(PRODUCT_FACTS), "serial", "colour", "region", "read_back", "model_read_back"]
)
UNITS = st.builds(
    lambda brand, model, facts, sure: Unit(brand, model, MappingProxyType(facts), sure),
    st.none() | st.text(max_size=8),
    st.none() | st.text(max_size=8),
    st.dictionaries(FIELDS, st.text(max_size=8)),
    st.booleans(),
)
UPC = "741235975076"


def a_product(model: str | None = "X100", brand: str | None = "Acme", **facts: str) -> Product:
    return Product(brand, model, MappingProxyType(facts))


def finds(units: Rule | None, product: Product, **facts: Any) -> bool:
    return bool(keys_for_products(a_notice(units, **facts)) & product_keys(product))


@STEADY
@given(unit=UNITS)
def test_a_unit_split_and_put_together_is_the_same_unit(unit: Unit) -> None:
    product, facts = split(unit)

    together = unit_of(product, facts, unit.confirmed)

    assert together == unit
    assert not facts.keys() & PRODUCT_FACTS
    assert product == Product.of(unit)
    assert unit_of(product) == Unit(unit.brand, unit.model, product.facts)


@STEADY
@given(
    brand=CODES,
    model=CODES,
    code=st.from_regex("[0-9]{12}", fullmatch=True),
    seed=st.integers(),
)
def test_the_mark_is_the_same_however_the_product_is_spelt(
    brand: str, model: str, code: str, seed: int
) -> None:
    plain = a_product(model, brand, upc=code, name="Power Core")

    other = a_product(
        written_differently(model, seed), brand.lower(), name="POWER-CORE", upc=f" {code}"
    )

    assert plain.mark == other.mark
    assert len(plain.mark) == 24


@pytest.mark.parametrize(
    "other",
    [
        a_product("X101"),
        a_product("X1OO"),
        a_product(brand="Other"),
        a_product(None),
        a_product(brand=None),
        a_product(name="X100"),
        a_product(upc=UPC),
    ],
)
def test_another_product_has_another_mark(other: Product) -> None:
    assert other.mark != a_product().mark


def test_a_code_that_was_not_read_in_full_is_another_product() -> None:
    whole, torn = a_product(asin="B00LRK"), a_product(asin="B00?LRK")

    assert whole.mark != torn.mark
    assert fold("B00?LRK") == fold("B00LRK")


def test_the_same_value_in_another_field_is_another_product() -> None:
    assert a_product(upc=UPC).mark != a_product(ean=UPC).mark


def test_names_are_those_it_goes_by() -> None:
    product = a_product(name="PowerCore", product="Galaxy Note7", upc=UPC)

    assert product.names == ("PowerCore", "Galaxy Note7")


@STEADY
@given(
    model=CODES,
    tail=CODES,
    match=st.sampled_from(["exact", "variants", "prefix"]),
    seed=st.integers(),
)
@example(model="A1263", tail="011", match="exact", seed=1)
@example(model="B8", tail="00", match="variants", seed=1)
@example(model="X" * 70, tail="A", match="exact", seed=1)
@example(model="A" * 49, tail="B" * 20, match="exact", seed=1)
def test_a_model_is_found_with_every_tail_and_every_reading_of_it(
    model: str, tail: str, match: str, seed: int
) -> None:
    if len(model) < SHORTEST_PART and match == "exact":
        return

    owned = a_product(misread(model + tail, seed))

    assert finds(a_model(model, match=match), owned)


@STEADY
@given(model=CODES, seed=st.integers())
def test_a_model_is_found_by_every_reading_however_short(model: str, seed: int) -> None:
    assert finds(a_model(model), a_product(misread(model, seed), None))


@STEADY
@given(model=CODES, tail=CODES, seed=st.integers())
def test_the_first_part_of_a_model_is_found(model: str, tail: str, seed: int) -> None:
    if len(model) < SHORTEST_PART:
        return

    owned = a_product(misread(model, seed), None)

    assert finds(a_model(model + tail), owned)


def test_a_typing_error_away_is_another_product() -> None:
    assert not finds(a_model("A1263"), a_product("A1264"))
    assert not finds(a_model("A1263"), a_product("A1623"))


def test_models_that_only_begin_alike_are_not_found() -> None:
    assert not finds(a_model("A1263"), a_product("A1289"))


@pytest.mark.parametrize(
    ("rule", "facts"),
    [
        (a_code_rule(field="upc", eq=[UPC]), {"ean": f"0{UPC}"}),
        (a_code_rule(field="upc", eq=[UPC]), {"gtin": UPC.replace("1", "I")}),
        (a_code_rule(field="upc", starts=["741"]), {"ean": UPC}),
        (a_code_rule(field="upc", eq=["741"], at=[1, 3]), {"upc": UPC}),
        (a_code_rule(field="asin", eq=["B00LRK8EV0"]), {"asin": "BOOLRK8EVO"}),
        (a_code_rule(field="product", eq=["N7"]), {"product": "n-7"}),
        (
            a_rule({"op": "attr", "field": "product", "any_of": ["Galaxy Note7"]}),
            {"product": "galaxy note 7"},
        ),
        (a_rule({"op": "attr", "field": "fcc_id", "any_of": ["2AB-C"]}), {"fcc_id": "2abc"}),
        (a_code_rule(starts=["23"]), {"name": "acme x100 POWER BANK"}),
    ],
)
def test_a_product_is_found_by_code_and_by_name(rule: Rule, facts: dict[str, str]) -> None:
    assert finds(rule, a_product(None, None, **facts))


def test_another_code_is_not_found() -> None:
    rule = a_code_rule(field="upc", eq=[UPC])

    assert not finds(rule, a_product(None, None, upc="4006381333931"))


def test_an_item_of_which_the_brand_alone_is_known_is_always_found() -> None:
    brand_only = a_product(None)

    assert finds(a_model("Z9"), brand_only)
    assert finds(a_code_rule(starts=["23"]), brand_only)


def test_every_model_of_the_brand_is_found_where_none_is_needed() -> None:
    serials = a_code_rule(starts=["23"])
    either = a_rule({"op": "or", "of": [a_model("A1").model_dump(), serials.model_dump()]})

    found = [finds(rule, a_product("Z9")) for rule in (serials, either)]

    assert found == [True, True]


def test_another_model_of_the_brand_is_not_found_where_models_are_listed() -> None:
    either = a_rule({"op": "or", "of": [{"op": "model", "any_of": [m]} for m in ("A1", "A2")]})

    found = [
        finds(rule, a_product("Z9"))
        for rule in (all_of(a_model(), a_code_rule(starts=["2"])), either)
    ]

    assert found == [False, False]


def test_a_brand_is_found_by_the_other_names_of_its_maker() -> None:
    maker = a_maker(aliases=("アクメ",))

    asked = keys_for_products(a_notice(), maker)

    assert asked & product_keys(a_product(None, "アクメ"))
    assert not keys_for_products(a_notice()) & product_keys(a_product(None, "アクメ"))


def test_a_product_has_few_keys_however_long_its_model_is() -> None:
    usual, longest = product_keys(a_product("A1263016")), product_keys(a_product("A7" * 150))

    assert len(usual) <= 12
    assert len(longest) <= 16
    assert max(map(len, longest)) <= 66


def test_a_product_nobody_described_has_no_keys() -> None:
    assert product_keys(Product.of(a_unit(None, None, serial="2313"))) == frozenset()
