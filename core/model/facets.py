"""The few words by which lists of notices are narrowed: brand, category, hazard, country."""

from __future__ import annotations

from core.model.identifier import fold
from core.model.recall import Notice

EVERY = "all"
BRAND, CATEGORY, HAZARD, COUNTRY, SOURCE = "b:", "c:", "h:", "r:", "s:"
WORLD = COUNTRY + "WORLD"


def facets_of(notice: Notice, source: str) -> frozenset[str]:
    """Return the facets of a notice of that source; one for all of the world names no country.

    A brand is folded, so that it is found however it is spelt.
    """
    countries = (
        {"WORLD"} if "WORLD" in notice.regions else {code.upper() for code in notice.regions}
    )
    return frozenset(
        {EVERY, CATEGORY + notice.category, SOURCE + source}
        | {BRAND + fold(brand) for brand in notice.brands if fold(brand)}
        | {HAZARD + kind.value for kind in notice.hazard.kinds}
        | {COUNTRY + country for country in countries}
    )
