"""Puts a card that is laid out on the canvas."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from PIL import Image, ImageDraw, ImageOps

from bots.cards.layout import HEIGHT, STRIPE, WIDTH, Box, Layout, Words
from bots.cards.palette import EDGE, INK, PAPER, RED, YELLOW
from bots.cards.pictograms import sign
from bots.cards.product import lens_sign, product
from bots.cards.setting import Typesetter
from core.model.recall import HazardKind

FRAME = 2


@dataclass(frozen=True)
class Canvas:
    """A picture being painted; `mirrored` where its texts run from right to left."""

    setter: Typesetter
    mirrored: bool
    picture: Image.Image = field(
        default_factory=lambda: Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    )

    def fill(self, box: Box, colour: str, *, round_by: int = 0) -> None:
        """Fill a box."""
        left, top, right, bottom = self._at(box)
        corners = (left, top, right - 1, bottom - 1)
        self._pen.rounded_rectangle(corners, round_by, fill=colour)

    def write(self, words: Words) -> None:
        """Write a text, from the side its reader begins at."""
        box = self._at(words.box)
        for foot, line in words.feet():
            width = self.setter.width(line, words.letter)
            x = box.right - width if self.mirrored else box.left
            self.setter.write(self._pen, (x, foot), line, words.look)

    def put(self, picture: Image.Image, box: Box) -> None:
        """Put a picture in the middle of a box; it keeps its own left and right."""
        place = self._at(box)
        left = place.left + (place.width - picture.width) // 2
        top = place.top + (place.height - picture.height) // 2
        clear = picture if picture.mode == "RGBA" else None
        self.picture.paste(picture, (left, top), clear)

    def stripe(self, top: int) -> None:
        """Draw the slanted black and yellow that warns on machines."""
        self.fill(Box(0, top, WIDTH, top + STRIPE), YELLOW)
        for x in range(-STRIPE, WIDTH, STRIPE * 4):
            low = top + STRIPE - 1
            slant = ((x, low), (x + STRIPE, top), (x + STRIPE * 3, top), (x + STRIPE * 2, low))
            self._pen.polygon(slant, fill=INK)

    @cached_property
    def _pen(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self.picture)

    def _at(self, box: Box) -> Box:
        return box.mirrored() if self.mirrored else box


def paint(
    layout: Layout, canvas: Canvas, hazards: tuple[HazardKind, ...], code: Image.Image | None
) -> None:
    """Paint everything but what stands beside the texts."""
    canvas.fill(layout.band, RED)
    canvas.stripe(layout.band.bottom)
    for hazard, box in zip(hazards, layout.signs, strict=False):
        low = (layout.band.height - box.height) // 2 - box.top
        canvas.put(sign(hazard, box.width), box.moved(low))
    canvas.fill(layout.panel, YELLOW, round_by=12)
    if layout.lens:
        canvas.put(lens_sign(layout.lens.width), layout.lens)
    if layout.code and code:
        canvas.put(code, layout.code)
    for words in layout.texts:
        canvas.write(words)


def paint_beside(canvas: Canvas, box: Box, photo: Image.Image | None) -> None:
    """Paint the photo, framed; where there is none a drawn product."""
    if photo is None:
        canvas.put(product(box.width, box.height), box)
        return
    size = (box.width - 2 * FRAME, box.height - 2 * FRAME)
    shown = ImageOps.contain(photo, size, Image.Resampling.LANCZOS)
    canvas.put(ImageOps.expand(shown, FRAME, EDGE), box)
