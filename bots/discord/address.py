"""Where things are in Discord: a person, a channel or thread, the answer to an interaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from core.channel import Address, Receipt

KIND = "discord"
Sort = Literal["user", "channel", "reply"]
SORTS = frozenset(get_args(Sort))
# A message of an interaction that is named by being the first one.
ORIGINAL = "@original"


@dataclass(frozen=True, slots=True)
class Place:
    """One address taken apart: a person's private chat, a channel, or an interaction."""

    sort: Sort
    id: int

    @property
    def address(self) -> Address:
        """Return it as the contract has it."""
        return Address(KIND, f"{self.sort}:{self.id}")


@dataclass(frozen=True, slots=True)
class Sent:
    """One message of ours: its channel and its own id."""

    channel: int
    message: int

    @property
    def id(self) -> str:
        """Return it as a receipt has it."""
        return f"{self.channel}/{self.message}"


def place_of(address: Address) -> Place | None:
    """Return where that is, None where it is no address of Discord."""
    sort, _, number = address.chat.partition(":")
    if address.channel != KIND or sort not in SORTS or not _is_id(number):
        return None
    return Place(sort, int(number))  # type: ignore[arg-type]  # it is one of the three


def sent_of(number: str) -> Sent | None:
    """Return the message of a receipt's id, None where it names none."""
    channel, _, message = number.partition("/")
    return Sent(int(channel), int(message)) if _is_id(channel) and _is_id(message) else None


def receipt(place: Place, channel: int, message: int) -> Receipt:
    """Return the proof that a message arrived."""
    return Receipt(Sent(channel, message).id, place.address)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal()
