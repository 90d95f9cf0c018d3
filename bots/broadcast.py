"""Alerts in the running program: planning, following up, and one dispatcher a channel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from bots.channels import Supervised
from core.alert.dispatch import Dispatcher, Pipe
from core.alert.follow_up import plan_follow_ups
from core.alert.planner import plan_all
from core.alert.posting import Draw, undrawn
from core.channel import Channel
from core.clock import Clock
from core.match.decide import Knowledge
from core.model.lexicon import Lexicon
from core.query.ages import AgeLimits, aged
from core.schedule import Task
from core.store import notices, retention
from core.store.work import Database

log = structlog.get_logger(__name__)
PLANNED_EVERY = timedelta(seconds=5)
FOLLOWED_UP_EVERY = timedelta(minutes=1)
SWEPT_EVERY = timedelta(days=1)
# In seconds: how often it is looked whether a channel is open, or another one by now.
LOOK = 1.0
# Whoever waits for their turn is let go of when the channel closes, which comes before this.
PIPE = Pipe(patience=8.0)


@dataclass(slots=True)
class Broadcast:
    """Plans what is to be told, and sends it through the channels that are open.

    Any number of processes may do so with one database. `limits` are those of the sources'
    ages, `lexicon` gives the names known by now; `keep` is for how many days we keep people
    whom nothing is heard of; `draw` draws the pictures of public posts.
    """

    database: Database
    clock: Clock
    limits: AgeLimits
    lexicon: Callable[[], Lexicon]
    keep: int = retention.USUAL_DAYS
    pipe: Pipe = PIPE
    draw: Draw = undrawn
    _dispatchers: dict[str, Dispatcher] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _planning: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def tasks(self) -> list[Task]:
        """Return what is to be done on schedule."""
        return [
            Task("plan", PLANNED_EVERY, None, self.plan),
            Task("follow up", FOLLOWED_UP_EVERY, None, self.follow_up),
            Task("retention", SWEPT_EVERY, None, self.sweep),
        ]

    async def knowledge(self) -> Knowledge:
        """Return what messages are composed by: the names we know, and the sources' ages."""
        async with self.database.reading() as connection:
            ages = await notices.source_ages(connection)
        return Knowledge(self.lexicon(), aged(ages, self.limits), self.clock.now())

    async def plan(self) -> None:
        """Plan every revision that waits, and let the dispatchers know."""
        async with self._planning:
            planned = await plan_all(self.database, self.lexicon(), self.clock)
        if planned:
            self.wake()

    async def follow_up(self) -> None:
        """Plan the reminders and digests that are due."""
        if await plan_follow_ups(self.database, self.clock.now()):
            self.wake()

    async def sweep(self) -> None:
        """Erase what was kept long enough; owners who are to be asked first are counted."""
        people = chats = ask = 0
        after: int | None = 0
        while after is not None:
            async with self.database.writing() as connection:
                swept = await retention.sweep(connection, self.clock.now(), self.keep, after)
            people, chats = people + swept.people, chats + swept.chats
            ask, after = ask + len(swept.ask), swept.last
        if people or chats or ask:
            log.info("retention_swept", people=people, chats=chats, to_ask=ask)

    def wake(self) -> None:
        """Let every dispatcher look at the outbox now."""
        for dispatcher in self._dispatchers.values():
            dispatcher.wake()

    def start(self, channels: Sequence[Supervised]) -> None:
        """Send through each of these channels whenever it is open, until `finish`."""
        self._tasks = {asyncio.create_task(self._keep(one)) for one in channels}

    async def finish(self) -> None:
        """Send nothing new; what is under way is finished, the rest given back."""
        self._stopping.set()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _keep(self, one: Supervised) -> None:
        """Send through the channel as it is open now; another object of it anew."""
        while not self._stopping.is_set():
            channel = one.channel
            if channel is not None and channel.capabilities.pushes:
                await self._guarded(one, channel)
            await self._pause()

    async def _guarded(self, one: Supervised, channel: Channel) -> None:
        try:
            await self._send(one, channel)
        except Exception:
            # What it held is given back, or taken over when its lease ends.
            log.exception("dispatch_failed", channel=one.name)

    async def _send(self, one: Supervised, channel: Channel) -> None:
        dispatcher = Dispatcher(
            self.database, channel, self.clock, self.knowledge, self.pipe, self.draw
        )
        over = asyncio.Event()
        watching = asyncio.create_task(self._watch(one, channel, over))
        self._dispatchers[one.name] = dispatcher
        try:
            await dispatcher.run(over)
        finally:
            del self._dispatchers[one.name]
            watching.cancel()

    async def _watch(self, one: Supervised, channel: Channel, over: asyncio.Event) -> None:
        """Let the dispatcher end when we do, or when the channel is another one."""
        while one.channel is channel and not self._stopping.is_set():
            await self._pause()
        over.set()

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK):
                await self._stopping.wait()
