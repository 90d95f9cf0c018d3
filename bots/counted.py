"""How long a post is to its platform, and how long it may be: as the desk shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bots.bluesky.render import MOST_GRAPHEMES, graphemes
from bots.discord import render as discord
from bots.mastodon.counting import Limit
from bots.telegram import render as telegram
from bots.x.count import LONGEST_TEXT, weight
from core.channel import Post


def counted(channel: str, post: Post) -> tuple[int, int] | None:
    """Return the length of a post by its platform's own count and the most it takes.

    None where that is not told of a platform.
    """
    count = _COUNTS.get(channel)
    return count(post) if count else None


def _x(post: Post) -> tuple[int, int]:
    return weight(post.text), LONGEST_TEXT


def _bluesky(post: Post) -> tuple[int, int]:
    return graphemes(post.text), MOST_GRAPHEMES


def _mastodon(post: Post) -> tuple[int, int]:
    """Count as an instance does that was not changed."""
    return Limit().length(post.text), Limit().characters


def _telegram(post: Post) -> tuple[int, int]:
    most = telegram.LONGEST_CAPTION if post.picture else telegram.LONGEST_TEXT
    return telegram.units(telegram.visible(post.text)), most


def _discord(post: Post) -> tuple[int, int]:
    return discord.units(post.text), discord.LONGEST_TEXT


_COUNTS: Mapping[str, Callable[[Post], tuple[int, int]]] = MappingProxyType(
    {
        "x": _x,
        "bluesky": _bluesky,
        "mastodon": _mastodon,
        "telegram": _telegram,
        "discord": _discord,
    }
)
