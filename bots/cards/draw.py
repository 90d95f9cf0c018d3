"""Draws a recall's card or a chart as a JPEG that every platform takes."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from threading import Lock
from typing import NamedTuple

import structlog
from PIL import Image

from bots.cards.bidi import mostly_right
from bots.cards.chart import chart_words, lay_out_chart, paint_chart
from bots.cards.code import code
from bots.cards.layout import Beside, lay_out
from bots.cards.paint import Canvas, paint, paint_beside
from bots.cards.product import photo_of
from bots.cards.setting import Typesetter
from core.model.message import Picture
from core.model.public import Card, Chart

QUALITY = 86
# Bluesky takes a million bytes; what it counts besides the picture has room.
MOST_BYTES = 900_000
LOWER_QUALITIES = (QUALITY, 75, 60, 45)

log = structlog.get_logger(__name__)
# The library's typefaces are not to be used by two threads at once.
_one_at_a_time = Lock()


class _Painted(NamedTuple):
    image: Image.Image
    alt: str


def draw(picture: Card | Chart, photo: bytes | None = None) -> Picture | None:
    """Return the picture as a JPEG, the same bytes for the same value on the same machine.

    `photo` is a JPEG or PNG of the product that may be shown, with the card's credit under it;
    where it cannot be read or has no room, the drawn product stands in its place and the words
    for whoever cannot see it name nobody. None, and said once a language in the log, where a
    character is in none of the typefaces that are there, or where the words do not fit at a
    size that can be read. Blocks for some tenths of a second; may be called from any thread.
    """
    with _one_at_a_time:
        return _drawn(picture, photo)


@lru_cache(maxsize=32)
def _drawn(picture: Card | Chart, photo: bytes | None) -> Picture | None:
    words = _words(picture)
    setter = Typesetter.of(picture.lang, words)
    if setter.missing(words):
        _say_once(picture.lang, "no typeface has a character of it; see recallbot doctor")
        return None
    mirrored = mostly_right(words)
    if isinstance(picture, Card):
        painted = _card(picture, photo, setter, mirrored=mirrored)
    else:
        painted = _chart(picture, setter, mirrored=mirrored)
    if painted is None:
        _say_once(picture.lang, "its words are too many to be read")
        return None
    return Picture(_jpeg(painted.image), painted.alt)


def _words(picture: Card | Chart) -> str:
    """Return everything that is written on it."""
    if isinstance(picture, Chart):
        return "\n".join(chart_words(picture))
    texts = (picture.headline, picture.hazard, picture.product, picture.action)
    return "\n".join((*texts, picture.where or "", picture.source))


def _card(
    card: Card, photo: bytes | None, setter: Typesetter, *, mirrored: bool
) -> _Painted | None:
    square, shown = code(card.url), _photo(card, photo, setter)
    beside = Beside(square.width if square else 0, shown is not None)
    layout = lay_out(card, setter, beside)
    if layout is None:
        return None
    canvas = Canvas(setter, mirrored)
    paint(layout, canvas, card.hazards, square)
    if layout.picture:
        paint_beside(canvas, layout.picture, shown)
    stands = layout.picture is not None and shown is not None
    return _Painted(canvas.picture, card.alt if stands else card.alt_without_credit)


def _photo(card: Card, photo: bytes | None, setter: Typesetter) -> Image.Image | None:
    """Return the photo, None where there is none, or whom to name with it cannot be written."""
    if photo is None:
        return None
    if card.credit and setter.missing(card.credit):
        log.warning("photo_left_out", why="no typeface for its credit")
        return None
    return photo_of(photo)


def _chart(chart: Chart, setter: Typesetter, *, mirrored: bool) -> _Painted | None:
    layout = lay_out_chart(chart, setter)
    if layout is None:
        return None
    canvas = Canvas(setter, mirrored)
    paint_chart(layout, canvas)
    return _Painted(canvas.picture, chart.alt)


def _jpeg(painted: Image.Image) -> bytes:
    """Return it with whole colours, which keeps letters sharp; smaller where it must be."""
    written = b""
    for quality in LOWER_QUALITIES:
        file = BytesIO()
        painted.save(file, "JPEG", quality=quality, subsampling=0)
        written = file.getvalue()
        if len(written) <= MOST_BYTES:
            break
    return written


@lru_cache(maxsize=64)
def _say_once(lang: str, why: str) -> None:
    log.warning("picture_not_drawn", lang=lang, why=why)
