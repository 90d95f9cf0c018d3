"""Long polling: updates are confirmed to Telegram only once they were handed over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from telegram import Bot, Update
from telegram.error import TelegramError

from bots.telegram.updates import newest

# Telegram answers as soon as there is something, and after this at the latest.
LONG_POLL_SECONDS = 50
# An update that takes longer, such as a photo being fetched, does not hold up the others.
PATIENCE_SECONDS = 0.5
CONFIRM_SECONDS = 2
WANTED = (
    *("message", "edited_message", "channel_post", "callback_query", "inline_query"),
    "my_chat_member",
)


class Polling:
    """Reads updates and gives each to `take` once, which returns when it was handed over.

    What was not handed over when the process ends is never confirmed, so Telegram sends it
    again. A crash between handing over and the next poll can make one come twice: then
    somebody gets the same answer twice.
    """

    def __init__(self, bot: Bot, take: Callable[[Update], asyncio.Task[None]]) -> None:
        """Begin where Telegram's own count is."""
        self._bot = bot
        self._take = take
        self._taken: dict[int, asyncio.Task[None]] = {}
        self._replaced: set[int] = set()
        self._offset: int | None = None

    async def poll(self) -> None:
        """Read once what there is, or wait for something; raises TelegramError."""
        if self._taken:
            await asyncio.wait(self._taken.values(), timeout=PATIENCE_SECONDS)
        unfinished = self._unfinished()
        updates = await self._bot.get_updates(
            offset=unfinished[0] if unfinished else self._offset,
            timeout=0 if unfinished else LONG_POLL_SECONDS,
            allowed_updates=WANTED,
        )
        known = self._taken.keys() | self._replaced
        new = [update for update in updates if update.update_id not in known]
        for update in newest(new):
            self._taken[update.update_id] = self._take(update)
        if new:
            self._replaced |= {update.update_id for update in new} - self._taken.keys()
            self._offset = new[-1].update_id + 1

    def _unfinished(self) -> list[int]:
        """Return the updates still under way, lowest first; forget all where there is none."""
        # What was cancelled was not handed over.
        found = sorted(
            number
            for number, task in self._taken.items()
            if not task.done() or task.cancelled()
        )
        if not found:
            self._taken.clear()
            self._replaced.clear()
        return found

    async def confirm(self) -> None:
        """Tell Telegram what was handed over, so that a restart does not read it again."""
        if not self._taken:
            return
        await asyncio.wait(self._taken.values(), timeout=PATIENCE_SECONDS)
        unfinished = self._unfinished()
        offset = unfinished[0] if unfinished else self._offset
        try:
            async with asyncio.timeout(CONFIRM_SECONDS):
                await self._bot.get_updates(
                    offset=offset, limit=1, timeout=0, allowed_updates=WANTED
                )
        except (TelegramError, TimeoutError):
            return  # then it is read, and answered, once more
