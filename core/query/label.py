"""What a photographed label says: the unit, each part with its place, and what to show back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from types import MappingProxyType

from core.model.identifier import fold, skeleton
from core.model.keys import bar_code
from core.model.label import Box, Reading
from core.model.lexicon import Lexicon
from core.model.unit import Unit
from core.query.label_barcodes import Told, told_by
from core.query.label_lines import labelled, strips_of
from core.query.label_picks import Pick, brand_on, brands_on, codes_on, model_on
from core.query.names import Names, names_of

MARGIN = 24
MOST_BARCODES = 12
_FIELDS = ("brand", "model", "serial", "batch", "date_code", "manufactured", "expiry")
_PLACES = {field: place for place, field in enumerate(_FIELDS)} | {"barcode": 99}


@dataclass(frozen=True, slots=True)
class Part:
    """One thing picked from the picture: its field and value, as they are to be shown back.

    `field` is "brand", "model", a field of the unit's facts, or "barcode" for a bar code that
    only shows what it says. `by_barcode` says that a bar code said so. Where a bar code and
    the print disagree there are two parts of one field, the bar code's first.
    """

    field: str
    value: str
    by_barcode: bool
    box: Box


@dataclass(frozen=True, slots=True)
class Label:
    """The unit that a label describes, never confirmed: a photo does not clear by itself.

    `crop` is the piece of the picture that holds the parts, None where nothing was picked.
    """

    unit: Unit
    parts: tuple[Part, ...]
    crop: Box | None


def read_label(reading: Reading, lexicon: Lexicon) -> Label:
    """Return the unit a label names; what is not plainly there is left out, not guessed."""
    names = names_of(lexicon)
    strips = strips_of(reading)
    values = tuple(labelled(strips))
    told = [one for code in reading.barcodes[:MOST_BARCODES] for one in told_by(code)]
    brands = brands_on(strips, values, names)
    model = model_on(strips, values, brands, names)
    coded = [_as_model(one, model, names) for one in told]
    leading = next((one.value for one in coded if one.field == "model"), None)
    brand = brand_on(brands, model, names)
    maker = (
        brand.value if brand else _maker_of(leading or (model.value if model else ""), names)
    )
    printed = [*filter(None, (brand, model)), *codes_on(strips, values, maker, names)]
    settled = _as_serials(coded, printed, maker, names)
    parts = tuple(_parts(settled, printed))
    return Label(_unit(parts, maker), parts, _crop(parts, reading))


def _maker_of(model: str, names: Names) -> str | None:
    known = names.models.get(fold(model))
    return names.main_brand(known.brands) if known and known.brands else None


def _as_model(one: Told, model: Pick | None, names: Names) -> Told:
    """Name a code that stands alone where it is a model we know, or the printed one."""
    folded = fold(one.value)
    known = folded in names.models or (model is not None and fold(model.value) == folded)
    return replace(one, field="model") if not one.field and known else one


def _as_serials(
    told: Sequence[Told], printed: Sequence[Pick], maker: str | None, names: Names
) -> list[Told]:
    """Name the code that stands alone: the printed serial, or the one of the usual length."""
    lengths = names.serial_lengths(maker)
    alphabet = names.lexicon.alphabet(maker, "serial")
    serials = [pick.value for pick in printed if pick.field == "serial"]
    loose = {fold(one.value) for one in told if not one.field}
    same = {code for code in loose if any(_alike(code, serial) for serial in serials)}
    usual = {code for code in loose if len(code) in lengths and _printable(code, alphabet)}
    if any(one.field == "serial" for one in told):
        usual = set()
    chosen = same or (usual if len(usual) == 1 else set())
    return [
        one
        if one.field
        else replace(one, field="serial" if fold(one.value) in chosen else "barcode")
        for one in told
    ]


def _printable(code: str, alphabet: str) -> bool:
    return any(map(str.isdigit, code)) and (not alphabet or set(code) <= set(alphabet))


def _alike(one: str, other: str) -> bool:
    return skeleton(fold(one)) == skeleton(fold(other))


def _parts(told: Sequence[Told], printed: Sequence[Pick]) -> list[Part]:
    """Return the parts in their order; where a bar code and the print agree, one for both."""
    coded: dict[tuple[str, str], Part] = {}
    for one in told:
        part = Part(one.field, one.value, by_barcode=True, box=one.box)
        coded.setdefault((one.field, _comparable(part)), part)
    agreed: set[int] = set()
    for key, part in coded.items():
        for pick in printed:
            if pick.field == part.field and _alike(pick.value, part.value):
                agreed.add(id(pick))
                coded[key] = replace(part, box=part.box.around(pick.box))
    alone = [
        Part(pick.field, pick.value, by_barcode=False, box=pick.box)
        for pick in printed
        if id(pick) not in agreed
    ]
    return sorted([*coded.values(), *alone], key=_place)


def _comparable(part: Part) -> str:
    return bar_code(part.value) if part.field in {"gtin", "upc"} else fold(part.value)


def _place(part: Part) -> tuple[int, bool]:
    return _PLACES.get(part.field, len(_PLACES)), not part.by_barcode


def _unit(parts: Sequence[Part], maker: str | None) -> Unit:
    facts: dict[str, str] = {}
    for part in parts:
        facts.setdefault(part.field, part.value)
    facts.pop("barcode", None)
    brand = facts.pop("brand", None) or maker
    return Unit(brand, facts.pop("model", None), MappingProxyType(facts))


def _crop(parts: Sequence[Part], reading: Reading) -> Box | None:
    """Return the box around the codes; a logo far from them would only make them small."""
    boxes = [part.box for part in parts if part.field != "brand"] or [
        part.box for part in parts
    ]
    if not boxes:
        return None
    whole = reduce(Box.around, boxes)
    tallest = max(min(box.width, box.height) for box in boxes)
    return whole.grown(max(MARGIN, tallest // 2), reading.width, reading.height)
