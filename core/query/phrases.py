"""Finding many phrases in one text at once, in scripts with spaces and without."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Generic, NamedTuple, TypedDict, TypeVar

from core.query.plain import words_of

Meaning = TypeVar("Meaning")
# How far apart the parts of one phrase with a gap may stand.
WIDEST_GAP = 48
LONGEST_ENDING = 8
# "and", "in", "for", "like", "the" are written onto an Arabic word.
ARABIC_CLITICS = frozenset("وفبلكسا")
LONGEST_CLITICS = 3
# Phrases are kept in bins by their first characters.
LONGEST_KEY = 3
GAP = "…"
OPEN = "*"
_CUT = re.compile(rf"(?:(?<=\w){re.escape(OPEN)} ?)?{GAP}|(?<=\w){re.escape(OPEN)}(?= )")


@dataclass(frozen=True, slots=True)
class Hit(Generic[Meaning]):
    """One phrase found: where, and what it means."""

    start: int
    end: int
    meaning: Meaning

    @property
    def size(self) -> int:
        """Return how many characters it covers."""
        return self.end - self.start

    def inside(self, other: Hit[Meaning]) -> bool:
        """Say whether `other` covers this hit and more."""
        return other.start <= self.start and self.end <= other.end and other.size > self.size


class _Part(NamedTuple, Generic[Meaning]):
    meaning: Meaning
    phrase: int
    place: int
    pieces: int
    gap: int
    open: bool


class _Bin(Generic[Meaning]):
    """The phrases that begin alike, by their spelling; and how long spellings there are."""

    __slots__ = ("lengths", "parts")

    def __init__(self) -> None:
        self.lengths: list[int] = []
        self.parts: dict[str, list[_Part[Meaning]]] = {}

    def add(self, spelling: str, part: _Part[Meaning]) -> None:
        self.parts.setdefault(spelling, []).append(part)
        if len(spelling) not in self.lengths:
            self.lengths.append(len(spelling))

    def matches(
        self, text: str, start: int, edges: list[bool]
    ) -> Iterator[tuple[int, _Part[Meaning]]]:
        for end in [start + length for length in self.lengths]:
            for part in self.parts.get(text[start:end], ()):
                if end >= len(edges):
                    continue
                if part.open:
                    yield edges.index(True, end), part
                elif edges[end]:
                    yield end, part


class _Table(Generic[Meaning]):
    """The phrases by their first characters; a packed bin is opened when first looked into."""

    def __init__(
        self, packed: Mapping[str, str] | None = None, meanings: Sequence[Meaning] = ()
    ) -> None:
        self._meanings = meanings
        self._bins: dict[str, _Bin[Meaning] | str] = dict(packed or {})
        self._sizes = sorted({len(key) for key in self._bins})

    def add(self, spelling: str, part: _Part[Meaning]) -> None:
        key = spelling[:LONGEST_KEY]
        known = self.get(key)
        if known is None:
            known = self._bins[key] = _Bin()
            self._sizes = sorted({*self._sizes, len(key)})
        known.add(spelling, part)

    def get(self, key: str) -> _Bin[Meaning] | None:
        found = self._bins.get(key)
        if not isinstance(found, str):
            return found
        opened: _Bin[Meaning] = _Bin()
        for row in found.split("\n"):
            opened.add(*self._opened(row))
        self._bins[key] = opened
        return opened

    def _opened(self, row: str) -> tuple[str, _Part[Meaning]]:
        spelling, *numbers = row.split("\t")
        meaning, phrase, place, pieces, gap, is_open = map(int, numbers)
        opened = _Part(self._meanings[meaning], phrase, place, pieces, gap, open=bool(is_open))
        return spelling, opened

    def matches(
        self, text: str, start: int, edges: list[bool]
    ) -> list[tuple[int, _Part[Meaning]]]:
        """Return where every phrase that begins at `start` ends."""
        found: list[tuple[int, _Part[Meaning]]] = []
        for size in self._sizes:
            if text[start : start + size] in self._bins:
                opened = self.get(text[start : start + size])
                found += opened.matches(text, start, edges) if opened else ()
        return found

    def packed(self, place_of: Mapping[Meaning, int]) -> dict[str, str]:
        found = ((key, self.get(key)) for key in list(self._bins))
        return {
            key: "\n".join(
                _row(spelling, part, place_of)
                for spelling, parts in opened.parts.items()
                for part in parts
            )
            for key, opened in found
            if opened is not None
        }


def _row(spelling: str, part: _Part[Meaning], place_of: Mapping[Meaning, int]) -> str:
    numbers = (place_of[part.meaning], *part[1:-1], int(part.open))
    return "\t".join((spelling, *map(str, numbers)))


class Packed(TypedDict, Generic[Meaning]):
    """Phrases in a form that is quickly written and read as JSON."""

    meanings: list[Meaning]
    words: dict[str, str]
    anywhere: dict[str, str]
    count: int


class Phrases(Generic[Meaning]):
    """Phrases with their meanings; built once, then only searched.

    `vocabulary` is every word that occurs in a phrase.

    "recall*" also finds "recalled", "recall* notice" also "recalled notices", "*recall" also
    "massrecall", and "how … refund" both parts in this order, near each other. A space also
    matches a dash or a line end, and an apostrophe may be missing.
    """

    def __init__(self, packed: Packed[Meaning] | None = None) -> None:
        """Begin with no phrases, or with those that `pack` returned; the vocabulary is not."""
        meanings = packed["meanings"] if packed else []
        self._words = _Table(packed["words"] if packed else None, meanings)
        self._anywhere = _Table(packed["anywhere"] if packed else None, meanings)
        self._count = packed["count"] if packed else 0
        self.vocabulary: set[str] = set()

    def pack(self, meanings: Iterable[Meaning]) -> Packed[Meaning]:
        """Return the phrases for `Phrases(packed)`; `meanings` are all that were added."""
        kept = list(dict.fromkeys(meanings))
        place_of = {meaning: place for place, meaning in enumerate(kept)}
        words, anywhere = self._words.packed(place_of), self._anywhere.packed(place_of)
        return Packed(meanings=kept, words=words, anywhere=anywhere, count=self._count)

    def add(self, phrase: str, meaning: Meaning) -> None:
        """Add one phrase."""
        if OPEN not in phrase and GAP not in phrase:
            self._keep(phrase, _Part(meaning, self._count, 0, 1, 0, open=False))
            self._count += 1
            return
        cuts = _CUT.findall(phrase)
        parts = [part.strip() for part in _CUT.split(phrase)] if cuts else [phrase]
        gaps = [0, *(WIDEST_GAP if GAP in cut else LONGEST_ENDING for cut in cuts)]
        for index, part in enumerate(parts):
            open_end = part.endswith(OPEN) or OPEN in "".join(cuts[index : index + 1])
            known = _Part(meaning, self._count, index, len(parts), gaps[index], open_end)
            self._keep(part, known)
        self._count += 1

    def _keep(self, part: str, known: _Part[Meaning]) -> None:
        table = self._anywhere if part.startswith(OPEN) else self._words
        spelling = words_of(part.strip(OPEN)).replace("-", " ")
        self.vocabulary.update(spelling.split())
        table.add(spelling, known)
        if "'" in spelling:
            table.add(spelling.replace("'", ""), known)

    def find(self, words: str) -> list[Hit[Meaning]]:
        """Return every phrase in `words` (see `Plain.words`), in the order they begin."""
        text = words.replace("-", " ").replace("\n", " ")
        edges = _edges(text)
        hits: list[Hit[Meaning]] = []
        parts: dict[int, list[Hit[_Part[Meaning]]]] = {}
        for start in range(len(text)):
            found = self._anywhere.matches(text, start, edges)
            # Most places are inside a word, and asking is dearer than one look.
            clitic = start and text[start - 1] in ARABIC_CLITICS
            if edges[start] or (clitic and _after_clitics(text, start)):
                found += self._words.matches(text, start, edges)
            for end, part in found:
                if part.pieces == 1:
                    hits.append(Hit(start, end, part.meaning))
                else:
                    parts.setdefault(part.phrase, []).append(Hit(start, end, part))
        hits += [hit for listed in parts.values() for hit in _joined(listed)]
        return sorted(hits, key=lambda hit: (hit.start, -hit.end))


def _joined(found: list[Hit[_Part[Meaning]]]) -> Iterator[Hit[Meaning]]:
    count = found[0].meaning.pieces
    for first in (hit for hit in found if hit.meaning.place == 0):
        last = first
        for index in range(1, count):
            later = [
                hit
                for hit in found
                if hit.meaning.place == index and 0 <= hit.start - last.end <= hit.meaning.gap
            ]
            if not later:
                break
            last = later[0]
        else:
            yield Hit(first.start, last.end, first.meaning.meaning)
            return


def _edges(text: str) -> list[bool]:
    """Return for every place in the text whether a word may begin or end there."""
    words = [_kind(character) == "word" for character in text]
    return [True, *(not (one and other) for one, other in pairwise(words)), True]


def _edge(text: str, place: int) -> bool:
    if place in {0, len(text)}:
        return True
    before, after = _kind(text[place - 1]), _kind(text[place])
    return before != "word" or after != "word"


def _after_clitics(text: str, place: int) -> bool:
    start = place
    while start and text[start - 1] in ARABIC_CLITICS:
        start -= 1
    return 0 < place - start <= LONGEST_CLITICS and _edge(text, start)


@lru_cache(maxsize=16_384)
def _kind(character: str) -> str:
    if unspaced(character):
        return "unspaced"
    word = character.isalnum() or unicodedata.category(character)[0] == "M"
    return "word" if word else "other"


def unspaced(character: str) -> bool:
    """Say whether the character is of a script that writes words without spaces."""
    code = ord(character)
    return (
        0x2E80 <= code <= 0x9FFF  # noqa: PLR2004 - Han and kana
        or 0xAC00 <= code <= 0xD7FF  # noqa: PLR2004 - Hangul, whose words carry particles
        or 0x0E00 <= code <= 0x0EFF  # noqa: PLR2004 - Thai and Lao
        or 0xF900 <= code <= 0xFAFF  # noqa: PLR2004 - Han
    )
