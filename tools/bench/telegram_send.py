"""Sends through our Telegram channel, beside the bare library and bare aiohttp."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

import aiohttp
from telegram import Bot
from telegram.request import HTTPXRequest

from bots.surroundings import Surroundings
from bots.telegram.channel import Telegram
from bots.telegram.pace import UNLIMITED
from bots.telegram.settings import TelegramSettings
from core.channel import Address, Post
from tools.bench.result import Result
from tools.bench.sending import NothingKept, Send, a_platform, rates

TEXT = "Product safety recall: stop using it and keep it away from anything that can burn."
PEOPLE = 200
CASES = ((0, 1), (0, 32), (0, 128), (100, 1), (100, 32), (100, 128))
AIMED = {32, 128}
FASTEST = (100, 128)


def telegram_send() -> Iterator[Result]:
    """Yield sends a second, over the bare library and over bare aiohttp.

    The server answers at once, or after 100 ms; it takes turns with us on the same processors.
    """
    for delay, at_once in CASES:
        with a_platform("telegram", delay) as told:
            found = asyncio.run(_measured(told, at_once, delay))
        name = f"telegram_send, answered after {delay} ms, {at_once} in flight"
        aim = "ratio>=0.55" if at_once in AIMED else ""
        yield Result(f"{name}, over aiohttp", found["ours"], "/s", found["aiohttp"], aim)
        yield Result(f"{name}, over the library", found["ours"], "/s", found["library"])
        if (delay, at_once) == FASTEST:
            yield Result(f"{name}, in all", found["ours"], "/s", None, "value>=1000")


async def _measured(told: dict[str, Any], at_once: int, delay: int) -> dict[str, float]:
    async with AsyncExitStack() as stack:
        senders = {
            "ours": _ours(stack, told),
            "aiohttp": await _bare(stack, told),
            "library": await _library(stack, told),
        }
        return await rates(senders, at_once, delay)


def _person(number: int) -> int:
    return 100_000 + number % PEOPLE


def _ours(stack: AsyncExitStack, told: dict[str, Any]) -> Send:
    around = Surroundings(lambda: datetime.now(UTC), NothingKept(), lambda *_: ())  # noqa: TID251 - the real time
    settings = TelegramSettings.model_validate({"token": told["token"], "api_url": told["url"]})
    channel = Telegram(settings, around, UNLIMITED)
    stack.push_async_callback(channel.close)

    post = Post(TEXT)

    async def send(number: int) -> None:
        to = Address("telegram", str(_person(number)))
        await channel.send(post, to, key=str(number))

    return send


async def _bare(stack: AsyncExitStack, told: dict[str, Any]) -> Send:
    connector = aiohttp.TCPConnector(limit=0)
    session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
    url = f"{told['url']}/bot{told['token']}/sendMessage"

    async def send(number: int) -> None:
        given = {"chat_id": _person(number), "text": TEXT, "parse_mode": "HTML"}
        async with session.post(url, json=given) as response:
            await response.json()

    return send


async def _library(stack: AsyncExitStack, told: dict[str, Any]) -> Send:
    request = HTTPXRequest(connection_pool_size=256, pool_timeout=60, read_timeout=60)
    bot = Bot(told["token"], f"{told['url']}/bot", request=request)
    await bot.initialize()
    stack.push_async_callback(bot.shutdown)

    async def send(number: int) -> None:
        await bot.send_message(_person(number), TEXT, parse_mode="HTML")

    return send
