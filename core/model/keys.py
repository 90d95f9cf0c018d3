"""Under which keys a notice is found, and which keys a unit is looked up by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.model.identifier import LONGEST, deletions, fold, skeleton
from core.model.recall import Notice
from core.model.rule import Attribute, CodeRule, Model, names_product, walk
from core.model.unit import Unit

# Beyond this, one wrong character is no longer the likeliest explanation, and the keys swell.
LONGEST_NEIGHBOUR = 24
SHORTEST_NEIGHBOUR = 4
SHORTEST_PART = 3
BAR_CODES = ("gtin", "upc", "ean")


@dataclass(frozen=True, slots=True)
class Probe:
    """What to look a unit up by: exact keys, and one stretch of skeletons that begin alike."""

    keys: tuple[str, ...]
    begins: str | None = None


def bar_code(digits: str) -> str:
    """Return a UPC, EAN or GTIN as the 14 digits they share (GS1: pad with zeros)."""
    return fold(digits).zfill(14)


def keys_of_notice(notice: Notice) -> frozenset[str]:
    """Return the index keys of a notice.

    `m:` model as folded, `s:` its look-alike skeleton, `d:` the skeleton with one character
    left out, `c:` product codes, `n:` product names, `b:` brands, and `k:` brands whose notice
    names no model, so that any unit of the brand may be meant.
    """
    return frozenset(_keys(notice))


def _keys(notice: Notice) -> Iterator[str]:
    nodes = list(walk(notice.units))
    models = [value for node in nodes if isinstance(node, Model) for value in node.any_of]
    for model in models:
        yield from model_keys(model)
    for node in nodes:
        if isinstance(node, CodeRule) and names_product(node):
            yield from (code_key(node.field, value) for value in node.eq)
        elif isinstance(node, Attribute) and node.field == "product":
            yield from (f"n:{fold(value)}" for value in node.any_of)
    yield from (f"n:{fold(name)}" for name in (notice.product, *notice.names))
    for brand in notice.brands:
        yield f"b:{fold(brand)}"
        if not models:
            yield f"k:{fold(brand)}"


def model_keys(model: str) -> Iterator[str]:
    """Yield the index keys of one printed model number."""
    folded = fold(model)
    bones = skeleton(folded)
    yield f"m:{folded}"
    yield f"s:{bones}"
    if SHORTEST_NEIGHBOUR <= len(bones) <= LONGEST_NEIGHBOUR:
        yield from (f"d:{neighbour}" for neighbour in deletions(bones))


def code_key(field: str, value: str) -> str:
    """Return the key of a product code, one for every look-alike reading of it."""
    if field in BAR_CODES:
        return f"c:gtin:{skeleton(bar_code(value))}"
    return f"c:{field}:{skeleton(fold(value))}"


def probe_of_unit(unit: Unit) -> Probe:
    """Return what to look `unit` up by; brand keys only where nothing narrower is known."""
    keys: list[str] = []
    folded = fold(unit.model or "")[:LONGEST]
    if folded:
        keys += _model_probe(folded)
    for field, value in unit.facts.items():
        if field in {"product", "name"}:
            keys.append(f"n:{fold(value)}")
        elif field in {*BAR_CODES, "asin", "fcc_id"}:
            keys.append(code_key(field, value))
    if unit.brand:
        keys.append(f"{'k' if folded else 'b'}:{fold(unit.brand)}")
    begins = f"s:{skeleton(folded)}" if len(folded) > SHORTEST_PART else None
    return Probe(tuple(dict.fromkeys(keys)), begins)


def _model_probe(folded: str) -> list[str]:
    bones = skeleton(folded)
    heads = range(SHORTEST_PART, len(folded) + 1)
    keys = [f"m:{folded}", f"s:{bones}"]
    keys += [f"m:{folded[:size]}" for size in heads] + [f"s:{bones[:size]}" for size in heads]
    if SHORTEST_NEIGHBOUR - 1 <= len(bones) <= LONGEST_NEIGHBOUR + 1:
        keys.append(f"d:{bones}")
        for neighbour in deletions(bones):
            keys += [f"s:{neighbour}", f"d:{neighbour}"]
    return keys
