"""Who is in Discord, and what they may do: ids, users, roles, permissions."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntFlag

from tests.platforms.discord.rules import Json

DISCORD_EPOCH = 1_420_070_400_000


class Permission(IntFlag):
    """The permissions a bot like ours meets."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    USE_EXTERNAL_APPS = 1 << 50


P = Permission
ALL = sum(Permission)
MEMBER = ALL & ~(
    P.ADMINISTRATOR | P.MANAGE_CHANNELS | P.MANAGE_GUILD | P.MANAGE_MESSAGES
    | P.MENTION_EVERYONE | P.MANAGE_THREADS
)  # fmt: skip
_numbers = itertools.count()


def snowflake() -> str:
    """Return a new id, later than all before."""
    age = int(time.time() * 1000) - DISCORD_EPOCH
    return str((age << 22) | (next(_numbers) & 0x3FFFFF))


def stamp(seconds: float | None = None) -> str:
    """Return a moment, by default now, in Discord's form."""
    return datetime.fromtimestamp(time.time() if seconds is None else seconds, UTC).isoformat()


@dataclass(eq=False, slots=True)
class User:
    """An account: a person's or the bot's."""

    name: str
    locale: str = "en-US"
    bot: bool = False
    refuses: bool = False
    installed: bool = False
    id: str = field(default_factory=snowflake)

    def json(self) -> Json:
        """Return the user object."""
        return {
            "id": self.id, "username": self.name, "discriminator": "0", "avatar": None,
            "global_name": self.name.title(), "bot": self.bot, "public_flags": 0, "flags": 0,
        }  # fmt: skip


@dataclass(eq=False, slots=True)
class Role:
    """A role; `may` adds permissions to whoever has it."""

    name: str
    may: int = 0
    mentionable: bool = False
    id: str = field(default_factory=snowflake)

    def json(self) -> Json:
        """Return the role object."""
        return {
            "id": self.id, "name": self.name, "permissions": str(int(self.may)), "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False, "managed": False, "mentionable": self.mentionable, "position": 1,
            "flags": 0, "icon": None, "unicode_emoji": None,
        }  # fmt: skip
