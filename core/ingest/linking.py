"""Which recall a notice takes up, and which notice is only an exercise of the authority."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from core.model.identifier import fold
from core.model.recall import Notice
from core.model.rule import Model, walk

# What authorities write where a notice takes up an earlier one.
_EXPANDS = re.compile(
    r"\b(?:expand(?:s|ed)|expansion|re-?announc(?:es|ed|ement))\b(?! polystyrene)",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"[-\s]EXP(?:-?\d+)?$", re.IGNORECASE)
_NUMBER = re.compile(r"\b\d{2,3}-?\d{3,4}(?:-\d{4})?\b")
ALIKE = 80
SHORTEST_NUMBER = 5


def says_expansion(notice: Notice) -> bool:
    """Say whether the notice says of itself that it takes up an earlier recall."""
    title = notice.title or notice.product
    return bool(_EXPANDS.search(title) or _SUFFIX.search(notice.number or ""))


def expanded_by(notice: Notice, earlier: Sequence[Notice]) -> tuple[str, ...]:
    """Return the id of the one recall that `notice` takes up; nothing rather than a guess.

    It is told by its number, else by brand and product among what the same authority published
    before. Of several that took each other up, the last counts.
    """
    before = [other for other in earlier if _may_precede(other, notice)]
    named = [other for other in before if _names(notice, other)]
    found = named or [other for other in before if _alike(notice, other)]
    taken_up = {name for other in found for name in other.expands}
    last = [other.id for other in found if other.id not in taken_up]
    return tuple(last) if len(last) == 1 else ()


def _may_precede(other: Notice, notice: Notice) -> bool:
    if other.id == notice.id or other.authority != notice.authority:
        return False
    if other.published is None or notice.published is None:
        return True
    return other.published <= notice.published and notice.id not in other.expands


def _names(notice: Notice, other: Notice) -> bool:
    number = fold(other.number or "")
    if len(number) < SHORTEST_NUMBER:
        return False
    if _SUFFIX.search(notice.number or ""):
        return fold(_SUFFIX.sub("", notice.number or "")) == number
    return number in {fold(said) for text in _said(notice) for said in _NUMBER.findall(text)}


def _said(notice: Notice) -> Iterator[str]:
    yield notice.title or ""
    yield notice.note or ""
    yield from (remedy.text for remedy in notice.remedies)
    yield from (fact.text for fact in (notice.incidents, notice.find_it) if fact is not None)


def _alike(notice: Notice, other: Notice) -> bool:
    ours = {fold(brand) for brand in notice.brands}
    if not ours & {fold(brand) for brand in other.brands}:
        return False
    if _models(notice) & _models(other):
        return True
    return fuzz.token_set_ratio(notice.product.casefold(), other.product.casefold()) >= ALIKE


def _models(notice: Notice) -> set[str]:
    nodes = (node for node in walk(notice.units) if isinstance(node, Model))
    return {fold(value) for node in nodes for value in node.any_of}


# A drill says so at the beginning; a pregnancy test or an exercise bike is none.
_DRILL_TITLE = re.compile(
    r"^\W*(?:(?:test|exercise|drill)(?:\s+(?:record|recall|notice|alert|message|only|\d+))*\W*$"
    r"|(?:test|exercise|drill)(?:\s*[:\])]|\s+[-–—]\s)"
    r"|[\[(](?:test|exercise|drill)[\])])",
    re.IGNORECASE,
)
_DRILL_SAID = re.compile(
    r"\bthis is (?:only )?an? (?:test|exercise|drill)\b(?! strip| kit| bike)"
    r"|\bnot a real recall\b|\bfor test(?:ing)? purposes only\b"
    r"|\b(?:test|dummy) (?:record|recall|notice|alert) ?[-–—:,;]? ?"
    r"(?:please )?(?:ignore|disregard|do not)",
    re.IGNORECASE,
)


def is_exercise(notice: Notice) -> bool:
    """Say whether the notice is a test or an exercise, meant for nobody who owns anything."""
    heads = (notice.title or "", notice.product)
    texts = (*heads, notice.note or "", notice.hazard.text)
    return any(map(_DRILL_TITLE.search, heads)) or any(map(_DRILL_SAID.search, texts))
