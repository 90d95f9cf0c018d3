"""What becomes of a delivery whose sending failed: written down, moved, or tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.alert.backoff import Again, Move, Settle, Tried, after
from core.channel import Address, AddressGone, DeliveryError, PostRejected, Receipt, TryLater
from core.clock import Clock
from core.model.delivery import Because, State
from core.model.outbox import PARTS, Claimed, Outcome
from core.store import chats, outbox
from core.store.work import Database

MOST_SAID = 80


class Stopped(Exception):  # noqa: N818 - it carries the platform's error, and is none itself
    """Sending ended with an error after so many parts, `first` the first one sent just now.

    `harmless`: doing the same again changes nothing. `doubtful`: something may have arrived.
    """

    def __init__(
        self,
        error: DeliveryError,
        parts: int = 0,
        first: Receipt | None = None,
        *,
        harmless: bool = False,
        doubtful: bool = False,
    ) -> None:
        """Keep the error and how far it came."""
        super().__init__(str(error))
        self.error = error
        self.parts = parts
        self.first = first
        self.harmless = harmless
        self.doubtful = doubtful


@dataclass(frozen=True, slots=True)
class Aftermath:
    """Says what becomes of failed deliveries of one channel."""

    database: Database
    clock: Clock

    async def of(self, claimed: Claimed, stopped: Stopped) -> Outcome:
        """Return what became of it, after noting that its chat is gone or moved."""
        now = self.clock.now()
        tried = Tried(
            claimed.attempts,
            claimed.since,
            now,
            claimed.key,
            direct=claimed.subscriber is not None,
            harmless=stopped.harmless,
            doubtful=claimed.doubtful,
        )
        first = stopped.first.id if stopped.first else None
        match after(stopped.error, tried):
            case Settle(State.GONE, because):
                await self._note_gone(claimed, now)
                return claimed.became(State.GONE, with_words(because, stopped.error))
            case Settle(state, because):
                return claimed.became(state, with_words(because, stopped.error), message=first)
            case Move(to, at):
                return await self._moved(claimed, to, at)
            case Again(at, because):
                why = with_words(because, stopped.error)
                why = f"{PARTS}{stopped.parts} {why}" if stopped.parts else why
                return claimed.became(State.LATER, why, due_at=at, message=first)

    async def _moved(self, claimed: Claimed, to: Address, at: datetime) -> Outcome:
        """Take all that is known of the chat along, this delivery too, which then is free."""
        later = claimed.became(State.LATER, claimed.why_still, due_at=at)
        async with self.database.writing() as connection:
            await outbox.settle(connection, [later])
            await chats.move(connection, place_of(claimed), to)
        return later

    async def _note_gone(self, claimed: Claimed, now: datetime) -> None:
        """Send nothing there any more, until somebody speaks there again."""
        async with self.database.writing() as connection:
            await chats.leave(connection, place_of(claimed), now)


def place_of(claimed: Claimed) -> Address:
    """Return where it goes."""
    return Address(claimed.channel, claimed.chat)


def with_words(because: Because, error: DeliveryError) -> str:
    """Return why it rests or waits, with what the platform said of it."""
    match error:
        case AddressGone(said=said) | TryLater(said=said):
            words = said
        case PostRejected():
            words = str(error)
        case _:
            words = ""
    return f"{because} {' '.join(words.split())[:MOST_SAID]}".strip()
