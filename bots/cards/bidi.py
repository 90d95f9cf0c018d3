"""Which way text runs: mostly from the right or not, and in what order its runs stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Protocol, TypeVar

from bidi import algorithm
from bidi.mirror import MIRRORED

_RIGHT = frozenset({"R", "AL"})
_TURNING = _RIGHT | {"AN"}


# The algorithm drops joiners; an accent in their place goes where its letter goes.
_JOINER, _STAND_IN = re.compile("[\u200c\u200d]"), "\u0301"

_PAIRS = MappingProxyType(dict(zip("([{（［「『【“‘«", ")]}）］」』】”’»", strict=True)))
# A letter that runs from the left, and one that runs from the right.
_LETTERS = ("A", "\u05d0")


class Levelled(Protocol):
    """Something with an embedding level of the Unicode bidirectional algorithm."""

    @property
    def level(self) -> int:
        """Return the level: odd runs from right to left."""


Some = TypeVar("Some", bound=Levelled)


def mostly_right(text: str) -> bool:
    """Say whether more letters of a text run from right to left than the other way."""
    kinds = [unicodedata.bidirectional(character) for character in text]
    right = sum(kind in _RIGHT for kind in kinds)
    return right > kinds.count("L")


def levels(text: str, *, base: bool) -> list[int]:
    """Return the embedding level of each character of one line; odd ones run to the left.

    `base` says whether the text it belongs to does. It holds no control characters.
    """
    turning = any(unicodedata.bidirectional(character) in _TURNING for character in text)
    if not (base or turning):
        return [0] * len(text)
    storage = algorithm.get_empty_storage()
    storage["base_level"], storage["base_dir"] = int(base), "LR"[base]
    plain = _brackets_settled(_JOINER.sub(_STAND_IN, text), base=base)
    algorithm.get_embedding_levels(plain, storage)
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, debug=False)
    algorithm.resolve_implicit_levels(storage, debug=False)
    return [character["level"] for character in storage["chars"]]


def _brackets_settled(text: str, *, base: bool) -> str:
    """Return a text whose brackets are letters of the side they belong to.

    The library knows nothing of pairs (rule N0 of the algorithm). Here a pair, quotation marks
    too, goes with what it holds where all of that runs one way, else with the whole text.
    """
    settled, open_ones = list(text), list[tuple[str, int]]()
    for place, character in enumerate(text):
        if character in _PAIRS:
            open_ones.append((_PAIRS[character], place))
        elif open_ones and character == open_ones[-1][0]:
            start = open_ones.pop()[1]
            inside = _sides(text[start:place]) or _sides(text[:start])[-1:]
            other = bool(inside) and base not in inside
            settled[start] = settled[place] = _LETTERS[base != other]
    return "".join(settled)


def _sides(text: str) -> list[bool]:
    """Return for each letter whether it runs from the right."""
    kinds = (unicodedata.bidirectional(character) for character in text)
    return [kind in _RIGHT for kind in kinds if kind == "L" or kind in _RIGHT]


def seen(runs: Sequence[Some]) -> list[Some]:
    """Return runs in the order they are seen from left to right."""
    order = list(runs)
    highest = max((run.level for run in runs), default=0)
    for level in range(highest, 0, -1):
        order = list(_turned(order, level))
    return order


def _turned(runs: Sequence[Some], level: int) -> Iterator[Some]:
    """Turn round each stretch of runs that are at this level or above."""
    stretch: list[Some] = []
    for run in runs:
        if run.level >= level:
            stretch.append(run)
            continue
        yield from reversed(stretch)
        stretch = []
        yield run
    yield from reversed(stretch)


def mirrored(character: str) -> str:
    """Return a bracket as it looks in text from right to left; others are themselves."""
    return str(MIRRORED.get(character, character))
