"""One unit from what was said of it in several messages; a changed code is unconfirmed."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from core.model.keys import BAR_CODES
from core.model.unit import READ_BACK, Unit

SOFT = frozenset({"region", "bought", "colour", "retailer", "name", "product"})
SETTLED = frozenset({"model_read_back", "looked", "unsure", READ_BACK})


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
    again = [name for name in new.facts if name not in SOFT] if unit == known else []
    return unit.confirming(*again) if again else changed(known, unit)


def unconfirmed(unit: Unit) -> Unit:
    """Return the unit with nothing confirmed."""
    facts = {name: value for name, value in unit.facts.items() if name != READ_BACK}
    return replace(unit, facts=MappingProxyType(facts), confirmed=False)


def changed(known: Unit, unit: Unit) -> Unit:
    """Return the unit; what was confirmed counts only for the very same model and codes."""
    if unit.model == known.model and _codes(unit) == _codes(known):
        return unit
    facts = {name: value for name, value in unit.facts.items() if name not in SETTLED}
    bare = replace(unit, facts=MappingProxyType(facts), confirmed=False)
    if unit.model != known.model:
        return bare
    kept = [name for name in facts if facts[name] == known.facts.get(name)]
    sure = [name for name in kept if known.confirms(name)]
    return bare.confirming(*sure) if sure else bare


def setting(known: Unit, name: str, value: str) -> Unit:
    """Return the unit with this model, or this fact."""
    if name == "model":
        return changed(known, replace(known, model=value))
    return changed(known, known.knowing(**{name: value}))


def without(unit: Unit, field: str | None) -> Unit:
    """Return the unit without one fact; a bar code goes by whatever name it was told."""
    gone = BAR_CODES if field in BAR_CODES else (field,)
    facts = {name: value for name, value in unit.facts.items() if name not in gone}
    return changed(unit, replace(unit, facts=MappingProxyType(facts)))


def _codes(unit: Unit) -> dict[str, str]:
    left_out = SOFT | SETTLED
    return {name: value for name, value in unit.facts.items() if name not in left_out}
