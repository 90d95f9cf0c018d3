"""A public post through the channel: part by part, each written down before and after."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from core.alert.aftermath import Aftermath, Stopped, place_of
from core.alert.preparing import Postable
from core.alert.sending import Sent
from core.channel import Channel, DeliveryError, DeliveryUnknown, Post, PostRejected, Receipt
from core.clock import Clock
from core.model.delivery import Because, State
from core.model.message import Picture
from core.model.outbox import Claimed, Outcome
from core.model.public import Card, Chart, Part
from core.store import posted
from core.store.photos import photo_on
from core.store.posted import Ready
from core.store.work import Database

log = structlog.get_logger(__name__)
# What is drawn, and the photo of the product on it.
Draw = Callable[[Card | Chart, bytes | None], Picture | None]
# Until what changed since it was approved is composed anew.
SOON = timedelta(seconds=20)


def undrawn(picture: Card | Chart, photo: bytes | None = None) -> None:
    """Draw nothing: the post goes without a picture."""
    del picture, photo


class _Outdated(Exception):  # noqa: N818 - it ends the sending, and is no error
    """Nothing of it stands there, and what it says is not so any more."""


@dataclass(frozen=True, slots=True)
class Posting:
    """Sends public posts through one channel; pictures are drawn by `draw`.

    What was approved is what is posted, and a post of which nobody can tell whether it arrived
    waits for a human. A part is written down as begun before it is sent, and that is taken back
    where it is certain that it did not arrive: what is begun and has no name is in doubt.
    """

    database: Database
    channel: Channel
    clock: Clock
    draw: Draw

    async def send(self, one: Postable) -> Sent:
        """Return what became of it."""
        claimed, ready = one.claimed, one.ready
        if claimed.gone:
            return Sent(claimed.became(State.GONE, Because.ADDRESS_GONE))
        if ready is None:
            return Sent(claimed.became(State.ABANDONED, Because.GIVEN_UP))
        if ready.stale and not ready.begun:
            return Sent(self._waits(claimed))
        try:
            first = await self._sent(claimed, ready)
        except _Outdated:
            return Sent(self._waits(claimed), asked=True)
        except Stopped as stopped:
            outcome = await self._stopped(claimed, stopped)
            return Sent(outcome, asked=True, error=stopped.error)
        sent_at = self.clock.now()
        return Sent(
            claimed.became(State.SENT, sent_at=sent_at, message=first or None), asked=True
        )

    async def _stopped(self, claimed: Claimed, stopped: Stopped) -> Outcome:
        """Return what becomes of it; whether it is in doubt is known better than of others."""
        known = replace(claimed, doubtful=stopped.doubtful)
        if not known.doubtful:
            known = replace(known, why=None)
        return await Aftermath(self.database, self.clock).of(known, stopped)

    def _waits(self, claimed: Claimed) -> Outcome:
        """Return that it waits until it was composed anew: what it says is not so any more."""
        due, why = self.clock.now() + SOON, Because.COMPOSED_ANEW
        return claimed.became(State.LATER, why, due_at=due, untried=True)

    async def _sent(self, claimed: Claimed, ready: Ready) -> str:
        """Return the platform's name of the first part."""
        if not any(name is not None for name in ready.begun.values()):
            await self._edit(claimed, ready)
        names: list[str] = []
        aside = self.channel.capabilities.aside
        above = (ready.earlier.last or "") if ready.earlier and not aside else ""
        for number, part in enumerate(ready.draft.parts):
            known = ready.begun.get(number)
            if known is None:
                known = await self._one(claimed, ready, number, part, above)
            names.append(known)
            above = known or above
        return names[0] if names else ""

    async def _one(
        self, claimed: Claimed, ready: Ready, number: int, part: Part, above: str
    ) -> str:
        """Return the platform's name of a part: sent now, or found there."""
        key = f"{ready.draft.key}.{number}" if number else ready.draft.key
        which = (claimed.alert, claimed.address)
        doubtful = number in ready.begun
        try:
            post = await self._rendered(part, ready.draft.lang)
            receipt = await self._seen(post, key, claimed) if doubtful else None
            doubtful = doubtful and not self.channel.capabilities.finds
            if receipt is None:
                await self._begin(claimed, ready, number, doubtful=doubtful)
                reply_to = above or None if self.channel.capabilities.threads else None
                receipt = await self.channel.send(
                    post, place_of(claimed), key=key, reply_to=reply_to
                )
        except DeliveryUnknown as error:
            raise Stopped(error, harmless=self._harmless, doubtful=True) from error
        except DeliveryError as error:
            if not doubtful:
                async with self.database.writing() as connection:
                    await posted.not_begun(connection, which, number)
            raise Stopped(error, harmless=self._harmless, doubtful=doubtful) from error
        async with self.database.writing() as connection:
            await posted.note_part(connection, which, number, receipt.id)
        return receipt.id

    @property
    def _harmless(self) -> bool:
        can = self.channel.capabilities
        return can.finds or can.drops_repeats

    async def _seen(self, post: Post, key: str, claimed: Claimed) -> Receipt | None:
        """Return the receipt of a part that may have arrived, None where it may be sent again.

        Raises DeliveryUnknown where nobody can tell.
        """
        can = self.channel.capabilities
        if can.finds:
            return await self.channel.find(key, place_of(claimed), post)
        if can.drops_repeats:
            return None
        raise DeliveryUnknown

    async def _begin(
        self, claimed: Claimed, ready: Ready, number: int, *, doubtful: bool
    ) -> None:
        """Write down that this part is about to be sent.

        Raises _Outdated where now it is certain that nothing stands there of what is not so
        any more.
        """
        which = (claimed.alert, claimed.address)
        stands = any(name is not None for name in ready.begun.values())
        outdated = ready.stale and not stands and not number and not doubtful
        async with self.database.writing() as connection:
            if outdated:
                await posted.not_begun(connection, which, number)
            else:
                await posted.begin_part(connection, which, number, self.clock.now())
        if outdated:
            raise _Outdated

    async def _edit(self, claimed: Claimed, ready: Ready) -> None:
        """Let the posts it corrects say what is so now, where the platform edits."""
        if not self.channel.capabilities.edits:
            return
        names = ready.original.messages if ready.original else ()
        doubtful = bool(ready.begun)
        for name, part in zip(names, ready.draft.edits, strict=False):
            if not name:
                continue
            try:
                post = await self._rendered(part, ready.draft.lang)
                await self.channel.edit(Receipt(name, place_of(claimed), awaited=False), post)
            except PostRejected:
                continue  # too old to be edited, or gone: it is said below
            except DeliveryError as error:
                raise Stopped(error, harmless=True, doubtful=doubtful) from error

    async def _rendered(self, part: Part, lang: str) -> Post:
        """Return the one post of a part; raises PostRejected where it makes more than one."""
        message = part.message(lang)
        picture = None
        if part.picture is not None and self.channel.capabilities.max_caption is not None:
            picture = await self._drawn(part.picture)
        for one in (replace(message, picture=picture), message):
            posts = self.channel.render(one)
            if len(posts) == 1:
                return posts[0]
        raise PostRejected("a part does not fit one post")

    async def _drawn(self, picture: Card | Chart) -> Picture | None:
        """Return the picture; a warning goes without one rather than not at all."""
        photo = await photo_on(self.database, picture)
        try:
            return await asyncio.to_thread(self.draw, picture, photo)
        except Exception:
            log.exception("picture_not_drawn", channel=self.channel.kind)
            return None
