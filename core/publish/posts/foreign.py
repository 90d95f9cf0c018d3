"""Words that others wrote, on one line: nothing in them turns, addresses or links anything."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from functools import lru_cache

from core.model.message import Block

# What turns the text behind it around, and what no text is made of.
_TURNS = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_OVERRIDES = re.compile(r"[\u202a-\u202e]")
_UNSPOKEN = frozenset({"Cc", "Cs", "Co", "Cn"})
_CALLED = re.compile(r"(?<!\w)([@＠])(?=\w)")
_DOMAIN = re.compile(r"(?<=\w)([.．。｡])(?=[^\W\d_]{2})")
_SCHEME = re.compile(r"\b(https?|ftp)://", re.IGNORECASE)
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_ISOLATED, _ENDED = "\u2068", "\u2069"
_JOINER = "\u200d"
ELLIPSIS = "…"


# Every form of a post says the same names again.
@lru_cache(maxsize=4096)
def one_line(text: str) -> str:
    """Return the text on one line, without marks that turn what follows it."""
    spoken = (one for one in _TURNS.sub("", " ".join(text.split())) if _is_spoken(one))
    return "".join(spoken)


def _is_spoken(character: str) -> bool:
    return unicodedata.category(character) not in _UNSPOKEN


def named(text: str, most: int) -> str:
    """Return a name on one line, shortened to `most` characters, its direction kept apart.

    No platform makes a link of it: readers take links in our posts for ours, and X charges.
    """
    return isolated(shortened(unlinked(one_line(text)), most))


def coded(text: str, most: int) -> str:
    """Return a number of a product likewise, every sign of it as it stands on its label."""
    return isolated(shortened(_SCHEME.sub("", one_line(text)), most))


def shortened(text: str, most: int) -> str:
    """Return the text, or as much as leaves room for "…": no character loses its marks."""
    if len(text) <= most:
        return text
    cut = most - 1
    while cut > 1 and (_belongs_before(text[cut]) or text[cut - 1] == _JOINER):
        cut -= 1
    return text[:cut].rstrip() + ELLIPSIS


def _belongs_before(character: str) -> bool:
    return character == _JOINER or unicodedata.category(character) in {"Mn", "Mc", "Me", "Sk"}


def isolated(text: str) -> str:
    """Return a text that runs right to left so that it leaves the order around it alone."""
    if any(unicodedata.bidirectional(one) in _RIGHT_TO_LEFT for one in text):
        return f"{_ISOLATED}{text}{_ENDED}"
    return text


def unlinked(text: str) -> str:
    """Return the text with nothing in it that a platform would make a link of."""
    return _DOMAIN.sub(r"\1 ", _SCHEME.sub("", text))


def finished(block: Block, *, links: bool) -> Block:
    """Return the block as it may be posted: it calls nobody, and links only where it may.

    What it quotes never links.
    """
    kept = block if links else replace(block, url=None)
    quote = kept.quote
    if quote is not None:
        quote = replace(quote, text=_posted(isolated(one_line(quote.text)), links=False))
    return replace(kept, text=_posted(kept.text, links=links), quote=quote)


def _posted(text: str, *, links: bool) -> str:
    called = _CALLED.sub(r"\1 ", _OVERRIDES.sub("", text))
    return called if links else unlinked(called)
