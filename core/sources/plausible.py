"""Whether a remedy or hazard text can belong to the product it stands with."""

from __future__ import annotations

import re
from collections.abc import Iterator

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


def plausible(product: str, passage: str) -> bool:
    """Say whether `passage` can be about `product` (names, title and description in one text).

    False where every thing the passage calls recalled, or says to stop using, is another:
    "the recalled planers" for a power bank. A passage that names no thing is plausible; the
    maker's name in it is no proof, since a maker's own texts get mixed up, too.
    """
    known = {_stem(word) for word in _words(folded(product))}
    kind = category(product.split("\n", maxsplit=1)[0])
    things = [thing for thing in _things(folded(passage)) if thing]
    return not things or any(_fits(thing, known, kind) for thing in things)


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


def _fits(thing: tuple[str, ...], known: set[str], kind: str) -> bool:
    if any(_stem(word) in known or _alike(_stem(word), known) for word in thing):
        return True
    named = category(" ".join(thing))
    # Children's clothing is clothing, pet food is food.
    return named != OTHER and (named.endswith(kind) or kind.endswith(named))


def _alike(stem: str, known: set[str]) -> bool:
    """Say whether a word of the product begins as this one does, or ends in it: e-bike."""
    if len(stem) < _SHORTEST_STEM:
        return False
    return any(
        stem in one
        or (len(one) >= _SHORTEST_STEM and stem.endswith(one))
        or one[:_COMMON_STEM] == stem[:_COMMON_STEM]
        for one in known
    )


def _words(text: str) -> Iterator[str]:
    for word in _WORD.findall(text):
        yield word
        yield from word.split("-") if "-" in word else ()


def _stem(word: str) -> str:
    return _ENDING.sub("", word.strip("-'")) or word
