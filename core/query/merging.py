"""One unit from what was said of it in several messages; a changed code is unconfirmed."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from core.model.unit import Unit

SOFT = frozenset({"region", "bought", "colour", "retailer", "name", "product"})
READ_BACK = frozenset({"model_read_back", "looked", "unsure"})


def completes(new: Unit, known: Unit) -> bool:
    """Say whether a unit without model, of no other brand, only adds to the one known."""
    if new.model is not None:
        return known.model is None and new.brand in {None, known.brand}
    return new.brand in {None, known.brand} and bool(new.facts)


def merged(known: Unit, new: Unit) -> Unit:
    """Return the known unit with what is new; the same code once more confirms it."""
    facts = MappingProxyType({**known.facts, **new.facts})
    unit = replace(
        known, brand=known.brand or new.brand, model=new.model or known.model, facts=facts
    )
    again = unit == known and any(name not in SOFT for name in new.facts)
    return replace(unit, confirmed=True) if again else changed(known, unit)


def changed(known: Unit, unit: Unit) -> Unit:
    """Return the unit; what was confirmed counts only for the very same model and codes."""
    if unit.model == known.model and _codes(unit) == _codes(known):
        return unit
    facts = {name: value for name, value in unit.facts.items() if name not in READ_BACK}
    return replace(unit, facts=MappingProxyType(facts), confirmed=False)


def without(unit: Unit, field: str | None) -> Unit:
    """Return the unit without one fact."""
    facts = {name: value for name, value in unit.facts.items() if name != field}
    return changed(unit, replace(unit, facts=MappingProxyType(facts)))


def _codes(unit: Unit) -> dict[str, str]:
    left_out = SOFT | READ_BACK
    return {name: value for name, value in unit.facts.items() if name not in left_out}
