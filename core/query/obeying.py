"""What a command asks, completed by what the chat already spoke of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from core.model.lexicon import Lexicon
from core.query.commands import Command, text_of
from core.query.fragments import language_named
from core.query.memory import Memory
from core.query.query import Action, Intent, Query
from core.query.replies import reply_of

LONGEST_BRAND = 60
Hear = Callable[[str, Memory, Lexicon], Query]


def obeyed(command: Command, memory: Memory, lexicon: Lexicon, hear: Hear) -> Query:
    """Return the query of a command, in words that `hear` reads; help for an unknown one."""
    if command.name == "start":
        return _start(command, memory, lexicon, hear)
    if command.name == "language":
        return _language(command)
    if command.name in _ABOUT_UNITS:
        return _about(command, memory, lexicon, hear)
    return _plain(_PLAIN.get(command.name, Action.HELP))


_PLAIN: Mapping[str, Action] = MappingProxyType(
    {"cancel": Action.CANCEL, "stop": Action.CANCEL, "mine": Action.LIST, "list": Action.LIST}
)
_ABOUT_UNITS: Mapping[str, tuple[Intent, Action | None]] = MappingProxyType(
    {
        "check": (Intent.CHECK, None),
        "why": (Intent.CHECK, None),
        "add": (Intent.OWN, Action.ADD),
        "watch": (Intent.OWN, Action.WATCH),
        "claim": (Intent.CLAIM, None),
        "dispose": (Intent.DISPOSE, None),
    }
)
# Which of them speak of the unit spoken of last where they name none.
_OF_THE_LAST = frozenset({"why", "add", "claim", "dispose"})


def _plain(action: Action) -> Query:
    intent = Intent.OWN if action is Action.LIST else Intent.UNKNOWN
    return Query("", intent, action, urgent=False, units=(), lang=None)


def _start(command: Command, memory: Memory, lexicon: Lexicon, hear: Hear) -> Query:
    """Return what the link asked that led here, else a greeting."""
    if asked := text_of(command.rest):
        return _about(Command("check", asked), memory, lexicon, hear)
    return Query("", Intent.UNKNOWN, None, urgent=False, units=(), lang=None)


def _language(command: Command) -> Query:
    tag = language_named(f"/language {command.rest}") or language_named(command.rest)
    return replace(_plain(Action.LANGUAGE), lang=tag)


def _about(command: Command, memory: Memory, lexicon: Lexicon, hear: Hear) -> Query:
    intent, action = _ABOUT_UNITS[command.name]
    # What follows is no command once more, however it begins.
    rest = command.rest.lstrip("/ ")
    # A mere "yes" behind a command names nothing, and is no answer to what we asked either.
    if not rest or reply_of(rest) is not None:
        last = memory.unit if command.name in _OF_THE_LAST else None
        return Query("", intent, action, urgent=False, units=(last,) if last else (), lang=None)
    # A code behind a command may be somebody else's words: it is told, and confirms nothing.
    # Whoever watches a brand speaks of no unit of it.
    spoken = memory.person if command.name == "watch" else memory
    said = hear(rest, spoken.model_copy(update={"repeated": True}), lexicon)
    units = said.units
    return replace(said, intent=intent, action=action, units=units, guess=said.guess)
