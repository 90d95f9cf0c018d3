"""What the makers print on their units: which kind of code has which shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from core.model.identifier import fold
from core.model.rule import fits_shape
from core.query.names import Names
from core.query.wording import wording

# People call the number of a batch by any of these names.
KINDRED = frozenset({"batch", "lot", "serial", "date_code", "barcode", "battery_barcode"})
Fields = Sequence[tuple[str, str]]


def field_of(brand: str | None, typed: str, names: Names) -> str | None:
    """Return the field whose codes look like `typed` on this brand's units, or None."""
    folded = fold(typed)
    for field, shape in known_fields(brand, names):
        if fits_shape(folded, shape):
            return field
    expected = "serial" if len(folded) in names.serial_lengths(brand) else None
    return expected if not folded.isalpha() else None


def said_as(brand: str | None, field: str, typed: str, names: Names) -> str:
    """Return the field that a code called `field` is to this maker ("lot" may be a serial)."""
    fields = {known for known, _ in known_fields(brand, names)}
    if field not in KINDRED or not fields or field in fields:
        return field
    if field == "batch" and "lot" in fields:
        return "lot"
    return field_of(brand, typed, names) or field


def foreign(brand: str | None, typed: str, names: Names) -> bool:
    """Say whether a bare number is none that this maker prints."""
    # Only the length counts: what was printed as a letter may have been read as a digit.
    lengths = {len(shape) for _, shape in known_fields(brand, names)}
    lengths.update(names.serial_lengths(brand))
    folded = fold(typed)
    return folded.isdigit() and bool(lengths) and len(folded) not in lengths


def known_fields(brand: str | None, names: Names) -> Fields:
    """Return the fields of the brand's maker with their shapes, () where nobody knows."""
    if brand is None:
        return ()
    maker = names.lexicon.maker_of.get(fold(brand))
    brands = (brand, *(maker.brands if maker else ()))
    return next((_listed()[fold(one)] for one in brands if fold(one) in _listed()), ())


@lru_cache(maxsize=1)
def _listed() -> Mapping[str, Fields]:
    return {fold(brand): _read(codes) for brand, codes in wording().known["codes"].items()}


def _read(codes: Sequence[str]) -> Fields:
    pairs = (code.split(" ") for code in codes)
    return [(field, shape) for field, shape in pairs]
