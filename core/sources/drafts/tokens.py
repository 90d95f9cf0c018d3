"""Prose cut into tokens that remember where they stood: words, codes, numbers, marks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

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
YEAR_DIGITS = 4
MONTH_STARTS = words("jan feb mar apr may jun jul aug sep oct nov dec")
OPEN_MASK = "***"
# Longer than any word: not worth remembering.
LONGEST_REMEMBERED = 40


class Kind(StrEnum):
    """What a token is made of."""

    WORD = "word"
    NUMBER = "number"
    MIXED = "mixed"
    MARK = "mark"
    END = "end"


class Token(NamedTuple):
    """One piece of a text: what it is, as printed and in small letters, and where it stood."""

    text: str
    kind: Kind
    sentence: int
    start: int
    word: str

    @property
    def stop(self) -> int:
        """Return the place behind its last character."""
        return self.start + len(self.text)


class _Piece(NamedTuple):
    """A piece of a chunk of text, and where in it the piece begins."""

    text: str
    kind: Kind
    word: str
    begins: int


@dataclass(frozen=True, slots=True)
class Prose:
    """A text, its tokens, and its sentences verbatim."""

    tokens: tuple[Token, ...]
    sentences: tuple[str, ...]


def read(text: str) -> Prose:
    """Return the tokens and sentences of a plain text."""
    plain = _plain(text)
    tokens: list[Token] = []
    sentences: list[str] = []
    begun = start = 0
    for chunk in plain.split(" "):
        for piece, kind, word, begins in _pieces(chunk):
            at = start + begins
            ends = piece == "." and _ends_sentence(tokens, plain, at + 1)
            if piece == "." and not ends:
                continue
            tokens.append(Token(piece, Kind.END if ends else kind, len(sentences), at, word))
            if ends:
                sentences.append(plain[begun : at + 1].strip())
                begun = at + 1
        start += len(chunk) + 1
    sentences.append(plain[begun:].strip())
    return Prose(tuple(tokens), tuple(sentences))


def _plain(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_PLAIN_QUOTES)
    return " ".join(text.split())


def _ends_sentence(before: Sequence[Token], text: str, stop: int) -> bool:
    """A full stop ends a sentence unless it shortens a word or the next one begins small."""
    while stop < len(text) and text[stop] in " \"'":
        stop += 1
    if stop == len(text) or not before:
        return True
    last = before[-1].word
    return (
        last not in ABBREVIATIONS
        and not (len(last) == 1 and last.isalpha())
        and not text[stop].islower()
    )


def _pieces(chunk: str) -> tuple[_Piece, ...]:
    """Return what stands between two blanks; notices say the same words again and again."""
    return _remembered(chunk) if len(chunk) <= LONGEST_REMEMBERED else _cut(chunk)


def _cut(chunk: str) -> tuple[_Piece, ...]:
    return tuple(
        _Piece(text, _kind(text), text.lower(), begins) for text, begins in _of_chunk(chunk)
    )


_remembered = lru_cache(maxsize=16_384)(_cut)


def _of_chunk(chunk: str) -> Iterator[tuple[str, int]]:
    """Yield the marks around a word or code, and what stands between them."""
    if chunk.isalnum() or is_address(chunk.strip(OPENING + CLOSING)):
        yield chunk, 0
        return
    begun = 0
    closing = len(chunk.rstrip(CLOSING))
    open_ended = OPEN_MASK in chunk
    for index, character in enumerate(chunk):
        if character.isalnum() or not _splits(chunk, index, last=index >= closing):
            continue
        if character == "*" and open_ended and _is_open(chunk, index):
            continue
        if index > begun:
            yield chunk[begun:index], begun
        yield character, index
        begun = index + 1
    if begun < len(chunk):
        yield chunk[begun:], begun


def _is_open(chunk: str, index: int) -> bool:
    """Say whether the star stands for any character: UCQ******, not "Model*"."""
    run = chunk[max(0, index - 2) : index + 3]
    return OPEN_MASK in run and any(character.isalnum() for character in chunk)


def _splits(chunk: str, index: int, *, last: bool) -> bool:
    """Say whether the mark at `index` is a piece of its own; `last`: only marks follow."""
    character = chunk[index]
    if character in DASHES or character in "()[]|¤•;#&=*":
        return True
    if character == "-":
        return _is_year_end(chunk, index)
    if character in ",.:'":
        return _ends_piece(chunk, index, last=last)
    return character == '"' or (character in "/!?" and (last or index == 0))


def _ends_piece(chunk: str, index: int, *, last: bool) -> bool:
    """Say whether the comma, colon, point or quote is none of "1,000", "A:1", "1.5", "3'5"."""
    if last or not 0 < index < len(chunk) - 1:
        return True
    if chunk[index] == ",":
        return not _groups_thousands(chunk, index)
    return chunk[index] == ":" and _is_label_end(chunk, index)


def _is_year_end(chunk: str, index: int) -> bool:
    """Say whether two dates meet here: "2024-Aug."."""
    year, behind = chunk[:index], chunk[index + 1 :].rstrip(CLOSING).lower()
    named = behind.isalpha() and behind[:3] in MONTH_STARTS
    return named and len(year) == YEAR_DIGITS and year.isdecimal() and year[:2] in ("19", "20")


def _is_label_end(chunk: str, index: int) -> bool:
    """Say whether a word meets its code here: "Model:20A-13"."""
    word, code = chunk[:index].strip(OPENING), chunk[index + 1 :]
    return len(word) > 1 and word.isalpha() and any(c.isdigit() for c in code)


def _groups_thousands(chunk: str, index: int) -> bool:
    after = chunk[index + 1 : index + 1 + LARGEST_GROUP]
    further = chunk[index + 1 + LARGEST_GROUP : index + 2 + LARGEST_GROUP]
    groups = len(after) == LARGEST_GROUP and after.isdigit() and not further.isdigit()
    return groups and chunk[:index].lstrip("$€£").replace(",", "").isdigit()


def is_address(text: str) -> bool:
    """Say whether it is a web or mail address."""
    small = text.lower()
    return "@" in text or "://" in small or small.startswith("www.") or ".com" in small


def holds_address(said: Iterable[str]) -> bool:
    """Say whether one of these words, which are in small letters, is an address."""
    whole = "\n" + "\n".join(said)
    return any(mark in whole for mark in ("@", "://", "\nwww.", ".com"))


def _kind(piece: str) -> Kind:
    letters = any(character.isalpha() for character in piece)
    digits = any(character.isdigit() for character in piece)
    if letters and piece.endswith(OPEN_MASK):
        return Kind.MIXED
    if letters and digits:
        return Kind.MIXED
    if digits:
        return Kind.NUMBER
    return Kind.WORD if letters else Kind.MARK
