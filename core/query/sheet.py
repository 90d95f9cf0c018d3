"""One message on the desk: what has been found in it, and which characters are still unread."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from core.query.phrases import Hit
from core.query.plain import Plain
from core.query.wording import Meaning

# Characters that no later reader may use, and those of a link, where only known names count.
TAKEN = 2
LINKED = 1
FREE = 0
_SKIPPED = re.compile(r"[\s:#=.,\"'“”„«»「」『』()\[\]*_>~-]*")
_PIECE = re.compile(r"[a-z0-9]+")


class Kind(StrEnum):
    """What was found."""

    BRAND = "brand"
    HINT = "hint"
    MODEL = "model"
    CODE = "code"
    LOOSE = "loose"
    DETAIL = "detail"


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing found: where, what it is, and its value.

    A BRAND is a maker's printed name, a HINT a product line only one maker has (its brand in
    `brands`, the recalled product in `value`), a MODEL has the brands it is known under, a
    CODE or DETAIL names its field, and a LOOSE code is one whose field only its neighbours
    can tell.
    """

    kind: Kind
    start: int
    end: int
    value: str
    field: str = ""
    brands: tuple[str, ...] = ()
    known: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """An unbroken run of Latin letters and digits."""

    start: int
    end: int
    word: str


@dataclass(slots=True)
class Sheet:
    """The text with its phrases, and the marks made so far.

    `aside` are the spans of numbers that are none of ours, with their labels ("receipt no 5").
    """

    plain: Plain
    hits: list[Hit[Meaning]]
    marks: list[Mark] = field(default_factory=list)
    taken: bytearray = field(default_factory=bytearray)
    fillers: dict[int, int] = field(default_factory=dict)
    aside: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start with every character free."""
        self.taken = bytearray(len(self.plain.words))
        for hit in self.meaning("filler"):
            self.fillers[hit.start] = max(hit.end, self.fillers.get(hit.start, 0))

    def after_fillers(self, place: int) -> int:
        """Return where the value after a label begins: past colons, "is" and "number"."""
        while True:
            match = _SKIPPED.match(self.plain.words, place)
            place = match.end() if match else place
            if place not in self.fillers:
                return place
            place = self.fillers[place]

    def free(self, start: int, end: int, level: int = FREE) -> bool:
        """Say whether all characters from `start` to `end` may still be read."""
        return max(self.taken[start:end], default=FREE) <= level

    def take(self, start: int, end: int, level: int = TAKEN) -> None:
        """Keep later readers from these characters."""
        for place in range(start, end):
            self.taken[place] = max(self.taken[place], level)

    def mark(self, mark: Mark) -> None:
        """Note something found and take its characters."""
        self.marks.append(mark)
        self.take(mark.start, mark.end)

    def shown(self, start: int, end: int) -> str:
        """Return what the person typed there."""
        return self.plain.shown[start:end]

    def pieces(self, level: int = FREE) -> list[Piece]:
        """Return the unread runs of Latin letters and digits, in order."""
        found = _PIECE.finditer(self.plain.words)
        taken = self.taken
        return [
            Piece(match.start(), match.end(), match[0])
            for match in found
            if max(taken[match.start() : match.end()]) <= level
        ]

    def meaning(self, kind: str) -> Iterator[Hit[Meaning]]:
        """Yield the phrases of one kind."""
        return (hit for hit in self.hits if hit.meaning.kind == kind)

    def of(self, *kinds: Kind) -> list[Mark]:
        """Return the marks of these kinds in the order they stand in the text."""
        return sorted(
            (mark for mark in self.marks if mark.kind in kinds), key=lambda mark: mark.start
        )
