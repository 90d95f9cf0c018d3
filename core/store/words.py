"""What a notice is searched by: its words, and the index keys that a typed word stands for."""

from __future__ import annotations

import unicodedata

from core.model.identifier import LONGEST, fold, skeleton
from core.model.keys import bar_code
from core.model.recall import Notice
from core.model.rule import Model, walk
from core.store.schema import storable

# PostgreSQL cannot index a row of more than 2,700 bytes; a character takes up to four.
MOST_CHARACTERS = 500
MOST_WORDS = 8
LONGEST_QUERY = 400
BAR_CODE_LENGTHS = frozenset({8, 12, 13, 14})


def words_of(notice: Notice) -> str:
    """Return what the notice is searched by, in lower case: names first, then its numbers."""
    models = [
        value for node in walk(notice.units) if isinstance(node, Model) for value in node.any_of
    ]
    parts = (
        *notice.brands,
        notice.product,
        *notice.names,
        notice.id,
        notice.number or "",
        *models,
    )
    return " ".join(dict.fromkeys(_plain(part) for part in parts))[:MOST_CHARACTERS]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", storable(text)).casefold()


def typed(text: str) -> tuple[str, ...]:
    """Return the words of a search, in lower case, no more than a person would type."""
    plain = _plain(text[:LONGEST_QUERY])
    return tuple(dict.fromkeys(word[:LONGEST] for word in plain.split()))[:MOST_WORDS]


def pattern(word: str) -> str:
    """Return the LIKE pattern that finds `word` anywhere; its escape character is `!`."""
    for special in "!%_":
        word = word.replace(special, f"!{special}")
    return f"%{word}%"


def keys_of_word(word: str) -> tuple[str, ...]:
    """Return the index keys that a word, or the whole of a search, may stand for."""
    folded = fold(word)[:LONGEST]
    if not folded:
        return ()
    bones = skeleton(folded)
    keys = [f"m:{folded}", f"s:{bones}", f"n:{folded}", f"c:asin:{bones}", f"b:{folded}"]
    if folded.isdigit() and len(folded) in BAR_CODE_LENGTHS:
        keys.append(f"c:gtin:{bar_code(folded)}")
    return tuple(keys)
