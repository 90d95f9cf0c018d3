"""A message as it is read: one alphabet, one kind of space, bounded in length."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from core.model.identifier import fold

# More than this is no question about a product; what was asked stands at the beginning.
LONGEST = 2000
LONGEST_TWINS = 3
_BASES = ("ßss", "æae", "œoe", "øo", "łl", "đd", "ıi", "ðd", "þth", "ёе")
_ARABIC_BASES = ("أا", "إا", "آا", "ٱا", "ىي", "ةه")
_LETTERS = {"i̇": "i", **{pair[0]: pair[1:] for pair in (*_BASES, *_ARABIC_BASES)}}
_QUOTES = frozenset("'’‘`´ʼ＇")
_DROPPED = frozenset("\u0640\ufe0e\ufe0f") | {chr(code) for code in range(0x064B, 0x0653)}
_TOKEN = re.compile(r"[A-Za-z0-9\u0370-\u03ff\u0400-\u052f]+(?:-[A-Za-z0-9\u0400-\u052f]+)*")
_GROUPS = re.compile(r"[^\W\d_]+")
_AFTER_WORD = re.compile(r"[^\W\d_]*[a-z\u0430-\u045f](?=[\u0400-\u042f]{1,2}-?\d)")


@dataclass(frozen=True, slots=True)
class Plain:
    """The text twice, character for character: with its capitals, and ready for comparing.

    `words` is in lower case without Latin accents; digits of every script are 0 to 9, Cyrillic
    twins inside a code are Latin, and no two spaces stand side by side.
    """

    shown: str
    words: str


def read(text: str) -> Plain:
    """Return `text` in plain form; whatever stands behind the longest length is not read."""
    shown: list[str] = []
    words: list[str] = []
    for character in unicodedata.normalize("NFKC", text[:LONGEST])[:LONGEST]:
        for one, other in _forms(character):
            if other == " " and (not words or words[-1] in " \n"):
                continue
            shown.append(one)
            words.append(other)
    return _untwinned("".join(shown), "".join(words))


def words_of(text: str) -> str:
    """Return a word or phrase in the form in which `Plain.words` holds it."""
    if text.isascii():
        return text.lower().strip()
    return unicodedata.normalize("NFKC", text).translate(_WORDS).strip()


@lru_cache(maxsize=16_384)
def _forms(character: str) -> tuple[tuple[str, str], ...]:
    category = unicodedata.category(character)
    digit = unicodedata.digit(character, None)
    if category == "Cf" or character in _DROPPED:
        return ()
    if digit is not None:
        return ((str(digit), str(digit)),)
    sign = _sign(character, category)
    return ((sign, sign),) if sign else _letter_forms(character)


def _sign(character: str, category: str) -> str | None:
    """Return the one character that stands for all of its kind, or None for a letter."""
    if character in _QUOTES:
        return "'"
    if character == "\n":
        return character
    if category[0] in "CZ":
        return " "
    return "-" if category == "Pd" or character == "\u2212" else None


def _letter_forms(character: str) -> tuple[tuple[str, str], ...]:
    lower = character.lower()
    base = _LETTERS.get(lower)
    if base is None:
        first = unicodedata.normalize("NFD", lower)[0]
        base = first if first.isascii() and first.isalpha() else lower[0]
    if len(base) == 1:
        return ((character, base),)
    return tuple((letter, letter) for letter in base)


class _Words(dict[int, str]):
    def __missing__(self, code: int) -> str:
        self[code] = "".join(word for _, word in _forms(chr(code)))
        return self[code]


_WORDS = _Words()


def _untwinned(shown: str, words: str) -> Plain:
    if shown.isascii():
        return Plain(shown, words)
    latin = _TOKEN.sub(lambda match: _latin(match[0]), shown)
    pairs = zip(shown, latin, words, strict=True)
    return Plain(
        latin, "".join(word if one == other else other.lower() for one, other, word in pairs)
    )


def _latin(token: str) -> str:
    if token.isascii() or not any(map(str.isascii, token)):
        return token
    word = _AFTER_WORD.match(token)
    head = word[0] if word else ""
    tail = token[len(head) :]
    if any(c.isdigit() for c in token) and not _is_code(tail):
        return token
    folded = [character if character.isascii() else fold(character) for character in tail]
    alike = all(len(one) == 1 and one.isascii() for one in folded)
    return head + "".join(folded) if alike else token


def _is_code(token: str) -> bool:
    groups = _GROUPS.findall(token)
    return token[:1].isalpha() and all(len(group) <= LONGEST_TWINS for group in groups)
