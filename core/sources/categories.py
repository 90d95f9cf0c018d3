"""What kind of thing it is, as one of our keys: power-bank, toy, lamp, food, …"""

from __future__ import annotations

import re
from functools import cache

from core.sources.vocabulary import PhraseTable, any_of, folded, word_list

OTHER = "other"
_PARENTHESIS = re.compile(r"\([^()]*\)")
_REASON = re.compile(r" due to | because of | recalled\b| en raison | pour cause ")
_ENDS = re.compile(r"[,;.:!?()\n]|\s[-–—]\s")


def category(*texts: str) -> str:
    """Return our category key for a product by the authority's category and its name.

    Texts are tried in order (most telling first: name of the product, then the authority's
    own category); "other" where no word of them is known. Every key has a text
    `category_<key>` in all languages.
    """
    labels = [label for text in texts if (label := _labelled(text)) and label != OTHER]
    # What an authority calls food is no lighter, whatever its name sounds like.
    domain = word_list("categories")["domains"].get(labels[0]) if labels else None
    for text in texts:
        found = _labelled(text) or _of_thing(text)
        if found and found != OTHER and (domain is None or found in domain):
            return found
    return labels[0] if labels else OTHER


def _labelled(text: str) -> str | None:
    """Return the key of an authority's own category, None where it is none."""
    plain = folded(text).replace("_", " ").removeprefix("product.category.")
    known: dict[str, str] = word_list("categories")["labels"]
    return known.get(plain)


def _of_thing(text: str) -> str | None:
    """Return the category of what a name's head names: the last known word before "with …"."""
    plain = folded(_PARENTHESIS.sub(" , ", text).replace("_", " ").replace("\n", " , "))
    for part in _ENDS.split(_REASON.split(plain, maxsplit=1)[0]):
        head = _stops().split(part, maxsplit=1)[0]
        if found := _last_known(head) or _last_known(part):
            return found
    return None


def _last_known(part: str) -> str | None:
    """Return the category of the phrase that ends last, the longest of several."""
    found = max(_phrases().find(part), key=lambda one: (one[2], -one[1]), default=None)
    return found[0] if found else None


@cache
def _stops() -> re.Pattern[str]:
    return any_of(word_list("categories")["stops"])


@cache
def _phrases() -> PhraseTable:
    return PhraseTable(word_list("categories")["words"])
