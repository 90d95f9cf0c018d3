"""What the pages on posts are given: platforms, pictures, prices, who may be posted as."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from core.channel import Post
from core.model.message import Picture
from core.model.public import Card, Chart
from core.publish.voice import Voice

# The channel whose posts cost money.
PAID = "x"
Voices = Callable[[], Mapping[str, Voice]]


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a post costs, and the most a month may, in millionths of a dollar."""

    post: int
    url_post: int
    cap: int
    has_link: Callable[[str], bool]

    def price(self, text: str) -> int:
        """Return what a post of this text costs."""
        return self.url_post if self.has_link(text) else self.post


async def _as_typed(channel: str, chat: str) -> str | None:
    """Return any chat as it was typed."""
    del channel
    return chat or None


def _nothing() -> None:
    """Wake nobody."""


@dataclass(frozen=True, slots=True)
class Newsroom:
    """Everything of the platforms that the desk shows or asks; by default there are none.

    `counted` tells how long a post is to its channel and how long it may be, None where that
    is not told. `permalink` takes channel, chat and the post's name, `name_in` channel and what
    a person typed of a post. `chats` are those that an account of a channel may be, None for
    any; `chat` returns the one that was typed as the channel names it, None for none such.
    `take_in` returns what is kept of a photo or raises UnfitPhoto; where it is None no photos
    are taken. `wake` lets released posts go at once.
    """

    voices: Voices = dict
    draw: Callable[[Card | Chart, bytes | None], Picture | None] = lambda _, __: None
    take_in: Callable[[bytes], Awaitable[bytes]] | None = None
    counted: Callable[[str, Post], tuple[int, int] | None] = lambda _, __: None
    permalink: Callable[[str, str, str], str | None] = lambda _, __, ___: None
    name_in: Callable[[str, str], str] = lambda _, typed: typed.strip()
    chats: Callable[[str], tuple[str, ...] | None] = lambda _: None
    chat: Callable[[str, str], Awaitable[str | None]] = _as_typed
    tariff: Tariff | None = None
    wake: Callable[[], None] = _nothing
