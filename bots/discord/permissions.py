"""What we must be allowed to do in a channel, and what is missing there."""

from __future__ import annotations

from discord import Permissions

from core.model.message import Block, Message, Role
from core.text.translations import Translator

# Each with what it is for; docs/discord.md tells the same to whoever installs us.
NEEDED = (
    "view_channel",  # to know the channel at all
    "send_messages",  # recalls, and to publish them in an announcement channel
    "send_messages_in_threads",  # later versions of a recall, under the first
    "create_public_threads",  # to begin such a thread
    "attach_files",  # pictures
    "read_message_history",  # to answer one's own earlier message
)


def needed() -> Permissions:
    """Return what the link to install us asks for."""
    return Permissions(**dict.fromkeys(NEEDED, True))


def missing(granted: Permissions) -> tuple[str, ...]:
    """Return the names of what is needed and not granted."""
    return tuple(name for name in NEEDED if not getattr(granted, name))


def refusal(lacking: tuple[str, ...], words: Translator) -> Message:
    """Return which permissions are missing, and who can give them."""
    names = "\n".join(f"- {words(f'discord_may_{name}')}" for name in lacking)
    return Message(
        (
            Block(Role.DETAIL, words("discord_missing")),
            Block(Role.DETAIL, names),
            Block(Role.NEXT_STEP, words("discord_grant")),
        ),
        lang=words.lang,
    )
