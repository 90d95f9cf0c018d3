"""Long polling: updates are confirmed to Telegram only once they were settled."""

from __future__ import annotations

import asyncio

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bots.telegram.intake import Intake
from bots.telegram.updates import newest

log = structlog.get_logger(__name__)
# Telegram answers as soon as there is something, and after this at the latest.
LONG_POLL_SECONDS = 50
# An update that takes longer, such as a photo being read, does not hold up the others.
PATIENCE_SECONDS = 0.2
CONFIRM_SECONDS = 2
# Telegram shows no more than this from the oldest unconfirmed update on. Where all of it is
# known, others wait for what may be one throttled chat: after so many polls they wait no more.
WINDOW = 100
FULL_POLLS = 15
WANTED = (
    *("message", "edited_message", "channel_post", "callback_query", "inline_query"),
    "my_chat_member",
)


class Polling:
    """Reads updates and gives each to the intake once.

    What was not settled when the process ends is never confirmed, so Telegram sends it again,
    and with it what came after it: then somebody gets the same answer twice.
    """

    def __init__(self, bot: Bot, intake: Intake) -> None:
        """Begin where Telegram's own count is."""
        self._bot = bot
        self._intake = intake
        self._taken: dict[int, asyncio.Task[None]] = {}
        self._replaced: set[int] = set()
        self._let_go: set[int] = set()
        self._offset: int | None = None
        self._full = 0

    async def poll(self) -> None:
        """Read once what there is, or wait for something; raises TelegramError.

        Where too much is under way, wait a moment for that instead.
        """
        await self._be_patient()
        if self._intake.is_full:
            return
        offset, waits = self._position()
        updates = await self._bot.get_updates(
            offset=offset,
            timeout=0 if waits else LONG_POLL_SECONDS,
            allowed_updates=WANTED,
        )
        self._forget(offset)
        new = [update for update in updates if not self._knows(update.update_id)]
        for update in newest(new):
            self._taken[update.update_id] = self._intake.take(update)
        if new:
            self._replaced |= {update.update_id for update in new} - self._taken.keys()
            self._offset = new[-1].update_id + 1
        self._watch(full=len(updates) >= WINDOW and not new)

    async def _be_patient(self) -> None:
        if self._taken:
            await asyncio.wait(self._taken.values(), timeout=PATIENCE_SECONDS)

    def _knows(self, number: int) -> bool:
        return number in self._taken or number in self._replaced

    def _unfinished(self) -> list[int]:
        """Return the updates still under way, lowest first."""
        # What was cancelled was not settled.
        return sorted(
            number
            for number, task in self._taken.items()
            if not task.done() or task.cancelled()
        )

    def _position(self) -> tuple[int | None, bool]:
        """Return from where on to read, and whether the first there is one that we know."""
        waiting = [number for number in self._unfinished() if number not in self._let_go]
        return (waiting[0], True) if waiting else (self._offset, False)

    def _forget(self, before: int | None) -> None:
        """Forget what is confirmed by having asked for what comes after it."""
        if before is None:
            return
        for number in [number for number in self._taken if number < before]:
            if self._taken[number].done():
                del self._taken[number]
                self._let_go.discard(number)
        self._replaced = {number for number in self._replaced if number >= before}

    def _watch(self, *, full: bool) -> None:
        """Let go of all that is under way where it has long been in the way of others."""
        self._full = self._full + 1 if full else 0
        if self._full < FULL_POLLS:
            return
        in_the_way = set(self._unfinished()) - self._let_go
        self._let_go |= in_the_way
        self._full = 0
        log.warning("answers_not_waited_for", channel="telegram", updates=len(in_the_way))

    async def confirm(self) -> None:
        """Tell Telegram what was settled, so that a restart does not read it again."""
        if not self._taken:
            return
        await self._be_patient()
        try:
            async with asyncio.timeout(CONFIRM_SECONDS):
                await self._bot.get_updates(
                    offset=self._position()[0], limit=1, timeout=0, allowed_updates=WANTED
                )
        except (TelegramError, TimeoutError):
            return  # then it is read, and answered, once more
