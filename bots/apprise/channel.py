"""Apprise as a channel: one name stands for one target, whatever service that is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

from bots.apprise.abilities import LONGEST_POST, fits, of_targets
from bots.apprise.render import render
from bots.apprise.settings import AppriseSettings
from bots.apprise.target import Target
from bots.surroundings import Surroundings
from core.channel import (
    Address,
    Capabilities,
    Heard,
    Post,
    PostRejected,
    Receipt,
    TryLater,
)
from core.model.message import Message
from core.settings import SettingsError, load

KIND = "apprise"
# What is on its way out when we are closed gets this long to arrive.
DRAIN_SECONDS = 2.5


class Apprise:
    """The targets that are set up; who reads there is not known, and nobody is heard."""

    kind = KIND

    def __init__(self, settings: AppriseSettings) -> None:
        """Be the targets that are set up; raises SettingsError where a URL is none."""
        self._targets = {name: _target(name, url) for name, url in settings.urls.items()}
        self._closed = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()

    @property
    def capabilities(self) -> Capabilities:
        """Return what all of the targets can do, and pictures where one of them can.

        A post fits by what goes through at all: where a target takes less at once, `send`
        splits it, so that one of short messages does not make short those of all others.
        """
        return of_targets(files=any(one.takes_files for one in self._targets.values()))

    def render(self, message: Message) -> tuple[Post, ...]:
        """Return the posts that say `message`; pure."""
        return render(message)

    async def send(
        self, post: Post, to: Address, *, key: str, reply_to: str | None = None
    ) -> Receipt:
        """Send one post; raises TryLater, AddressGone, PostRejected or DeliveryUnknown.

        Where the target takes less at once it goes in several messages. Nothing tells one
        attempt from another: after DeliveryUnknown a second one may show the post twice.
        """
        del key, reply_to
        target = self._targets.get(to.chat.lower())
        if self._closed.is_set():
            raise TryLater
        if target is None:
            # Whoever runs the bot can put it back, and what waits goes out then.
            raise TryLater(said=f"RECALLBOT_APPRISE_TARGETS has no target {to.chat}")
        if not post.text.strip() or not fits(post.text):
            raise PostRejected(f"{len(post.text)} of {LONGEST_POST} characters")
        sending = asyncio.create_task(target.send(post))
        self._sending.add(sending)
        sending.add_done_callback(self._sent)
        # Nothing ends a request that Apprise has begun.
        await asyncio.shield(sending)
        return Receipt(uuid4().hex, to)

    def _sent(self, sending: asyncio.Task[None]) -> None:
        self._sending.discard(sending)
        if not sending.cancelled():
            # Looked at, whether or not somebody still waits for it.
            sending.exception()

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Raise PostRejected: what was sent stays as it is."""
        del receipt, post
        raise PostRejected("what Apprise sent cannot be changed")

    async def find(self, key: str, to: Address, post: Post) -> Receipt | None:
        """Return None: Apprise only sends."""
        del key, to, post
        return None

    async def listen(self) -> AsyncIterator[Heard]:
        """Yield nothing, and end when it is closed."""
        await self._closed.wait()
        nothing: tuple[Heard, ...] = ()
        for heard in nothing:
            yield heard

    async def close(self) -> None:
        """Let what is being sent arrive; safe to call twice."""
        self._closed.set()
        if self._sending:
            await asyncio.wait(self._sending, timeout=DRAIN_SECONDS)


def _target(name: str, url: str) -> Target:
    try:
        return Target(url)
    except ValueError:
        raise SettingsError(
            f"RECALLBOT_APPRISE_TARGETS: Apprise cannot read the URL of {name!r}"
        ) from None


async def open_apprise(surroundings: Surroundings) -> Apprise | None:
    """Return the channel, None where no target is set; raises SettingsError.

    Nothing is asked of any target before something is sent.
    """
    del surroundings
    settings = load(AppriseSettings)
    return Apprise(settings) if settings.targets else None
