"""Rules out of what an authority lists field by field: codes, bar codes, dates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from core.model.identifier import fold
from core.model.rule import And, CodeRule, DateRule, Model, Or, Rule, Unparsed
from core.sources.normalise import published

LONGEST_CODE = 64
LONGEST_UNPARSED = 2000
BAR_CODE_LENGTHS = frozenset({8, 12, 13, 14})
_DAY = r"(\d{1,2}\.\d{1,2}\.\d{4})"
_MADE = re.compile(rf"{_DAY}\s*(?:[-–—]|to|until|au)\s*{_DAY}")
_ASIN = re.compile(r"^B0[A-Z0-9]{8}$")


def codes(field: str, values: Iterable[str]) -> Rule | None:
    """Return the rule that the code is one of these, None where there is none to speak of."""
    kept = {
        fold(value): value for value in values if fold(value) and len(value) <= LONGEST_CODE
    }
    if not kept:
        return None
    return CodeRule(op="code", field=field, eq=tuple(kept.values()))


def models(values: Iterable[str]) -> Rule | None:
    """Return the rule that the model is one of these, None where there is none to speak of."""
    kept = {
        fold(value): value for value in values if fold(value) and len(value) <= LONGEST_CODE
    }
    return Model(op="model", any_of=tuple(kept.values())) if kept else None


def shop_codes(texts: Iterable[str]) -> Rule | None:
    """Return the rule for what authorities write into a field for bar codes.

    That is GTINs, with or without a right check digit, but also shops' own identifiers.
    """
    by_field: dict[str, list[str]] = {}
    for text in texts:
        bare = re.sub(r"[\s.-]", "", text)
        by_field.setdefault(_field_of(bare), []).append(bare)
    return either(codes(field, values) for field, values in by_field.items())


def unparsed(text: str) -> Unparsed:
    """Return the rule that keeps wording nobody has turned into a rule."""
    return Unparsed(op="unparsed", verbatim=text[:LONGEST_UNPARSED])


def days(field: str, start: date | None, end: date | None) -> Rule | None:
    """Return the rule that a date lies between these, None where they say nothing sensible."""
    if (start is None and end is None) or (start and end and start > end):
        return None
    return DateRule(op="date", field=field, start=start, end=end)


def made_between(text: str) -> Rule | None:
    """Return the rule for periods written as "28.07.2023 - 19.12.2025", None without one."""
    periods = [(published(one), published(two)) for one, two in _MADE.findall(text)]
    return either(days("manufactured", *period) for period in periods)


def either(rules: Iterable[Rule | None]) -> Rule | None:
    """Return the rule that holds where one of these does; None where there are none."""
    kept = tuple(dict.fromkeys(rule for rule in rules if rule is not None))
    return Or(op="or", of=kept) if len(kept) > 1 else next(iter(kept), None)


def every(rules: Iterable[Rule | None]) -> Rule | None:
    """Return the rule that holds where all of these do; None where there are none."""
    kept = tuple(dict.fromkeys(rule for rule in rules if rule is not None))
    return And(op="and", of=kept) if len(kept) > 1 else next(iter(kept), None)


def _field_of(bare: str) -> str:
    if bare.isascii() and bare.isdigit() and len(bare) in BAR_CODE_LENGTHS:
        return "gtin"
    return "asin" if _ASIN.match(bare) else "barcode"
