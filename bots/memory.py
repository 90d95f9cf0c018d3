"""A platform in memory, for trying things out: it keeps what was sent, and to whom."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from bots.render import plain
from core.channel import (
    Address,
    AddressGone,
    Capabilities,
    Heard,
    Inbound,
    Markup,
    Post,
    PostRejected,
    Receipt,
)
from core.model.message import Button, Message

KIND = "memory"
LONGEST_TEXT = 100_000
MOST_BUTTONS = 20


def fits(text: str) -> bool:
    """Say whether a post may be so long."""
    return len(text) <= LONGEST_TEXT


@dataclass(frozen=True, slots=True)
class Sent:
    """One post as it went out, or as one sent before was changed to."""

    at: datetime
    to: Address
    key: str
    id: str
    text: str
    buttons: tuple[Button, ...] = ()
    reply_to: str | None = None
    edited: bool = False


class Memory:
    """Keeps every post in `sent`; stands for the platform `kind`.

    Nobody is reached at a chat among `gone`. The same key twice is sent twice: whoever looks
    on is to see it.
    """

    capabilities = Capabilities(
        fits=fits, markup=Markup.PLAIN, max_buttons=MOST_BUTTONS, threads=True, edits=True
    )

    def __init__(self, now: Callable[[], datetime], kind: str = KIND) -> None:
        """Stand for the platform `kind`; `now` tells the time in UTC."""
        self.kind = kind
        self.sent: list[Sent] = []
        self.gone: set[str] = set()
        self._now = now
        self._ids = count(1)
        self._heard: asyncio.Queue[Heard | None] = asyncio.Queue()

    def render(self, message: Message) -> tuple[Post, ...]:
        """Return the one post that says `message`."""
        text = plain(Message(message.blocks))
        if message.picture is not None:
            text = f"{text}\n\n[{message.picture.alt}]"
        if message.attachment is not None:
            text = f"{text}\n\n[{message.attachment.name}]"
        return (Post(text, message.buttons[:MOST_BUTTONS]),)

    async def send(
        self, post: Post, to: Address, *, key: str, reply_to: str | None = None
    ) -> Receipt:
        """Keep the post; raises AddressGone for who is gone, PostRejected where it is long."""
        if to.chat in self.gone:
            raise AddressGone
        if not fits(post.text):
            raise PostRejected("too long")
        name = str(next(self._ids))
        self.sent.append(Sent(self._now(), to, key, name, post.text, post.buttons, reply_to))
        return Receipt(name, to)

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Keep what the post was changed to; raises PostRejected where there is none."""
        first = next((one for one in self.sent if one.id == receipt.id), None)
        if first is None or not fits(post.text):
            raise PostRejected("there is no such post, or it is too long")
        told = (post.text, post.buttons)
        self.sent.append(Sent(self._now(), first.to, first.key, first.id, *told, edited=True))
        return receipt

    def shown(self, chat: str) -> list[Sent]:
        """Return the posts of a chat as they stand there now, in their order."""
        return list({one.id: one for one in self.sent if one.to.chat == chat}.values())

    async def find(self, key: str, to: Address, post: Post) -> Receipt | None:
        """Return None: only posts are kept, and nobody asks for them by key."""
        del key, to, post
        return None

    def say(self, chat: str, text: str, lang: str | None = None) -> None:
        """Let somebody in that chat say this."""
        self._heard.put_nowait(Inbound(Address(self.kind, chat), text, self._now(), lang))

    async def listen(self) -> AsyncIterator[Heard]:
        """Yield what is said, until it is closed."""
        while (heard := await self._heard.get()) is not None:
            yield heard

    async def close(self) -> None:
        """Let whoever listens end, after what was said."""
        self._heard.put_nowait(None)
