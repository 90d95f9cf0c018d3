"""Codes typed with gaps, told by the shape in which their maker prints them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from core.query.fields import known_fields
from core.query.names import Names
from core.query.sheet import Kind, Mark, Sheet

# A shorter shape is met by chance: "9999" may be anything.
SHORTEST_SHAPE = 7
_PLACES = {"9": r"[0-9]", "A": r"[a-z]", "*": r"[a-z0-9]"}
_GAP = re.compile(r"[ -]+")


def read_printed(sheet: Sheet, names: Names) -> None:
    """Mark codes like "10344 BB 0917" of the makers that were named."""
    for brand in _makers(sheet):
        for field, shape in known_fields(brand, names):
            mixed = "9" in shape and "A" in shape
            if not mixed or len(shape) < SHORTEST_SHAPE:
                continue
            for match in _pattern(shape).finditer(sheet.plain.words):
                if sheet.free(*match.span()):
                    value = _GAP.sub("", match[0]).upper()
                    sheet.mark(Mark(Kind.CODE, *match.span(), value, field))


def _makers(sheet: Sheet) -> Iterator[str]:
    said = (
        (mark.value,) if mark.kind is Kind.BRAND else mark.brands
        for mark in sheet.of(Kind.BRAND, Kind.HINT, Kind.MODEL)
    )
    return iter(dict.fromkeys(brand for brands in said for brand in brands))


@lru_cache(maxsize=256)
def _pattern(shape: str) -> re.Pattern[str]:
    """Return the shape with gaps where letters and digits meet."""
    places: list[str] = []
    for index, place in enumerate(shape):
        meets = index > 0 and shape[index - 1] != place
        places.append(
            (r"[ -]?" if meets else "") + _PLACES.get(place, re.escape(place.lower()))
        )
    return re.compile(rf"(?<![a-z0-9]){''.join(places)}(?![a-z0-9])")
