"""Public posts in the running program: drafting, summing up, releasing, the week's round-up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from bots.failure import Failure
from bots.registry import PLATFORMS, Platform, found
from core.channel import Channel
from core.clock import Clock
from core.model.message import Picture
from core.model.public import Card, Chart
from core.publish.desk import Desk
from core.publish.drafting import Drafting
from core.publish.summing import Summing
from core.publish.voice import Voice
from core.publish.weekly import Weekly
from core.schedule import Task
from core.settings import SettingsError, load
from core.store.work import Database

if TYPE_CHECKING:
    from bots.channels import Supervised

DRAFTED_EVERY = timedelta(seconds=5)
ROUNDED_UP_EVERY = timedelta(hours=1)
PAGE = "/recalls"
Voices = Callable[[], Mapping[str, Voice]]


def voices(channels: Sequence[Channel] = ()) -> Mapping[str, Voice]:
    """Return how accounts post on every platform they can post on, by its name.

    An open channel tells itself what its platform takes by now; the others are taken by what is
    known of them without being asked. Raises Failure for a setting that is wrong.
    """
    known = {
        name: _unopened(platform) for name, platform in PLATFORMS.items() if platform.renders
    }
    return {**known, **_opened(channels)}


def _unopened(platform: Platform) -> Voice:
    try:
        settings = load(found(platform.settings))
    except SettingsError as error:
        raise Failure(str(error)) from None
    return Voice(found(platform.renders), found(platform.can)(settings), platform.hashtags)


def _opened(channels: Sequence[Channel]) -> Mapping[str, Voice]:
    return {
        one.kind: Voice(one.render, one.capabilities, PLATFORMS[one.kind].hashtags)
        for one in channels
        if one.kind in PLATFORMS and PLATFORMS[one.kind].renders
    }


def voices_of(channels: Sequence[Supervised]) -> Voices:
    """Return what tells the voices of the moment: a channel may be opened later, or anew.

    Raises Failure for a setting that is wrong, now and not later.
    """
    known = voices()

    def now() -> Mapping[str, Voice]:
        return {**known, **_opened([one.channel for one in channels if one.channel])}

    return now


@dataclass(slots=True)
class Publishing:
    """Drafts what accounts post, and releases what is due and nobody stopped.

    Any number of processes may do so with one database. `page` is our own list of recalls as
    it is reached from outside, None where it is not; `wake` lets the dispatchers look at the
    outbox.
    """

    database: Database
    clock: Clock
    voices: Voices
    page: str | None = None
    wake: Callable[[], None] = lambda: None
    _drafting: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def tasks(self) -> list[Task]:
        """Return what is to be done on schedule."""
        return [
            Task("draft", DRAFTED_EVERY, None, self.draft),
            Task("round up", ROUNDED_UP_EVERY, None, self.round_up),
        ]

    async def draft(self) -> None:
        """Draft what is new, sum up what is too much, and release what is due."""
        known = self.voices()
        async with self._drafting:
            await Drafting(self.database, self.clock, lambda: known).run()
            await Summing(self.database, self.clock, known, self.page).run()
            released = await Desk(self.database, self.clock).release_due()
        if released:
            self.wake()

    async def round_up(self) -> None:
        """Draft the round-ups of the week that are due."""
        await Weekly(self.database, self.clock, self.voices(), self.page).run()


def drawn(picture: Card | Chart, photo: bytes | None = None) -> Picture | None:
    """Draw a picture; the imaging library is loaded with the first one."""
    from bots.cards.draw import draw  # noqa: PLC0415 - slow to import

    return draw(picture, photo)


def page_below(public_url: str | None) -> str | None:
    """Return where our own list is read, None where our pages are not reached from outside."""
    return f"{public_url.rstrip('/')}{PAGE}" if public_url else None
