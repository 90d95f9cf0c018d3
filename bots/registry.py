"""Which channels there are: a name, where its class is, and what sets it up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any

CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        "web": "bots.web.channel:Web",
        "terminal": "bots.terminal:Terminal",
        "telegram": "bots.telegram.channel:Telegram",
        "discord": "bots.discord.channel:Discord",
    }
)


@dataclass(frozen=True, slots=True)
class Platform:
    """Where a channel with settings of its own has what sets it up.

    `opens` is `async (Surroundings) -> Channel | None`, None where no token is set; it raises
    SettingsError. `settings` has a `token`, None where none is set. `checks` is
    `async (settings) -> (right, what to know or do)`.
    """

    opens: str
    settings: str
    checks: str


PLATFORMS: Mapping[str, Platform] = MappingProxyType(
    {
        "telegram": Platform(
            "bots.telegram.channel:open_telegram",
            "bots.telegram.settings:TelegramSettings",
            "bots.telegram.checkup:checkup",
        ),
        "discord": Platform(
            "bots.discord.channel:open_discord",
            "bots.discord.settings:DiscordSettings",
            "bots.discord.checkup:checkup",
        ),
    }
)
# What is typed next there depends on the reply before, so it is not read ahead.
ONE_CHAT = frozenset({"terminal"})


def found(place: str) -> Any:
    """Return what a place such as "bots.terminal:Terminal" names; imports its module."""
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)
