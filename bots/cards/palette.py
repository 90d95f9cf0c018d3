"""The colours of a picture, and how well each text stands out from what is behind it."""

from __future__ import annotations

from typing import NamedTuple

from PIL import ImageColor

# What WCAG 2.2 asks of text (level AA), whatever its size.
ENOUGH = 4.5
# Up to here sRGB is linear.
DARK = 0.04045

RED, YELLOW = "#9b1420", "#ffd21f"
PAPER, INK, FAINT = "#ffffff", "#151515", "#44484d"
BLUE, BODY, EDGE = "#0b4f9c", "#dfe5ea", "#3b4248"


class Ink(NamedTuple):
    """A text's colour and the one behind it."""

    text: str
    ground: str

    @property
    def contrast(self) -> float:
        """Return the ratio of the two, from 1 to 21, by WCAG's formula."""
        lights = sorted((light(self.text), light(self.ground)))
        return (lights[1] + 0.05) / (lights[0] + 0.05)


HEADLINE = Ink(PAPER, RED)
HAZARD = Ink(YELLOW, RED)
PRODUCT = Ink(INK, PAPER)
ACTION = Ink(INK, YELLOW)
WHERE = Ink(INK, PAPER)
SOURCE = Ink(FAINT, PAPER)
INKS = (HEADLINE, HAZARD, PRODUCT, ACTION, WHERE, SOURCE)


def light(colour: str | tuple[int, int, int]) -> float:
    """Return the relative luminance of an sRGB colour, from 0 to 1."""
    parts = ImageColor.getrgb(colour) if isinstance(colour, str) else colour
    red, green, blue = (_linear(part / 255) for part in parts[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    if part <= DARK:
        return part / 12.92
    return float(((part + 0.055) / 1.055) ** 2.4)
