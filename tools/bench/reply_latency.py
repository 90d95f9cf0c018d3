"""How long fifty people in conversation wait for their answers, in process."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from bots.app import open_database, open_talk, serve
from bots.telegram.pace import Limits, smoothly
from bots.telegram.render import fits, render
from core.alert.dispatch import Pipe
from core.channel import (
    Address,
    Capabilities,
    Channel,
    Heard,
    Inbound,
    Markup,
    Post,
    Receipt,
)
from core.model.delivery import State
from core.model.message import Message
from core.settings import Settings
from tools.bench.broadcast import a_broadcast
from tools.bench.dispatch import a_channel
from tools.bench.result import Result, percentile
from tools.bench.sending import a_platform

CHATS = 50
TURNS = (
    "Anker A1263", "ankr A1268", "INIU BI-B41", "000G211234567", "I have this", "/mine",
    "Casely E33A", "how do I claim", "IKEA CALYPSO 1820", "yes", "/why", "what do I have",
    "/alerts", "hello", "Anker A1647",
)  # fmt: skip
ROUNDS = 2
# Seconds that somebody needs at least to read an answer and to type.
READING = 1.0
# Beside them so many are told of a recall; the platform answers after so many ms.
BROADCAST, PLATFORM_MS = 100_000, 50
# Posts a second of any bot at Telegram, and of one that pays. Fifty people who read for
# a second ask more than thirty times a second: there only our own share is measured.
ORDINARY, PAID = 30, 1_000


class Crowd:
    """People in memory: each asks, reads the answer for about so long, and asks again."""

    kind = "crowd"
    capabilities = Capabilities(fits=fits, markup=Markup.HTML, max_buttons=100)

    def __init__(self, chats: int, reading: float, through: Channel | None = None) -> None:
        """Everybody begins with the same question, at once where nothing is read.

        Answers go `through` a platform's channel, where there is one.
        """
        self._through = through
        self._reading = reading
        self._chance = random.Random(50)  # noqa: S311 - invented people
        self._said: asyncio.Queue[Heard | None] = asyncio.Queue()
        self._left = {str(number): iter(TURNS * ROUNDS) for number in range(chats)}
        self._asked: dict[str, float] = {}
        self.times: list[float] = []
        for chat in list(self._left):
            self._ask_later(chat)

    def _ask_later(self, chat: str) -> None:
        pause = self._reading * self._chance.uniform(0.5, 1.5)
        asyncio.get_running_loop().call_later(pause, self._ask, chat)

    def _ask(self, chat: str) -> None:
        text = next(self._left[chat], None)
        if text is None:
            del self._left[chat]
            if not self._left:
                self._said.put_nowait(None)
            return
        self._asked[chat] = perf_counter()
        at = datetime.now(UTC)  # noqa: TID251 - the real time
        self._said.put_nowait(Inbound(Address(self.kind, chat), text, at, "en"))

    def render(self, message: Message) -> tuple[Post, ...]:
        """Return what Telegram would get."""
        return render(message)

    async def send(
        self, post: Post, to: Address, *, key: str, reply_to: str | None = None
    ) -> Receipt:
        """Take the time, and ask the next question once the last post is there."""
        del reply_to
        if self._through is not None:
            there = Address("telegram", to.chat)
            await self._through.send(Post(post.text), there, key=key)
        if to.chat in self._asked:
            self.times.append((perf_counter() - self._asked.pop(to.chat)) * 1000)
            self._ask_later(to.chat)
        return Receipt(key, to)

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Do nothing."""
        del post
        return receipt

    async def find(self, key: str, to: Address, post: Post) -> Receipt | None:
        """Return None."""
        del key, to, post
        return None

    async def listen(self) -> AsyncIterator[Heard]:
        """Yield questions until nobody has one."""
        while (heard := await self._said.get()) is not None:
            yield heard

    async def close(self) -> None:
        """Do nothing."""


def reply_latency() -> Iterator[Result]:
    """Yield p50 and p99 of an answer; the floor is an answer to somebody who is alone.

    Where nobody reads, all fifty wait for each other without end: that says how many answers a
    second there are.
    """
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite:///{Path(folder) / 'bench.db'}")
        _, alone = asyncio.run(_measured(settings, 1, 0))
        _, times = asyncio.run(_measured(settings, CHATS, READING))
        seconds, crowded = asyncio.run(_measured(settings, CHATS, 0))
    name = f"reply_latency, {CHATS} chats"
    for label, share, aim in (("p50", 0.5, ""), ("p99", 0.99, "value<=250")):
        floor = percentile(alone, share)
        yield Result(f"{name}, {label}", percentile(times, share), "ms", floor, aim)
    for label, share in (("p50", 0.5), ("p99", 0.99)):
        yield Result(f"{name} that never pause, {label}", percentile(crowded, share), "ms")
    yield Result(f"{name} that never pause, answers", len(crowded) / seconds, "/s")
    yield from _busy()


def _busy() -> Iterator[Result]:
    """Yield how long they wait while a broadcast goes out over the same channel."""
    for a_second in (ORDINARY, PAID):
        with (
            tempfile.TemporaryDirectory() as folder,
            a_platform("telegram", PLATFORM_MS, a_second) as told,
        ):
            times, sent = asyncio.run(_beside_a_broadcast(Path(folder), told, a_second))
        name = f"reply_latency, {CHATS} chats while {BROADCAST} are told, {a_second} a second"
        yield Result(f"{name}, p50", percentile(times, 0.5), "ms")
        yield Result(f"{name}, p99", percentile(times, 0.99), "ms", None, "value<=250")
        yield Result(f"{name}, told meanwhile", sent, "/s")


async def _beside_a_broadcast(
    folder: Path, told: dict[str, Any], a_second: int
) -> tuple[list[float], float]:
    async with a_broadcast(folder, BROADCAST) as broadcast, AsyncExitStack() as stack:
        channel = a_channel(stack, told, Limits(smoothly(a_second)))
        settings = Settings(database_url="sqlite:///unused")
        talk = stack.enter_context(closing(await open_talk(broadcast.database, settings)))
        await broadcast.plan(BROADCAST)
        stopping = asyncio.Event()
        crowd = Crowd(CHATS, READING, channel if a_second == PAID else None)
        sending = asyncio.create_task(broadcast.dispatcher(channel, Pipe()).run(stopping))
        started = perf_counter()
        await serve([crowd], talk)
        seconds = perf_counter() - started
        stopping.set()
        await sending
        return crowd.times, (await broadcast.states()).get(State.SENT, 0) / seconds


async def _measured(
    settings: Settings, chats: int, reading: float
) -> tuple[float, list[float]]:
    database = await open_database(settings)
    with closing(await open_talk(database, settings)) as talk:
        crowd = Crowd(chats, reading)
        started = perf_counter()
        await serve([crowd], talk)
        seconds = perf_counter() - started
    await database.close()
    return seconds, crowd.times
