"""Prose cut into tokens that remember where they stood: words, codes, numbers, marks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.sources.drafts.vocabulary import words

OPENING = "\"'([{*¤"
CLOSING = ".,;:!?)]}\"'*¤"
SPLITTING = ',;()[]|¤•:"'
DASHES = "\u2013\u2014"
_PLAIN_QUOTES = str.maketrans(
    "\u201c\u201d\u201e\u2018\u2019\u2032\u2033\u2011\u2010", '"""\'\'\'"--'
)
# A full stop after these ends no sentence.
ABBREVIATIONS = words(
    "no nos ref réf cert est approx inc co ltd corp u.s p.o vol art nr st dr mr mrs vs "
    "etc pt qt jan feb mar apr jun jul aug sept sep oct nov dec oz in lb lbs ft fl a.m "
    "p.m i.e e.g s.a n.j"
)
LARGEST_GROUP = 3


class Kind(StrEnum):
    """What a token is made of."""

    WORD = "word"
    NUMBER = "number"
    MIXED = "mixed"
    MARK = "mark"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a text: what it is, as printed, and which sentence it belongs to."""

    text: str
    kind: Kind
    sentence: int
    start: int

    @property
    def word(self) -> str:
        """Return the token in small letters."""
        return self.text.lower()

    @property
    def stop(self) -> int:
        """Return the place behind its last character."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Prose:
    """A text, its tokens, and its sentences verbatim."""

    tokens: tuple[Token, ...]
    sentences: tuple[str, ...]


def read(text: str) -> Prose:
    """Return the tokens and sentences of a plain text."""
    plain = " ".join(unicodedata.normalize("NFC", text).translate(_PLAIN_QUOTES).split())
    tokens: list[Token] = []
    sentences: list[str] = []
    begun = 0
    for piece, start, stop in _pieces(plain):
        ends = piece == "." and _ends_sentence(tokens, plain, stop)
        if piece == "." and not ends:
            continue
        kind = Kind.END if ends else _kind(piece)
        tokens.append(Token(piece, kind, len(sentences), start))
        if ends:
            sentences.append(plain[begun:stop].strip())
            begun = stop
    sentences.append(plain[begun:].strip())
    return Prose(tuple(tokens), tuple(sentences))


def _ends_sentence(before: Sequence[Token], text: str, stop: int) -> bool:
    """A full stop ends a sentence unless it shortens a word or the next one begins small."""
    rest = text[stop:].lstrip(" \"'")
    if not rest or not before:
        return True
    last = before[-1].word
    return (
        last not in ABBREVIATIONS
        and not (len(last) == 1 and last.isalpha())
        and not rest[0].islower()
    )


def _pieces(text: str) -> Iterator[tuple[str, int, int]]:
    start = 0
    for chunk in text.split(" "):
        yield from _of_chunk(chunk, start)
        start += len(chunk) + 1


def _of_chunk(chunk: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Yield the marks around a word or code, and what stands between them."""
    if chunk.isalnum() or is_address(chunk.strip(OPENING + CLOSING)):
        yield chunk, start, start + len(chunk)
        return
    begun = 0
    for index, character in enumerate(chunk):
        if not _splits(chunk, index):
            continue
        if index > begun:
            yield chunk[begun:index], start + begun, start + index
        yield character, start + index, start + index + 1
        begun = index + 1
    if begun < len(chunk):
        yield chunk[begun:], start + begun, start + len(chunk)


def _splits(chunk: str, index: int) -> bool:
    character = chunk[index]
    if character.isalnum():
        return False
    last = index >= len(chunk.rstrip(CLOSING))
    if character in DASHES or character in "()[]|¤•;#&=*":
        return True
    if character in ",.:'":
        inside = 0 < index < len(chunk) - 1 and not last
        if character == "," and inside:
            return not _groups_thousands(chunk, index)
        return not inside
    if character == '"':
        return True
    return character in "/!?" and (last or index == 0)


def _groups_thousands(chunk: str, index: int) -> bool:
    after = chunk[index + 1 : index + 1 + LARGEST_GROUP]
    further = chunk[index + 1 + LARGEST_GROUP : index + 2 + LARGEST_GROUP]
    digits = chunk[:index].lstrip("$€£").replace(",", "").isdigit()
    return digits and len(after) == LARGEST_GROUP and after.isdigit() and not further.isdigit()


def is_address(text: str) -> bool:
    """Say whether it is a web or mail address."""
    small = text.lower()
    return "@" in text or "://" in small or small.startswith("www.") or ".com" in small


def _kind(piece: str) -> Kind:
    letters = any(character.isalpha() for character in piece)
    digits = any(character.isdigit() for character in piece)
    if letters and digits:
        return Kind.MIXED
    if digits:
        return Kind.NUMBER
    return Kind.WORD if letters else Kind.MARK
