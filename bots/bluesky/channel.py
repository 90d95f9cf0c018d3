"""Bluesky as a channel: it posts from the accounts that are set up, and reads nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from bots.bluesky.abilities import CAPABILITIES
from bots.bluesky.failures import FAILURES, before_the_post, failure_of
from bots.bluesky.login import KIND, Login
from bots.bluesky.names import name_of
from bots.bluesky.posting import composed, found, put
from bots.bluesky.render import fits, render
from bots.bluesky.settings import BlueskySettings
from bots.surroundings import Surroundings
from core.channel import (
    Address,
    AddressGone,
    Heard,
    Post,
    PostRejected,
    Receipt,
    TryLater,
)
from core.model.message import Message
from core.settings import load


class Bluesky:
    """The accounts of Bluesky that are set up; a chat is the handle of one."""

    kind = KIND
    capabilities = CAPABILITIES

    def __init__(self, settings: BlueskySettings, surroundings: Surroundings) -> None:
        """Be the accounts in `settings`; nothing is asked of Bluesky yet."""
        self._now = surroundings.now
        self._logins = {
            account[0]: Login(account, settings.service, surroundings.positions, self._now)
            for account in settings.passwords.items()
        }
        self._closed = asyncio.Event()

    def render(self, message: Message) -> tuple[Post, ...]:
        """Return the posts that say `message`; pure."""
        return render(message)

    async def send(
        self, post: Post, to: Address, *, key: str, reply_to: str | None = None
    ) -> Receipt:
        """Post it once, however often; raises the four errors of the contract.

        The receipt's id is the post's at:// address. `reply_to` is one such of this account.
        """
        login = self._login(to)
        _check(post)
        try:
            await login.ready()
            record = await composed(login, post, reply_to, self._now())
        except FAILURES as error:
            raise before_the_post(failure_of(error, self._now())) from error
        try:
            return Receipt(await put(login, name_of(key), record), to)
        except FAILURES as error:
            raise failure_of(error, self._now()) from error

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Raise PostRejected: what changes in a record, Bluesky's app does not show."""
        del receipt, post
        raise PostRejected("a post on Bluesky cannot be edited")

    async def find(self, key: str, to: Address, post: Post) -> Receipt | None:
        """Return the receipt of the post with this key, None where there is none.

        Raises TryLater where Bluesky cannot be asked now.
        """
        del post
        login = self._login(to)
        try:
            there = await found(login, name_of(key))
        except FAILURES as error:
            failure = failure_of(error, self._now())
            raise failure if isinstance(failure, TryLater) else TryLater() from error
        return Receipt(there.uri, to) if there else None

    async def listen(self) -> AsyncIterator[Heard]:
        """Yield nothing until it is closed: an account here only posts."""
        await self._closed.wait()
        nothing: tuple[Heard, ...] = ()
        for heard in nothing:
            yield heard

    async def close(self) -> None:
        """Let go of every connection; safe to call twice."""
        self._closed.set()
        await asyncio.gather(*(login.close() for login in self._logins.values()))

    def _login(self, to: Address) -> Login:
        if self._closed.is_set():
            raise TryLater
        login = self._logins.get(to.chat)
        if login is None:
            raise AddressGone(said="RECALLBOT_BLUESKY_ACCOUNTS does not name this account")
        return login


def _check(post: Post) -> None:
    """Refuse here what Bluesky would refuse, so that nothing is asked in vain."""
    if post.attachment:
        raise PostRejected("a post on Bluesky carries no file")
    if not (post.text.strip() or post.picture) or not fits(post.text):
        raise PostRejected("empty, or too long for one post")
    try:
        post.text.encode()
    except UnicodeEncodeError as error:
        raise PostRejected("half a character is no text") from error


async def open_bluesky(surroundings: Surroundings) -> Bluesky | None:
    """Return the channel, None where no account is set; raises SettingsError.

    Bluesky is asked for the first time by the first post.
    """
    settings = load(BlueskySettings)
    return Bluesky(settings, surroundings) if settings.accounts else None
