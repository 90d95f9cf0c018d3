"""Whose name stands on the product: the brand given, else the title's, else the maker's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from core.sources.categories import OTHER, category
from core.sources.text import line
from core.sources.vocabulary import folded, word_list

NO_BRAND = "unbranded"
_MOST_WORDS = 4
# A name stands at the beginning; the longest title on record has 250 characters.
LONGEST_READ = 1000

_ACTIVE = re.compile(
    r"^(?P<firm>.{2,80}?) (?:(?:Voluntarily|Also|Further|Again|to|Is|Has|Will|Have) )*"
    r"(?:Recall(?:s|ing)|Expand(?:s|ed)|Broadens|Reannounces|Re-announces|"
    r"(?:Issu|Announc|Initiat|Conduct)(?:es|ed|ing)) (?P<rest>.+)$"
)
_OF = re.compile(
    r"^(?:(?:a|an|the|its|voluntary|nationwide|limited|previous|allergy alert|alert|on|over|"
    r"to include|recalls?|recalled|about|more than|two|one|certain|[\d,.]+|million|thousand|of|"
    r"for|select|additional) )+",
    re.IGNORECASE,
)
_PASSIVE = re.compile(r"^(?P<thing>.+?) (?:Recalled|recalled|Voluntarily)\b")
_TAKEN_UP = re.compile(r"^(?P<thing>.+?) (?:Recall|recall) (?:[Ee]xpanded|[Ee]xpansion)\b")
_BRANDED = re.compile(
    r"\b([A-Z0-9][\w.&'+!-]*(?: [A-Z&][\w.&'+!-]*){0,3}?)[ -][Bb]rand(?:ed)?\b"
)
_ALIAS = re.compile(
    r"\b(?:doing business as|dba|d/b/a|d\.b\.a\.|trading as|t/a)\b:? (.+)$", re.IGNORECASE
)
_ROLE = re.compile(
    r"^(?:[\w ]*\bimporter|manufacturer|amazon seller|seller|distributor)\b:? ", re.IGNORECASE
)
_REGION = re.compile(
    r" (?:of )?(?:u\.?s\.?a?\.?|(?:north )?america|canada|europe|uk)$", re.IGNORECASE
)
_MODEL = re.compile(r"[A-Z]*\d[\dA-Z-]*")
_PARENTHESIS = re.compile(r"\s*\([^()]*\)?")
_SEAT = re.compile(r",? (?:of|located in|based in|from) [A-Z].*$")
_FORM = re.compile(
    r"[, ]+(?:inc|incorporated|llc|l\.l\.c|ltd|limited|co|corp|corporation|company|gmbh|ag|kg|"
    r"s\.?a\.?r?\.?l?|s\.?p\.?a|b\.?v|n\.?v|plc|pty|pte|lp|l\.p|llp|oy|ab|a/s|kk|"
    r"co\., ?ltd|sdn\.? bhd)\.?$",
    re.IGNORECASE,
)
_SIGNS = str.maketrans("", "", '®™©*"“”«»')


def brands(title: str, names: Iterable[str], maker: str = "") -> tuple[str, ...]:
    """Return the brands of a notice, never empty, each a line of at most 200 characters.

    `names` is what the record itself calls the brand; blanks, "unknown" and their like count
    for nothing. Else the brand before the product's name in the title and the firm that
    recalls it, else the maker without its address and legal form, else NO_BRAND.
    """
    given = [_plain(name) for name in names]
    found = [name for name in given if name and not _unknown(name)]
    if not found:
        found = [*_of_title(_plain(title))] or [firm(maker)]
    kept = {folded(name): line(name) for name in reversed(found) if name and not _unknown(name)}
    return tuple(reversed(kept.values())) or (NO_BRAND,)


def firm(maker: str) -> str:
    """Return a company's name without address and legal form, or its trade name."""
    name = _plain(maker)
    if alias := _ALIAS.search(name):
        name = alias[1]
    name = _SEAT.sub("", _ROLE.sub("", _PARENTHESIS.sub("", name))).strip(" ,")
    while (shorter := _REGION.sub("", _FORM.sub("", name)).strip(" ,")) != name and shorter:
        name = shorter
    return name


def _of_title(title: str) -> Iterator[str]:
    if taken_up := _TAKEN_UP.match(title):
        yield from _of_thing(_OF.sub("", taken_up["thing"]))
    elif active := _ACTIVE.match(title):
        thing, maker = _of_thing(_OF.sub("", active["rest"])), firm(active["firm"])
        # "Sanven Technology Recalls Vevor Gates", but "Bugaboo Recalls Giraffe High Chairs".
        yield from (*thing, maker) if _trades(maker) else (maker, *thing)
    elif passive := _PASSIVE.match(title):
        yield from _of_thing(_OF.sub("", passive["thing"]))


def _of_thing(thing: str) -> Iterator[str]:
    """Yield the brands a product's name begins with: "Avenco and Novilla Beds" has two."""
    if branded := _BRANDED.search(thing):
        yield branded[1]
        return
    groups: list[list[str]] = [[]]
    words = thing.split()
    for word in words:
        if word == "and" and groups[-1]:
            groups.append([])
            continue
        if len(groups[-1]) == _MOST_WORDS or not _names(word):
            break
        groups[-1].append(word.rstrip(","))
        if word.endswith(","):
            groups.append([])
    # A thing called by capitals alone is a product's whole name, no brand before it.
    if sum(map(len, groups)) < len(words):
        yield from (" ".join(group) for group in groups if len(" ".join(group)) > 1)


def _names(word: str) -> bool:
    """Say whether a word of a product's name can be part of a brand."""
    if word == "&":
        return True
    return word[0].isupper() and not _MODEL.fullmatch(word) and not _generic(word)


def _trades(maker: str) -> bool:
    """Say whether a firm's name is one that stands on no product: a trader's, a shop's."""
    return any(
        folded(word).strip(".,'") in word_list("brands")["traders"] for word in maker.split()
    )


def _generic(word: str) -> bool:
    plain = folded(word).strip("'’,.()!")
    return (
        plain in _common()
        or any(part in _common() for part in plain.split("-"))
        or (category(plain) != OTHER)
    )


@cache
def _common() -> frozenset[str]:
    return frozenset(word_list("brands")["common"])


def _unknown(name: str) -> bool:
    return folded(name).strip(" .-/") in word_list("brands")["unknown"]


def _plain(text: str) -> str:
    return " ".join(text[:LONGEST_READ].translate(_SIGNS).split()).strip(" ,;")
