"""A Telegram on loopback with our channel connected to it, and whoever listens to both."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bots.surroundings import Surroundings
from bots.telegram.channel import Telegram
from bots.telegram.pace import UNLIMITED, Limits
from bots.telegram.settings import TelegramSettings
from bots.telegram.standing import Pauses
from core.channel import Heard, Inbound
from tests.builders import NOW
from tests.fakes import FakeKept
from tests.platforms.telegram_server import Person, TelegramServer, World

QUICK = Pauses(first=0.01, longest=0.02, wrong_token=0.02, two_pollers=0.02)


@dataclass(slots=True)
class Stage:
    """The platform, our channel on it, and what the channel heard so far."""

    server: TelegramServer
    channel: Telegram
    heard: list[Heard] = field(default_factory=list)
    answers: bool = True
    listening: asyncio.Task[None] | None = None

    @property
    def world(self) -> World:
        """Return the people and chats."""
        return self.server.world

    @property
    def said(self) -> list[str]:
        """Return the words that were heard."""
        return [one.text for one in self.heard if isinstance(one, Inbound)]

    async def inbound(self, number: int = 1) -> Inbound:
        """Wait until so much was said, and return the last of it."""
        found = await self.until(
            lambda: [one for one in self.heard if isinstance(one, Inbound)][number - 1 :]
        )
        return found[0]

    async def until(self, look: Callable[[], Any]) -> Any:
        """Wait until there is what `look` looks for."""

        def looked() -> Any:
            if not (found := look()):
                # No event tells that a request was answered or something was logged.
                asyncio.get_running_loop().call_later(0.01, self.world.touch)
            return found

        return await self.world.until(looked)

    async def settled(self, person: Person) -> None:
        """Wait until all that was done so far has been heard: somebody says a last word."""
        mark = f"mark {self.world.next_id()}"
        person.say(mark)
        await self.until(lambda: mark in self.said)
        self.heard[:] = [one for one in self.heard if getattr(one, "text", "") != mark]

    async def listen(self) -> None:
        """Take note of everything that is heard, until the channel is closed.

        It counts as answered, unless `answers` is False.
        """
        async for heard in self.channel.listen():
            self.heard.append(heard)
            if self.answers:
                heard.settled()
            self.world.touch()


@asynccontextmanager
async def opened(server: TelegramServer, **given: Any) -> AsyncIterator[Stage]:
    """Give a stage whose channel listens, with these settings and surroundings."""
    channel = a_channel(server, **given)
    stage = Stage(server, channel)
    stage.listening = asyncio.create_task(stage.listen())
    try:
        yield stage
    finally:
        await channel.close()
        await stage.listening


def a_channel(server: TelegramServer, **given: Any) -> Telegram:
    """Return a channel of the server's bot that nobody listens to yet."""
    limits: Limits = given.pop("limits", UNLIMITED)
    pauses: Pauses = given.pop("pauses", QUICK)
    around = {"now": lambda: NOW, "kept": FakeKept(), "suggest": lambda *_: ()}
    around |= {
        name: given.pop(name) for name in ("public_url", "photo_limit", "kept") if name in given
    }
    settings = TelegramSettings.model_validate(
        {"token": server.token, "api_url": server.url, **given}
    )
    return Telegram(settings, Surroundings(**around), limits, pauses)
