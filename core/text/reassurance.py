"""Words that play a risk down, found in any text of a language (EU GPSR 2023/988 Art. 36)."""

from __future__ import annotations

import re
from functools import lru_cache

from core.text.translations import Translator

# Scripts that write words without spaces have no word ends to look for.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\u0e00-\u0e7f]")


def reassuring(text: str, words: Translator) -> list[str]:
    """Return what `text` must not say in this language, [] where it says nothing of the kind.

    Each catalogue names the phrases itself (`never_said`), and those in which such a word
    stands rightly (`rightly_said`).
    """
    never, rightly = _patterns(words)
    left = rightly.sub(" ", text) if rightly else text
    return [match[0] for match in never.finditer(left)]


@lru_cache(maxsize=32)
def _patterns(words: Translator) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    allowed = words("rightly_said").splitlines()
    rightly = "|".join(_pattern(phrase) for phrase in allowed if phrase.strip())
    never = "|".join(_pattern(phrase) for phrase in words("never_said").splitlines())
    compiled = re.compile(rightly, re.IGNORECASE) if rightly else None
    return re.compile(never, re.IGNORECASE), compiled


def _pattern(phrase: str) -> str:
    stem = phrase.strip().removesuffix("*")
    spelt = re.escape(stem).replace(r"\ ", r"\s+")
    if _UNSPACED.search(stem):
        return spelt
    end = r"\w*" if phrase.strip().endswith("*") else r"(?!\w)"
    return rf"(?<!\w){spelt}{end}"
