"""A notice that names no model concerns what goes by its name, and what has no name at all."""

from __future__ import annotations

from typing import Any

import pytest

from core.match.concern import Concern, concern, concerns
from core.model.lexicon import Lexicon
from core.model.products import Product
from core.model.recall import Notice
from core.model.unit import Unit
from tests.builders import a_maker, a_notice, a_rule, a_unit, knowledge

LEXICON = knowledge(a_maker()).lexicon


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ({}, False),
        ({"name": "Acme hair dryer"}, False),
        ({"name": "PowerBank"}, True),
        ({"name": "10000 mAh bank, power"}, True),
        ({"product": "power-bank"}, True),
        ({"name": "モバイルバッテリー"}, True),
    ],
)
def test_a_notice_without_models_concerns_what_goes_by_its_name(
    named: dict[str, str], *, told: bool
) -> None:
    notice = a_notice(a_rule({"op": "checker"}), product="Acme power bank")

    assert concerns(a_unit("Z900", **named), notice, LEXICON) is told
    assert (
        concern(Product("Acme", "Z900", named), notice, LEXICON) is not Concern.NOBODY
    ) is told


@pytest.mark.parametrize(
    ("unit", "told"),
    [
        (a_unit(None), True),
        (a_unit(None, name="Acme"), True),
        (a_unit(None, upc="4006381333931"), True),
        (a_unit(None, name="power bank"), True),
        (a_unit(None, name="hair dryer"), False),
        (a_unit(None, None, name="Acme"), False),
        (a_unit(None, None, name="Acme X100 power bank"), True),
        (a_unit(None, "Other"), False),
    ],
)
def test_an_item_without_model_is_meant_by_its_name_or_by_having_none(
    unit: Unit, *, told: bool
) -> None:
    assert concerns(unit, a_notice(), LEXICON) is told


def test_words_of_the_brand_make_no_name_alike() -> None:
    maker = a_maker("Acme", aliases=("Acme Power",))
    notice = a_notice(product="Acme Power hair dryer", category="hair-dryer")

    told = concerns(a_unit(None, name="acme power"), notice, Lexicon.of([maker], []))
    other = concerns(a_unit(None, name="power drill"), notice, Lexicon.of([maker], []))

    assert told
    assert not other


@pytest.mark.parametrize(
    "facts",
    [
        {"product": "Acme power bank Z-9OO"},
        {"product": "Banks", "title": "Acme recalls Z900 banks"},
        {"product": "Banks", "names": ("Z900",)},
        {
            "product": "Banks",
            "units": {"op": "unparsed", "verbatim": "models Z 900 and Z 901"},
            "complete": False,
        },
        {"product": "Banks", "names": ("Bank Z9OO-B",)},
    ],
)
def test_a_model_in_the_wording_alone_is_meant(facts: dict[str, Any]) -> None:
    body = {**a_notice(a_rule({"op": "checker"})).model_dump(), **facts}
    notice = Notice.model_validate(body)

    assert concern(Product("Acme", "Z900"), notice, LEXICON) is Concern.EVERYBODY
    assert concern(Product("Acme", "Z777"), notice, LEXICON) is Concern.NOBODY


@pytest.mark.parametrize("model", ["X100", "X1OO-B", "X10"])
def test_a_listed_model_is_meant_where_its_rule_cannot_hold_but_more_is_written(
    model: str,
) -> None:
    both = [{"op": "model", "any_of": [listed]} for listed in ("X100", "Y200")]
    wording = {"op": "unparsed", "verbatim": "made by Acme"}
    rule = a_rule({"op": "or", "of": [{"op": "and", "of": both}, wording]})
    notice = a_notice(rule, product="Banks", complete=False)

    whose = concern(Product("Acme", model), notice, LEXICON)

    assert whose is Concern.EVERYBODY
    assert concern(Product("Acme", "Z9"), notice, LEXICON) is Concern.NOBODY
