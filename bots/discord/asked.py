"""Interactions that wait for their answer: acknowledged at once, answered within 15 minutes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from discord import Client, Interaction

# Discord's token lives for 15 minutes; what is begun must have time to arrive.
LIFE = timedelta(minutes=14, seconds=30)
MOST_WAITING = 20_000


@dataclass(slots=True)
class Asked:
    """One interaction and how it is answered.

    `hidden`: only the person sees the answer. `waiting`: the first post takes the place of
    "is thinking". `typing`: they cannot write to us there, so a button has to let them.
    `about` is the channel they set up, where that is another.
    """

    interaction: Interaction[Client]
    at: datetime
    hidden: bool = True
    waiting: bool = True
    typing: bool = False
    about: int | None = None

    @property
    def lang(self) -> str:
        """Return the language the person reads."""
        return lang_of(str(self.interaction.locale))


@dataclass(slots=True)
class Waiting:
    """Keeps what was asked for as long as it can be answered; only in memory."""

    now: Callable[[], datetime]
    _asked: dict[int, Asked] = field(default_factory=dict)

    def add(self, asked: Asked) -> None:
        """Keep it, and forget what nobody can answer any more."""
        oldest = self.now() - LIFE
        while self._asked:
            first = next(iter(self._asked))
            if self._asked[first].at > oldest and len(self._asked) < MOST_WAITING:
                break
            del self._asked[first]
        self._asked[asked.interaction.id] = asked

    def find(self, number: int) -> Asked | None:
        """Return it by its id, None where it was never asked or is too old."""
        asked = self._asked.get(number)
        return asked if asked and self.now() - asked.at < LIFE else None


def lang_of(locale: str) -> str:
    """Return a locale of Discord's as the tag of a language: "en-US" is "en"."""
    language, _, region = locale.partition("-")
    # Where the script hangs on the region, it stays.
    return locale if language in {"zh", "pt"} and region else language
