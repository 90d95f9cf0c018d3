"""Where people find a post: its web address, from what a platform calls it; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import quote

_AT = re.compile(r"at://(did:[a-z0-9]+:[A-Za-z0-9._:%-]+)/app\.bsky\.feed\.post/([\w.~:-]+)")
_WEB = ("https://", "http://")
_BSKY = re.compile(r"https://bsky\.app/profile/(did:[^/]+)/post/([\w.~:-]+)")
# Telegram's supergroups and channels have this before the number that its addresses use.
_SUPER = "-100"


def permalink(channel: str, chat: str, message: str) -> str | None:
    """Return the address of a post, None where it cannot be known from its name."""
    make = _MADE.get(channel)
    return make(chat, message) if make and message else None


def _bluesky(chat: str, message: str) -> str | None:
    del chat
    found = _AT.fullmatch(message)
    return f"https://bsky.app/profile/{found[1]}/post/{found[2]}" if found else None


def _x(chat: str, message: str) -> str | None:
    del chat
    return f"https://x.com/i/status/{message}" if _number(message) else None


def _mastodon(chat: str, message: str) -> str | None:
    name, _, host = chat.removeprefix("@").partition("@")
    whole = name and host and _number(message)
    return f"https://{host}/@{quote(name)}/{message}" if whole else None


def _telegram(chat: str, message: str) -> str | None:
    place = chat.partition("/")[0]
    if not _number(message):
        return None
    if place.startswith("@"):
        return f"https://t.me/{quote(place[1:])}/{message}"
    number = place.removeprefix(_SUPER)
    known = place.startswith(_SUPER) and _number(number)
    return f"https://t.me/c/{number}/{message}" if known else None


def _number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


_MADE: Mapping[str, Callable[[str, str], str | None]] = MappingProxyType(
    {
        "bluesky": _bluesky,
        "x": _x,
        "mastodon": _mastodon,
        "telegram": _telegram,
    }
)


def name_in(channel: str, typed: str) -> str:
    """Return what a platform calls a post, from that name or from a link to it.

    "" where the link does not tell, as one of Bluesky's with a handle in it.
    """
    text = typed.strip()
    if not text.startswith(_WEB):
        return text
    path = text.partition("?")[0].partition("#")[0].rstrip("/")
    if channel == "bluesky":
        found = _BSKY.fullmatch(path)
        return f"at://{found[1]}/app.bsky.feed.post/{found[2]}" if found else ""
    pieces = path.split("/")
    return "/".join(pieces[-2:]) if channel == "discord" else pieces[-1]
