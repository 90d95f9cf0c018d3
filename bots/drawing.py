"""Draws the photo a maker asks for, as an example: a plain product with numbered parts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from io import BytesIO
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from core.model.claim import PhotoWants

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

SIZE = (900, 560)
PAPER, BODY, INK, PRINT, NUMBER = "white", "#dfe3e6", "#1d2b53", "#666666", "#b00020"
HAND, SMALL, LINE, ROUND = 46, 26, 74, 22
QUALITY = 88


class Box(NamedTuple):
    """A piece of the drawing, in pixels."""

    left: int
    top: int
    right: int
    bottom: int


# What stands on the label for each way a notice asks for it, as makers print it.
_PRINTED = MappingProxyType(
    {"label": ("Model", "S/N"), "model": ("Model",), "serial": ("S/N",)}
)
ALONE = Box(130, 60, 690, 500)
FRONT, BACK = Box(50, 90, 430, 500), Box(470, 90, 850, 500)


def drawn(wants: PhotoWants) -> bytes | None:
    """Return the drawing as a JPEG, None where the library that draws is not installed.

    The numbers on it are those of `wants.parts`; it names no brand, person or code.
    """
    return _drawn(wants) if find_spec("PIL") else None


@lru_cache(maxsize=32)
def _drawn(wants: PhotoWants) -> bytes:
    # Loaded only here: it is an extra, and whoever draws nothing need not wait for it.
    from PIL import Image, ImageDraw  # noqa: PLC0415

    picture = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(picture)
    front, back = (FRONT, BACK) if wants.sides else (ALONE, ALONE)
    for body in dict.fromkeys((front, back)):
        pen.rounded_rectangle(body, 34, fill=BODY, outline=INK, width=4)
    for number, part in enumerate(wants.parts, 1):
        if part == "sides":
            _number(pen, number, front.left, front.top)
            _number(pen, number, back.left, back.top)
        elif part == "cut":
            _cord(pen, number, back)
        elif part in _PRINTED:
            _label(pen, number, back, _PRINTED[part])
    _handwriting(pen, wants, front)
    written = BytesIO()
    picture.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()


def _number(pen: ImageDraw, number: int, x: int, y: int) -> None:
    circle = (x - ROUND, y - ROUND, x + ROUND, y + ROUND)
    pen.ellipse(circle, fill=NUMBER)
    pen.text((x, y), str(number), fill=PAPER, anchor="mm", font_size=SMALL)


def _handwriting(pen: ImageDraw, wants: PhotoWants, body: Box) -> None:
    """Write by hand what belongs on the product: the word itself, of the rest only where."""
    lines = [part for part in wants.parts if part in {"word", "name", "date"}]
    for row, part in enumerate(lines):
        x, y = body.left + 100, body.top + 70 + row * LINE
        _number(pen, wants.parts.index(part) + 1, body.left + 50, y)
        if part == "name":
            _scribble(pen, x, y)
            continue
        text = wants.word or "" if part == "word" else "__ / __ / ____"
        pen.text((x, y), text, fill=INK, anchor="lm", font_size=HAND)


def _scribble(pen: ImageDraw, x: int, y: int) -> None:
    """Draw a signature that is nobody's."""
    waves = [(x + 12 * step, y + (16 if step % 2 else -16)) for step in range(14)]
    pen.line(waves, fill=INK, width=5, joint="curve")


def _label(pen: ImageDraw, number: int, body: Box, rows: Sequence[str]) -> None:
    """Draw the printed label; its numbers are bars, which could be anybody's."""
    top = body.bottom - 40 - 44 * len(rows)
    pen.rectangle((body.left + 90, top - 14, body.right - 40, body.bottom - 30), fill=PAPER)
    for row, name in enumerate(rows):
        y = top + 18 + 44 * row
        pen.text((body.left + 106, y), name, fill=PRINT, anchor="lm", font_size=SMALL)
        pen.rectangle((body.left + 196, y - 10, body.right - 60, y + 10), fill=PRINT)
    _number(pen, number, body.left + 50, (top + body.bottom - 44) // 2)


def _cord(pen: ImageDraw, number: int, body: Box) -> None:
    """Draw the cord in two pieces."""
    y = (body.top + body.bottom) // 2
    edge = SIZE[0] - 10
    gap = (body.right + edge) // 2
    for start, end in ((body.right, gap - 18), (gap + 18, edge)):
        pen.line(((start, y), (end, y)), fill=INK, width=10)
    pen.line(((gap - 14, y + 40), (gap + 14, y - 40)), fill=NUMBER, width=4)
    _number(pen, number, gap, y - 70)
