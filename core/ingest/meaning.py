"""What a notice means, without how it is written: two versions that mean the same are one."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from types import MappingProxyType
from typing import Any

from core.model.identifier import fold
from core.model.recall import Notice
from core.model.rule import CodeRule, DateRule, Model, Not, Rule, walk

Region = str
# A field, how it is compared, and the value; a field, and the ends of a range.
Name = tuple[str, str, str]
Span = tuple[str, str, str]
# What these compare are printed codes, however they are spaced; the rest of them is not.
CODED = frozenset({"model", "code"})
CODES = frozenset({"any_of", "eq", "starts", "ends", "contains", "between"})
_ADDRESS = re.compile(r"(?:\bhttps?://|\bwww\.)\S+", re.IGNORECASE)
_FIGURE_OR_WORD = re.compile(r"\d[\d,.]*|[a-z]+")
_FIGURES = dict(
    zip(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
        map(str, range(1, 11)),
        strict=True,
    )
)
_NOBODY = re.compile(r"\bno[- ]one\b")
_WORD = re.compile(r"[^\W_]+")
_one_spelling = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":")
).encode
# Lists whose order says nothing.
UNORDERED = frozenset({"any_of", "eq", "starts", "ends", "contains", "between", "of", "needs"})


@dataclass(frozen=True, slots=True)
class Scope:
    """Which units a notice covers: what it names, in which countries, and how many.

    `rule` is the rule itself in one spelling, `counts` the units by the countries they were
    sold in. What follows from the rule is looked up only where two differ.
    """

    rule: str
    regions: frozenset[Region]
    counts: Mapping[tuple[Region, ...], int]
    units: Rule = field(compare=False, repr=False)

    @property
    def named(self) -> frozenset[Name]:
        """Return its models and codes, each after the field it stands in."""
        return frozenset(_named(self.units)) - self.excluded

    @property
    def spans(self) -> frozenset[Span]:
        """Return its ranges of codes and days."""
        return frozenset(_spans(self.units)) - self.excluded

    @property
    def excluded(self) -> frozenset[Name | Span]:
        """Return what it leaves out."""
        left_out = [node.rule for node in walk(self.units) if isinstance(node, Not)]
        return frozenset(one for rule in left_out for one in (*_named(rule), *_spans(rule)))


@dataclass(frozen=True, slots=True)
class Meaning:
    """The facts of a notice that are news when they change."""

    state: str
    scope: Scope
    facts: str
    remedy: str
    title: str

    @property
    def digest(self) -> str:
        """Return a short name of this meaning, the same for all its spellings."""
        counts = sorted((list(where), units) for where, units in self.scope.counts.items())
        parts = [
            self.state,
            self.scope.rule,
            sorted(self.scope.regions),
            counts,
            self.facts,
            self.remedy,
            self.title,
        ]
        return blake2b(_one_spelling(parts).encode(), digest_size=16).hexdigest()


def meaning_of(notice: Notice) -> Meaning:
    """Return what `notice` means.

    Left out is what authorities touch without news: when it was seen or stamped, addresses,
    white space, punctuation and capitals, the order of lists.
    """
    return Meaning(
        state=notice.state.value,
        scope=_scope(notice),
        facts=_one_spelling(_facts(notice)),
        remedy=_one_spelling(_remedies(notice)),
        title=_words(notice.title or ""),
    )


def _scope(notice: Notice) -> Scope:
    counts: dict[tuple[Region, ...], int] = {}
    for count in notice.counts:
        where = tuple(sorted(count.regions))
        counts[where] = counts.get(where, 0) + count.units
    return Scope(
        rule=_one_spelling(_rule(notice.units.model_dump(mode="json", exclude_defaults=True))),
        regions=frozenset(notice.regions),
        counts=MappingProxyType(counts),
        units=notice.units,
    )


def _named(rule: Rule) -> Iterator[Name]:
    for node in walk(rule):
        if isinstance(node, Model):
            yield from (("model", node.match, fold(value)) for value in node.any_of)
        elif isinstance(node, CodeRule):
            for way in ("eq", "starts", "ends", "contains"):
                how = f"{way} {node.at}"
                yield from ((node.field, how, fold(value)) for value in getattr(node, way))


def _spans(rule: Rule) -> Iterator[Span]:
    for node in walk(rule):
        if isinstance(node, CodeRule):
            where = f"{node.field} {node.at}"
            yield from ((where, fold(start), fold(end)) for start, end in node.between)
        elif isinstance(node, DateRule):
            start, end = node.start or date.min, node.end or date.max
            yield f"{node.field} date", start.isoformat(), end.isoformat()


def _rule(node: Any, name: str = "") -> Any:
    """Return the rule's data with every value in one spelling and loose lists sorted."""
    if isinstance(node, Mapping):
        codes = CODES if node.get("op") in CODED else frozenset()
        return {
            key: _rule(value, f"{key}!" if key in codes else key) for key, value in node.items()
        }
    if isinstance(node, list):
        parts = [_rule(part, "!" if name.startswith("between") else name) for part in node]
        return _in_order(parts) if name.rstrip("!") in UNORDERED else parts
    if isinstance(node, str):
        return (name.endswith("!") and fold(node)) or _words(node)
    return node


def _facts(notice: Notice) -> dict[str, Any]:
    sold = notice.sold
    return {
        "brands": sorted({fold(brand) for brand in notice.brands}),
        "product": _words(notice.product),
        "kind": notice.kind.value,
        "published": str(notice.published),
        "sold": [str(sold.start), str(sold.end)] if sold else None,
        "hazard": sorted(kind.value for kind in notice.hazard.kinds),
        "incidents": _figures(notice.incidents.text) if notice.incidents else [],
    }


def _figures(text: str) -> list[str]:
    """Return the numbers of a text: how many fires, injuries and deaths there were."""
    plain = _NOBODY.sub(" ", text.casefold())
    said = (_FIGURES.get(word, word) for word in _FIGURE_OR_WORD.findall(plain))
    return sorted(one.replace(",", "").strip(".") for one in said if one[0].isdigit())


def _remedies(notice: Notice) -> list[Any]:
    said = [
        [
            sorted(remedy.regions),
            sorted([o.kind.value, o.amount or "", o.currency or ""] for o in remedy.options),
            _words(remedy.text),
        ]
        for remedy in notice.remedies
    ]
    return _in_order(said)


def _in_order(parts: list[Any]) -> list[Any]:
    return sorted(parts, key=_one_spelling) if len(parts) > 1 else parts


def _words(text: str) -> str:
    """Return the letters and digits of `text`, word by word, in lower case, no addresses."""
    if "://" in text or "www." in text.casefold():  # looking is quicker than matching
        text = _ADDRESS.sub(" ", text)
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))
