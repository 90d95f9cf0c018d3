"""A conversation with the real bot: real libraries, real database, whole answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from typing import Protocol

from bots.app import open_database, open_talk, serve
from bots.surroundings import Surroundings
from core.channel import (
    Address,
    Capabilities,
    Channel,
    DeliveryError,
    Heard,
    Post,
    Receipt,
)
from core.clock import SystemClock
from core.model.message import Message
from core.query.photo import Eyes
from core.query.suggest import suggest
from core.settings import Settings
from core.store.pressed import Pressed
from core.store.work import Database

MEBIBYTE = 1024 * 1024
PATIENCE = 30


@dataclass(slots=True)
class Watched:
    """A channel as it is, that tells when a whole answer was sent, and as what."""

    channel: Channel
    receipts: list[Receipt] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    _expected: int = 0
    _done: asyncio.Event = field(default_factory=asyncio.Event)
    _failed: DeliveryError | None = None

    @property
    def kind(self) -> str:
        return self.channel.kind

    @property
    def capabilities(self) -> Capabilities:
        return self.channel.capabilities

    def render(self, message: Message) -> tuple[Post, ...]:
        posts = self.channel.render(message)
        self._expected = len(posts)
        self.receipts, self.posts = [], list(posts)
        return posts

    async def send(
        self, post: Post, to: Address, *, key: str, reply_to: str | None = None
    ) -> Receipt:
        try:
            return self._sent(await self.channel.send(post, to, key=key, reply_to=reply_to))
        except DeliveryError as error:
            self._failed = error
            self._done.set()
            raise

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        return self._sent(await self.channel.edit(receipt, post))

    def _sent(self, receipt: Receipt) -> Receipt:
        self.receipts.append(receipt)
        if len(self.receipts) == self._expected:
            self._done.set()
        return receipt

    async def find(self, key: str, to: Address, post: Post) -> Receipt | None:
        return await self.channel.find(key, to, post)

    def listen(self) -> AsyncIterator[Heard]:
        return self.channel.listen()

    async def close(self) -> None:
        await self.channel.close()

    def begin(self) -> None:
        """Wait for the next answer from here on."""
        self._done.clear()
        self._failed = None

    async def answered(self) -> None:
        """Return when the answer is there; raises what kept it."""
        async with asyncio.timeout(PATIENCE):
            await self._done.wait()
        if self._failed is not None:
            raise self._failed


@dataclass(frozen=True, slots=True)
class Shown:
    """What the person sees of an answer: its text without markup, and its buttons."""

    text: str
    labels: Sequence[str]


@dataclass(frozen=True, slots=True)
class Bot:
    """One run of the bot on one channel."""

    channel: Watched
    database: Database
    settings: Settings
    surroundings: Surroundings


class Person(Protocol):
    """Somebody on one platform; the platform outlives the bot's restarts.

    `longest` is how much the platform lets them write at once.
    """

    longest: int

    def channel(self, surroundings: Surroundings) -> Channel:
        """Return the bot's channel on this platform."""
        ...

    async def meets(self, bot: Bot) -> None:
        """Find the bot running."""
        ...

    async def says(self, text: str) -> None: ...

    async def presses(self, label: str, typed: str) -> None: ...

    async def shows(self, photo: bytes) -> None: ...

    async def reads(self, bot: Bot) -> Shown: ...

    async def leaves(self) -> None:
        """Let the bot stop."""
        ...


@asynccontextmanager
async def a_bot(person: Person, settings: Settings, eyes: Eyes | None) -> AsyncIterator[Bot]:
    """Run the bot on the person's platform; at the end it stops as `recallbot run` does."""
    clock, stopping = SystemClock(), asyncio.Event()
    async with AsyncExitStack() as stack:
        database = await open_database(settings, clock)
        stack.push_async_callback(database.close)
        talk = stack.enter_context(closing(await open_talk(database, settings, clock, eyes)))
        around = Surroundings(
            clock.now,
            Pressed(database, clock),
            lambda field, typed, brand: suggest(talk.lexicon, field, typed, brand),
            photo_limit=10 * MEBIBYTE if eyes else None,
        )
        watched = Watched(person.channel(around))
        bot = Bot(watched, database, settings, around)
        running = asyncio.create_task(serve([watched], talk, stopping))
        try:
            await person.meets(bot)
            yield bot
        finally:
            await person.leaves()
            stopping.set()
            await running
            await watched.close()
