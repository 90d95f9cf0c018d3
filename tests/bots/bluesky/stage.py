"""Our channel, and an account of Bluesky's own server behind a line that can be cut."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from PIL import Image

from bots.bluesky.channel import Bluesky
from bots.bluesky.settings import BlueskySettings
from bots.surroundings import Surroundings
from core.channel import Address, Post, Receipt
from tests.builders import NOW
from tests.fakes import FakeKept
from tests.platforms.bluesky_between import Between
from tests.platforms.bluesky_server import PASSWORD, Member, bluesky_server

# Nobody listens there.
NOWHERE = "http://127.0.0.1:9"
KEY = "0b8e2f1c-5d0c-4f6f-9a45-7f1f3b7f6d11"


@dataclass(slots=True)
class Noted:
    """Positions that last as long as the test."""

    values: dict[str, str] = field(default_factory=dict)
    held: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    async def position(self, name: str) -> str | None:
        return self.values.get(name)

    async def keep(self, name: str, value: str) -> None:
        self.values[name] = value

    async def take(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        other, ends = self.held.get(name, (holder, now))
        if other != holder and ends > now:
            return False
        self.held[name] = (holder, until)
        return True


@dataclass(slots=True)
class Stage:
    """The account, the line to its server, and the channel that posts from it."""

    member: Member
    between: Between
    noted: Noted
    channel: Bluesky

    @property
    def chat(self) -> Address:
        """Return where its posts go."""
        return Address("bluesky", self.member.handle)

    @property
    def session(self) -> str:
        """Return the session as it was kept."""
        return self.noted.values[place_of(self.member)]

    def forget(self) -> None:
        """Have no session, as on the first day."""
        self.noted.values.clear()

    async def send(self, text: str, key: str = KEY, reply_to: str | None = None) -> Receipt:
        """Post a text."""
        return await self.channel.send(Post(text), self.chat, key=key, reply_to=reply_to)

    def another(self, noted: Noted | None = None) -> Bluesky:
        """Return a channel of another process, which may have the same positions."""
        return a_channel(self.member, self.between.url, noted)


def place_of(member: Member) -> str:
    """Return under which name the session of an account is kept."""
    return f"bluesky:session:{member.handle}"


def a_channel(
    member: Member, url: str, noted: Noted | None = None, password: str = PASSWORD
) -> Bluesky:
    """Return a channel with the account, at the server of that address."""
    accounts = f"{member.handle}:{password}"
    settings = BlueskySettings.model_validate({"accounts": accounts, "service": url})
    return Bluesky(
        settings, Surroundings(lambda: NOW, FakeKept(), lambda *_: (), positions=noted)
    )


@asynccontextmanager
async def opened() -> AsyncIterator[Stage]:
    """Give a stage with an account of its own, whose session stands in the positions.

    To log in takes Bluesky's server a third of a second, so that nobody learns from it.
    """
    server = bluesky_server()
    noted = Noted()
    async with Between(server.url) as between:
        member = server.member()
        noted.values[place_of(member)] = f"{between.url} {member.session(between.url)}"
        stage = Stage(member, between, noted, a_channel(member, between.url, noted))
        try:
            yield stage
        finally:
            await stage.channel.close()


def a_jpeg(width: int, height: int, *, noisy: bool = False) -> bytes:
    """Return a picture; one that is `noisy` takes about a byte for every pixel."""
    if noisy:
        picture = Image.effect_noise((width, height), 200).convert("RGB")
    else:
        picture = Image.new("RGB", (width, height), "orange")
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=95)
    return file.getvalue()
