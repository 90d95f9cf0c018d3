"""Printed identifiers: how they are folded, and which characters people mistake for others."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# docs/units.md says where the groups come from.
LOOK_ALIKES = ("0OQD", "1IL", "2Z", "5S", "8B", "6G")
LONGEST = 64
# Longer than any name or code: what somebody pasted is not worth remembering.
_LONGEST_REMEMBERED = 200

_GROUP = {character: group for group in LOOK_ALIKES for character in group}
_SKELETON = str.maketrans({character: group[0] for group in LOOK_ALIKES for character in group})
_TWINS = str.maketrans(
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406\u0408\u0405"
    "\u051a\u051c\u04ba\u0500\u04ae\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f"
    "\u03a1\u03a4\u03a5\u03a7\u04c0",
    "ABEKMHOPCTYXIJSQWHDYABEZHIKMNOPTYXI",
)
# Unicode takes these two for a sigma, people for a C.
_LUNATE = str.maketrans("\u03f9\u03f2", "CC")
# Letters to Unicode, but nobody sees them in a code: Hangul fillers; and the long-vowel mark,
# which a Japanese keyboard gives where a dash is meant.
_UNSEEN = "\u115f\u1160\u30fc"
# Dropped between the characters of a code without a trace. Any other mark that folding drops
# ("?", "*", "_", "|") may stand where a character was not read.
_SEPARATORS = frozenset("./\\:,'\u2212" + _UNSEEN)
_SEPARATING = {"Zs", "Zl", "Zp", "Cf", "Cc", "Pd", "Mn", "Me"}
# What people write for several characters they cannot read.
_GAPS = ("..", "--")
# The characters of plain ASCII that folding drops.
_DROPPED = {ord(c): None for c in map(chr, range(128)) if not (c.isalnum() or c == "+")}
# Small letters that look like another Latin letter than their capitals do, and sharp s.
_TWO_FACED = frozenset("\u03bd\u03c5\u03b7\u03bc\u00df\u1e9e")


def fold(text: str) -> str:
    """Return `text` as identifiers are compared: upper-case letters, digits and "+" alone.

    Full-width forms, digits of any script and the Cyrillic and Greek twins of Latin letters
    become Latin; spaces, dashes, dots, slashes, accents and invisible characters go.
    """
    return _remembered(text) if len(text) <= _LONGEST_REMEMBERED else _folded(text)


def _folded(text: str) -> str:
    if text.isascii():
        return text.upper().translate(_DROPPED)
    plain = unicodedata.normalize("NFKD", text.translate(_LUNATE)).upper().translate(_TWINS)
    return "".join(_latin(plain))


_remembered = lru_cache(maxsize=65_536)(_folded)


def _latin(text: str) -> Iterator[str]:
    for character in text:
        digit = unicodedata.digit(character, None)
        if digit is not None:
            yield str(digit)
        elif character not in _UNSEEN and (character.isalpha() or character == "+"):
            yield character


def legible(text: str) -> bool:
    """Say whether folding `text` as a code lost nothing that may be one of its characters."""
    folded = fold(text)
    plain = unicodedata.normalize("NFKD", text)
    if not (folded.isascii() and folded.isalnum()) or any(gap in plain for gap in _GAPS):
        return False
    return not any(
        character in _TWO_FACED or not (_separates(character) or fold(character))
        for character in plain
    )


def _separates(character: str) -> bool:
    return character in _SEPARATORS or unicodedata.category(character) in _SEPARATING


def skeleton(folded: str) -> str:
    """Return a folded identifier with every look-alike replaced by the first of its group."""
    return folded.translate(_SKELETON)


def deletions(key: str) -> frozenset[str]:
    """Return every string that is `key` with one character left out."""
    return frozenset(key[:index] + key[index + 1 :] for index in range(len(key)))


def one_edit_apart(one: str, other: str) -> bool:
    """Say whether a single lost, added, wrong or swapped character makes `other` from `one`."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    if len(one) != len(other):
        longer, shorter = sorted((one, other), key=len, reverse=True)
        return shorter in deletions(longer)
    wrong = [index for index in range(len(one)) if one[index] != other[index]]
    if len(wrong) == 1:
        return True
    first, last = wrong[0], wrong[-1]
    swapped = one[first] == other[last] and one[last] == other[first]
    return len(wrong) == 2 and last == first + 1 and swapped  # noqa: PLR2004 - two places swap


@dataclass(frozen=True, slots=True)
class Code:
    """A serial, lot or date code as read, with every character each place may really be.

    `literal` is folded, and characters that the maker never prints are already replaced by
    the digit they are mistaken for; `corrected` holds the places where that happened. Where
    `legible` is False some character was not read, or is none the maker prints.
    """

    literal: str
    places: tuple[str, ...]
    corrected: tuple[int, ...] = ()
    legible: bool = True

    @classmethod
    def read(cls, text: str, alphabet: str = "") -> Code:
        """Read `text`; with an `alphabet` only what the maker prints is considered."""
        folded = fold(text)
        literal = "".join(_printed(character, alphabet) for character in folded)
        places = tuple(_mistakable(character, alphabet) for character in literal)
        corrected = tuple(
            i for i, (a, b) in enumerate(zip(folded, literal, strict=True)) if a != b
        )
        printed = not alphabet or all(set(place) <= set(alphabet) for place in places)
        return cls(literal, places, corrected, printed and legible(text))

    def part(self, first: int, last: int) -> Code | None:
        """Return the characters from `first` to `last`, counted from 1, or from -1 at the end.

        None when the code is too short to have them all.
        """
        size = len(self.literal)
        start = first - 1 if first > 0 else size + first
        stop = last if last > 0 else size + last + 1
        if start < 0 or stop > size or start >= stop:
            return None
        return Code(self.literal[start:stop], self.places[start:stop])

    def may_be(self, value: str) -> bool:
        """Say whether some reading of this code is `value`."""
        return len(value) == len(self.places) and all(
            character in place for character, place in zip(value, self.places, strict=True)
        )

    def differing_place(self, value: str) -> int | None:
        """Return the first place, counted from 1, where the literal differs from `value`."""
        pairs = zip(self.literal, value, strict=False)
        return next((i for i, (a, b) in enumerate(pairs, 1) if a != b), None)


def _printed(character: str, alphabet: str) -> str:
    if not alphabet or character in alphabet:
        return character
    digit = next((c for c in _GROUP.get(character, "") if c.isdigit() and c in alphabet), None)
    return digit or character


def _mistakable(character: str, alphabet: str) -> str:
    group = _GROUP.get(character, character)
    possible = "".join(c for c in group if not alphabet or c in alphabet)
    return possible or character
