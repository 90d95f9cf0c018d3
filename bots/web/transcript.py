"""What was said in each chat, in memory and bounded in every direction."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bots.web.pictures import Shot
from core.model.message import Button

MOST_ENTRIES = 100
MOST_CHARACTERS = 150_000
MOST_VISITORS = 1_000
IDLE = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing said; `text` is plain where the visitor said it, and HTML where we did.

    Numbers only ever grow, over all chats and over restarts too.
    """

    number: int
    ours: bool
    text: str
    key: str | None = None
    buttons: tuple[Button, ...] = ()
    picture: Shot | None = None


class Transcript:
    """The entries of one chat, the oldest forgotten first, and a bell for whoever waits."""

    def __init__(self) -> None:
        """Begin empty."""
        self._entries: deque[Entry] = deque()
        self._characters = 0
        self._carried: tuple[Button, ...] = ()
        self._grown = asyncio.Event()

    def append(self, entry: Entry) -> None:
        """Add an entry, forget the oldest beyond the limits, and wake everybody who waits."""
        if entry.ours and not entry.buttons:
            entry = replace(entry, buttons=self._carried)
        self._carried = ()
        self._entries.append(entry)
        self._characters += len(entry.text)
        while len(self._entries) > 1 and self._too_much():
            self._characters -= len(self._entries.popleft().text)
        self.wake()

    def carry_choices(self) -> None:
        """Have the next post offer what is offered now, unless it brings its own choices."""
        self._carried = self.choices

    def _too_much(self) -> bool:
        return len(self._entries) > MOST_ENTRIES or self._characters > MOST_CHARACTERS

    def wake(self) -> None:
        """Wake everybody who waits, whether or not there is something new."""
        self._grown.set()
        self._grown = asyncio.Event()

    async def growth(self) -> None:
        """Wait until something is said, or somebody calls `wake`."""
        await self._grown.wait()

    def after(self, number: int) -> tuple[Entry, ...]:
        """Return what was said after entry `number`, oldest first."""
        return tuple(entry for entry in self._entries if entry.number > number)

    def with_key(self, key: str) -> Entry | None:
        """Return the entry that was sent under this key, or None."""
        return next((entry for entry in self._entries if entry.key == key), None)

    def picture(self, number: int) -> bytes | None:
        """Return the picture of an entry as a JPEG, None where there is none any more."""
        found = next((each for each in self._entries if each.number == number), None)
        return found.picture.jpeg if found and found.picture else None

    @property
    def shows_picture(self) -> bool:
        """Say whether what was said last stands with its picture."""
        return self.picture(self.last) is not None

    @property
    def last(self) -> int:
        """Return the number of the newest entry, 0 where there is none."""
        return self._entries[-1].number if self._entries else 0

    @property
    def choices(self) -> tuple[Button, ...]:
        """Return the buttons that answer what was said last."""
        return self._entries[-1].buttons if self._entries else ()


class Transcripts:
    """The transcripts of every visitor, the one idle longest forgotten first."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._chats: OrderedDict[str, tuple[Transcript, datetime]] = OrderedDict()

    def __iter__(self) -> Iterator[Transcript]:
        """Yield every transcript held."""
        return iter([transcript for transcript, _ in self._chats.values()])

    def known(self, chat: str, now: datetime) -> Transcript | None:
        """Return the transcript of a chat, or None where there is none any more."""
        self._forget(now)
        found = self._chats.get(chat)
        return found[0] if found else None

    def used(self, chat: str, now: datetime) -> Transcript:
        """Return the transcript of a chat, new where there was none, kept alive."""
        transcript = self.known(chat, now) or Transcript()
        self._chats[chat] = (transcript, now)
        self._chats.move_to_end(chat)
        self._forget(now)
        return transcript

    def _forget(self, now: datetime) -> None:
        while self._chats:
            transcript, used_at = next(iter(self._chats.values()))
            if len(self._chats) <= MOST_VISITORS and now - used_at <= IDLE:
                return
            self._chats.popitem(last=False)
            transcript.wake()
