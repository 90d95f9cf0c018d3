"""Buttons bound to what they were shown with: pressed about anything else, they do nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from hashlib import blake2b

from core.model.message import Button, Message
from core.query.commands import Command, command_of
from core.query.memory import Memory
from core.query.replies import Reply

SAID = "said"
BYTES_OF_MARK = 4
_ANSWERS = frozenset({Reply.YES.value, Reply.NO.value})


@dataclass(frozen=True, slots=True)
class Pressed:
    """A bound button: what it says, and the mark of what it was shown with."""

    mark: str
    says: str

    @classmethod
    def of(cls, command: Command | None) -> Pressed | None:
        """Return the button that was pressed, None where it was none of these."""
        if command is None or command.name != SAID:
            return None
        mark, _, says = command.rest.partition(" ")
        return cls(mark, says)

    def is_about(self, memory: Memory) -> bool:
        """Say whether the chat still is where it was when the button was shown."""
        return bool(self.says) and self.mark == _mark(self.says, memory)


def bound(message: Message, memory: Memory) -> Message:
    """Return the message with its buttons bound to what is kept of the chat from now on.

    "Yes" in an old message never answers the question of a newer one. A command says by itself
    what it is about and stays as it is.
    """
    buttons = tuple(_bound(button, memory) for button in message.buttons)
    return replace(message, buttons=buttons)


def words_of(says: str) -> str:
    """Return the words of a button as a person would type them."""
    pressed = Pressed.of(command_of(says))
    return pressed.says if pressed else says


def _bound(button: Button, memory: Memory) -> Button:
    if button.says.startswith("/"):
        return button
    return replace(button, says=f"/{SAID} {_mark(button.says, memory)} {button.says}")


def _mark(says: str, memory: Memory) -> str:
    """Return the mark of the unit spoken of and, for what answers a question, of that too.

    It tells nobody the codes of the unit.
    """
    about: list[object] = [memory.brand, memory.model, memory.facts, memory.confirmed]
    if says in _ANSWERS or says in memory.choices:
        about += [memory.step, memory.field, memory.value, memory.place, memory.choices]
    told = json.dumps(about, sort_keys=True).encode()
    return blake2b(told, digest_size=BYTES_OF_MARK).hexdigest()
