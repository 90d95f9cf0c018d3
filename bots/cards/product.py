"""What stands beside the words: a photo somebody gave, or a plain product with its label."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import structlog
from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

from bots.cards.palette import BLUE, BODY, EDGE, PAPER
from bots.cards.sketch import Sketch

# Drawn so many times larger, then reduced: that makes the edges smooth.
FINER = 4
# The drawing is 100 by 72 units.
SHAPE = (100, 72)
LENS = ((61.0, 36.0), 25.0)
FORMATS = ("JPEG", "PNG")
# What no camera takes and no memory holds.
LARGEST_PHOTO = 80_000_000

log = structlog.get_logger(__name__)


@lru_cache(maxsize=16)
def product(width: int, height: int) -> Image.Image:
    """Return a product that could be any, its label under a lens, no larger than asked."""
    unit = min(width / SHAPE[0], height / SHAPE[1])
    wide, high = round(SHAPE[0] * unit), round(SHAPE[1] * unit)
    picture = Image.new("RGB", (wide * FINER, high * FINER), PAPER)
    pen = ImageDraw.Draw(picture)
    sketch = Sketch(pen, 0, 0, unit * FINER, EDGE)
    _body(sketch)
    _label(sketch)
    lens(sketch, *LENS)
    return picture.resize((wide, high), Image.Resampling.LANCZOS)


def lens(sketch: Sketch, centre: tuple[float, float], radius: float) -> None:
    """Draw a magnifying glass: the sign for where to look."""
    reach = radius * 0.74
    start = (centre[0] + reach, centre[1] + reach)
    end = (centre[0] + reach * 1.62, centre[1] + reach * 1.62)
    sketch.line((start, end), radius * 0.34, BLUE)
    sketch.ring(centre, radius, radius * 0.2, BLUE)


@lru_cache(maxsize=16)
def lens_sign(size: int) -> Image.Image:
    """Return the magnifying glass alone, to stand before the words it belongs to."""
    side = size * FINER
    picture = Image.new("RGB", (side, side), PAPER)
    sketch = Sketch(ImageDraw.Draw(picture), 0, 0, side / 100, BLUE)
    lens(sketch, (42, 42), 32)
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def photo_of(photo: bytes) -> Image.Image | None:
    """Return a photo, upright and on paper; None where it is none we can read."""
    try:
        with Image.open(BytesIO(photo), formats=FORMATS) as opened:
            if opened.width * opened.height > LARGEST_PHOTO:
                log.warning("photo_left_out", why="too large")
                return None
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError) as error:
        log.warning("photo_left_out", why=type(error).__name__)
        return None
    ground = Image.new("RGB", upright.size, PAPER)
    ground.paste(upright, mask=upright)
    return ground


def _body(sketch: Sketch) -> None:
    """Draw the back of a thing: a round-cornered case with slots, feet and a cord."""
    _slab(sketch, (8, 8, 90, 60), 7, EDGE)
    _slab(sketch, (9.2, 9.2, 88.8, 58.8), 6, BODY)
    for x in (18, 26, 34):
        sketch.line(((x, 18), (x, 34)), 2)
    for x in (16, 82):
        sketch.line(((x - 4, 62), (x + 4, 62)), 3)
    sketch.wave(((9, 50), (4, 50), (2, 56), (2, 69)), 2.4)


def _label(sketch: Sketch) -> None:
    """Draw the label; what stands on it are bars, which could be anybody's."""
    sketch.area(((42, 22), (80, 22), (80, 50), (42, 50)), EDGE)
    sketch.area(((42.9, 22.9), (79.1, 22.9), (79.1, 49.1), (42.9, 49.1)), PAPER)
    sketch.line(((48, 29), (64, 29)), 3)
    sketch.line(((48, 36), (74, 36)), 3.6, BLUE)
    for place, wide in enumerate((1.2, 0.7, 1.6, 0.7, 1.2, 0.7, 1.6, 1.2, 0.7)):
        x = 47.5 + place * 3
        sketch.area(((x, 41), (x + wide, 41), (x + wide, 46.5), (x, 46.5)), EDGE)


def _slab(
    sketch: Sketch, box: tuple[float, float, float, float], radius: float, colour: str
) -> None:
    left, top, right, bottom = (
        box[0] + radius,
        box[1] + radius,
        box[2] - radius,
        box[3] - radius,
    )
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    sketch.area(corners, colour)
    sketch.line((*corners, corners[0]), radius * 2, colour)
