"""What a message means after the ones before it: one thing asked at a time, then merged."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict

from core.model.identifier import fold
from core.model.lexicon import Lexicon
from core.model.unit import Unit
from core.model.verdict import NextKind
from core.query.answer import Answer, step_of
from core.query.query import Action, Intent, Query
from core.query.understand import understand

LONGEST_CODE = 40
MOST_WORDS_OF_A_CODE = 6
SOFT = frozenset({"region", "bought", "colour", "retailer", "name", "product"})
READ_BACK = frozenset({"model_read_back", "looked"})
_CODE_STEPS = {NextKind.ASK, NextKind.OPEN_CHECKER, NextKind.CONFIRM, NextKind.LOOK_AT}


class Memory(BaseModel):
    """What one chat is about: the unit spoken of last, and what we asked about it."""

    model_config = ConfigDict(frozen=True)

    brand: str | None = None
    model: str | None = None
    facts: dict[str, str] = {}
    confirmed: bool = False
    step: NextKind | None = None
    field: str | None = None
    value: str | None = None
    choices: tuple[str, ...] = ()

    @property
    def unit(self) -> Unit | None:
        """Return the unit spoken of last, or None."""
        if not (self.brand or self.model or self.facts):
            return None
        return Unit(self.brand, self.model, MappingProxyType(self.facts), self.confirmed)


def hear(text: str, memory: Memory, lexicon: Lexicon) -> Query:
    """Return what `text` asks, completed by what the chat already spoke of."""
    said = understand(text, lexicon)
    unit = memory.unit
    if unit is not None or memory.step is not None:
        settled = _reply(text, said, memory)
        if settled is not None:
            return replace(said, intent=Intent.CHECK, action=None, units=(settled,))
    if unit is None:
        return said
    if not said.units and _speaks_of_it(said):
        return replace(said, units=(unit,))
    if len(said.units) == 1 and _completes(said.units[0], unit):
        return replace(said, units=(_merged(unit, said.units[0]),))
    return said


def _speaks_of_it(said: Query) -> bool:
    served = said.intent in {Intent.REMEDY, Intent.CLAIM, Intent.DISPOSE}
    return served or said.action in {Action.ADD, Action.REMOVE}


def _completes(new: Unit, known: Unit) -> bool:
    """Say whether a unit without model, of no other brand, only adds to the one known."""
    if new.model is not None:
        return known.model is None and new.brand in {None, known.brand}
    return new.brand in {None, known.brand} and bool(new.facts)


def _merged(known: Unit, new: Unit) -> Unit:
    """Return the known unit with what is new; the same code once more confirms it."""
    facts = MappingProxyType({**known.facts, **new.facts})
    merged = replace(
        known, brand=known.brand or new.brand, model=new.model or known.model, facts=facts
    )
    again = merged == known and any(name not in SOFT for name in new.facts)
    return replace(merged, confirmed=True) if again else _changed(known, merged)


def _changed(known: Unit, unit: Unit) -> Unit:
    """Return the unit; what was confirmed counts only for the very same model and codes."""
    if unit.model == known.model and _codes(unit) == _codes(known):
        return unit
    facts = {name: value for name, value in unit.facts.items() if name not in READ_BACK}
    return replace(unit, facts=MappingProxyType(facts), confirmed=False)


def _codes(unit: Unit) -> dict[str, str]:
    left_out = SOFT | READ_BACK
    return {name: value for name, value in unit.facts.items() if name not in left_out}


def _reply(text: str, said: Query, memory: Memory) -> Unit | None:
    """Return the unit as the answer to our question settles it, or None if it is none."""
    unit = memory.unit or Unit()
    word = text.strip().casefold()
    if word in {"yes", "no"}:
        return _yes_or_no(word, unit, memory)
    if text.strip() in memory.choices:
        return _chosen(text.strip(), unit, memory)
    if said.intent is not Intent.CHECK and said.intent is not Intent.UNKNOWN:
        return None
    if memory.step in _CODE_STEPS and _is_code(text, said):
        return _with_code(text, unit, memory)
    return None


def _yes_or_no(word: str, unit: Unit, memory: Memory) -> Unit | None:
    """Return the unit as "yes" or "no" settles it, None where we asked no such question."""
    match memory.step:
        case NextKind.CONFIRM:
            return (
                replace(unit, confirmed=True) if word == "yes" else _without(unit, memory.field)
            )
        case NextKind.LOOK_AT:
            return _looked(word, unit, memory)
        case NextKind.INSPECT if memory.field:
            return unit.knowing(**{memory.field: word})
        case NextKind.CHOOSE_MODEL if word == "no":
            return unit.knowing(model_read_back="yes")
        case NextKind.CHOOSE_MODEL if len(memory.choices) == 1:
            return _changed(unit, replace(unit, model=memory.choices[0]))
    return None


def _looked(word: str, unit: Unit, memory: Memory) -> Unit:
    if word == "yes" and memory.field and memory.choices:
        return _changed(unit, unit.knowing(**{memory.field: memory.choices[0]}))
    return unit.knowing(looked="yes")


def _without(unit: Unit, field: str | None) -> Unit:
    facts = {name: value for name, value in unit.facts.items() if name != field}
    return _changed(unit, replace(unit, facts=MappingProxyType(facts)))


def _chosen(choice: str, unit: Unit, memory: Memory) -> Unit | None:
    if memory.step is NextKind.CHOOSE_MODEL:
        return _changed(unit, replace(unit, model=choice))
    if memory.field == "brand":
        return replace(unit, brand=choice)
    if memory.field is None:
        return None
    return _changed(unit, unit.knowing(**{memory.field: choice}))


def _is_code(text: str, said: Query) -> bool:
    """Say whether the whole message is one printed code, whatever the reader made of it."""
    folded = fold(text)
    short = len(text.split()) <= MOST_WORDS_OF_A_CODE and 0 < len(folded) <= LONGEST_CODE
    digits = any(character.isdigit() for character in folded)
    labelled = any(unit.serial for unit in said.units)
    named = any(unit.brand and unit.model for unit in said.units)
    return short and digits and not labelled and not named


def _with_code(text: str, unit: Unit, memory: Memory) -> Unit:
    if memory.field == "model" or (memory.field is None and unit.model is None):
        return _changed(unit, replace(unit, model=text.strip()))
    field = memory.field if memory.field not in {None, *SOFT} else "serial"
    if fold(unit.facts.get(field or "", "")) == fold(text):
        return replace(unit, confirmed=True)
    return _changed(unit, unit.knowing(**{field or "serial": text.strip()}))


def remember(found: Answer, before: Memory) -> Memory:
    """Return what to keep of the chat after this answer."""
    if not found.items and found.verdict is None:
        return before
    step = step_of(found)
    unit = found.items[0].unit if len(found.items) == 1 else None
    if unit is None and found.items:
        return Memory()
    kept = unit or before.unit or Unit()
    return Memory(
        brand=kept.brand,
        model=kept.model,
        facts=dict(kept.facts),
        confirmed=kept.confirmed,
        step=step.kind if step else None,
        field=step.field if step else None,
        value=step.value if step else None,
        choices=step.choices if step else (),
    )
