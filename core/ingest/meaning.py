"""What a notice means, without how it is written: two versions that mean the same are one."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from types import MappingProxyType
from typing import Any

from core.model.identifier import fold
from core.model.recall import Notice
from core.model.rule import CodeRule, Model, Rule, walk

Region = str
# What these compare are printed codes, however they are spaced.
CODED = frozenset({"model", "code"})
_WORD = re.compile(r"[^\W_]+")
# Lists whose order says nothing.
UNORDERED = frozenset({"any_of", "eq", "starts", "ends", "contains", "between", "of", "needs"})


@dataclass(frozen=True, slots=True)
class Scope:
    """Which units a notice covers: what it names, in which countries, and how many.

    `rule` is the rule itself in one spelling; `named` its models and codes, `counts` the units
    by the countries they were sold in.
    """

    rule: str
    named: frozenset[str]
    regions: frozenset[Region]
    counts: Mapping[tuple[Region, ...], int] = field(
        default_factory=lambda: MappingProxyType({})
    )


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
        named=frozenset(_named(notice.units)),
        regions=frozenset(notice.regions),
        counts=MappingProxyType(counts),
    )


def _named(rule: Rule) -> Iterator[str]:
    for node in walk(rule):
        if isinstance(node, Model):
            yield from (f"model {fold(value)}" for value in node.any_of)
        elif isinstance(node, CodeRule):
            for value in (*node.eq, *node.starts, *node.ends, *node.contains):
                yield f"{node.field} {fold(value)}"
            for start, end in node.between:
                yield f"{node.field} {fold(start)} {fold(end)}"


def _rule(node: Any, name: str = "") -> Any:
    """Return the rule's data with every value in one spelling and loose lists sorted."""
    if isinstance(node, Mapping):
        codes = node.get("op") in CODED
        return {
            key: _rule(value, key if not codes else f"{key}!") for key, value in node.items()
        }
    if isinstance(node, list):
        parts = [_rule(part, "!" if name.startswith("between") else name) for part in node]
        return sorted(parts, key=_one_spelling) if name.rstrip("!") in UNORDERED else parts
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
    }


def _remedies(notice: Notice) -> list[Any]:
    said = [
        [
            sorted(remedy.regions),
            sorted([o.kind.value, o.amount or "", o.currency or ""] for o in remedy.options),
            _words(remedy.text),
        ]
        for remedy in notice.remedies
    ]
    return sorted(said, key=_one_spelling)


def _words(text: str) -> str:
    """Return the letters and digits of `text`, word by word, in lower case."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def _one_spelling(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
