"""The one printed code that a message consists of, bare or with a few words around it."""

from __future__ import annotations

import re
import unicodedata

from core.model.identifier import fold
from core.model.unit import Unit
from core.query.fragments import fragment
from core.query.phrases import unspaced
from core.query.query import Query
from core.query.replies import reply_of
from core.query.wording import wording

LONGEST_CODE = 40
MOST_WORDS_OF_A_CODE = 6
# Letters in front of a number that may be a part of it.
LONGEST_PREFIX = 3
# A number among words is a code from here on: "I have 2 of them" names none.
SHORTEST_AMONG_WORDS = 4
# People call either what the other notice calls it.
_ONE_THING = frozenset({"lot", "batch"})
_SIGNS = re.compile(r"\W+")
_BETWEEN = re.compile(r"(?<=[^\W\d_])['\u2019]")


def code_in(text: str, query: Query, field: str = "") -> str | None:
    """Return the code that `text` gives in answer to a question for `field`, None for none.

    What was read as another thing of the unit ("lot A1", "made in May") is no such code.
    """
    if any(unit.serial or (unit.brand and unit.model) for unit in query.units):
        return None
    if len(query.units) == 1:
        return _read(text, query.units[0], field)
    if query.units or not _worded(text):
        return text.strip() if _is_code(text) else None
    return None if fragment(text, "bought") else _among_words(text)


def _read(text: str, unit: Unit, field: str) -> str | None:
    """Return the one thing that was read of the unit, where it can be the code."""
    facts = dict(unit.facts)
    said: list[tuple[str | None, str]] = [(None, unit.model)] if unit.model else []
    said += facts.items()
    if len(said) != 1 or unit.brand is not None:
        return text.strip() if _is_code(text) and not facts and not unit.brand else None
    ((name, value),) = said
    if fold(value) == fold(text) or (name is None and not _worded(text)):
        return text.strip() if _is_code(text) else None
    named = name is None or {name, field} <= _ONE_THING
    return value if named and _is_code(value) else None


def _is_code(text: str) -> bool:
    folded = fold(text)
    short = len(text.split()) <= MOST_WORDS_OF_A_CODE and 0 < len(folded) <= LONGEST_CODE
    return short and any(character.isdigit() for character in folded)


def _worded(text: str) -> bool:
    """Say whether words of a language stand around the code.

    A short one in front may as well belong to it: "pa 12345678".
    """
    everyday = [word for word in _words(text) if _everyday(word)]
    alone = len(everyday) == 1 and _words(text)[0] in everyday and reply_of(everyday[0]) is None
    return bool(everyday) and not (alone and len(everyday[0]) <= LONGEST_PREFIX)


def _words(text: str) -> list[str]:
    """Return the words; a script without spaces falls into its single characters."""
    plain = unicodedata.normalize("NFKC", text)
    apart = "".join(f" {c} " if unspaced(c) else c for c in plain)
    return _BETWEEN.sub(" ", apart).split()


def _everyday(word: str) -> bool:
    letters = _SIGNS.sub("", word)
    if letters.isupper() and letters.isascii() and len(letters) <= LONGEST_PREFIX:
        return False
    known = letters.casefold() in wording().ordinary or reply_of(letters) is not None
    return letters.isalpha() and (known or all(map(unspaced, letters)))


def _among_words(text: str) -> str | None:
    """Return the one code between everyday words, in one piece or in several on end."""
    words = _words(text)
    coded = [place for place, word in enumerate(words) if any(map(str.isdigit, word))]
    if not coded:
        return None
    stretch = words[coded[0] : coded[-1] + 1]
    code = " ".join(stretch)
    whole = not any(map(_everyday, stretch)) and _is_code(code)
    return code if whole and len(fold(code)) >= SHORTEST_AMONG_WORDS else None
