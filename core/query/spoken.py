"""Models as they are dictated: "a twelve sixty three" is A1263."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from core.query.names import Names
from core.query.plain import words_of
from core.query.wording import wording

# A model of the lexicon is rarely longer, and each word more costs time.
MOST_WORDS = 8
FEWEST_WORDS = 3
FEWEST_NUMBERS = 2
LONGEST_LETTERS = 3
SILENT = "-"
_WORD = re.compile(r"[^\W_]+")
_BETWEEN = re.compile(r"[ ,-]{1,3}")
_TENS = re.compile(r"[2-9]0")
_UNIT = re.compile(r"[1-9]")


def written(text: str, names: Names) -> str:
    """Return `text` with every dictated model that the lexicon knows written out."""
    words = list(_WORD.finditer(text))
    spoken = [_numbers().get(words_of(word[0])) for word in words]
    if sum(value is not None and value != SILENT for value in spoken) < FEWEST_NUMBERS:
        return text
    pieces: list[str] = []
    done = index = 0
    while index < len(words):
        size, model = _model(text, words[index:], spoken[index:], names)
        if model:
            pieces += [text[done : words[index].start()], model]
            done = words[index + size - 1].end()
        index += size
    return "".join([*pieces, text[done:]])


def _model(
    text: str,
    words: Sequence[re.Match[str]],
    spoken: Sequence[str | None],
    names: Names,
) -> tuple[int, str]:
    """Return how many words to go on by, and the model they dictate, "" for none."""
    for size in range(min(MOST_WORDS, len(words)), FEWEST_WORDS - 1, -1):
        told = spoken[:size]
        if sum(value is not None and value != SILENT for value in told) < FEWEST_NUMBERS:
            continue
        if not _together(text, words[:size]):
            continue
        known = names.models.get(_joined(words[:size], told))
        if known:
            return size, known.model
    return 1, ""


def _together(text: str, words: Sequence[re.Match[str]]) -> bool:
    return all(
        _BETWEEN.fullmatch(text, one.end(), other.start()) for one, other in pairwise(words)
    )


def _joined(words: Sequence[re.Match[str]], spoken: Sequence[str | None]) -> str:
    parts: list[str] = []
    for word, value in zip(words, spoken, strict=True):
        if value == SILENT and len(word[0]) > 1:
            continue
        literal = value is None or value == SILENT
        part = word[0].upper() if literal else value or ""
        if literal and not part.isdigit() and len(part) > LONGEST_LETTERS:
            return ""
        if parts and _TENS.fullmatch(parts[-1]) and _UNIT.fullmatch(part):
            parts[-1] = parts[-1][0]
        parts.append(part)
    return "".join(parts)


@lru_cache(maxsize=1)
def _numbers() -> Mapping[str, str]:
    return {
        words_of(word): value
        for value, words in wording().known["spoken"].items()
        for word in words
    }
