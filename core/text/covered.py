"""Which units a notice covers, as far as a text says it: its models, every unit, some."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from core.model.recall import Notice
from core.model.rule import (
    AllUnits,
    And,
    Attribute,
    Checker,
    CodeRule,
    DateRule,
    Inspect,
    Model,
    Or,
    Rule,
    names_product,
    walk,
)


class Coverage(StrEnum):
    """How much of a product its notice covers; UNKNOWN where it does not say which units."""

    EVERY_UNIT = "every_unit"
    SOME_UNITS = "some_units"
    UNKNOWN = "unknown"


def coverage_of(notice: Notice) -> Coverage:
    """Return how much of the product is covered, claiming no more than the notice says."""
    if covers_every_unit(notice):
        return Coverage.EVERY_UNIT
    return Coverage.SOME_UNITS if only_some(notice) else Coverage.UNKNOWN


def covers_every_unit(notice: Notice) -> bool:
    """Say whether whoever has the product has a recalled one: no code or date decides."""
    plain = (AllUnits, Model, And, Or)
    return notice.complete and all(isinstance(node, plain) for node in walk(notice.units))


def only_some(notice: Notice) -> bool:
    """Say whether a code, a date, a look or the maker's own list tells which are covered."""
    return any(_tells_units_apart(node) for node in affirmed(notice.units))


def models_of(notice: Notice) -> tuple[str, ...]:
    """Return the model numbers that are recalled, in the notice's order."""
    nodes = (node for node in affirmed(notice.units) if isinstance(node, Model))
    return tuple(dict.fromkeys(value for node in nodes for value in node.any_of))


def affirmed(rule: Rule) -> Iterator[Rule]:
    """Yield what makes a unit one of the recalled, never what takes it out."""
    if isinstance(rule, And | Or):
        for part in rule.of:
            yield from affirmed(part)
    else:
        yield rule


def _tells_units_apart(node: Rule) -> bool:
    if isinstance(node, Checker | DateRule | Inspect):
        return True
    return isinstance(node, CodeRule | Attribute) and not names_product(node)
