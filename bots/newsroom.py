"""What the editorial desk is given of the platforms, in the running program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bots.accounts import chat_of
from bots.cards.draw import draw
from bots.cards.intake import take_in
from bots.counted import counted
from bots.failure import Failure
from bots.permalinks import name_in, permalink
from bots.registry import PLATFORMS, found
from bots.web.desk.newsroom import PAID, Newsroom, Tariff, Voices
from bots.x.count import has_link
from core.settings import SettingsError, load


def newsroom_of(voices: Voices, wake: Callable[[], None]) -> Newsroom:
    """Return what the desk knows of the platforms; raises Failure for a wrong setting.

    `wake` lets the dispatchers look at the outbox.
    """
    return Newsroom(
        voices=voices,
        draw=draw,
        take_in=take_in,
        counted=counted,
        permalink=permalink,
        name_in=name_in,
        chats=chats_of,
        chat=chat,
        tariff=tariff(),
        wake=wake,
    )


def chats_of(channel: str) -> tuple[str, ...] | None:
    """Return the chats of a channel's accounts that are set up, None where any will do."""
    platform = PLATFORMS.get(channel)
    if platform is None or not platform.accounts:
        return None
    return tuple(found(platform.accounts)(_settings(platform.settings)))


async def chat(channel: str, typed: str) -> str | None:
    """Return the chat that was typed as the channel names it, None where it has none such."""
    try:
        return await chat_of(channel, typed)
    except Failure:
        return None


def tariff() -> Tariff:
    """Return what posts cost on X."""
    prices = _settings(PLATFORMS[PAID].settings).prices
    return Tariff(prices.post, prices.url_post, prices.cap, has_link)


def _settings(place: str) -> Any:
    try:
        return load(found(place))
    except SettingsError as error:
        raise Failure(str(error)) from None
