"""Names nobody makes, and the known ones they look like: asked back, never assumed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from core.model.lexicon import Lexicon
from core.query.names import Names, names_of
from core.query.plain import read, words_of
from core.query.query import Guess
from core.query.wording import wording

MOST_WORDS = 3
MOST_CHOICES = 3
SHORTEST = 4
# Of 100; below it "banker" would be Anker.
ALIKE, ALIKE_IF_SHORT = 80, 85
LENGTH_OF_SHORT = 5
_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?!\w)")


def guess_of(text: str, lexicon: Lexicon) -> Guess | None:
    """Return the brands or product names that a word of `text` looks like, None for no word.

    Everyday words of every language are left alone, and codes: only names are compared.
    """
    names = names_of(lexicon)
    for field, known in (("brand", _brands(names)), ("name", _products(names))):
        for typed in _candidates(text):
            if choices := _alike(typed, known):
                return Guess(typed, field, choices)
    return None


def _candidates(text: str) -> Iterator[str]:
    plain = read(text)
    words = list(_WORD.finditer(plain.words))
    strange = [not _ordinary(match[0]) for match in words]
    for size in range(MOST_WORDS, 0, -1):
        for first in range(len(words) - size + 1):
            if strange[first]:
                yield plain.shown[words[first].start() : words[first + size - 1].end()]


def _ordinary(word: str) -> bool:
    return len(word) < SHORTEST or word in wording().ordinary


def _alike(typed: str, known: Mapping[str, str]) -> tuple[str, ...]:
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - slow to import, and seldom needed

    word = words_of(typed)
    least = ALIKE_IF_SHORT if len(word) <= LENGTH_OF_SHORT else ALIKE
    found = process.extract(
        word, known.keys(), scorer=fuzz.ratio, score_cutoff=least, limit=MOST_CHOICES * 2
    )
    # Whoever mistypes a name gets its first letter right: a banker is no Anker.
    near = (known[name] for name, _, _ in found if name[0] == word[0])
    return tuple(dict.fromkeys(near))[:MOST_CHOICES]


def _brands(names: Names) -> Mapping[str, str]:
    return {name: brand for name, brand in names.brand_of.items() if len(name) >= SHORTEST}


def _products(names: Names) -> Mapping[str, str]:
    return {
        words_of(known.name): known.name
        for known in names.lexicon.names
        if len(known.name) > LENGTH_OF_SHORT and not any(map(str.isdigit, known.name))
    }
