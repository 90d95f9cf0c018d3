"""From updates to what is heard: in order within a chat, and known when it was settled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from weakref import WeakValueDictionary

import structlog
from telegram import Update

from bots.telegram.updates import chat_of
from core.channel import Heard

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many updates may be under way, and how many seconds an answer may take.

    That is longer than a photo is read and a reply is repeated: beyond it something hangs.
    """

    updates: int = 500
    answer: float = 300


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """How far one update has come."""

    handed_over: asyncio.Event = field(default_factory=asyncio.Event)
    settled: asyncio.Event = field(default_factory=asyncio.Event)

    def settle(self) -> None:
        """Take note that it was answered or given up."""
        self.handed_over.set()
        self.settled.set()


class Intake:
    """Turns updates into what is heard by `hear`, different chats side by side."""

    def __init__(
        self, hear: Callable[[Update], Awaitable[Heard | None]], bounds: Bounds | None = None
    ) -> None:
        """Begin with nothing under way."""
        self._hear = hear
        self._bounds = bounds or Bounds()
        self._heard: asyncio.Queue[tuple[Heard, Passage] | None] = asyncio.Queue()
        self._turns: WeakValueDictionary[object, asyncio.Lock] = WeakValueDictionary()
        self._under_way: dict[asyncio.Task[None], Passage] = {}
        self._closed = False

    @property
    def is_full(self) -> bool:
        """Say whether no more should be taken in until something is settled."""
        return len(self._under_way) >= self._bounds.updates

    def take(self, update: Update) -> asyncio.Task[None]:
        """Take an update in; the task is done once what it says was settled.

        It is cancelled where that did not come about before the end.
        """
        turn = self._turns.setdefault(chat_of(update), asyncio.Lock())
        passage = Passage()
        task = asyncio.create_task(self._pass_on(update, turn, passage))
        self._under_way[task] = passage
        task.add_done_callback(self._under_way.pop)
        return task

    async def _pass_on(self, update: Update, turn: asyncio.Lock, passage: Passage) -> None:
        async with turn:
            heard = await self._understood(update)
            if heard is None:
                return
            self._heard.put_nowait((replace(heard, settled=passage.settle), passage))
            # Not kept while it waits: it may hold a photo.
            del heard, update
            await passage.handed_over.wait()
        try:
            async with asyncio.timeout(self._bounds.answer):
                await passage.settled.wait()
        except TimeoutError:
            log.warning("answer_overdue", channel="telegram", seconds=self._bounds.answer)

    async def _understood(self, update: Update) -> Heard | None:
        try:
            return await self._hear(update)
        # One update must not stop all others.
        except Exception as error:
            log.error(  # noqa: TRY400 - a traceback would show what somebody wrote
                "update_not_understood", channel="telegram", reason=type(error).__name__
            )
            return None

    async def heard(self) -> AsyncIterator[Heard]:
        """Yield what is heard until it is closed; asking for the next takes the one before."""
        while (found := await self._heard.get()) is not None:
            heard, passage = found
            # While nobody says anything, the last photo must not stay in memory.
            del found
            yield heard
            del heard
            passage.handed_over.set()
        self._heard.put_nowait(None)

    def close(self) -> None:
        """End `heard`, and let go of what was not handed over; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        for task, passage in self._under_way.items():
            if not passage.handed_over.is_set():
                task.cancel()
        while not self._heard.empty():
            self._heard.get_nowait()
        self._heard.put_nowait(None)

    def let_go(self) -> None:
        """Wait no more for what is not settled yet; safe to call twice."""
        for task in self._under_way:
            task.cancel()
