"""One notice's rule against one unit: Kleene's three values, with what each node found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from core.match.codes import code_evidence
from core.model.date_code import Days, days_of_phrase
from core.model.identifier import Code, fold, one_edit_apart, skeleton
from core.model.keys import SHORTEST_NEIGHBOUR, SHORTEST_PART
from core.model.recall import Maker, Notice
from core.model.rule import (
    AllUnits,
    And,
    Attribute,
    Checker,
    CodeRule,
    DateRule,
    Expect,
    Inspect,
    Model,
    Not,
    Or,
    Rule,
    Unparsed,
    names_product,
    walk,
)
from core.model.unit import Unit
from core.model.verdict import Evidence, Truth, Why

LONGEST_TAIL = 4
Leaf = Model | CodeRule | DateRule | Attribute | Inspect | Checker | Unparsed | AllUnits
# What a leaf that is not looked at counts as: whatever lets the rule cover the unit.
HOLDS = Evidence(Truth.YES, Why.LISTED, "product")
_FAILS = Evidence(Truth.NO, Why.LISTED, "product")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The truth of a node, and the evidence of every leaf below it."""

    truth: Truth
    evidence: tuple[Evidence, ...]


class Scope(Enum):
    """Which leaves are looked at; the others count as whatever lets the rule cover the unit.

    PRODUCT tells whether the notice names the product at all, PRINTED whether what is
    printed on the unit (codes and hard dates) decides, without anything from memory.
    """

    PRODUCT = 0
    PRINTED = 1
    ALL = 2

    def looks_at(self, node: Rule) -> bool:
        """Say whether the node itself is evaluated in this scope."""
        if self is Scope.ALL or names_product(node):
            return True
        printed = isinstance(node, CodeRule) or (isinstance(node, DateRule) and node.hard)
        return self is Scope.PRINTED and printed


@dataclass(frozen=True, slots=True)
class Reading:
    """A unit read with its maker's knowledge: which characters the maker prints.

    `denied` says that the node stands below an odd number of `not`, so that holding excludes.
    """

    unit: Unit
    notice: Notice
    maker: Maker | None = None
    scope: Scope = Scope.ALL
    denied: bool = False

    def alphabet(self, name: str) -> str:
        """Return what the maker prints in that field, "" where nobody knows."""
        return self.maker.alphabet.get(name, "") if self.maker else ""


def outcome(rule: Rule, reading: Reading) -> Outcome:
    """Return whether `rule` covers the unit."""
    match rule:
        case And(of=parts):
            return _both([outcome(part, reading) for part in parts])
        case Or(of=parts):
            return _either([outcome(part, reading) for part in parts])
        case Not(rule=part):
            return _denied(part, reading)
        case Expect(rule=part):
            return _expected(part, reading)
        case leaf:
            evidence = _leaf(leaf, reading)
            return Outcome(evidence.truth, (evidence,))


def _both(parts: Sequence[Outcome]) -> Outcome:
    return Outcome(min((part.truth for part in parts), key=_VALUE), _all_evidence(parts))


def _either(parts: Sequence[Outcome]) -> Outcome:
    best = max((part.truth for part in parts), key=_VALUE)
    telling = [part for part in parts if part.truth is best]
    return Outcome(best, _all_evidence(telling))


def _VALUE(truth: Truth) -> int:  # noqa: N802 - the order of the three values, a constant
    return truth.value


def _all_evidence(parts: Sequence[Outcome]) -> tuple[Evidence, ...]:
    return tuple(evidence for part in parts for evidence in part.evidence)


def _denied(part: Rule, reading: Reading) -> Outcome:
    inner = outcome(part, replace(reading, denied=not reading.denied))
    return Outcome(Truth(2 - inner.truth.value), inner.evidence)


def _expected(part: Rule, reading: Reading) -> Outcome:
    """A missing description changes nothing; one that does not fit is a doubt."""
    inner = outcome(part, reading)
    missing = all(evidence.why is Why.MISSING for evidence in inner.evidence)
    if inner.truth is Truth.YES or missing:
        return Outcome(Truth.YES, inner.evidence if inner.truth is Truth.YES else ())
    doubts = tuple(_unusual(evidence) for evidence in inner.evidence)
    return Outcome(Truth.UNKNOWN, doubts)


def _unusual(evidence: Evidence) -> Evidence:
    if evidence.truth is not Truth.NO:
        return evidence
    return Evidence(Truth.UNKNOWN, Why.UNUSUAL, evidence.field, evidence.value)


def _leaf(rule: Leaf, reading: Reading) -> Evidence:
    if not reading.scope.looks_at(rule):
        return _FAILS if reading.denied else HOLDS
    match rule:
        case Model():
            return _model(rule, reading)
        case CodeRule(field=name):
            alphabet = reading.alphabet(name)
            return code_evidence(rule, reading.unit, alphabet, denied=reading.denied)
        case DateRule() | Attribute() | Inspect():
            evidence = _described(rule, reading.unit)
            return evidence if rule.hard else _from_memory(evidence, denied=reading.denied)
        case rest:
            return _undecided(rest, reading)


def _described(rule: DateRule | Attribute | Inspect, unit: Unit) -> Evidence:
    match rule:
        case DateRule():
            return _date(rule, unit)
        case Attribute():
            return _attribute(rule, unit)
        case inspection:
            return _inspection(inspection, unit)


def _from_memory(evidence: Evidence, *, denied: bool) -> Evidence:
    """Return a doubt where what the person remembers would exclude the unit."""
    excluding = Truth.YES if denied else Truth.NO
    if evidence.truth is not excluding or evidence.field == "product":
        return evidence
    return replace(evidence, truth=Truth.UNKNOWN, why=Why.FROM_MEMORY)


def _undecided(rule: Checker | Unparsed | AllUnits, reading: Reading) -> Evidence:
    match rule:
        case Checker(needs=needs):
            return _on_makers_list(needs[0], reading)
        case Unparsed(verbatim=verbatim):
            return Evidence(Truth.UNKNOWN, Why.UNPARSED, "wording", expected=verbatim)
        case _:
            return _all_units(reading)


def _on_makers_list(name: str, reading: Reading) -> Evidence:
    """Return a doubt that carries the code as the maker prints it, ready for the checker."""
    typed = reading.unit.facts.get(name)
    value = Code.read(typed, reading.alphabet(name)).literal if typed else None
    return Evidence(
        Truth.UNKNOWN, Why.MAKERS_LIST, name, value or None, url=reading.notice.checker
    )


def _all_units(reading: Reading) -> Evidence:
    """Where nothing else in the rule names the product, the unit must go by its name."""
    others = any(names_product(node) for node in walk(reading.notice.units))
    if others or goes_by(reading.unit, reading.notice):
        return HOLDS
    return Evidence(Truth.UNKNOWN, Why.MISSING, "product")


def goes_by(unit: Unit, notice: Notice) -> bool:
    """Say whether the unit's product name is one the notice goes by."""
    said = {fold(unit.facts[name]) for name in ("name", "product") if name in unit.facts}
    return bool(said & {fold(name) for name in (notice.product, *notice.names)})


def _model(rule: Model, reading: Reading) -> Evidence:
    unit = reading.unit
    typed = fold(unit.model or "")
    if not typed:
        return Evidence(Truth.UNKNOWN, Why.MISSING, "model")
    printed = {fold(model): model for model in rule.any_of}
    for key, model in printed.items():
        if _is_model(typed, key, rule.match):
            return Evidence(Truth.YES, Why.LISTED, "model", unit.model, model)
    near = [_same_but_for_reading, _tail_or_first_part]
    if not _spelled_right(typed, reading):
        near.append(_one_character_off)
    for alike in near:
        for key, model in printed.items():
            if alike(skeleton(typed), skeleton(key)):
                return Evidence(Truth.UNKNOWN, Why.NEAR, "model", unit.model, model)
    return Evidence(Truth.NO, Why.OUTSIDE, "model", unit.model)


def _is_model(typed: str, key: str, match: str) -> bool:
    if typed == key:
        return True
    if match == "exact" or not typed.startswith(key):
        return False
    return match == "prefix" or len(typed) - len(key) <= LONGEST_TAIL


def _spelled_right(typed: str, reading: Reading) -> bool:
    """Say whether a typing error is ruled out: read back, or a model that the notice lists."""
    return reading.unit.facts.get("model_read_back") == "yes" or any(
        _is_model(typed, fold(model), node.match)
        for node in walk(reading.notice.units)
        if isinstance(node, Model)
        for model in node.any_of
    )


def _same_but_for_reading(ours: str, theirs: str) -> bool:
    return ours == theirs


def _tail_or_first_part(ours: str, theirs: str) -> bool:
    shorter, longer = sorted((ours, theirs), key=len)
    return len(shorter) >= SHORTEST_PART and longer.startswith(shorter)


def _one_character_off(ours: str, theirs: str) -> bool:
    return len(theirs) >= SHORTEST_NEIGHBOUR and one_edit_apart(ours, theirs)


def _date(rule: DateRule, unit: Unit) -> Evidence:
    said = unit.facts.get(rule.field)
    if said is None:
        return Evidence(Truth.UNKNOWN, Why.MISSING, rule.field)
    days = days_of_phrase(said)
    if days is None:
        return Evidence(Truth.UNKNOWN, Why.MALFORMED, rule.field, said)
    window = Days(rule.start or days.first, rule.end or days.last)
    if window.first <= window.last and days.within(window):
        return Evidence(Truth.YES, Why.LISTED, rule.field, said)
    if window.first <= window.last and days.touches(window):
        return Evidence(Truth.UNKNOWN, Why.STRADDLES, rule.field, said)
    return Evidence(Truth.NO, Why.OUTSIDE, rule.field, said)


def _attribute(rule: Attribute, unit: Unit) -> Evidence:
    said = unit.facts.get(rule.field)
    if said is None:
        other_product = rule.field == "product" and unit.model is not None
        truth = Truth.NO if other_product else Truth.UNKNOWN
        return Evidence(truth, Why.MISSING, rule.field)
    if fold(said) in map(fold, rule.any_of):
        return Evidence(Truth.YES, Why.LISTED, rule.field, said)
    return Evidence(Truth.NO, Why.OUTSIDE, rule.field, said)


def _inspection(rule: Inspect, unit: Unit) -> Evidence:
    answer = unit.facts.get(rule.field)
    if answer not in {"yes", "no"}:
        return Evidence(Truth.UNKNOWN, Why.NOT_LOOKED, rule.field, expected=rule.question)
    if answer == rule.affected_if:
        return Evidence(Truth.YES, Why.LISTED, rule.field, answer)
    return Evidence(Truth.NO, Why.OUTSIDE, rule.field, answer, expected=rule.question)
