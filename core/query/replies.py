"""Short answers to a question of ours: yes, no, no idea, never mind, and "no, it is …"."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection
from enum import StrEnum
from functools import lru_cache

from core.query.phrases import unspaced
from core.query.plain import LONGEST, read
from core.query.wording import wording

# More than this is a story, not a reply.
LONGEST_REPLY = 60
LONGEST_PHRASE = 40
THUMBS = "👍👎"
_GAP = re.compile(rf"[^\w{THUMBS}/]+")


class Reply(StrEnum):
    """What a short answer says."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"
    CANCEL = "cancel"
    LANGUAGES = "languages"


def reply_of(text: str) -> Reply | None:
    """Return what `text` answers, in any language we read; None where it is no mere reply.

    "Yes, exactly" is a reply; "yes, A1263" is not. Where a word without its accents could be
    two of them ("dung": "đúng" is right, "dừng" is stop), it is none.
    """
    exact = [reply for reply in Reply if _spelt(text) in _exactly()[reply]]
    if len(exact) == 1:
        return exact[0]
    words = _words(text)
    if not words or len(words) > LONGEST_REPLY:
        return None
    found = [reply for reply in Reply if _made_of(words, _phrases()[reply])]
    return found[0] if len(found) == 1 else None


def correction_of(text: str) -> str | None:
    """Return what stands behind "no, ", "I meant " or "sorry, ", None where nothing does."""
    plain = read(text[:LONGEST])
    start, firm = 0, False
    while size := _leading(plain.words[start:], _phrases()["lead"]):
        firm = firm or bool(_leading(plain.words[start:], _phrases()["correction"]))
        start += size
    rest = plain.shown[start:].strip()
    return rest if firm and rest else None


def _spelt(text: str) -> str:
    return _GAP.sub(" ", unicodedata.normalize("NFKC", text[:LONGEST]).casefold()).strip()


def _words(text: str) -> str:
    return _GAP.sub(" ", read(text[:LONGEST]).words).strip()


def _made_of(words: str, table: Collection[str]) -> bool:
    """Say whether nothing but these phrases and polite words stands in `words`."""
    said = False
    while words:
        size = _leading(words, table)
        said = said or bool(size)
        size = size or _leading(words, _phrases()["polite"])
        if not size:
            return False
        words = words[size:]
    return said


def _leading(words: str, table: Collection[str]) -> int:
    """Return how many characters the longest phrase at the start takes, with the gap behind."""
    for size in range(min(len(words), LONGEST_PHRASE), 0, -1):
        if _ends(words, size) and _GAP.sub(" ", words[:size]) in table:
            gap = _GAP.match(words, size)
            return gap.end() if gap else size
    return 0


def _ends(words: str, size: int) -> bool:
    """Say whether a word may end there."""
    if size == len(words) or not words[size].isalnum():
        return words[size - 1].isalnum() or words[size - 1] in THUMBS
    return unspaced(words[size - 1]) or words[size - 1] in THUMBS


@lru_cache(maxsize=1)
def _exactly() -> dict[str, frozenset[str]]:
    return {name: frozenset(map(_spelt, listed)) for name, listed in wording().replies.items()}


@lru_cache(maxsize=1)
def _phrases() -> dict[str, frozenset[str]]:
    listed = {name: {*map(_words, some)} for name, some in wording().replies.items()}
    meanings = Counter(phrase for reply in Reply for phrase in listed[reply])
    found = {
        reply.value: frozenset(phrase for phrase in listed[reply] if meanings[phrase] == 1)
        for reply in Reply
    }
    correction = found[Reply.NO] | listed["correction"]
    polite = frozenset(listed["polite"])
    return {**found, "polite": polite, "correction": correction, "lead": correction | polite}
