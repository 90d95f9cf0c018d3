"""A platform that obeys the contract and does as it is told, and a dispatcher on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from core.alert.dispatch import Dispatcher, Pipe
from core.channel import (
    Address,
    Capabilities,
    DeliveryError,
    DeliveryUnknown,
    Heard,
    Markup,
    Post,
    Receipt,
)
from core.match.decide import Knowledge
from core.model.delivery import State
from core.model.message import Message
from core.model.recall import Notice
from core.model.rule import Rule
from core.store.work import Database
from tests.builders import a_citation, a_notice, an_age
from tests.contracts.planning_stage import LEXICON, Ticking, World

# Long enough for what waits for the outbox, which looks at it every thousandth of a second.
QUICK = Pipe(width=4, ahead=4, commit=0.001, idle=0.001, patience=0.2)


@dataclass(frozen=True, slots=True)
class Taken:
    """A post that arrived."""

    chat: str
    text: str
    key: str
    reply_to: str | None
    id: str


def agrees(chat: str, key: str) -> None:
    """Take every post."""
    del chat, key


@dataclass(slots=True)
class Platform:
    """Takes posts; `refuse` raises what it answers instead, and may let a post arrive before.

    An error whose `arrived` was set is one after the post got through.
    """

    kind: str = "telegram"
    longest: int = 100_000
    finds: bool = False
    posts: list[Taken] = field(default_factory=list)
    edits: list[tuple[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    refuse: Callable[[str, str], DeliveryError | None] = agrees
    refuse_edit: DeliveryError | None = None
    arrives: bool = False
    waits: asyncio.Event | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def until_asked(self, many: int) -> None:
        """Return when it was asked to send so often."""
        while len(self.asked) < many:
            self._news.clear()
            await self._news.wait()

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            fits=lambda text: len(text) <= self.longest,
            markup=Markup.PLAIN,
            max_buttons=8,
            threads=True,
            edits=True,
            finds=self.finds,
        )

    def render(self, message: Message) -> tuple[Post, ...]:
        text = message.plain
        cut = range(0, len(text), self.longest)
        return tuple(Post(text[start : start + self.longest]) for start in cut)

    async def send(
        self, post: Post, to: Address, *, key: str, reply_to: str | None = None
    ) -> Receipt:
        self.asked.append(to.chat)
        self._news.set()
        if self.waits is not None:
            await self.waits.wait()
        await asyncio.sleep(0)
        error = self.refuse(to.chat, key)
        if error is None or (isinstance(error, DeliveryUnknown) and self.arrives):
            number = str(len(self.posts) + 1)
            self.posts.append(Taken(to.chat, post.text, key, reply_to, number))
        if error is not None:
            raise error
        return Receipt(number, to)

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        if self.refuse_edit is not None:
            raise self.refuse_edit
        self.edits.append((receipt.id, post.text))
        return receipt

    async def find(self, key: str, to: Address, post: Post) -> Receipt | None:
        del post
        return next((Receipt(one.id, to) for one in self.posts if one.key == key), None)

    async def listen(self) -> AsyncIterator[Heard]:
        nothing: tuple[Heard, ...] = ()
        for one in nothing:
            yield one

    async def close(self) -> None:
        """Hold nothing."""


@dataclass(slots=True)
class PostOffice:
    """People, notices and a clock, and one dispatcher that sends to the platform."""

    world: World
    platform: Platform
    dispatcher: Dispatcher

    @classmethod
    def of(cls, database: Database, pipe: Pipe = QUICK) -> PostOffice:
        world, platform = World(database, Ticking()), Platform()
        return cls(world, platform, dispatcher(world, platform, pipe))

    @property
    def clock(self) -> Ticking:
        return self.world.clock

    @property
    def chats(self) -> list[str]:
        """Return to whom posts went, in order."""
        return [one.chat for one in self.platform.posts]

    def another(self, pipe: Pipe = QUICK) -> Dispatcher:
        """Return a dispatcher as a process has that was just started."""
        return dispatcher(self.world, self.platform, pipe)

    async def send(self, **later: float) -> list[Taken]:
        """Send what may be sent, so much later; return what arrived then."""
        self.clock.move(**later)
        before = len(self.platform.posts)
        await self.dispatcher.drain()
        return self.platform.posts[before:]

    async def rows(self) -> list[Any]:
        """Return every delivery."""
        return await self.world.run("SELECT * FROM delivery ORDER BY alert, address")

    async def states(self) -> list[State]:
        """Return how far each delivery came."""
        return [State(row.state) for row in await self.rows()]

    async def whys(self) -> list[str | None]:
        """Return why each delivery is as it is."""
        return [row.why for row in await self.rows()]


def dispatcher(world: World, platform: Platform, pipe: Pipe = QUICK) -> Dispatcher:
    async def knowledge() -> Knowledge:
        return Knowledge(LEXICON, (an_age(),), world.clock.now())

    return Dispatcher(world.database, platform, world.clock, knowledge, pipe)


def each(*errors: DeliveryError | None) -> Callable[[str, str], DeliveryError | None]:
    """Answer the first attempts like that, and take every later one."""
    left = list(errors)

    def refuse(chat: str, key: str) -> DeliveryError | None:
        del chat, key
        return left.pop(0) if left else None

    return refuse


def recalled(
    number: int, hazard: str = "fire", units: Rule | None = None, **facts: Any
) -> Notice:
    """Return a notice of an event of its own about every Acme X100."""
    page = f"https://cpsc.example/recall/{number}"
    return a_notice(
        units,
        id=f"cpsc-{number}",
        number=str(number),
        hazard={"kinds": [hazard], "text": f"It is a hazard: {hazard}.", "source": "cpsc"},
        sources=(a_citation() | {"url": page},),
        **facts,
    )
