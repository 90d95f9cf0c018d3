"""The terminal as a channel: a line in, a reply out, buttons as numbered choices."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TextIO

from bots.render import numbered, plain
from core.channel import (
    Address,
    Capabilities,
    Heard,
    Inbound,
    Markup,
    Post,
    PostRejected,
    Receipt,
)
from core.model.message import Button, Message
from core.query.bound import words_of

KIND = "terminal"
CHAT = "local"
PROMPT = "\nyou> "
# A terminal has no limit of its own; this keeps a runaway paste out of memory.
LONGEST_LINE = 100_000
MOST_BUTTONS = 9
PHOTO = "/photo"
# More than any reader of photos takes.
LARGEST_FILE = 101 * 1024 * 1024


def _file(name: str) -> bytes:
    """Return what the file holds, and nothing where it cannot be read: that is no photo."""
    try:
        with Path(name).expanduser().open("rb") as file:
            return file.read(LARGEST_FILE)
    except OSError:
        return b""


def _fits(text: str) -> bool:
    return len(text) <= LONGEST_LINE


class Terminal:
    """Reads lines from `source` and writes replies to `target`; one chat, named "local"."""

    kind = KIND
    capabilities = Capabilities(
        fits=_fits, markup=Markup.PLAIN, max_buttons=MOST_BUTTONS, pushes=False
    )

    def __init__(
        self,
        source: TextIO,
        target: TextIO,
        now: Callable[[], datetime],
        lang: str | None = None,
    ) -> None:
        """Speak in `lang`, or English."""
        self._source = source
        self._target = target
        self._now = now
        self._lang = lang
        self._buttons: tuple[Button, ...] = ()
        self._ids = count(1)
        self._closed = False

    def render(self, message: Message) -> tuple[Post, ...]:
        """Return the one post that says `message`."""
        shown = Message(message.blocks, message.buttons[:MOST_BUTTONS], message.lang)
        text = plain(Message(shown.blocks))
        if message.picture is not None:
            text = f"{text}\n\n[{message.picture.alt}]"
        if message.attachment is not None:
            text = f"{text}\n\n{message.attachment.content.decode('utf-8', 'replace')}"
        return (Post(text, shown.buttons),)

    async def send(
        self, post: Post, to: Address, *, key: str, reply_to: str | None = None
    ) -> Receipt:
        """Print the post; raises PostRejected where it is too long to print."""
        del key, reply_to
        if not self.capabilities.fits(post.text):
            raise PostRejected("too long")
        self._buttons = post.buttons
        choices = numbered([button.label for button in post.buttons])
        self._target.write("\n".join(filter(None, ("", post.text, choices))) + "\n")
        self._target.flush()
        return Receipt(str(next(self._ids)), to)

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Refuse: what a terminal printed stays printed."""
        raise PostRejected(f"a terminal cannot edit {receipt.id}: {len(post.text)} characters")

    async def find(self, key: str, to: Address, post: Post) -> Receipt | None:
        """Return None: a terminal keeps no record."""
        del key, to, post
        return None

    async def listen(self) -> AsyncIterator[Heard]:
        """Yield every line, a choice's number as the words it stands for, until the end."""
        while not self._closed:
            if sys.stdin is self._source and self._source.isatty():
                self._target.write(PROMPT)
                self._target.flush()
            line = await asyncio.to_thread(self._source.readline, LONGEST_LINE)
            if not line:
                return
            if text := self._chosen(line.strip()):
                yield await self._inbound(text)

    async def _inbound(self, text: str) -> Inbound:
        command, _, name = text.partition(" ")
        photo = None
        if command == PHOTO and name:
            photo, text = await asyncio.to_thread(_file, name.strip()), ""
        return Inbound(Address(KIND, CHAT), text, self._now(), self._lang, photo)

    def _chosen(self, text: str) -> str:
        """Return what the number of a choice says; "1" may also be the very character seen."""
        if any(text == words_of(button.says) for button in self._buttons):
            return text
        if text.isdecimal() and len(text) == 1 and 1 <= int(text) <= len(self._buttons):
            return self._buttons[int(text) - 1].says
        return text

    async def close(self) -> None:
        """Stop listening after the line being read."""
        self._closed = True
