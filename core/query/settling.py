"""The unit as the answer to our question settles it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from core.model.identifier import fold
from core.model.keys import BAR_CODES
from core.model.lexicon import Lexicon
from core.model.unit import Unit
from core.model.verdict import NextKind
from core.query.fragments import DATES, fragment
from core.query.lone_code import code_in
from core.query.memory import LABEL, Memory
from core.query.merging import SOFT, merged, setting, without
from core.query.query import Intent, Query
from core.query.replies import Reply
from core.query.understand import understand

# What the person tells in a few words, and no code.
TOLD = DATES | {"region", "colour"}
_CODE_STEPS = {NextKind.ASK, NextKind.OPEN_CHECKER, NextKind.CONFIRM, NextKind.LOOK_AT}


@dataclass(frozen=True, slots=True)
class Said:
    """One message: its text, what it is on its own, and the reply that it may be."""

    text: str
    query: Query
    reply: Reply | None


def settled(said: Said, memory: Memory, lexicon: Lexicon) -> Unit | None:
    """Return the unit as this reply settles it, or None where it settles nothing."""
    unit = memory.unit or Unit()
    word = said.text.strip()
    if memory.repeated and (said.reply is not None or word in memory.choices):
        return unit
    if word in memory.choices and word not in {Reply.YES, Reply.NO}:
        return _chosen(word, unit, memory, lexicon)
    if said.reply is Reply.UNSURE:
        return _unsure(unit, memory)
    if said.reply is not None:
        return _yes_or_no(said.reply, unit, memory, lexicon)
    if said.query.intent in {Intent.CHECK, Intent.UNKNOWN}:
        return _told(said, unit, memory)
    return None


def _told(said: Said, unit: Unit, memory: Memory) -> Unit | None:
    field = memory.field or ""
    if field in TOLD and memory.step is NextKind.ASK and not said.query.units:
        told = fragment(said.text, field)
        return unit.knowing(**{field: told}) if told else None
    code = code_in(said.text, said.query, field) if memory.step in _CODE_STEPS else None
    return with_code(code, unit, memory) if code else None


def _unsure(unit: Unit, memory: Memory) -> Unit:
    """Return the unit with the question given up, so that it is not asked again."""
    if memory.step is NextKind.LOOK_AT:
        return unit.knowing(looked="yes")
    given_up = dict.fromkeys((*unit.facts.get("unsure", "").split(), memory.field or ""))
    return unit.knowing(unsure=" ".join(filter(None, given_up)))


def _yes_or_no(reply: Reply, unit: Unit, memory: Memory, lexicon: Lexicon) -> Unit | None:
    """Return the unit as "yes" or "no" settles it, None where we asked no such question."""
    if reply is Reply.NO:
        refused = _REFUSED.get(memory.step) if memory.step else None
        return refused(unit, memory) if refused else None
    if memory.step is NextKind.CONFIRM:
        return _confirmed(unit, memory)
    if memory.step is NextKind.INSPECT:
        return unit.knowing(**{memory.field or "inspected": Reply.YES.value})
    if len(memory.choices) == 1:
        return _chosen(memory.choices[0], unit, memory, lexicon)
    return None


def _confirmed(unit: Unit, memory: Memory) -> Unit:
    """Return the unit with what was read back confirmed, and nothing that was not."""
    if memory.field == LABEL:
        return unit.confirming(*(memory.value or "").split())
    if memory.field is None:
        return replace(unit, confirmed=True)
    names = BAR_CODES if memory.field in BAR_CODES else (memory.field,)
    return unit.confirming(*names)


def _inspected(unit: Unit, memory: Memory) -> Unit:
    return unit.knowing(**{memory.field or "inspected": Reply.NO.value})


def _other_code(unit: Unit, memory: Memory) -> Unit:
    return without(unit, memory.field)


def _really(unit: Unit, memory: Memory) -> Unit:
    del memory
    return unit.knowing(model_read_back="yes")


def _seen_as_typed(unit: Unit, memory: Memory) -> Unit:
    del memory
    return unit.knowing(looked="yes")


def _as_named(unit: Unit, memory: Memory) -> Unit:
    del memory
    return unit


_REFUSED: Mapping[NextKind, Callable[[Unit, Memory], Unit]] = MappingProxyType(
    {
        NextKind.CONFIRM: _other_code,
        NextKind.INSPECT: _inspected,
        NextKind.CHOOSE_MODEL: _really,
        NextKind.CHOOSE_NAME: _as_named,
        NextKind.LOOK_AT: _seen_as_typed,
    }
)


def _chosen(choice: str, unit: Unit, memory: Memory, lexicon: Lexicon) -> Unit | None:
    if memory.step is NextKind.LOOK_AT:
        return _looked(choice, unit, memory)
    if memory.step is NextKind.CHOOSE_MODEL or memory.field == "model":
        return setting(unit, "model", choice)
    if memory.field == "brand":
        return replace(unit, brand=choice)
    if memory.field == "name":
        known = understand(choice, lexicon).units
        return merged(known[0], unit) if known else unit.knowing(name=choice)
    return setting(unit, memory.field, choice) if memory.field else None


def _looked(choice: str, unit: Unit, memory: Memory) -> Unit:
    """Return the unit with the character that the person saw in its place."""
    value, place = memory.value or "", memory.place or 0
    if len(choice) > 1 and memory.field:
        return setting(unit, memory.field, choice)
    if not 0 < place <= len(value) or value[place - 1] == choice or memory.field is None:
        return unit.knowing(looked="yes")
    return setting(unit, memory.field, value[: place - 1] + choice + value[place:])


def with_code(text: str, unit: Unit, memory: Memory) -> Unit:
    """Return the unit with the code that was asked for; typed once more it is confirmed."""
    if memory.field == "model" or (memory.field is None and unit.model is None):
        return setting(unit, "model", text.strip())
    field = memory.field if memory.field not in {None, LABEL, *SOFT} else "serial"
    if field and fold(unit.facts.get(field, "")) == fold(text):
        return unit if memory.repeated else unit.confirming(field)
    return setting(unit, field or "serial", text.strip())
