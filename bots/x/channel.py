"""X as a channel: the contract's words on one side, tweepy on the other."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from tweepy.asynchronous import AsyncClient

from bots.surroundings import Surroundings
from bots.x import media
from bots.x.abilities import capabilities
from bots.x.address import KIND, Place, place_of
from bots.x.answered import Answered
from bots.x.count import fits, has_link
from bots.x.failures import Repeated
from bots.x.mentions import Mentions, Reading
from bots.x.money import Budget
from bots.x.pace import MOST, Pace
from bots.x.render import render
from bots.x.rest import Rest
from bots.x.settings import XSettings
from bots.x.standing import Pauses, Standing
from bots.x.timeline import Timeline
from bots.x.who import Who
from core.channel import (
    Address,
    AddressGone,
    DeliveryError,
    DeliveryUnknown,
    Heard,
    Post,
    PostRejected,
    Receipt,
    TryLater,
)
from core.model.message import Message
from core.settings import load

# What is on its way out when we are closed gets this long to arrive.
DRAIN_SECONDS = 2.5


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One post on its way: by which account, below which post, and what is paid for it."""

    post: Post
    handle: str
    above: str | None
    key: str
    price: int


class X:
    """The accounts of one app at X: they post, and one of them may be asked."""

    kind = KIND

    def __init__(
        self, settings: XSettings, surroundings: Surroundings, pauses: Pauses | None = None
    ) -> None:
        """Be the accounts in `settings`; nothing is asked of X yet."""
        self.capabilities = capabilities(settings)
        now, positions = surroundings.now, surroundings.positions
        self._now = now
        self._prices = settings.prices
        self._rest = Rest(settings, now)
        self._pace = Pace(now, max(1, MOST // surroundings.processes))
        self._budget = Budget(surroundings.purse, settings.prices, now)
        who = Who(self._rest, positions)
        self._timeline = Timeline(self._rest, who, self._budget)
        self._answered: dict[str, Answered] = {}
        self._positions = positions
        self._closed = asyncio.Event()
        self._mentions: Mentions | None = None
        if settings.mentions is not None:
            reading = Reading(
                self._rest, who, self._budget, now, positions, surroundings.public_url
            )
            standing, seconds = Standing(pauses), settings.mentions_seconds
            self._mentions = Mentions(settings.mentions, seconds, reading, standing)

    def render(self, message: Message) -> tuple[Post, ...]:
        """Return the posts that say `message`; pure."""
        return render(message)

    async def send(
        self, post: Post, to: Address, *, key: str, reply_to: str | None = None
    ) -> Receipt:
        """Send one post; raises TryLater, AddressGone, PostRejected or DeliveryUnknown.

        It is paid for first. X takes no text twice from one account for some time: then the
        earlier post is looked for, and the receipt's id is "" where it is not found. A mention
        is answered once, whatever is sent to it afterwards.
        """
        place = self._place(to)
        _check(post)
        if place.mention is not None:
            return Receipt(await self._answer(post, place, place.mention), to)
        price = self._prices.url_post if has_link(post.text) else self._prices.post
        out = Outgoing(post, place.handle, reply_to, key, price)
        try:
            return Receipt(await self._sent(out), to)
        except Repeated:
            with suppress(TryLater):
                return await self.find(key, to, post) or Receipt("", to)
            return Receipt("", to)

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Refuse: only people with a subscription edit, and only for an hour."""
        del receipt, post
        raise PostRejected("a post on X is not edited")

    async def find(self, key: str, to: Address, post: Post) -> Receipt | None:
        """Return the receipt of a post of that text, or of the answer to that mention.

        It is looked for among the newest hundred. Raises TryLater where X cannot be asked.
        """
        place = self._place(to)
        if place.mention is not None:
            number = await self._timeline.answer_to(place.mention, place.handle, key)
        else:
            number = await self._timeline.saying(post.text, place.handle, key)
        return Receipt(number, to) if number else None

    async def listen(self) -> AsyncIterator[Heard]:
        """Yield what is asked of the account that listens until it is closed."""
        if self._mentions is not None and not self._closed.is_set():
            async for heard in self._mentions.heard():
                yield heard
        await self._closed.wait()

    async def close(self) -> None:
        """Stop listening, let what is being sent arrive, and disconnect; safe to call twice."""
        if self._closed.is_set():
            return
        self._closed.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._rest.idle()
        if self._mentions is not None:
            await self._mentions.close()
        await self._rest.close()

    def _place(self, to: Address) -> Place:
        if self._closed.is_set():
            raise TryLater
        place = place_of(to)
        if place is None:
            raise AddressGone
        return place

    async def _answer(self, post: Post, place: Place, mention: str) -> str:
        """Return the number of the one answer to a mention."""
        key = f"mention:{mention}"
        out = Outgoing(post, place.handle, mention, key, self._prices.reply)
        look = partial(self._timeline.answer_to, mention, place.handle, key)

        async def send() -> str:
            try:
                return await self._sent(out)
            except Repeated:
                if (found := await look()) is None:
                    raise
                return found

        return await self._of(place.handle).once(mention, send, look)

    def _of(self, handle: str) -> Answered:
        name = handle.casefold()
        if name not in self._answered:
            self._answered[name] = Answered(name, self._positions)
        return self._answered[name]

    async def _sent(self, out: Outgoing) -> str:
        """Return the number of a post that was paid for; what X refused is paid back."""
        self._pace.take(out.handle)
        await self._budget.pay(out.key, out.price)
        try:
            return await self._posted(out)
        except (DeliveryUnknown, Repeated):
            raise
        except DeliveryError as error:
            if isinstance(error, TryLater) and error.retry_after and not error.said:
                self._pace.halt(out.handle, self._now() + error.retry_after)
            await self._budget.back(out.key)
            raise

    async def _posted(self, out: Outgoing) -> str:
        picture = out.post.picture
        pictures = [await media.uploaded(self._rest, out.handle, picture)] if picture else None
        answer, flight = await self._rest.call(out.handle, _creating(out, pictures))
        self._pace.halt(out.handle, flight.free_at)
        number = (answer.get("data") or {}).get("id")
        if not number:
            raise DeliveryUnknown("no number")
        return str(number)


def _creating(
    out: Outgoing, pictures: list[str] | None
) -> Callable[[AsyncClient], Awaitable[object]]:
    async def create(client: AsyncClient) -> object:
        return await client.create_tweet(
            text=out.post.text,
            media_ids=pictures,
            in_reply_to_tweet_id=out.above,
            user_auth=True,
        )

    return create


def _check(post: Post) -> None:
    """Refuse here what X would refuse, so that nothing is asked in vain."""
    if not post.text.strip() and post.picture is None:
        raise PostRejected("empty")
    if not fits(post.text):
        raise PostRejected("longer than X takes in one post")


async def open_x(surroundings: Surroundings) -> X | None:
    """Return the channel, None where no account is set; raises SettingsError.

    X is asked for the first time by `listen` or `send`.
    """
    settings = load(XSettings)
    if not settings.identities:
        return None
    # It writes what it asks with the signature, and we say what matters.
    logging.getLogger("tweepy").setLevel(logging.CRITICAL)
    return X(settings, surroundings)
