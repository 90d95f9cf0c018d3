"""What is recalled, and by which numbers on it somebody tells whether it is theirs."""

from __future__ import annotations

from collections.abc import Sequence

from core.model.identifier import fold
from core.model.recall import Notice
from core.model.rule import CodeRule
from core.model.unit import Unit
from core.publish.posts.foreign import ELLIPSIS, coded, one_line
from core.text import covered
from core.text.alerts.parts import FEW_MODELS
from core.text.names import LANG_OF_NOTICES, field_name, product_name
from core.text.translations import Translator

# What feeds write where there is no brand.
_NO_BRAND = frozenset({"UNBRANDED", "UNKNOWN", "NOBRAND", "SANSMARQUE", "NA"})
LONGEST_CODE = 200
# Codes that are printed whole on a product or what it came in.
_PRINTED = frozenset({"upc", "gtin", "ean", "barcode", "lot", "batch", "date_code"})


def product_of(notice: Notice, words: Translator) -> str:
    """Return what is recalled, with its brand; by brand, model and kind in other languages."""
    brand = "" if fold(notice.brands[0]) in _NO_BRAND else one_line(notice.brands[0])
    if words.lang == LANG_OF_NOTICES:
        product = one_line(notice.product)
        return product if not brand or fold(brand) in fold(product) else f"{brand} – {product}"
    models = models_of(notice)
    if not brand and not models and not notice.names:
        return kind_of_thing(notice, words)
    known = notice.model_copy(update={"brands": (brand, *notice.brands[1:])})
    model = None if notice.names or not models else some(models, FEW_MODELS, words)
    return one_line(product_name(Unit(model=model), known, words))


def kind_of_thing(notice: Notice, words: Translator) -> str:
    """Return what kind of thing it is, in this language."""
    key = f"category_{notice.category}"
    return words(key if words.has(key) else "category_other")


def needs_its_name(notice: Notice, words: Translator) -> bool:
    """Say whether only the notice's own name for it tells which product is meant."""
    return words.lang != LANG_OF_NOTICES and not notice.names and not models_of(notice)


def models_of(notice: Notice) -> tuple[str, ...]:
    """Return the model numbers that are recalled, in the notice's order."""
    return tuple(dict.fromkeys(one_line(value) for value in covered.models_of(notice)))


def codes_of(notice: Notice, words: Translator, most: int) -> str:
    """Return the codes printed on what is recalled, by what each is: "UPC 1, 2", or ""."""
    known: dict[str, list[str]] = {}
    for node in covered.affirmed(notice.units):
        if isinstance(node, CodeRule) and node.field in _PRINTED and node.at is None:
            known.setdefault(node.field, []).extend(node.eq)
    return "; ".join(
        f"{field_name(field, words)} {some(values, most, words)}"
        for field, values in known.items()
        if values
    )


def some(
    values: Sequence[str], most: int, words: Translator, longest: int = LONGEST_CODE
) -> str:
    """Return the first `most` of them in a row, "…" behind where there are more."""
    row = words.either(coded(value, longest) for value in dict.fromkeys(values[:most]))
    return row + (f" {ELLIPSIS}" if len(values) > most else "")
