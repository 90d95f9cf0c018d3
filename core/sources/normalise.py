"""Everything a source needs to turn an authority's wording into our values, in one place."""

from __future__ import annotations

import re
import unicodedata

from core.sources.brands import NO_BRAND, brands
from core.sources.categories import category
from core.sources.contract import RecordUnreadable
from core.sources.dates import published
from core.sources.hazards import hazards, hazards_of
from core.sources.numbers import UnitCount, unit_counts
from core.sources.places import regions
from core.sources.plausible import plausible
from core.sources.remedies import remedy_options
from core.sources.sold import Sale, sold
from core.sources.text import clean, line, passage

__all__ = [
    "NO_BRAND",
    "Sale",
    "UnitCount",
    "brands",
    "category",
    "clean",
    "hazards",
    "hazards_of",
    "line",
    "notice_id",
    "passage",
    "plausible",
    "published",
    "regions",
    "remedy_options",
    "sold",
    "unit_counts",
]

LONGEST_ID = 80
_OUTSIDE = re.compile(r"[^a-z0-9.]+")


def notice_id(source: str, number: str) -> str:
    """Return the stable id of a notice: ("cpsc", "25-466") gives "cpsc-25-466".

    Lower case letters, digits, dots and hyphens, at most 80 of them. Raises RecordUnreadable
    where the number has no letter or digit that could be kept.
    """
    bare = unicodedata.normalize("NFKD", number).encode("ascii", "ignore").decode().lower()
    kept = _OUTSIDE.sub("-", bare).strip("-.")
    if not kept:
        raise RecordUnreadable(f"no number to name the notice by: {number!r:.60}")
    return f"{source}-{kept}"[:LONGEST_ID].rstrip("-.")
