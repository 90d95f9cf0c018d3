"""Which channel of Discord a person means who sets up an account: "channel:<id>"."""

from __future__ import annotations

from bots.discord.address import KIND, place_of
from bots.discord.settings import DiscordSettings
from bots.failure import Failure
from core.channel import Address


async def chat_named(_: DiscordSettings, typed: str) -> str:
    """Return the chat, of which the id is enough. Raises Failure."""
    place = place_of(Address(KIND, f"channel:{typed.removeprefix('channel:')}"))
    if place is None:
        raise Failure(f"{typed!r} is no channel of Discord: write channel: and its id")
    return place.address.chat
