"""How an address names a chat of Telegram, a topic in it, or a question from another chat."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.channel import Address

KIND = "telegram"
INLINE = "inline:"
_PLACE = re.compile(r"(-?\d{1,19})(?:/(\d{1,19}))?(?:#(\d{1,19}))?")


@dataclass(frozen=True, slots=True)
class Place:
    """A chat, the topic in it, and the message there that is answered.

    It is written "<chat>", "<chat>/<topic>", and with "#<message>" behind it where a reply
    shall hang under a message of a group.
    """

    chat: int
    topic: int | None = None
    message: int | None = None

    @property
    def address(self) -> Address:
        """Return the address of the chat or its topic, without the message."""
        return Address(KIND, f"{self.chat}" + (f"/{self.topic}" if self.topic else ""))

    @property
    def answering(self) -> Address:
        """Return the address under which a reply hangs under the message."""
        tail = f"#{self.message}" if self.message else ""
        return Address(KIND, f"{self.address.chat}{tail}")

    @property
    def is_group(self) -> bool:
        """Say whether it is a group or channel: their numbers are negative."""
        return self.chat < 0


def place_of(address: Address) -> Place | None:
    """Return the place an address names, None where it names none of Telegram's."""
    found = _PLACE.fullmatch(address.chat)
    if address.channel != KIND or found is None:
        return None
    chat, topic, message = (int(part) if part else None for part in found.groups())
    return Place(chat or 0, topic, message)


def inline_of(address: Address) -> str | None:
    """Return the id of the inline query that is answered at this address."""
    if address.channel != KIND or not address.chat.startswith(INLINE):
        return None
    return address.chat.removeprefix(INLINE)
