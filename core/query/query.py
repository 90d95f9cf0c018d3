"""What a message asks for, and of which units: the outcome of reading it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.model.unit import Unit


class Intent(StrEnum):
    """What the person wants of us."""

    CHECK = "check"
    OWN = "own"
    REMEDY = "remedy"
    CLAIM = "claim"
    DISPOSE = "dispose"
    UNKNOWN = "unknown"


class Action(StrEnum):
    """What exactly: add to forget belong to own, the others to unknown.

    CANCEL drops what we asked, REGION tells the person's country, and RETYPE says that we read
    a photo wrong.
    """

    ADD = "add"
    REMOVE = "remove"
    LIST = "list"
    WATCH = "watch"
    FORGET = "forget"
    HELP = "help"
    LANGUAGE = "language"
    CANCEL = "cancel"
    REGION = "region"
    RETYPE = "retype"


@dataclass(frozen=True, slots=True)
class Guess:
    """A name as typed that we do not know, and the known brands or products it looks like."""

    typed: str
    field: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """One message as understood.

    `urgent` says that something is smoking, hot, swollen or burning right now: the safety
    answer comes before any look-up. `units` are the things named, in the order named; a maker
    named without a model is a unit without a model. `lang` is the best guess of the language
    of the text as a BCP 47 tag, None where the text does not show it; with the action
    LANGUAGE it is the language asked for, None where any other is wanted.

    `corrects` is the unit as it was understood before the person put it right, `guess` a name
    that may be meant where none was known, `region` the country told with the action REGION.
    """

    text: str
    intent: Intent
    action: Action | None
    urgent: bool
    units: tuple[Unit, ...]
    lang: str | None
    corrects: Unit | None = None
    guess: Guess | None = None
    region: str | None = None
