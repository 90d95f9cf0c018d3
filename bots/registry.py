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
        "bluesky": "bots.bluesky.channel:Bluesky",
        "x": "bots.x.channel:X",
        "mastodon": "bots.mastodon.channel:Mastodon",
        "apprise": "bots.apprise.channel:Apprise",
    }
)


@dataclass(frozen=True, slots=True)
class Platform:
    """Where a channel with settings of its own has what sets it up.

    `opens` is `async (Surroundings) -> Channel | None`, None where it is not set up; it raises
    SettingsError. It is set up where the field `needs` of its `settings` is. `checks` is
    `async (settings) -> (right, what to know or do)`. `renders` is the pure
    `(Message) -> tuple[Post, ...]` of a platform that accounts post on, "" for none, `can` its
    `(settings) -> Capabilities` while it is not open, and neither imports its library.
    `accounts` is `(settings) -> tuple[str, ...]`: the chats of the accounts that are set up,
    "" where an account may be any chat: `chats`, `async (settings, typed) -> chat`, then tells
    which one is meant, or raises Failure. `hashtags`: people search there by them.
    """

    opens: str
    settings: str
    checks: str
    needs: str = "token"
    renders: str = ""
    can: str = ""
    accounts: str = ""
    chats: str = ""
    hashtags: bool = False


PLATFORMS: Mapping[str, Platform] = MappingProxyType(
    {
        "telegram": Platform(
            "bots.telegram.channel:open_telegram",
            "bots.telegram.settings:TelegramSettings",
            "bots.telegram.checkup:checkup",
            renders="bots.telegram.render:render",
            can="bots.telegram.abilities:capabilities",
            chats="bots.telegram.naming:chat_named",
        ),
        "discord": Platform(
            "bots.discord.channel:open_discord",
            "bots.discord.settings:DiscordSettings",
            "bots.discord.checkup:checkup",
            renders="bots.discord.render:render",
            can="bots.discord.abilities:capabilities",
            chats="bots.discord.naming:chat_named",
        ),
        "bluesky": Platform(
            "bots.bluesky.channel:open_bluesky",
            "bots.bluesky.settings:BlueskySettings",
            "bots.bluesky.checkup:checkup",
            needs="accounts",
            renders="bots.bluesky.render:render",
            can="bots.bluesky.abilities:capabilities",
            accounts="bots.bluesky.settings:accounts_of",
            hashtags=True,
        ),
        "x": Platform(
            "bots.x.channel:open_x",
            "bots.x.settings:XSettings",
            "bots.x.checkup:checkup",
            needs="accounts",
            renders="bots.x.render:render",
            can="bots.x.abilities:capabilities",
            accounts="bots.x.settings:accounts",
        ),
        "mastodon": Platform(
            "bots.mastodon.channel:open_mastodon",
            "bots.mastodon.settings:MastodonSettings",
            "bots.mastodon.checkup:checkup",
            needs="accounts",
            renders="bots.mastodon.render:render",
            can="bots.mastodon.abilities:capabilities",
            accounts="bots.mastodon.settings:accounts_of",
            hashtags=True,
        ),
        "apprise": Platform(
            "bots.apprise.channel:open_apprise",
            "bots.apprise.settings:AppriseSettings",
            "bots.apprise.checkup:checkup",
            needs="targets",
            renders="bots.apprise.render:render",
            can="bots.apprise.abilities:capabilities",
            accounts="bots.apprise.settings:accounts_of",
        ),
    }
)
# What is typed next there depends on the reply before, so it is not read ahead.
ONE_CHAT = frozenset({"terminal"})


def found(place: str) -> Any:
    """Return what a place such as "bots.terminal:Terminal" names; imports its module."""
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)
