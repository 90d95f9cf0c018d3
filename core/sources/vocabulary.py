"""The word lists of this package: read once, phrases compiled to patterns."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

_WORD = re.compile(r"\w+")
_QUOTES = str.maketrans(dict.fromkeys("’‘`´ʼ", "'") | dict.fromkeys("‐‑–—", "-"))


@cache
def word_list(name: str) -> dict[str, Any]:
    """Return the word list `words/<name>.json`."""
    text = files("core.sources").joinpath("words", f"{name}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def folded(text: str) -> str:
    """Return `text` as phrases compare: lower case, no accents, straight quotes, one blank."""
    if text.isascii():  # most texts are, and nothing of them comes apart
        return " ".join(text.replace("`", "'").lower().split())
    apart = unicodedata.normalize("NFKD", text.translate(_QUOTES).casefold())
    bare = "".join(one for one in apart if not unicodedata.combining(one))
    return " ".join(bare.split())


def any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for these phrases as words of folded text; "burn*" begins a word."""
    longest_first = sorted(set(phrases), key=len, reverse=True)
    spelt = "|".join(re.escape(phrase).replace(r"\*", r"\w*") for phrase in longest_first)
    return re.compile(rf"(?<!\w)(?:{spelt})(?!\w)")


class PhraseTable:
    """Phrases of many keys, found in folded text without trying every phrase at every word."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        """Index the phrases by the two letters they begin with."""
        self._by_start: dict[str, dict[str, list[str]]] = {}
        for key, listed in phrases.items():
            for phrase in listed:
                self._by_start.setdefault(phrase[:2], {}).setdefault(key, []).append(phrase)
        self._beginning = lru_cache(maxsize=16_384)(self._that_begin)

    def find(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Yield key, start and end of every phrase of `text`, which is folded."""
        for word in _WORD.finditer(text):
            start, stop = word.span()
            for key, pattern in self._beginning(word[0], text[stop : stop + 1]):
                if found := pattern.match(text, start):
                    yield key, start, found.end()

    def _that_begin(self, word: str, mark: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """Return the keys with the phrases that may stand where a text goes on like this."""
        keys = self._by_start.get((word + mark)[:2], {})
        may = {
            key: tuple(p for p in listed if _begins(p, word)) for key, listed in keys.items()
        }
        return tuple((key, _of_phrases(listed)) for key, listed in may.items() if listed)


def _begins(phrase: str, word: str) -> bool:
    """Say whether the word can be the first of the phrase."""
    first = _WORD.match(phrase)
    if first is None:
        return False
    starred = phrase[first.end() : first.end() + 1] == "*"
    return word.startswith(first[0]) if starred else word == first[0]


@cache
def _of_phrases(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return any_of(phrases)
