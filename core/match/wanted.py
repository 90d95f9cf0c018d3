"""Which notices somebody chose to post or be told: by country, hazard, category and brand."""

from __future__ import annotations

from typing import Protocol

from core.model.identifier import fold
from core.model.recall import HazardKind, Notice


class Choice(Protocol):
    """What a feed or an account tells of: what fits one of each list that is not empty.

    `countries` are ISO 3166 alpha-2 and find what holds everywhere too.
    """

    @property
    def countries(self) -> tuple[str, ...]:
        """Return the countries."""
        ...

    @property
    def hazards(self) -> tuple[HazardKind, ...]:
        """Return what can hurt."""
        ...

    @property
    def categories(self) -> tuple[str, ...]:
        """Return the categories of products."""
        ...

    @property
    def brands(self) -> tuple[str, ...]:
        """Return the brands, however they are spelt."""
        ...


def chosen(choice: Choice, notice: Notice) -> bool:
    """Say whether the notice fits one of each list of the choice that is not empty."""
    everywhere = "WORLD" in notice.regions
    brands = {fold(brand) for brand in notice.brands}
    return all(
        (
            everywhere or _meets(choice.countries, notice.regions),
            _meets(choice.hazards, notice.hazard.kinds),
            _meets(choice.categories, (notice.category,)),
            _meets(tuple(map(fold, choice.brands)), tuple(brands)),
        )
    )


def _meets(wanted: tuple[str, ...], present: tuple[str, ...]) -> bool:
    return not wanted or not set(wanted).isdisjoint(present)
