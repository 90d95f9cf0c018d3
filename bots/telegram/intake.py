"""From updates to what is heard: in order within a chat, and known when it was handed over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from weakref import WeakValueDictionary

import structlog
from telegram import Update

from bots.telegram.updates import chat_of
from core.channel import Heard

log = structlog.get_logger(__name__)


class Intake:
    """Turns updates into what is heard by `hear`, different chats side by side."""

    def __init__(self, hear: Callable[[Update], Awaitable[Heard | None]]) -> None:
        """Begin with nothing under way."""
        self._hear = hear
        self._heard: asyncio.Queue[tuple[Heard, asyncio.Event] | None] = asyncio.Queue()
        self._turns: WeakValueDictionary[object, asyncio.Lock] = WeakValueDictionary()
        self._under_way: dict[asyncio.Task[None], asyncio.Event] = {}
        self._closed = False

    def take(self, update: Update) -> asyncio.Task[None]:
        """Take an update in; the task is done once what it says was handed over."""
        turn = self._turns.setdefault(chat_of(update), asyncio.Lock())
        handed_over = asyncio.Event()
        task = asyncio.create_task(self._pass_on(update, turn, handed_over))
        self._under_way[task] = handed_over
        task.add_done_callback(self._under_way.pop)
        return task

    async def _pass_on(
        self, update: Update, turn: asyncio.Lock, handed_over: asyncio.Event
    ) -> None:
        async with turn:
            try:
                heard = await self._hear(update)
            # One update must not stop all others.
            except Exception as error:
                log.error(  # noqa: TRY400 - a traceback would show what somebody wrote
                    "update_not_understood", channel="telegram", reason=type(error).__name__
                )
                return
            if heard is not None:
                self._heard.put_nowait((heard, handed_over))
                # Not kept while it waits: it may hold a photo.
                del heard, update
                await handed_over.wait()

    async def heard(self) -> AsyncIterator[Heard]:
        """Yield what is heard until it is closed; asking for the next takes the one before."""
        while (found := await self._heard.get()) is not None:
            heard, handed_over = found
            # While nobody says anything, the last photo must not stay in memory.
            del found
            yield heard
            del heard
            handed_over.set()
        self._heard.put_nowait(None)

    def close(self) -> None:
        """End `heard`, and let go of what was not handed over; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        for task, handed_over in self._under_way.items():
            if not handed_over.is_set():
                task.cancel()
        while not self._heard.empty():
            self._heard.get_nowait()
        self._heard.put_nowait(None)
