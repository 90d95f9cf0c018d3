"""What a message means after the ones before it: one thing asked at a time, then merged."""

from __future__ import annotations

from dataclasses import replace

from core.model.lexicon import Lexicon
from core.model.unit import Unit
from core.model.verdict import NextKind
from core.query.answer import Answer, step_of
from core.query.commands import command_of
from core.query.corrections import corrected_unit
from core.query.fragments import fragment, language_named, told_of
from core.query.guesses import guess_of
from core.query.memory import LABEL, Memory
from core.query.merging import completes, merged
from core.query.obeying import obeyed
from core.query.query import Action, Intent, Query
from core.query.replies import Reply, correction_of, reply_of
from core.query.settling import Said, settled
from core.query.understand import understand
from core.text.translations import spoken

__all__ = ["Memory", "hear", "remember"]

SERVICES = frozenset({Intent.REMEDY, Intent.CLAIM, Intent.DISPOSE})
ABOUT_IT = frozenset({Action.ADD, Action.REMOVE})
# Steps that tell where to go and ask nothing: whoever says "yes" need not hear it all again.
TELLING = frozenset({NextKind.CLAIM, NextKind.OPEN_CHECKER, NextKind.ASK_AGAIN_LATER})
OPEN = frozenset({Intent.CHECK, Intent.UNKNOWN})


def hear(text: str, memory: Memory, lexicon: Lexicon) -> Query:
    """Return what `text` asks, completed by what the chat already spoke of."""
    if (command := command_of(text)) is not None:
        return obeyed(command, memory, lexicon, hear)
    said = understand(text, lexicon)
    reply = reply_of(text)
    if reply is Reply.CANCEL:
        return _without_units(said, Action.CANCEL)
    if reply is Reply.LANGUAGES:
        return replace(_without_units(said, Action.LANGUAGE), lang=None)
    if tongue := _tongue(text, said):
        return replace(_without_units(said, Action.LANGUAGE), lang=tongue)
    return (
        _correction(text, said, memory, lexicon)
        or _reply(Said(text, said, reply), memory, lexicon)
        or _continued(said, memory)
        or _about_the_person(text, said, memory)
        or _guessed(text, said, lexicon)
    )


def _tongue(text: str, said: Query) -> str | None:
    """Return the language that is all a message names; most messages ask for something."""
    return language_named(text) if said.intent is Intent.UNKNOWN else None


def _without_units(said: Query, action: Action) -> Query:
    return replace(said, intent=Intent.UNKNOWN, action=action, units=(), urgent=False)


def _correction(text: str, said: Query, memory: Memory, lexicon: Lexicon) -> Query | None:
    """Return what "no, A1263" means where something was spoken of before."""
    before = memory.unit
    rest = correction_of(text) if before is not None or memory.step else None
    if rest is None:
        return None
    meant = understand(rest, lexicon)
    unit = corrected_unit(rest, meant, memory)
    if unit is None or meant.intent not in OPEN:
        return None
    action = Action.ADD if memory.owned else None
    intent = Intent.OWN if memory.owned else Intent.CHECK
    asked = replace(said, intent=intent, action=action, units=(unit,))
    return replace(asked, corrects=before or Unit())


def _reply(said: Said, memory: Memory, lexicon: Lexicon) -> Query | None:
    """Return what the message says in answer to what we asked, None where it is no answer."""
    if memory.step is None or said.query.urgent:
        return None
    if said.reply is Reply.NO and memory.field == LABEL:
        return _without_units(said.query, Action.RETYPE)
    unit = settled(said, memory, lexicon)
    if unit is None and (said.reply is None or memory.step in TELLING):
        return None
    # "Yes" to a question that takes no yes is asked once more, not greeted.
    unit = unit or memory.unit
    units = (unit,) if unit is not None and unit != Unit() else ()
    return replace(said.query, intent=Intent.CHECK, action=None, units=units)


def _continued(said: Query, memory: Memory) -> Query | None:
    """Return the message about the unit spoken of before, None where it is about another."""
    unit = memory.unit
    # Whoever watches a brand speaks of no unit of it.
    if unit is None or said.action is Action.WATCH:
        return None
    speaks_of_it = said.intent in SERVICES or said.action in ABOUT_IT or said.urgent
    if not said.units and speaks_of_it:
        return replace(said, units=(unit,))
    if len(said.units) == 1 and (
        completes(said.units[0], unit) or _names_it(said.units[0], memory)
    ):
        return replace(said, units=(merged(unit, said.units[0]),))
    return None


def _names_it(new: Unit, memory: Memory) -> bool:
    """Say whether a brand, and perhaps a model, is told of the unit whose brand we asked."""
    asked = memory.step is NextKind.ASK and memory.field in {"brand", "model"}
    open_still = memory.brand is None and (new.model is None or memory.model is None)
    return asked and open_still and new.brand is not None


def _about_the_person(text: str, said: Query, memory: Memory) -> Query | None:
    """Return what a country, colour or date alone says of the unit, or of the person."""
    if said.units or said.intent is not Intent.UNKNOWN or said.action is not None:
        return None
    unit = memory.unit
    if unit is not None:
        told = told_of(text, unit)
        asked = replace(said, intent=Intent.CHECK, units=(unit.knowing(**told),))
        return replace(asked, region=told.get("region")) if told else None
    region = fragment(text, "region")
    return replace(_without_units(said, Action.REGION), region=region) if region else None


def _guessed(text: str, said: Query, lexicon: Lexicon) -> Query:
    """Return the message with the names it may mean, where no brand in it is known."""
    unnamed = all(unit.brand is None for unit in said.units)
    if said.intent is Intent.CHECK and unnamed and not said.urgent:
        return replace(said, guess=guess_of(text, lexicon))
    return said


def remember(found: Answer, before: Memory) -> Memory:
    """Return what to keep of the chat after this answer."""
    query = found.query
    match query.action:
        case Action.CANCEL:
            return before.person
        case Action.LANGUAGE:
            chosen = query.lang if query.lang and spoken(query.lang) else before.lang
            return before.model_copy(update={"lang": chosen})
        case Action.REGION:
            return before.model_copy(update={"home": query.region})
        case Action.RETYPE:
            return _retyping(before)
    if not found.items and found.verdict is None:
        return before
    return _of(found, before)


def _still_asked(before: Memory) -> Unit:
    """Return the unit whose model is still wanted; else something else is spoken of now."""
    open_still = before.step is NextKind.ASK and before.field == "model"
    return (before.unit if open_still else None) or Unit()


def _retyping(before: Memory) -> Memory:
    kept = before.about(Unit(before.brand))
    return kept.model_copy(update={"step": NextKind.ASK, "field": "model"})


def _same_product(unit: Unit, before: Memory) -> bool:
    return (unit.brand, unit.model) == (before.brand, before.model)


def _of(found: Answer, before: Memory) -> Memory:
    if len(found.items) > 1:
        return before.person
    kept = found.items[0].unit if found.items else _still_asked(before)
    step = step_of(found)
    return before.about(kept).model_copy(
        update={
            "step": step.kind if step else None,
            "field": step.field if step else None,
            "value": step.value if step else None,
            "place": step.place if step else None,
            "choices": step.choices if step else (),
            "owned": found.query.action is Action.ADD and bool(found.items),
            "item": before.item if _same_product(kept, before) else None,
        }
    )
