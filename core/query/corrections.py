"""The unit as the person puts it right: "no, A1263", "sorry, it is white"."""

from __future__ import annotations

from types import MappingProxyType

from core.model.identifier import fold
from core.model.unit import Unit
from core.query.fragments import DATES, told_of
from core.query.lone_code import code_in
from core.query.memory import Memory
from core.query.merging import SETTLED, SOFT, changed, setting, unconfirmed
from core.query.query import Query
from core.query.settling import with_code

# Of 100: a correction changes a character or two.
ALIKE = 60


def corrected_unit(rest: str, meant: Query, memory: Memory) -> Unit | None:
    """Return the unit meant by `rest`, what stood behind the "no"; None where it names none.

    What was not put right stays, except that nothing is confirmed any more.
    """
    known = memory.unit or Unit()
    code = _lone_code(rest, meant)
    if code and (field := _likest(code, known)):
        return _with(known, field, code)
    if meant.units:
        # "Not A1264 but A1263": what is meant is said last.
        return _over(known, meant.units[-1])
    if memory.step and code and not told_of(rest, known):
        return unconfirmed(with_code(code, known, memory))
    facts = told_of(rest, known)
    return unconfirmed(known.knowing(**facts)) if facts else None


def _lone_code(rest: str, meant: Query) -> str | None:
    """Return the one code that was said, where nothing tells of which kind it is."""
    if len(meant.units) != 1:
        return code_in(rest, meant)
    (unit,) = meant.units
    said = [value for value in (unit.model, *unit.facts.values()) if value]
    return said[0] if len(said) == 1 and unit.brand is None else None


def _likest(rest: str, known: Unit) -> str | None:
    """Return which code of the unit is put right: the one that looks most like the new one."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - slow to import, and seldom needed

    told = SOFT | SETTLED | DATES
    codes = {name: value for name, value in known.facts.items() if name not in told}
    if known.model:
        codes["model"] = known.model
    alike = {name: fuzz.ratio(fold(rest), fold(value)) for name, value in codes.items()}
    best = max(alike, key=alike.__getitem__, default=None)
    return best if best is not None and alike[best] >= ALIKE else None


def _with(known: Unit, field: str, value: str) -> Unit:
    return unconfirmed(setting(known, field, value))


def _over(known: Unit, new: Unit) -> Unit:
    """Return the new unit with what the old one had besides; a model may bring its brand."""
    brand = new.brand or known.brand
    same = new.model is None or known.model is None or new.brand in {None, known.brand}
    facts = {**(known.facts if same else {}), **new.facts}
    unit = Unit(brand, new.model or known.model, MappingProxyType(facts))
    return unconfirmed(changed(known, unit))
