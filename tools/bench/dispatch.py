"""Sends a broadcast through the outbox, beside the same channel without a ledger."""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from bots.surroundings import Surroundings
from bots.telegram.channel import Telegram
from bots.telegram.pace import UNLIMITED, Limits, smoothly
from bots.telegram.settings import TelegramSettings
from core.alert.dispatch import Pipe
from core.channel import Address, Post
from tools.bench.broadcast import Broadcast, Nowhere, a_broadcast
from tools.bench.result import Result
from tools.bench.sending import ROOT, NothingKept, a_platform

AT_ONCE = 50
ROUNDS = 5
# (answers after ms, posts in a turn, aim)
CASES = ((50, 6_000, "ratio>=0.95"), (0, 6_000, "ratio>=0.6"))
# (posts a second, seconds)
LIMITS = ((30, 20), (1_000, 60))
DRAINS = (10_000, 50_000, 100_000)
REAL = 1_158_000


def dispatch() -> Iterator[Result]:
    """Yield posts a second and memory.

    The floor sends the same post over the same channel, as many at once.
    """
    yield from asyncio.run(_compared())
    yield from _drained()


async def _compared() -> list[Result]:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        async with a_broadcast(Path(folder), LIMITS[-1][0] * LIMITS[-1][1]) as broadcast:
            post = await _the_post(broadcast)
            for delay, many, aim in CASES:
                with a_platform("telegram", delay) as told:
                    case = Case(broadcast, told, post, many)
                    ours, bare = await case.measured()
                name = f"dispatch, answered after {delay} ms, {AT_ONCE} in flight"
                found.append(Result(name, ours, "/s", bare, aim))
            for limit, seconds in LIMITS:
                with a_platform("telegram", 50, limit) as told:
                    case = Case(broadcast, told, post, limit * seconds)
                    rate = await case.limited(limit)
                name = f"dispatch, at most {limit} a second"
                found.append(Result(name, rate, "/s", limit, "ratio>=0.97"))
    return found


async def _the_post(broadcast: Broadcast) -> Post:
    nowhere = Nowhere()
    await broadcast.plan(1)
    await broadcast.dispatcher(nowhere, Pipe()).drain()
    return nowhere.last


@dataclass(frozen=True, slots=True)
class Case:
    """One platform to send so many posts to, with and without a ledger."""

    broadcast: Broadcast
    told: dict[str, Any]
    post: Post
    many: int

    async def measured(self) -> tuple[float, float]:
        """Return the posts a second of both, taken in turns, as the median."""
        ours: list[float] = []
        bare: list[float] = []
        async with AsyncExitStack() as stack:
            channel = a_channel(stack, self.told, UNLIMITED)
            await _rate(lambda: self._bare(channel), self.many)
            for _ in range(ROUNDS):
                bare.append(await _rate(lambda: self._bare(channel), self.many))
                ours.append(await self._ours(channel))
        return statistics.median(ours), statistics.median(bare)

    async def limited(self, limit: int) -> float:
        """Return the posts a second while the channel keeps to that limit."""
        async with AsyncExitStack() as stack:
            channel = a_channel(stack, self.told, Limits(smoothly(limit)))
            # Fifty under way, each for 50 ms and a little, would be a limit of their own.
            return await self._ours(channel, Pipe())

    async def _ours(self, channel: Telegram, pipe: Pipe | None = None) -> float:
        await self.broadcast.plan(self.many)
        before = (await self.broadcast.states()).get(4, 0)
        sender = self.broadcast.dispatcher(channel, pipe or Pipe(width=AT_ONCE))
        rate = await _rate(sender.drain, self.many)
        sent = (await self.broadcast.states()).get(4, 0) - before
        if sent != self.many:
            raise RuntimeError(f"{sent} of {self.many} were sent")
        return rate

    async def _bare(self, channel: Telegram) -> None:
        numbers = iter(range(1000, 1000 + self.many))

        async def keep_sending() -> None:
            for number in numbers:
                to = Address("telegram", str(number))
                await channel.send(self.post, to, key=str(number))

        await asyncio.gather(*(keep_sending() for _ in range(AT_ONCE)))


def a_channel(stack: AsyncExitStack, told: dict[str, Any], limits: Limits) -> Telegram:
    """Return our Telegram channel at that platform, closed with the stack."""
    around = Surroundings(lambda: datetime.now(UTC), NothingKept(), lambda *_: ())  # noqa: TID251 - the real time
    given = {"token": told["token"], "api_url": told["url"]}
    channel = Telegram(TelegramSettings.model_validate(given), around, limits)
    stack.push_async_callback(channel.close)
    return channel


async def _rate(doing: Callable[[], Awaitable[None]], many: int) -> float:
    started = perf_counter()
    await doing()
    return many / (perf_counter() - started)


def _drained() -> Iterator[Result]:
    """Yield what a process needs while it drains many deliveries, each size by itself."""
    peaks: dict[int, float] = {}
    for many in DRAINS:
        command = [sys.executable, "-m", "tools.bench.drain_alone", str(many)]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        told = json.loads(done.stdout)
        peaks[many] = told["peak"]
        name = f"dispatch, memory while {many} are drained"
        aim = "ratio<=1.1" if many == DRAINS[-1] else ""
        yield Result(name, peaks[many], "MB", peaks[DRAINS[0]], aim)
        yield Result(f"dispatch, ledger alone, {many}", told["rate"], "/s")
    slope = (peaks[DRAINS[-1]] - peaks[DRAINS[0]]) / (DRAINS[-1] - DRAINS[0])
    whole = peaks[DRAINS[-1]] + max(0.0, slope) * (REAL - DRAINS[-1])
    yield Result(f"dispatch, memory extrapolated to {REAL}", whole, "MB", None, "value<=300")
