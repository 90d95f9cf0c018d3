"""Who looks after a group: asked of Telegram, and believed for a minute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from telegram import Bot
from telegram.constants import ChatMemberStatus
from telegram.error import TelegramError

BELIEVED_FOR = timedelta(minutes=1)
MOST_KNOWN = 1_000
_IN_CHARGE = frozenset({ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR})


class Admins:
    """Knows the administrators of every group that we were asked in lately."""

    def __init__(self, bot: Bot, now: Callable[[], datetime]) -> None:
        """Ask through `bot`; `now` tells the time in UTC."""
        self._bot = bot
        self._now = now
        self._known: dict[tuple[int, int], tuple[datetime, bool]] = {}

    async def has(self, chat: int, user: int) -> bool:
        """Say whether somebody is an administrator; False where Telegram does not tell."""
        now = self._now()
        asked = self._known.get((chat, user))
        if asked and now - asked[0] < BELIEVED_FOR:
            return asked[1]
        try:
            member = await self._bot.get_chat_member(chat, user)
        except TelegramError:
            return False
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[chat, user] = now, member.status in _IN_CHARGE
        return member.status in _IN_CHARGE
