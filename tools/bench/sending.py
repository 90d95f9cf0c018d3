"""How fast something sends: so many at a time for a while, against a platform's server."""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).parent.parent.parent
SERVER = "tools.bench.canned_server"
WARM_UP = 0.5
# Seconds and turns. In many short turns, what else the machine does meets all of them alike;
# where answers take their time, a short one would be measured by its ends.
SHORT, LONG = (0.7, 7), (2.0, 3)

# Sends the message of that number, somewhere.
Send = Callable[[int], Awaitable[object]]


class NothingKept:
    """Buttons are not sent here."""

    async def keep(self, says: str) -> str:
        """Return it as it is."""
        return says

    async def find(self, key: str) -> str | None:
        """Return None."""
        del key
        return None


@contextmanager
def a_platform(name: str, delay: float, limit: int = 0) -> Iterator[dict[str, Any]]:
    """Run a platform in a process of its own and give what it says of itself.

    It answers after `delay` ms, and the same to everybody: a server that looks at what it is
    asked is slower than whoever asks. Where there is a `limit`, it refuses what is more in a
    second.
    """
    asked = ["--delay", str(delay), "--limit", str(limit)]
    command = [sys.executable, "-m", SERVER, name, *asked]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout  # noqa: S101 - for the type checker
            yield json.loads(server.stdout.readline())
        finally:
            server.kill()


async def rates(senders: Mapping[str, Send], at_once: int, delay: float) -> dict[str, float]:
    """Return how many a second each of them sends, taken in turns, as the median.

    They are answered after `delay` ms.
    """
    seconds, rounds = LONG if delay else SHORT
    found: dict[str, list[float]] = {name: [] for name in senders}
    for send in senders.values():
        await _rate(send, at_once, WARM_UP)
    for _ in range(rounds):
        for name, send in senders.items():
            found[name].append(await _rate(send, at_once, seconds))
    return {name: statistics.median(times) for name, times in found.items()}


async def _rate(send: Send, at_once: int, seconds: float) -> float:
    started = perf_counter()
    sent = 0

    async def keep_sending(first: int) -> None:
        nonlocal sent
        number = first
        while perf_counter() - started < seconds:
            await send(number)
            number += at_once
            sent += 1

    await asyncio.gather(*(keep_sending(first) for first in range(at_once)))
    return sent / (perf_counter() - started)
