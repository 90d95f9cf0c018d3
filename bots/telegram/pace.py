"""How fast we may write: Telegram's limits as a pure schedule, and who waits for them."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from math import inf

from core.channel import TryLater

# Where clocks differ, a limit kept to the last thousandth is a limit broken.
SLACK = 1.02
# Chats that nothing was sent to for long are forgotten when there are this many.
MOST_CHATS = 10_000


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` messages within any `seconds`."""

    count: int
    seconds: float

    @property
    def none(self) -> bool:
        """Say whether nothing is limited."""
        return self.seconds <= 0


def smoothly(a_second: float) -> Limit:
    """Return the limit of so many messages a second, counted over a third of one.

    On their way some are late and meet those behind them; the fewer come at once, the less
    that matters.
    """
    count = max(1, int(a_second // 3))
    return Limit(count, count / a_second)


OVERALL = smoothly(30)


@dataclass(frozen=True, slots=True)
class Limits:
    """What Telegram names: overall, in one chat, and in one group.

    A chat takes one message a second, and short bursts of more; we count over two seconds.
    How short is *unverified*, as is that edits count.
    """

    overall: Limit = OVERALL
    chat: Limit = Limit(2, 2)
    group: Limit = Limit(20, 60)


UNLIMITED = Limits(Limit(1, 0), Limit(1, 0), Limit(1, 0))


@dataclass(slots=True)
class Window:
    """When the last messages under one limit were sent."""

    limit: Limit
    sent: deque[float] = field(default_factory=deque)

    def free_at(self, now: float) -> float:
        """Return from when on one more is allowed; -inf where it is at once."""
        while self.sent and self.sent[0] + self.limit.seconds * SLACK <= now:
            self.sent.popleft()
        if len(self.sent) < self.limit.count:
            return -inf
        return self.sent[-self.limit.count] + self.limit.seconds * SLACK

    def take(self, now: float) -> None:
        """Count one message."""
        if not self.limit.none:
            self.sent.append(now)


@dataclass(slots=True)
class Timetable:
    """When a message may go to a chat; pure: the time comes in, in seconds of any clock."""

    limits: Limits = field(default_factory=Limits)
    _overall: Window = field(init=False)
    _chats: dict[int, tuple[Window, ...]] = field(default_factory=dict)
    _halts: dict[int, float] = field(default_factory=dict)
    _all_halted: float = -inf

    def __post_init__(self) -> None:
        """Begin with nothing sent."""
        self._overall = Window(self.limits.overall)

    def all_free_at(self, now: float) -> float:
        """Return from when on anything may be sent at all."""
        return max(self._all_halted, self._overall.free_at(now))

    def free_at(self, chat: int, now: float) -> float:
        """Return from when on one more message may go to this chat, as things are."""
        windows = self._chats.get(chat, ())
        halted = self._halts.get(chat, -inf)
        return max(
            self.all_free_at(now), halted, *(window.free_at(now) for window in windows), -inf
        )

    def take(self, chat: int, now: float) -> None:
        """Count a message to this chat."""
        self._overall.take(now)
        if chat not in self._chats:
            self._forget(now)
            kinds = (self.limits.chat, self.limits.group) if chat < 0 else (self.limits.chat,)
            self._chats[chat] = tuple(Window(limit) for limit in kinds)
        for window in self._chats[chat]:
            window.take(now)

    def halt(self, chat: int, until: float, now: float) -> None:
        """Send nothing there until then: Telegram said so.

        It does not say whether the chat or the bot is meant (*unverified*). So the chat waits,
        and once a second chat is refused while the first is waiting, everything does.
        """
        self._halts = {one: end for one, end in self._halts.items() if end > now}
        if self._halts.keys() - {chat}:
            self._all_halted = max(self._all_halted, until, *self._halts.values())
        self._halts[chat] = max(until, self._halts.get(chat, -inf))

    def _forget(self, now: float) -> None:
        if len(self._chats) < MOST_CHATS:
            return
        for windows in self._chats.values():
            for window in windows:
                window.free_at(now)
        self._chats = {
            chat: windows
            for chat, windows in self._chats.items()
            if any(window.sent for window in windows)
        }


@dataclass(slots=True)
class _Waiting:
    chat: int
    turn: asyncio.Future[None]


class Pace:
    """Lets everybody wait for their turn, replies before anything else."""

    def __init__(
        self,
        limits: Limits | None = None,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Keep to `limits`; `clock` and `sleep` count in seconds."""
        self._timetable = Timetable(limits or Limits())
        self._clock = clock or (lambda: asyncio.get_running_loop().time())
        self._sleep = sleep
        self._queues: tuple[deque[_Waiting], deque[_Waiting]] = (deque(), deque())
        self._server: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()

    def wait(self, chat: int) -> float:
        """Return for how many seconds a message to this chat would wait at least."""
        now = self._clock()
        return max(0.0, self._timetable.free_at(chat, now) - now)

    async def turn(self, chat: int, *, reply: bool) -> None:
        """Return when one message may go to this chat, and count it; TryLater when closed."""
        if self.at_once(chat):
            return
        waiting = _Waiting(chat, asyncio.get_running_loop().create_future())
        self._queues[0 if reply else 1].append(waiting)
        self._serve()
        if waiting.turn.done():
            return
        self._changed.set()
        if self._server is None or self._server.done():
            self._server = asyncio.create_task(self._serve_all())
        await waiting.turn

    def at_once(self, chat: int) -> bool:
        """Say whether a message may go this moment, and count it then."""
        now = self._clock()
        if self._queues[0] or self._queues[1]:
            return False
        if self._timetable.free_at(chat, now) > now:
            return False
        self._timetable.take(chat, now)
        return True

    def halt(self, chat: int, seconds: float) -> None:
        """Send nothing to this chat for so long."""
        now = self._clock()
        self._timetable.halt(chat, now + seconds, now)
        self._changed.set()

    async def close(self) -> None:
        """Let go of everybody who waits: they get TryLater."""
        for waiting in itertools.chain(*self._queues):
            if not waiting.turn.done():
                waiting.turn.set_exception(TryLater())
        if self._server is not None:
            self._server.cancel()
            await asyncio.gather(self._server, return_exceptions=True)

    async def _serve_all(self) -> None:
        while (next_at := self._serve()) < inf:
            self._changed.clear()
            pause = asyncio.ensure_future(self._sleep(max(0.0, next_at - self._clock())))
            change = asyncio.ensure_future(self._changed.wait())
            try:
                await asyncio.wait({pause, change}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                pause.cancel()
                change.cancel()

    def _serve(self) -> float:
        """Give everybody their turn whose time has come; return when the next one's comes."""
        return min(self._serve_queue(queue) for queue in self._queues)

    def _serve_queue(self, queue: deque[_Waiting]) -> float:
        next_at, passed_over = inf, deque[_Waiting]()
        now = self._clock()
        while queue:
            if (free_at := self._timetable.all_free_at(now)) > now:
                next_at = min(next_at, free_at)
                break
            waiting = queue.popleft()
            if waiting.turn.done():
                continue
            free_at = self._timetable.free_at(waiting.chat, now)
            if free_at > now:
                next_at = min(next_at, free_at)
                passed_over.append(waiting)
                continue
            self._timetable.take(waiting.chat, now)
            waiting.turn.set_result(None)
        queue.extendleft(reversed(passed_over))
        return next_at
