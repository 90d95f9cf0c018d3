"""Where others read along: the model is spoken of, never a serial number or what one owns."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from core.model.identifier import fold
from core.model.lexicon import Lexicon
from core.model.message import Block, Message, Role
from core.model.unit import Unit
from core.model.verdict import NextKind
from core.query.answer import Answer, step_of
from core.query.commands import payload_of
from core.query.names import names_of
from core.query.query import Intent, Query
from core.text.translations import Translator

# What of a unit may be spoken of in public.
PUBLIC = frozenset({"product", "name", "region", "colour"})
# What is as long as this and no model we know may be a serial number that nothing labels.
SHORTEST_SERIAL = 8
# A colour or a market behind the model.
LONGEST_TAIL = 4
# Where a link takes what it asks, and what it carries where it asks nothing.
PAYLOAD, GREETED = "{payload}", "start"
_OPEN_STEPS = frozenset({"brand", "model", "region", "colour"})
_ON_THE_UNIT = frozenset({NextKind.ASK, NextKind.CONFIRM, NextKind.LOOK_AT, NextKind.REMEMBER})


def in_public(query: Query, lexicon: Lexicon) -> Query:
    """Return the query about the models alone, without the words it was asked in.

    A unit told by its code alone is left out: of what is not looked up nothing can be said.
    """
    units: list[Unit] = []
    for unit in (_model_of(unit, lexicon) for unit in query.units):
        if unit not in units and _names_something(unit):
            units.append(unit)
    return replace(query, units=tuple(units), text="", corrects=None)


def _names_something(unit: Unit) -> bool:
    return bool(unit.brand or unit.model or unit.facts.keys() & {"product", "name"})


def hides(query: Query, lexicon: Lexicon) -> bool:
    """Say whether something was told that is not for everybody."""
    return any(
        set(unit.facts) - PUBLIC or not _is_a_model(unit.model or "", lexicon)
        for unit in query.units
    )


def _model_of(unit: Unit, lexicon: Lexicon) -> Unit:
    facts = {name: value for name, value in unit.facts.items() if name in PUBLIC}
    model = unit.model if _is_a_model(unit.model or "", lexicon) else None
    return Unit(unit.brand, model, MappingProxyType(facts))


def _is_a_model(typed: str, lexicon: Lexicon) -> bool:
    """Say whether it cannot be somebody's serial: it is short, or a model we know."""
    folded = fold(typed)
    models = names_of(lexicon).models
    heads = (folded[: len(folded) - tail] for tail in range(LONGEST_TAIL + 1))
    return len(folded) < SHORTEST_SERIAL or any(head in models for head in heads)


def model_level(found: Answer, link: str | None, words: Translator, *, told: bool) -> Message:
    """Return the answer for everybody; `told` says that somebody gave a code of their own.

    What needs the unit itself is asked in private, behind `link`.
    """
    step = step_of(found)
    own = step is not None and step.kind in _ON_THE_UNIT and step.field not in _OPEN_STEPS
    blocks = found.message.blocks
    if found.query.intent is Intent.CHECK and (own or told):
        kept = (block for block in blocks if not (own and block.role is Role.NEXT_STEP))
        private = led_to(link, found.query)
        blocks = (*kept, Block(Role.NEXT_STEP, words("group_private"), private))
    return Message(tuple(blocks), (), words.lang)


def in_private(key: str, link: str | None, words: Translator) -> Message:
    """Return the request to go on in private, behind `link`."""
    return Message((Block(Role.NEXT_STEP, words(key), led_to(link)),), (), words.lang)


def led_to(link: str | None, query: Query | None = None) -> str | None:
    """Return the link, which asks in private what was asked here, of the model alone."""
    units = query.units if query else ()
    names = [" ".join(filter(None, (unit.brand, unit.model))) for unit in units]
    payload = payload_of(names[0]) if len(names) == 1 else None
    return link and link.replace(PAYLOAD, payload or GREETED)
