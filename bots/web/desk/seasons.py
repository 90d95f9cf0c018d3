"""Advisories that are written beforehand, for the times of the year at which they help."""

from __future__ import annotations

from enum import StrEnum

from core.text.translations import Translator


class Season(StrEnum):
    """When an advisory is due; its text is `advice_<value>_title` and `advice_<value>_text`."""

    FLIGHT = "flight"
    HEATERS = "heaters"
    GIFTS = "gifts"
    CHARGING = "charging"


# Of which products the recalls are listed behind it.
CATEGORIES = {
    Season.FLIGHT: "power-bank",
    Season.HEATERS: "heater",
    Season.GIFTS: "toy",
    Season.CHARGING: "e-bike",
}


def season_of(text: str) -> Season | None:
    """Return the advisory of that name, None where there is none."""
    return next((one for one in Season if one.value == text), None)


def written(season: Season, words: Translator) -> tuple[str, str]:
    """Return its title and its paragraphs, with empty lines between them."""
    return words(f"advice_{season}_title"), words(f"advice_{season}_text")
