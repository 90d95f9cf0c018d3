"""Whether a remedy or hazard text can belong to the product it stands with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from core.sources.categories import OTHER, category
from core.sources.vocabulary import folded, word_list

_ENDING = re.compile(r"(?:'s|s'|ies|es|s|ing|ed)$")
_WORD = re.compile(r"[a-z0-9][a-z0-9'&+-]*")
_NAMED = re.compile(
    r"\b(?:recalled|(?:stop|discontinue) using(?: and \w+)?"
    r"(?: (?:the|their|this|these|any|all|your))+)(?: recalled)? (?P<thing>[^.,;:()]{3,90})"
)
_SHORTEST_STEM = 4
_COMMON_STEM = 6
# Of a longer text only the beginning is held against the other; none on record is half as long.
LONGEST_READ = 20_000


def plausible(product: str, passage: str) -> bool:
    """Say whether `passage` can be about `product` (names, title and description in one text).

    False where every thing the passage calls recalled, or says to stop using, is another:
    "the recalled planers" for a power bank. A passage that names no thing is plausible; the
    maker's name in it is no proof, since a maker's own texts get mixed up, too.
    """
    product, passage = product[:LONGEST_READ], passage[:LONGEST_READ]
    things = {thing for thing in _things(folded(passage)) if thing}
    if not things:
        return True
    known = _known(product)
    return any(_shares(thing, known) for thing in things) or _akin(product, things)


class _Known(NamedTuple):
    """The stems of a product's words, how they begin, and all of them in one text."""

    stems: frozenset[str]
    beginnings: frozenset[str]
    joined: str


# A notice asks for its hazard, then for its remedy.
@lru_cache(maxsize=4)
def _known(product: str) -> _Known:
    stems = frozenset(map(_stem, _words(folded(product))))
    return _Known(stems, frozenset(stem[:_COMMON_STEM] for stem in stems), "\n".join(stems))


def _things(passage: str) -> Iterator[tuple[str, ...]]:
    """Yield the words of weight of every thing the passage calls recalled."""
    lists = word_list("plausible")
    for found in _NAMED.finditer(passage):
        words: list[str] = []
        for word in _WORD.findall(found["thing"]):
            if word in lists["ends"]:
                break
            words.append(word)
        yield tuple(word for word in words if _stem(word) not in lists["light"])


def _shares(thing: tuple[str, ...], known: _Known) -> bool:
    """Say whether the thing and the product have a word in common, or two that are alike."""
    stems = tuple(map(_stem, thing))
    return not known.stems.isdisjoint(stems) or any(_alike(stem, known) for stem in stems)


def _akin(product: str, things: Iterable[tuple[str, ...]]) -> bool:
    """Say whether one of the things is of the product's category."""
    kind = category(product.split("\n", maxsplit=1)[0])
    for thing in things:
        named = category(" ".join(thing))
        # Children's clothing is clothing, pet food is food.
        if named != OTHER and (named.endswith(kind) or kind.endswith(named)):
            return True
    return False


def _alike(stem: str, known: _Known) -> bool:
    """Say whether a word of the product begins as this one does, or ends in it: e-bike."""
    if len(stem) < _SHORTEST_STEM:
        return False
    tails = (stem[start:] for start in range(len(stem) - _SHORTEST_STEM + 1))
    return (
        stem in known.joined
        or stem[:_COMMON_STEM] in known.beginnings
        or any(tail in known.stems for tail in tails)
    )


def _words(text: str) -> Iterator[str]:
    for word in _WORD.findall(text):
        yield word
        yield from word.split("-") if "-" in word else ()


@lru_cache(maxsize=16_384)
def _stem(word: str) -> str:
    return _ENDING.sub("", word.strip("-'")) or word
