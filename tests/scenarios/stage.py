"""The bot of a story, on a database of its own, and the clock that it goes by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.channel import Address, Inbound
from core.model.message import Message
from core.query.answer import Answer
from core.query.talk import Talk
from core.query.understand import understand
from core.store.work import Database
from core.text.translations import translator


@dataclass(slots=True)
class FixedClock:
    """A clock that stands until it is moved."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def pass_days(self, days: int) -> None:
        self.at += timedelta(days=days)


@dataclass(frozen=True)
class Stage:
    """One bot on its own database: say something in a chat, or ask as a machine would."""

    talk: Talk
    database: Database
    clock: FixedClock

    async def says(self, text: str, chat: str = "ann") -> Message:
        return await self.talk.reply(
            Inbound(Address("web", chat), text, self.clock.now(), "en")
        )

    async def asks(self, text: str, region: str | None = None) -> Answer:
        query = understand(text, self.talk.lexicon)
        return await self.talk.ask(query, translator("en"), region)
