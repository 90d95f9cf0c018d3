"""How an address names an account of ours, or a mention of it that is to be answered."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.channel import Address

KIND = "x"
_PLACE = re.compile(r"(\w{1,15})(?::(\d{1,20}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """An account, and the post of somebody else that it answers, if any.

    It is written "<handle>" or "<handle>:<id of the post>".
    """

    handle: str
    mention: str | None = None

    @property
    def address(self) -> Address:
        """Return it as the contract has it."""
        tail = f":{self.mention}" if self.mention else ""
        return Address(KIND, f"{self.handle}{tail}")


def place_of(address: Address) -> Place | None:
    """Return the place an address names, None where it names none of X's."""
    found = _PLACE.fullmatch(address.chat)
    if address.channel != KIND or found is None:
        return None
    return Place(found[1], found[2])
