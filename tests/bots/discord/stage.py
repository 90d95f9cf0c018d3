"""Our Discord channel running against the platform server, and what it hears."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from bots.discord.channel import Discord
from bots.discord.settings import DiscordSettings
from bots.discord.standing import Pauses
from bots.surroundings import Suggest, Surroundings
from core.channel import Heard, Inbound, Receipt
from core.model.message import Block, Button, Message, Role
from tests.builders import NOW
from tests.fakes import FakeKept
from tests.platforms import discord_server as platform

AT_ONCE = Pauses(first=0.01, longest=0.02, wrong_token=0.05, patience=0.05)
PATIENCE = 10.0


def no_names(_: str, __: str, ___: str | None) -> tuple[str, ...]:
    return ()


@dataclass(slots=True)
class Stage:
    """The platform, our channel on it, and what it heard."""

    discord: platform.Discord
    channel: Discord
    heard: asyncio.Queue[Heard] = field(default_factory=asyncio.Queue)

    async def next(self) -> Heard:
        """Return what is heard next."""
        return await asyncio.wait_for(self.heard.get(), PATIENCE)

    async def inbound(self) -> Inbound:
        """Return what somebody says next."""
        heard = await self.next()
        assert isinstance(heard, Inbound)
        return heard

    async def answer(
        self, inbound: Inbound, text: str = "Stop using it.", *buttons: Button, step: str = ""
    ) -> list[Receipt]:
        """Answer as the conversation would."""
        blocks = [Block(Role.ACTION, text)]
        blocks += [Block(Role.NEXT_STEP, step)] if step else []
        posts = self.channel.render(Message(tuple(blocks), buttons, "en"))
        if inbound.replaces and len(posts) == 1:
            return [await self.channel.edit(inbound.replaces, posts[0])]
        to = inbound.answer_to or inbound.sender
        return [await self.channel.send(post, to, key="reply:1") for post in posts]


@asynccontextmanager
async def opened(
    discord: platform.Discord,
    *,
    now: Callable[[], datetime] = lambda: NOW,
    suggest: Suggest = no_names,
    photo_limit: int | None = 1024,
    pauses: Pauses = AT_ONCE,
) -> AsyncIterator[Stage]:
    """Give the channel, listening."""
    settings = DiscordSettings.model_validate({"token": discord.token})
    surroundings = Surroundings(now, FakeKept(), suggest, None, photo_limit)
    stage = Stage(discord, Discord(settings, surroundings, pauses))

    async def listen() -> None:
        async for heard in stage.channel.listen():
            stage.heard.put_nowait(heard)

    listening = asyncio.create_task(listen())
    try:
        yield stage
    finally:
        await stage.channel.close()
        await listening
