"""How products, fields, countries, amounts and codes are called in a text."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_currency

from core.model.identifier import fold
from core.model.recall import Notice, RemedyOption
from core.model.unit import Unit
from core.model.verdict import Finding
from core.text.covered import models_of
from core.text.translations import Translator

MOST_REGIONS = 6
LANG_OF_NOTICES = "en"
BATTERY_CATEGORIES = frozenset(
    {
        "power-bank",
        "battery",
        "charger",
        "laptop",
        "phone",
        "speaker",
        "cooler",
        "notebook-battery",
    }
)


def unit_name(unit: Unit, words: Translator) -> str:
    """Return what the person has, in their own words where we have no better."""
    name = unit.facts.get("product") or unit.facts.get("name")
    said = [part for part in (unit.brand, unit.model or name) if part]
    if unit.brand and len(said) == 1:
        return words("product_of_brand", brand=unit.brand)
    return " ".join(said) or words("this_product")


def product_name(unit: Unit, notice: Notice, words: Translator) -> str:
    """Return the recalled product: the notice's name for it where it covers one model alone.

    In another language than the notice's it is brand and model, and what kind of thing it is.
    """
    if words.lang != LANG_OF_NOTICES:
        return _named_abroad(unit, notice, words)
    models = models_of(notice)
    if len(models) > 1 and unit.model:
        return unit_name(unit, words)
    alone = models[0] if len(models) == 1 else ""
    if alone in notice.product:
        return notice.product
    return f"{notice.product} ({alone})"


def _named_abroad(unit: Unit, notice: Notice, words: Translator) -> str:
    name = unit.model or unit.facts.get("product") or next(iter(notice.names), "")
    brand = unit.brand or notice.brands[0]
    whole = name if fold(name).startswith(fold(brand)) else f"{brand} {name}".strip()
    key = f"category_{notice.category}"
    if not words.has(key):
        return whole
    return words("product_named", name=whole, category=words(key))


def field_name(field: str | None, words: Translator) -> str:
    """Return what a field of the unit is called."""
    key = f"field_{field}"
    if words.has(key):
        return words(key)
    return words("field_other", name=(field or "").replace("_", " "))


def region_names(regions: tuple[str, ...], words: Translator) -> str:
    """Return the countries by name, the first few where there are many."""
    if "WORLD" in regions:
        return words.region("WORLD")
    named = [words.region(region) for region in regions[:MOST_REGIONS]]
    return words.both(named) + (" …" if len(regions) > MOST_REGIONS else "")


def all_regions(found: tuple[Finding, ...]) -> tuple[str, ...]:
    """Return every country these notices are for, in their order."""
    return tuple(dict.fromkeys(region for one in found for region in one.notice.regions))


def option_name(option: RemedyOption, words: Translator) -> str:
    """Return one remedy: "a gift card of $30"."""
    kind = f"option_{option.kind}"
    if option.amount and option.currency and words.has(f"{kind}_amount"):
        amount = format_currency(Decimal(option.amount), option.currency, locale=words.locale)
        return words(f"{kind}_amount", amount=amount)
    if option.product and words.has(f"{kind}_product"):
        return words(f"{kind}_product", product=option.product)
    return words(kind)


def option_names(options: tuple[RemedyOption, ...], words: Translator) -> str:
    """Return the remedies an owner may choose from."""
    return words.either(option_name(option, words) for option in options)


def is_battery(notice: Notice) -> bool:
    """Say whether the advice for lithium batteries applies."""
    return notice.category in BATTERY_CATEGORIES
