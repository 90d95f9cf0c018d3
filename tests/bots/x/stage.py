"""Our X channel running against the platform server, with a purse and positions in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bots.surroundings import Surroundings
from bots.x.channel import X
from bots.x.settings import XSettings
from bots.x.standing import Pauses
from core.channel import Address, Inbound, Receipt
from core.model.message import Block, Message, Picture, Role
from tests.fakes import FakeKept
from tests.platforms.x_server import XServer

AT_ONCE = Pauses(first=0.01, longest=0.02, refused=0.02)
PATIENCE = 10.0


@dataclass(slots=True)
class FakePurse:
    """A purse that keeps to its contract, for one process."""

    paid: dict[str, int] = field(default_factory=dict)

    @property
    def spent(self) -> int:
        return sum(self.paid.values())

    async def spend(self, key: str, price: int, cap: int) -> bool:
        if key in self.paid:
            return True
        if self.spent + price > cap:
            return False
        self.paid[key] = price
        return True

    async def refund(self, key: str) -> None:
        self.paid.pop(key, None)


@dataclass(slots=True)
class FakePositions:
    """Positions that keep to their contract, for one process."""

    kept: dict[str, str] = field(default_factory=dict)
    held: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    async def position(self, name: str) -> str | None:
        return self.kept.get(name)

    async def keep(self, name: str, value: str) -> None:
        self.kept[name] = value

    async def take(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        other, ends = self.held.get(name, (holder, now))
        if other != holder and ends > now:
            return False
        self.held[name] = (holder, until)
        return True


@dataclass(slots=True)
class Stage:
    """The platform, our channel on it, its purse and its memory."""

    server: XServer
    channel: X
    purse: FakePurse
    positions: FakePositions
    heard: asyncio.Queue[Inbound] = field(default_factory=asyncio.Queue)

    @property
    def here(self) -> Address:
        return Address("x", self.server.handle)

    @property
    def texts(self) -> list[str]:
        """Return what stands on our timeline, oldest first."""
        return [post.text for post in self.server.posts_of(self.server.handle)]

    async def says(self, text: str, key: str = "k1", picture: Picture | None = None) -> Receipt:
        """Post a text as the outbox would."""
        blocks = (Block(Role.ACTION, text),)
        (post,) = self.channel.render(Message(blocks, picture=picture, anew=True))
        return await self.channel.send(post, self.here, key=key)

    async def next(self) -> Inbound:
        """Return what is asked next."""
        return await asyncio.wait_for(self.heard.get(), PATIENCE)

    async def answers(self, inbound: Inbound, *texts: str) -> list[Receipt]:
        """Answer as the conversation would."""
        assert inbound.answer_to is not None
        blocks = tuple(Block(Role.ACTION, text) for text in texts)
        posts = self.channel.render(Message(blocks, single=True))
        return [
            await self.channel.send(post, inbound.answer_to, key="reply:1") for post in posts
        ]


def settings_for(server: XServer, **more: Any) -> XSettings:
    """Return the settings that reach this server, and whatever else is given."""
    given = {
        "api_key": server.api_key,
        "api_secret": server.api_secret,
        "accounts": ",".join(account.setting for account in server.accounts),
        "api_url": server.url,
    }
    return XSettings.model_validate(given | more)


@asynccontextmanager
async def opened(
    server: XServer,
    purse: FakePurse | None = None,
    positions: FakePositions | None = None,
    **more: Any,
) -> AsyncIterator[Stage]:
    """Give the channel; where `mentions` is set, it listens."""
    purse, positions = purse or FakePurse(), positions or FakePositions()
    around = Surroundings(
        lambda: datetime.fromtimestamp(server.now(), UTC),
        FakeKept(),
        lambda *_: (),
        "https://bot.example.org",
        purse=purse,
        positions=positions,
    )
    channel = X(settings_for(server, **more), around, AT_ONCE)
    stage = Stage(server, channel, purse, positions)

    async def listen() -> None:
        async for heard in channel.listen():
            assert isinstance(heard, Inbound)
            stage.heard.put_nowait(heard)

    listening = asyncio.create_task(listen())
    try:
        yield stage
    finally:
        await channel.close()
        await asyncio.wait_for(listening, PATIENCE)
