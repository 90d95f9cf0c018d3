"""Sets text: typefaces for each character, lines that fit a width, and the writing of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import groupby
from typing import NamedTuple

import arabic_reshaper
import regex
from PIL import features
from PIL.ImageDraw import ImageDraw
from uniseg.linebreak import line_break_units

from bots.cards import bidi
from bots.cards.fonts import Face, Typeface, opened, typefaces

# Of the height of a letter: how far lines stand apart, and how far the first reaches up.
LEADING, RISE = 1.2, 0.93
MORE = "…"
# A last line shorter than this looks lost.
LOST = 0.35
# Of the height of a letter: more of them than so narrow ones are not tried on a line.
NARROWEST = 0.15
# They join letters or keep them apart and are never seen.
JOINERS = "\u200c\u200d"
_SPACE = re.compile(r"\s+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])\s*")
# What people compare, or read as one word, is not taken apart where it fits into a line.
_TOGETHER = re.compile(r"(?=.*[0-9])[!-~年月日号號第]+|[ァ-ヺー]+")
_PHRASE = re.compile(r"(?<=[，、；：。！？])")
# They choose between forms of a character; our typefaces have one.
_VARIATION = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# Its own word for God and a few more are drawn as one sign that not every typeface has.
_RESHAPER = arabic_reshaper.ArabicReshaper({"ARABIC LIGATURE ALLAH": False})


class Letter(NamedTuple):
    """How large a text is, in pixels, and whether it is bold."""

    size: int
    bold: bool = False

    @property
    def step(self) -> int:
        """Return how far its lines stand apart."""
        return round(self.size * LEADING)


class Look(NamedTuple):
    """How a line is written: `leftward` where the text it belongs to runs from the right."""

    letter: Letter
    colour: str
    leftward: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line in one typeface that runs one way."""

    text: str
    face: Face
    level: int

    @property
    def leftward(self) -> bool:
        """Say whether it runs from right to left."""
        return self.level % 2 == 1


def tidy(text: str) -> str:
    """Return a text in one line, without control characters and what else is never seen."""
    composed = _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()
    return "".join(character for character in composed if not _unseen(character))


def _unseen(character: str) -> bool:
    if character in JOINERS:
        return False
    kind = unicodedata.category(character)
    return kind in {"Cc", "Cf"} or _VARIATION.fullmatch(character) is not None


@dataclass(frozen=True)
class Typesetter:
    """Writes a language with the typefaces that are there; `shaping` where a library shapes.

    Without one Arabic letters are joined beforehand and nothing is kerned.
    """

    faces: tuple[Typeface, ...]
    shaping: bool
    # The same lines are measured again and again until a layout fits.
    _widths: dict[tuple[str, Letter], float] = field(
        default_factory=dict, compare=False, repr=False
    )

    @classmethod
    def of(cls, lang: str, text: str, *, shaping: bool | None = None) -> Typesetter:
        """Return one for what is written in `lang` on one picture: all of its `text`."""
        if shaping is None:
            shaping = bool(features.check("raqm"))
        return cls(typefaces(lang, text), shaping)

    @cached_property
    def _covers(self) -> tuple[frozenset[int], ...]:
        return tuple(face.regular.covers & face.bold.covers for face in self.faces)

    def missing(self, text: str) -> list[str]:
        """Return the letters, accents and all, that no typeface has."""
        shown = tidy(text) if self.shaping else _joined(tidy(text))
        return sorted({one for one in shown if one not in JOINERS and self._first(one) is None})

    def runs(self, text: str, letter: Letter, *, leftward: bool | None = None) -> list[Run]:
        """Return a line's pieces in the order they are seen from left to right.

        `leftward` is how the text runs of which it is a line, None: as the line itself does.
        """
        base = bidi.mostly_right(text) if leftward is None else leftward
        placed = zip(self._places(text), text, bidi.levels(text, base=base), strict=True)
        logical = []
        for (place, level), group in groupby(placed, lambda one: (one[0], one[2])):
            face = self.faces[place].bold if letter.bold else self.faces[place].regular
            logical.append(Run("".join(one[1] for one in group), face, level))
        return bidi.seen(logical)

    def width(self, text: str, letter: Letter) -> float:
        """Return how wide a line is, in pixels."""
        known = self._widths.get((text, letter))
        if known is None:
            known = sum(self._length(run, letter) for run in self.runs(text, letter))
            self._widths[text, letter] = known
        return known

    def write(self, pen: ImageDraw, at: tuple[float, float], text: str, look: Look) -> None:
        """Write one line from its left end, its first letter's foot on the given point."""
        x, y = at
        letter = look.letter
        for run in self.runs(text, letter, leftward=look.leftward):
            font = opened(run.face, letter.size, shaping=self.shaping)
            way = self._way(run)
            pen.text((x, y), self._shown(run), look.colour, font, "ls", direction=way)
            x += self._length(run, letter)

    def lines(self, text: str, letter: Letter, width: float) -> list[str]:
        """Return a text's lines, none wider; they end with sentences where that costs none."""
        text = tidy(text)
        whole = self._filled(_units(text), letter, width)
        if len(whole) == 1:
            return whole
        sentences = [_units(part) for part in _SENTENCE.split(text) if part]
        apart = [line for part in sentences for line in self._filled(part, letter, width)]
        phrases = self._filled(_PHRASE.split(text), letter, width)
        for better, parts in ((apart, sentences), (phrases, _PHRASE.findall(text))):
            if len(parts) > 1 and len(better) == len(whole):
                return better
        lost = len(whole) > 1 and self.width(whole[-1], letter) < width * LOST
        return self.even(text, letter, width) if lost else whole

    def even(self, text: str, letter: Letter, width: float) -> list[str]:
        """Return a text's lines, none wider, as even as so many lines may be."""
        units = _units(tidy(text))
        lines = self._filled(units, letter, width)
        narrow, wide = width / 2, width
        while len(lines) > 1 and wide - narrow > letter.size / 2:
            middle = (narrow + wide) / 2
            tried = self._filled(units, letter, middle)
            if len(tried) > len(lines):
                narrow = middle
            else:
                wide, lines = middle, tried
        return lines

    def cut(self, text: str, letter: Letter, width: float, lines: int) -> list[str]:
        """Return as many lines at most; what is left out is marked."""
        whole = self._filled(_units(tidy(text)), letter, width)
        if len(whole) <= lines:
            return self.even(text, letter, width)
        room = round(lines * width / letter.size / NARROWEST)
        clusters = letters(tidy(text))[:room]
        low, high = 0, len(clusters)
        while low < high:
            middle = (low + high + 1) // 2
            tried = "".join(clusters[:middle]).rstrip() + MORE
            if len(self._filled(_units(tried), letter, width)) <= lines:
                low = middle
            else:
                high = middle - 1
        return self._filled(_units("".join(clusters[:low]).rstrip() + MORE), letter, width)

    def _filled(self, units: Iterable[str], letter: Letter, width: float) -> list[str]:
        lines, line = [], ""
        for unit in self._narrow(units, letter, width):
            if line and self.width((line + unit).rstrip(), letter) > width:
                lines.append(line.rstrip())
                line = ""
            line += unit
        return [*lines, line.rstrip()] if line.strip() else lines

    def _narrow(self, units: Iterable[str], letter: Letter, width: float) -> Iterator[str]:
        """Yield what stays together, none wider than a line."""
        for unit in units:
            parts = _units(unit)
            if self.width(unit.rstrip(), letter) <= width:
                yield unit
            elif len(parts) > 1:
                yield from self._narrow(parts, letter, width)
            else:
                yield from self._broken(letters(unit), letter, width)

    def _broken(self, word: Sequence[str], letter: Letter, width: float) -> Iterator[str]:
        """Yield a word that is wider than a line in pieces that are not."""
        while word:
            low, high = 1, min(len(word), round(width / letter.size / NARROWEST) + 1)
            while low < high:
                middle = (low + high + 1) // 2
                if self.width("".join(word[:middle]), letter) <= width:
                    low = middle
                else:
                    high = middle - 1
            yield "".join(word[:low])
            word = word[low:]

    def _length(self, run: Run, letter: Letter) -> float:
        font = opened(run.face, letter.size, shaping=self.shaping)
        return font.getlength(self._shown(run), direction=self._way(run))

    def _way(self, run: Run) -> str | None:
        if not self.shaping:
            return None
        return "rtl" if run.leftward else "ltr"

    def _shown(self, run: Run) -> str:
        """Return a run's text as it is given to the library that draws."""
        if self.shaping:
            return run.text
        text = _joined(run.text)
        if run.leftward:
            turned = reversed(letters(text))
            text = "".join(bidi.mirrored(cluster) for cluster in turned)
        return text

    def _places(self, text: str) -> Iterator[int]:
        """Yield each character's typeface; an accent stays with its letter."""
        place = 0
        for cluster in letters(text):
            if not (_between(cluster) and self._has(place, cluster)):
                first = self._first(cluster)
                place = place if first is None else first
            yield from (place for _ in cluster)

    def _first(self, cluster: str) -> int | None:
        places = range(len(self.faces))
        return next((place for place in places if self._has(place, cluster)), None)

    def _has(self, place: int, cluster: str) -> bool:
        codes = {ord(character) for character in cluster if character not in JOINERS}
        return codes <= self._covers[place]


@lru_cache(maxsize=1024)
def letters(text: str) -> tuple[str, ...]:
    """Return what a reader takes for single letters, accents and all."""
    return tuple(regex.findall(r"\X", text))


@lru_cache(maxsize=256)
def _units(text: str) -> tuple[str, ...]:
    """Return a text's pieces between which a line may end."""
    return tuple(_together(line_break_units(text)))


def _together(units: Iterable[str]) -> Iterator[str]:
    """Put numbers such as SR/01234/25, dates and words in katakana together again."""
    kept = ""
    for unit in units:
        if kept and not _TOGETHER.fullmatch(kept + unit.rstrip()):
            yield kept
            kept = ""
        kept += unit
    if kept:
        yield kept


def _between(cluster: str) -> bool:
    """Say whether it belongs to no script and is written as what stands before it."""
    return unicodedata.category(cluster[0])[0] in "ZP"


def _joined(text: str) -> str:
    """Return Arabic in the forms its letters take beside each other."""
    joined = str(_RESHAPER.reshape(text))
    return "".join(character for character in joined if character not in JOINERS)
