"""A town whose people are in Telegram: the real channel, against a platform on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bots.app import serve
from bots.telegram.channel import Telegram
from tests.bots.telegram.stage import a_channel
from tests.platforms.telegram_server import Person, TelegramServer
from tests.scenarios.stories.town import Town

PATIENCE = 40


@dataclass(slots=True)
class Street:
    """A town, the platform its people are on, and our channel there."""

    town: Town
    server: TelegramServer
    channel: Telegram

    def person(self, name: str) -> Person:
        """Return somebody who has a chat with the bot."""
        return self.server.world.person(name, lang="en")

    async def owner(self, name: str, said: str = "I own an Acme X100") -> Person:
        """Return somebody who has told the bot what they own, in whatever way."""
        person = self.person(name)
        await self.town.says(said, str(person.id), channel="telegram")
        return person

    async def owners(self, count: int) -> list[Person]:
        """Return so many owners."""
        return [await self.owner(f"p{number}") for number in range(count)]

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until something holds on the platform."""

        def looked() -> object:
            if not (found := holds()):
                asyncio.get_running_loop().call_later(0.01, self.server.world.touch)
            return found

        await self.server.world.until(looked, PATIENCE)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Answer what people say there."""
        stopping = asyncio.Event()
        serving = asyncio.create_task(serve([self.channel], self.town.talk, stopping))
        try:
            yield
        finally:
            stopping.set()
            await serving


@asynccontextmanager
async def a_street(town: Town) -> AsyncIterator[Street]:
    """Give the street of a town, on a platform that lets everything pass."""

    def now() -> float:
        return town.clock.at.timestamp()

    async with TelegramServer(limits=None, now=now) as server:
        channel = a_channel(server)
        try:
            there = Town(town.database, town.talk, town.clock, town.letters, (channel,))
            yield Street(there, server, channel)
        finally:
            await channel.close()
