"""Mastodon as a channel: public accounts that post, and read nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from bots.mastodon.abilities import within
from bots.mastodon.account import Account, check
from bots.mastodon.counting import Limit, tightest
from bots.mastodon.render import render
from bots.mastodon.settings import MastodonSettings
from bots.surroundings import Surroundings
from core.channel import (
    Address,
    Capabilities,
    DeliveryError,
    Heard,
    Post,
    Receipt,
    TryLater,
)
from core.model.message import Message
from core.settings import load

KIND = "mastodon"
# An instance that is slower is asked again before the first post.
MEETING_SECONDS = 5.0


class Mastodon:
    """The accounts of one bot, each on its instance; a chat is written name@host."""

    kind = KIND

    def __init__(self, settings: MastodonSettings, media_pause: float = 1.0) -> None:
        """Be the accounts that are set up; nothing is asked of an instance yet."""
        self._accounts = {login.chat: Account(login, media_pause) for login in settings.logins}
        self._closed = asyncio.Event()

    @property
    def limit(self) -> Limit:
        """Return what every instance takes; the usual for those that were not asked yet."""
        return tightest(account.limit or Limit() for account in self._accounts.values())

    @property
    def capabilities(self) -> Capabilities:
        """Return what all of its instances can do."""
        return within(self.limit)

    def render(self, message: Message) -> tuple[Post, ...]:
        """Return the posts that say `message`, each fitting every instance; pure."""
        return render(message, self.limit)

    async def meet(self) -> None:
        """Ask every instance what it takes; one that does not answer is asked again later."""
        meeting = (account.meet() for account in self._accounts.values())
        with suppress(TimeoutError):
            async with asyncio.timeout(MEETING_SECONDS):
                await asyncio.gather(*meeting, return_exceptions=True)

    async def send(
        self, post: Post, to: Address, *, key: str, reply_to: str | None = None
    ) -> Receipt:
        """Post it; raises TryLater, AddressGone, PostRejected or DeliveryUnknown.

        Mastodon drops a second post with the same key within an hour, and other servers none:
        after DeliveryUnknown, `find` tells.
        """
        account = self._account(to)
        check(post, await account.meet())
        return Receipt(await account.post(post, key, reply_to), to)

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Put `post` in the place of another, its picture too; raises as `send` does."""
        account = self._account(receipt.to)
        check(post, await account.meet())
        await account.edit(receipt.id, post)
        return receipt

    async def find(self, key: str, to: Address, post: Post) -> Receipt | None:
        """Return the newest of its last forty posts that says the same; raises TryLater.

        An instance does not tell by which key a post came.
        """
        del key
        try:
            number = await self._account(to).found(post)
        except DeliveryError as failure:
            wait = failure.retry_after if isinstance(failure, TryLater) else None
            raise TryLater(wait, str(failure)) from None
        return Receipt(number, to) if number else None

    def _account(self, to: Address) -> Account:
        account = self._accounts.get(to.chat.lower().removeprefix("@"))
        if self._closed.is_set():
            raise TryLater
        if account is None:
            # Whoever runs the bot can put it back, and what waits goes out then.
            raise TryLater(said=f"RECALLBOT_MASTODON_ACCOUNTS has no token for {to.chat}")
        return account

    async def listen(self) -> AsyncIterator[Heard]:
        """Yield nothing, and end when it is closed: what people write there is not read."""
        await self._closed.wait()
        nothing: tuple[Heard, ...] = ()
        for heard in nothing:
            yield heard

    async def close(self) -> None:
        """Let what is being posted arrive, and disconnect; safe to call twice."""
        if not self._closed.is_set():
            self._closed.set()
            await asyncio.gather(*(account.close() for account in self._accounts.values()))


async def open_mastodon(surroundings: Surroundings) -> Mastodon | None:
    """Return the channel, None where no account is set; raises SettingsError."""
    del surroundings
    settings = load(MastodonSettings)
    if settings.accounts is None:
        return None
    channel = Mastodon(settings)
    await channel.meet()
    return channel
