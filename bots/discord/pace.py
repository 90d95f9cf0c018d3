"""How fast we may ask Discord: fifty requests a second in all, replies before anything else.

The limits of single routes are kept by discord.py, which reads them off every answer.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from core.channel import TryLater

# Where clocks differ, a limit kept to the last thousandth is a limit broken.
SECOND = 1.02


class Pace:
    """Lets everybody wait for their turn; the time is in seconds of `clock`."""

    def __init__(
        self,
        most: int = 50,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Let `most` pass within any second."""
        self._clock = clock or (lambda: asyncio.get_running_loop().time())
        self._sleep = sleep
        self._passed: deque[float] = deque(maxlen=most)
        self._queues: tuple[deque[asyncio.Future[None]], ...] = (deque(), deque())
        self._server: asyncio.Task[None] | None = None
        self._closed = False

    async def turn(self, *, reply: bool) -> None:
        """Return when one more request may be made; raises TryLater when closed."""
        if self._closed:
            raise TryLater
        if self._free_in() <= 0 and not any(self._queues):
            self._passed.append(self._clock())
            return
        waiting = asyncio.get_running_loop().create_future()
        self._queues[0 if reply else 1].append(waiting)
        if self._server is None or self._server.done():
            self._server = asyncio.create_task(self._serve())
        await waiting

    def _free_in(self) -> float:
        """Return for how many seconds the next request has to wait."""
        if len(self._passed) < (self._passed.maxlen or 0):
            return 0
        return self._passed[0] + SECOND - self._clock()

    async def _serve(self) -> None:
        while queue := next(filter(None, self._queues), None):
            if (pause := self._free_in()) > 0:
                await self._sleep(pause)
                continue
            waiting = queue.popleft()
            # Who gave up waiting takes no turn.
            if not waiting.done():
                self._passed.append(self._clock())
                waiting.set_result(None)

    async def close(self) -> None:
        """Let go of everybody who waits: they get TryLater."""
        self._closed = True
        for queue in self._queues:
            for waiting in queue:
                if not waiting.done():
                    waiting.set_exception(TryLater())
            queue.clear()
        if self._server is not None:
            self._server.cancel()
            await asyncio.gather(self._server, return_exceptions=True)
