"""Where each text of a card stands and how large it is, before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bots.cards import palette
from bots.cards.bidi import mostly_right
from bots.cards.palette import Ink
from bots.cards.setting import RISE, Letter, Look, Typesetter
from core.model.public import Card

WIDTH, HEIGHT = 1200, 675
MARGIN, GAP = 40, 20
# Shown on a telephone, 360 pixels wide, this is 11: nothing is smaller.
SMALLEST, SMALLEST_HEADLINE = 37, 44
SCALES = (1.24, 1.12, 1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64)
LARGEST_SIGN, SMALLEST_SIGN, SIGN_GAP, MOST_SIGNS = 176, 128, 6, 2
BAND_EDGE, STRIPE, FOOT = 18, 14, 26
PANEL_EDGE, LOOSEST = 14, 30
LENS, LENS_GAP, QUIET = 50, 14, 16
# The picture and the code stand in a column of their own.
COLUMN, LEAST_PICTURE = 870, 140
MOST_PRODUCT_LINES = 3
# A longer name would not fit as a whole at any size.
LONGEST_WHOLE = 240


class Box(NamedTuple):
    """A piece of the picture, in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Return how wide it is."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Return how high it is."""
        return self.bottom - self.top

    def moved(self, down: int) -> Box:
        """Return it further down."""
        return self._replace(top=self.top + down, bottom=self.bottom + down)

    def mirrored(self) -> Box:
        """Return where it stands in a picture laid out from right to left."""
        return Box(WIDTH - self.right, self.top, WIDTH - self.left, self.bottom)


@dataclass(frozen=True, slots=True)
class Words:
    """One text of the picture: its lines, how they look, and the room they have."""

    lines: tuple[str, ...]
    letter: Letter
    ink: Ink
    box: Box

    @property
    def look(self) -> Look:
        """Return how its lines are written."""
        return Look(self.letter, self.ink.text, mostly_right(" ".join(self.lines)))

    def feet(self) -> Iterator[tuple[int, str]]:
        """Yield each line with the height its letters stand on."""
        first = self.box.top + round(self.letter.size * RISE)
        for place, line in enumerate(self.lines):
            yield first + place * self.letter.step, line


@dataclass(frozen=True, slots=True)
class Layout:
    """A card with everything in its place; `picture` is where a drawing or photo goes."""

    headline: Words
    hazard: Words
    product: Words
    action: Words
    where: Words | None
    source: Words
    credit: Words | None
    signs: tuple[Box, ...]
    band: Box
    panel: Box
    lens: Box | None
    code: Box | None
    picture: Box | None

    @property
    def texts(self) -> tuple[Words, ...]:
        """Return all its texts, from the top."""
        first = (self.headline, self.hazard, self.product, self.action)
        others = (self.where, self.source, self.credit)
        return (*first, *(words for words in others if words is not None))


class Form(NamedTuple):
    """One way to lay a card out: how large, and whether beside the texts there is a column.

    The product's name is cut to so many lines, None: it is whole.
    """

    scale: float
    product_lines: int | None
    column: bool


class Beside(NamedTuple):
    """What stands beside the texts: the width of the code, and whether a photo was given."""

    code: int
    photo: bool


def lay_out(card: Card, setter: Typesetter, beside: Beside) -> Layout | None:
    """Return the largest layout that holds every text, None where none does.

    Only the product's name is ever shortened, after everything else is as small as may be.
    """
    picture = beside.photo or card.where is not None
    whole = len(card.product) <= LONGEST_WHOLE
    for form in _forms(column=picture or beside.code > 0, whole=whole):
        layout = _Page(card, setter, beside, form).layout()
        if layout is not None:
            return layout
    return None


def _forms(*, column: bool, whole: bool) -> Iterator[Form]:
    """Yield what is tried, the best first: a whole name is worth more than a picture."""
    columns = (True, False) if column else (False,)
    for beside in columns if whole else ():
        for scale in SCALES:
            yield Form(scale, None, beside)
    for lines in range(MOST_PRODUCT_LINES, 0, -1):
        for beside in columns:
            yield Form(SCALES[-1], lines, beside)


@dataclass(frozen=True, slots=True)
class _Page:
    card: Card
    setter: Typesetter
    beside: Beside
    form: Form

    def layout(self) -> Layout | None:
        """Return the card in this form, None where it does not fit."""
        signs = self._signs()
        band, headline, hazard = self._band(signs)
        top = band.bottom + STRIPE + GAP
        pictured = self.form.column and (self.beside.photo or self.card.where is not None)
        code = self._code(top, alone=self.form.column and not pictured)
        picture = self._picture(top, code) if pictured else None
        if picture is not None and picture.height < LEAST_PICTURE:
            return None
        wide, narrow = self._rooms(top, code)
        product = self._product(wide)
        panel, action = self._action(wide._replace(top=product.box.bottom + GAP))
        where = self._where(narrow._replace(top=panel.bottom + GAP))
        source, credit = self._foot(narrow, credited=picture is not None and self.beside.photo)
        last = where.box.bottom if where else panel.bottom
        spare = source.box.top - GAP - last
        if code and not self.form.column:
            spare = min(spare, code.top - GAP // 2 - panel.bottom)
        if spare < 0:
            return None
        loose = min(spare // 3, LOOSEST)
        return Layout(
            headline=headline,
            hazard=hazard,
            product=_moved(product, loose // 2),
            action=_moved(action, loose),
            where=where and _moved(where, 2 * loose),
            source=source,
            credit=credit,
            signs=signs,
            band=band,
            panel=panel.moved(loose),
            lens=_lens(where.box.moved(2 * loose)) if where else None,
            code=code,
            picture=picture,
        )

    def _signs(self) -> tuple[Box, ...]:
        side = round(LARGEST_SIGN * self.form.scale)
        side = min(max(side, SMALLEST_SIGN), LARGEST_SIGN)
        lefts = [
            MARGIN - 12 + place * (side + SIGN_GAP)
            for place in range(min(len(self.card.hazards), MOST_SIGNS))
        ]
        return tuple(Box(left, BAND_EDGE, left + side, BAND_EDGE + side) for left in lefts)

    def _band(self, signs: tuple[Box, ...]) -> tuple[Box, Words, Words]:
        """Lay out the band on top: beside the signs the headline and what can hurt."""
        left = signs[-1].right + GAP if signs else MARGIN
        low = signs[-1].bottom if signs else BAND_EDGE
        room = Box(left, BAND_EDGE, WIDTH - MARGIN, HEIGHT)
        tried = (self._band_words(room, scale) for scale in SCALES)
        found = next((words for words in tried if words[1].box.bottom <= low + BAND_EDGE), None)
        headline, hazard = found or self._band_words(room, SCALES[-1])
        bottom = max(hazard.box.bottom, low)
        spare = (bottom - hazard.box.bottom) // 2
        band = Box(0, 0, WIDTH, bottom + BAND_EDGE)
        return band, _moved(headline, spare), _moved(hazard, spare)

    def _band_words(self, room: Box, scale: float) -> tuple[Words, Words]:
        letter = Letter(max(round(70 * scale), SMALLEST_HEADLINE), bold=True)
        lines = self.setter.even(self.card.headline, letter, room.width)
        headline = words_in(lines, letter, palette.HEADLINE, room)
        letter = Letter(max(round(54 * scale), SMALLEST), bold=True)
        lines = self.setter.even(self.card.hazard, letter, room.width)
        room = room._replace(top=headline.box.bottom + 2)
        return headline, words_in(lines, letter, palette.HAZARD, room)

    def _product(self, room: Box) -> Words:
        letter = self._letter(54, bold=True)
        text, most = self.card.product, self.form.product_lines
        if most is None:
            lines = self.setter.even(text, letter, room.width)
        else:
            lines = self.setter.cut(text, letter, room.width, most)
        return words_in(lines, letter, palette.PRODUCT, room)

    def _action(self, room: Box) -> tuple[Box, Words]:
        """Lay out what to do now, and the panel it stands on."""
        inside = Box(
            room.left + PANEL_EDGE + 6, room.top + PANEL_EDGE, room.right - PANEL_EDGE, HEIGHT
        )
        words = self._text(self.card.action, (50, True), palette.ACTION, inside)
        return room._replace(bottom=words.box.bottom + PANEL_EDGE), words

    def _where(self, room: Box) -> Words | None:
        if self.card.where is None:
            return None
        beside_lens = room._replace(left=room.left + LENS + LENS_GAP)
        return self._text(self.card.where, (44, False), palette.WHERE, beside_lens)

    def _foot(self, room: Box, *, credited: bool) -> tuple[Words, Words | None]:
        """Lay out the source and, below it, what has to be said with the photo.

        They share a line where that saves one.
        """
        low = HEIGHT - FOOT
        source = self._small(self.card.source, room)
        if not credited or not self.card.credit:
            return _moved(source, low - source.box.bottom), None
        credit = self._small(self.card.credit, room)
        both = self._small(f"{self.card.source} · {self.card.credit}", room)
        if len(both.lines) < len(source.lines) + len(credit.lines):
            return _moved(both, low - both.box.bottom), None
        credit = _moved(credit, low - credit.box.bottom)
        return _moved(source, credit.box.top - source.box.bottom), credit

    def _rooms(self, top: int, code: Box | None) -> tuple[Box, Box]:
        """Return the room for product and action, and that for what stands below them."""
        full = Box(MARGIN, top, WIDTH - MARGIN, HEIGHT)
        column = full._replace(right=COLUMN - GAP)
        if self.form.column:
            return column, column
        return full, full._replace(right=code.left - GAP) if code else full

    def _code(self, top: int, *, alone: bool) -> Box | None:
        side = self.beside.code
        if not side:
            return None
        # Its quiet zone is as white as the paper: it may reach into the margin.
        right, bottom = WIDTH - MARGIN + QUIET, HEIGHT - FOOT + QUIET
        if self.form.column:
            right = min((COLUMN + WIDTH - MARGIN + side) // 2, right)
        if alone:
            bottom = (top + HEIGHT - FOOT + side) // 2
        return Box(right - side, bottom - side, right, bottom)

    def _picture(self, top: int, code: Box | None) -> Box:
        return Box(COLUMN, top, WIDTH - MARGIN, code.top if code else HEIGHT - FOOT)

    def _small(self, text: str, room: Box) -> Words:
        return self._text(text, (40, False), palette.SOURCE, room)

    def _text(self, text: str, look: tuple[int, bool], ink: Ink, room: Box) -> Words:
        letter = self._letter(look[0], bold=look[1])
        return words_in(self.setter.lines(text, letter, room.width), letter, ink, room)

    def _letter(self, size: int, *, bold: bool) -> Letter:
        return Letter(max(round(size * self.form.scale), SMALLEST), bold)


def words_in(lines: Sequence[str], letter: Letter, ink: Ink, room: Box) -> Words:
    """Return lines at the top of a room, their box as high as they are."""
    bottom = room.top + len(lines) * letter.step
    return Words(tuple(lines), letter, ink, room._replace(bottom=bottom))


def _moved(words: Words, down: int) -> Words:
    return replace(words, box=words.box.moved(down))


def _lens(words: Box) -> Box:
    left = words.left - LENS - LENS_GAP
    return Box(left, words.top + 2, left + LENS, words.top + 2 + LENS)
