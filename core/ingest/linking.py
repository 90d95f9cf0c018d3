"""Which recall a notice takes up, and which notice is only an exercise of the authority."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from core.model.identifier import fold
from core.model.recall import HazardKind, Notice
from core.model.rule import Model, walk

# What authorities write where a notice takes up an earlier one. "Recalls Expansion Tanks",
# "expanded polystyrene" and "has not been expanded" say nothing of the kind.
_TAKES_UP = re.compile(
    r"\bre-?announc(?:es|ed|ing|ement)\b"
    r"|\b(?:expands?|expanding|broadens?|widens|extends|re-?issues)\b(?:\W+\w+){0,8}?\W+recall\b"
    r"|\brecall\W{1,3}(?:(?:is|has|was|been|now|being)\W+)*"
    r"(?:expanded|expansion|extended|broadened|re-?issued)\b"
    r"|\b(?:expanded|extended|broadened|expansion\W+of|second)\W+"
    r"(?:(?:an?|the|its|voluntary|nationwide|product|safety|previous|earlier|prior)\W+)*recall\b"
    r"|\bagain\W+recalls\b|\brecalls\W+again\b",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"[-\s]EXP(?:-?\d+)?$", re.IGNORECASE)
_NUMBER = re.compile(
    r"\brecall(?:\s+(?:number|no\.?|announcement|notice|release))?[\s:#(]+"
    r"(?P<number>\d{2,3}-?\d{3,4}(?:-\d{4})?)\b(?![,.]\d)",
    re.IGNORECASE,
)
_MONTHS = tuple(month.lower() for month in month_name[1:])
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})"
# "the April 2024 recall", "recalled 5,000 in 2022", "the recall was announced on July 6, 2023"
_RECALL_OF = re.compile(rf"(?:\b{_MONTH} )?\b(?P<year>(?:19|20)\d\d) recall\b", re.IGNORECASE)
_RECALLED_IN = re.compile(
    rf"\brecall(?:ed)?(?: was)?(?: announced)? (?:in|on) (?:{_MONTH} (?:\d{{1,2}}, )?)?"
    r"(?P<year>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
ALIKE = 80
SHORTEST_NUMBER = 5


def says_expansion(notice: Notice) -> bool:
    """Say whether the notice says of itself that it takes up an earlier recall."""
    title = notice.title or notice.product
    return bool(_TAKES_UP.search(title) or _SUFFIX.search(notice.number or ""))


def named_by_suffix(notice: Notice) -> str | None:
    """Return the id of the recall that this one extends by its own number ("030-2024-EXP")."""
    if not _SUFFIX.search(notice.number or ""):
        return None
    earlier = _SUFFIX.sub("", notice.id)
    return earlier if earlier != notice.id else None


def expanded_by(notice: Notice, earlier: Sequence[Notice]) -> tuple[str, ...]:
    """Return the id of the one recall that `notice` takes up; nothing rather than a guess.

    It is told by its number, else by brand, product and hazard among what the same authority
    published before, and by the date where the notice says of when that recall was. Of several
    that took each other up, the last counts.
    """
    before = [other for other in earlier if _may_precede(other, notice)]
    named = [other for other in before if _names(notice, other)]
    found = named or [other for other in before if _alike(notice, other)]
    taken_up = {name for other in found for name in other.expands}
    last = tuple({other.id: other for other in found if other.id not in taken_up})
    return last if len(last) == 1 else ()


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
    said = (found["number"] for text in _said(notice) for found in _NUMBER.finditer(text))
    return number in map(fold, said)


def _said(notice: Notice) -> Iterator[str]:
    yield notice.title or ""
    yield notice.note or ""
    yield from (remedy.text for remedy in notice.remedies)
    yield from (fact.text for fact in (notice.incidents, notice.find_it) if fact is not None)


def _alike(notice: Notice, other: Notice) -> bool:
    ours = {fold(brand) for brand in notice.brands}
    if not ours & {fold(brand) for brand in other.brands}:
        return False
    if not (_when_said(notice, other) and _same_hazard(notice, other)):
        return False
    if _models(notice) & _models(other):
        return True
    return fuzz.token_set_ratio(_thing(notice), _thing(other)) >= ALIKE


def _when_said(notice: Notice, other: Notice) -> bool:
    """Say whether the other was published when the notice says, where it says when."""
    if notice.published is None or other.published is None:
        return False
    dates = [
        (found["year"], (found["month"] or "").lower())
        for text in _said(notice)
        for pattern in (_RECALL_OF, _RECALLED_IN)
        for found in pattern.finditer(text)
    ]
    year, month = str(other.published.year), _MONTHS[other.published.month - 1]
    return not dates or any(said == year and name in {"", month} for said, name in dates)


def _same_hazard(notice: Notice, other: Notice) -> bool:
    ours, theirs = set(notice.hazard.kinds), set(other.hazard.kinds)
    return bool(ours & theirs) or HazardKind.OTHER in ours | theirs


def _thing(notice: Notice) -> str:
    """Return the product's name without the brand: sharing that again would say nothing."""
    branded = {word for brand in notice.brands for word in brand.casefold().split()}
    words = notice.product.casefold().split()
    return " ".join(word for word in words if word not in branded)


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
