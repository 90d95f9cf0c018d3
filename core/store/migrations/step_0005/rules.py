"""What 0005_alerts takes for a product and for a code, as the rules were then."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import blake2b

from core.model.identifier import fold, legible

NAMES = frozenset({"name", "product"})
SHARED = frozenset({"upc", "gtin", "ean", "asin", "fcc_id"}) | NAMES
MARK_BYTES = 12
SHORTEST_CODE = 5
# A code may have been typed in as many parts.
MOST_PARTS = 4


def product_of(
    brand: str | None, model: str | None, facts: Mapping[str, str]
) -> tuple[dict[str, str | None], dict[str, str]]:
    """Return the row of the product, and the facts that are the unit's own."""
    shared = {name: value for name, value in facts.items() if name in SHARED}
    own = {name: value for name, value in facts.items() if name not in SHARED}
    row = {
        "mark": _mark(brand, model, shared),
        "brand": brand,
        "model": model,
        "facts": json.dumps(shared),
    }
    return row, own


def _mark(brand: str | None, model: str | None, shared: Mapping[str, str]) -> str:
    facts = sorted(
        [name, fold(value), name in NAMES or legible(value)] for name, value in shared.items()
    )
    told = [_folded(brand), _folded(model), *facts]
    spelt = json.dumps(told, ensure_ascii=True).encode()
    return blake2b(spelt, digest_size=MARK_BYTES).hexdigest()


def _folded(text: str | None) -> str | None:
    return None if text is None else fold(text)


def codes_in(says: str) -> set[str]:
    """Return everything in the words of a button that may be a code of a unit, folded."""
    return {code for code in _runs(says.split()) if _may_be_code(code)}


def _runs(words: list[str]) -> Iterator[str]:
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + MOST_PARTS) + 1):
            yield fold("".join(words[start:end]))


def _may_be_code(code: str) -> bool:
    return len(code) >= SHORTEST_CODE and any(character.isdigit() for character in code)
