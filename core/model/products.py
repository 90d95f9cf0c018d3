"""Products apart from the units of them, and the keys by which a notice finds their owners."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from types import MappingProxyType

from core.model.identifier import LONGEST, fold, legible, skeleton
from core.model.keys import BAR_CODES, SHORTEST_PART, code_key
from core.model.recall import Maker, Notice
from core.model.rule import (
    PRODUCT_KEYS,
    And,
    Attribute,
    CodeRule,
    Model,
    Or,
    Rule,
    names_product,
    walk,
)
from core.model.unit import Unit

NAMES = frozenset({"name", "product"})
PRODUCT_FACTS = PRODUCT_KEYS | NAMES
MARK_BYTES = 12
# How much of a longer model is a key of its own: dense where models are told apart, so that
# a notice finds few others; it asks for the longest of these that its own model has.
HEADS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 24, 32, 48)
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Product:
    """What many people own alike: brand, model, and the facts that every unit of it shares.

    `facts` holds names and product codes alone (PRODUCT_FACTS), as typed.
    """

    brand: str | None = None
    model: str | None = None
    facts: Mapping[str, str] = field(default_factory=lambda: _NOTHING)

    @classmethod
    def of(cls, unit: Unit) -> Product:
        """Return the product that the unit is one of."""
        return split(unit)[0]

    @property
    def mark(self) -> str:
        """Return a digest, equal for every spelling of the product that no rule tells apart.

        24 hexadecimal digits. A code that was not read in full never equals one that was.
        """
        told = [_folded(self.brand), _folded(self.model), *sorted(self._folded_facts())]
        spelt = json.dumps(told, ensure_ascii=True).encode()
        return blake2b(spelt, digest_size=MARK_BYTES).hexdigest()

    def _folded_facts(self) -> Iterator[list[str | bool]]:
        for name, value in self.facts.items():
            yield [name, fold(value), name in NAMES or legible(value)]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names it goes by, as typed."""
        return tuple(self.facts[name] for name in sorted(NAMES) if name in self.facts)


def _folded(text: str | None) -> str | None:
    return None if text is None else fold(text)


def split(unit: Unit) -> tuple[Product, Mapping[str, str]]:
    """Return the product, and the facts of the unit alone; `unit_of` puts them together."""
    shared = {name: said for name, said in unit.facts.items() if name in PRODUCT_FACTS}
    own = {name: said for name, said in unit.facts.items() if name not in PRODUCT_FACTS}
    return Product(unit.brand, unit.model, MappingProxyType(shared)), MappingProxyType(own)


def unit_of(
    product: Product,
    facts: Mapping[str, str] = _NOTHING,
    confirmed: bool = False,  # noqa: FBT001, FBT002 - the fields of a unit, in their order
) -> Unit:
    """Return the unit of this product that has these facts of its own."""
    told = MappingProxyType({**product.facts, **facts})
    return Unit(product.brand, product.model, told, confirmed)


def product_keys(product: Product) -> frozenset[str]:
    """Return the keys under which the product is found from a notice (keys_for_products).

    `s:` the look-alike skeleton of its model, `h:` the beginnings of it, `c:` product codes,
    `f:` that it has such a code at all, `n:` names, and its brand: `k:` where a model is
    known, `b:` where none is.
    """
    return frozenset(_keys(product))


def _keys(product: Product) -> Iterator[str]:
    model = fold(product.model or "")
    bones = skeleton(model)
    if bones:
        yield f"s:{bones[:LONGEST]}"
        yield from (f"h:{bones[:size]}" for size in HEADS if size < len(bones))
    for name, value in product.facts.items():
        if name in NAMES:
            yield f"n:{fold(value)}"
        if name in PRODUCT_KEYS:
            yield code_key(name, value)
            yield f"f:{_code_field(name)}"
    if brand := fold(product.brand or ""):
        yield f"{'k' if model else 'b'}:{brand}"


def _code_field(name: str) -> str:
    return "gtin" if name in BAR_CODES else name


def keys_for_products(notice: Notice, maker: Maker | None = None) -> frozenset[str]:
    """Return the keys of every product that the notice names, or may mean.

    Models are found with another reading, a longer or a shorter one of the same beginning,
    but not by a typing error. With its `maker` the brand's other names find, too.
    """
    return frozenset(_asked(notice, maker))


def _asked(notice: Notice, maker: Maker | None) -> Iterator[str]:
    for node in walk(notice.units):
        if isinstance(node, Model):
            for model in node.any_of:
                yield from _of_model(model, exact=node.match == "exact")
        elif isinstance(node, CodeRule) and names_product(node):
            yield from _of_code(node)
        elif isinstance(node, Attribute) and names_product(node):
            yield from _of_attribute(node)
    yield from (f"n:{fold(name)}" for name in (notice.product, *notice.names))
    for brand in brands_of(notice, maker):
        yield f"b:{brand}"
        if not _needs_model(notice.units):
            yield f"k:{brand}"


def _of_model(model: str, *, exact: bool) -> Iterator[str]:
    bones = skeleton(fold(model))[:LONGEST]
    yield from (f"s:{bones[:size]}" for size in range(SHORTEST_PART, len(bones)))
    yield f"s:{bones}"
    if len(bones) >= SHORTEST_PART or not exact:
        longest = max(size for size in HEADS if size <= len(bones))
        yield f"h:{bones[:longest]}"


def _of_code(node: CodeRule) -> Iterator[str]:
    """Yield the listed codes, or, where part of a code or a range decides, all of the kind."""
    if node.at or not node.eq:
        yield f"f:{_code_field(node.field)}"
    else:
        yield from (code_key(node.field, value) for value in node.eq)


def _of_attribute(node: Attribute) -> Iterator[str]:
    for value in node.any_of:
        yield f"n:{fold(value)}" if node.field in NAMES else code_key(node.field, value)


def brands_of(notice: Notice, maker: Maker | None) -> frozenset[str]:
    """Return every folded name of the notice's brands and of their maker's."""
    own = (*maker.brands, *maker.aliases) if maker else ()
    return frozenset(map(fold, (*notice.brands, *own)))


def _needs_model(rule: Rule) -> bool:
    """Say whether only a listed model can be covered."""
    match rule:
        case Model():
            return True
        case And(of=parts):
            return any(map(_needs_model, parts))
        case Or(of=parts):
            return all(map(_needs_model, parts))
    return False
