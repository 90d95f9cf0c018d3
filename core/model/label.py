"""What was seen on a photo of a label: bar codes and lines of text, and where they stand."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Box(_Value):
    """An upright rectangle in pixels of the upright picture; right and bottom lie outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def height(self) -> int:
        """Return how many pixels it is high."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Return how many pixels it is wide."""
        return self.right - self.left

    def around(self, other: Box) -> Box:
        """Return the smallest box that holds both."""
        return Box(
            left=min(self.left, other.left),
            top=min(self.top, other.top),
            right=max(self.right, other.right),
            bottom=max(self.bottom, other.bottom),
        )

    def grown(self, margin: int, width: int, height: int) -> Box:
        """Return the box with a margin on every side, kept within a picture of that size."""
        return Box(
            left=max(0, self.left - margin),
            top=max(0, self.top - margin),
            right=min(width, self.right + margin),
            bottom=min(height, self.bottom + margin),
        )


class Barcode(_Value):
    """One bar code: its kind as the reader names it, its text, and where it stands.

    A GS1 code begins with its symbology identifier ("]C1"), and between two of its element
    strings stands the group separator, U+001D.
    """

    format: str
    text: str
    box: Box


class Line(_Value):
    """One line of text as the reader saw it; the order of lines means nothing."""

    text: str
    box: Box


class Reading(_Value):
    """Everything seen on one picture of this width and height, in pixels."""

    barcodes: tuple[Barcode, ...] = ()
    lines: tuple[Line, ...] = ()
    width: int
    height: int
