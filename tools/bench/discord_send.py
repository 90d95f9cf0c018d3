"""Sends through our Discord channel, beside discord.py's own HTTP client."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

from discord import AllowedMentions, Client, Intents
from discord.http import Route, handle_message_parameters

from bots.discord.channel import Discord
from bots.discord.layout import laid
from bots.discord.settings import DiscordSettings
from bots.surroundings import Surroundings
from core.channel import Address, Post
from tools.bench.result import Result
from tools.bench.sending import NothingKept, Send, a_platform, rates

TEXT = (
    "## Product safety recall\n\n**Stop using it and keep it away from anything that burns.**"
)
CHANNELS = 200
# As many as the setting takes: more than the server answers.
UNLIMITED = 1_000_000
CASES = ((0, 1), (0, 32), (0, 128), (100, 1), (100, 32), (100, 128))
AIMED = {32, 128}


def discord_send() -> Iterator[Result]:
    """Yield sends a second, over the bare library sending the same layouts."""
    before = Route.BASE
    try:
        for delay, at_once in CASES:
            with a_platform("discord", delay) as told:
                Route.BASE = told["url"]
                found = asyncio.run(_measured(told, at_once, delay))
            name = f"discord_send, answered after {delay} ms, {at_once} in flight"
            aim = "ratio>=0.9" if at_once in AIMED else ""
            yield Result(f"{name}, over the library", found["ours"], "/s", found["bare"], aim)
    finally:
        Route.BASE = before


async def _measured(told: dict[str, Any], at_once: int, delay: int) -> dict[str, float]:
    async with AsyncExitStack() as stack:
        senders = {"ours": _ours(stack, told), "bare": await _bare(stack, told)}
        return await rates(senders, at_once, delay)


def _room(number: int) -> int:
    return 100_000 + number % CHANNELS


def _ours(stack: AsyncExitStack, told: dict[str, Any]) -> Send:
    around = Surroundings(lambda: datetime.now(UTC), NothingKept(), lambda *_: ())  # noqa: TID251 - the real time
    # Beyond what the setting lets in: here the channel is measured, not the patience of it.
    settings = DiscordSettings.model_construct(
        token=DiscordSettings.model_validate({"token": told["token"]}).token,
        requests_per_second=UNLIMITED,
    )
    channel = Discord(settings, around)
    stack.push_async_callback(channel.close)

    post = Post(TEXT)

    async def send(number: int) -> None:
        to = Address("discord", f"channel:{_room(number)}")
        await channel.send(post, to, key=str(number))

    return send


async def _bare(stack: AsyncExitStack, told: dict[str, Any]) -> Send:
    client = await stack.enter_async_context(Client(intents=Intents.none()))
    await client.login(told["token"])
    view = (await laid(Post(TEXT), NothingKept())).view
    nobody = AllowedMentions.none()

    async def send(number: int) -> None:
        with handle_message_parameters(
            view=view, nonce=f"bare {number}", allowed_mentions=nobody
        ) as parameters:
            await client.http.send_message(_room(number), params=parameters)

    return send
