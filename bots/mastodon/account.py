"""One account on one instance: Mastodon.py in a thread of its own, one call after another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

import requests
from mastodon import Mastodon
from mastodon.errors import MastodonNotFoundError

from bots.mastodon.counting import USUAL_CHARACTERS, USUAL_PER_URL, Limit
from bots.mastodon.failures import before_posting, failure_of
from bots.mastodon.saying import says_the_same
from bots.mastodon.settings import Login
from core.channel import DeliveryError, DeliveryUnknown, Post, PostRejected, TryLater
from core.model.message import Picture

T = TypeVar("T")
CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
# What is on its way out when we are closed gets this long to arrive.
DRAIN_SECONDS = 2.5
# How many of its newest posts are looked through for one; the most that Mastodon gives.
LOOKED_THROUGH = 40
LONGEST_DESCRIPTION = 1_500
# So often an instance is asked whether it has worked up a picture.
MEDIA_LOOKS = 20
# How Mastodon names languages by their script.
LANGUAGES = {"zh-hans": "zh-CN", "zh-hant": "zh-TW"}


class Account:
    """Posts, edits and looks for posts; raises the four errors of the contract."""

    def __init__(self, login: Login, media_pause: float = 1.0) -> None:
        """Be the account of that login; nothing is asked of the instance yet."""
        self.login = login
        self.limit: Limit | None = None
        self._media_pause = media_pause
        self._headers: Mapping[str, str] = {}
        self._session = self._opened()
        self._client = Mastodon(
            access_token=login.token,
            api_base_url=login.url,
            # Whoever sends repeats; here nothing sleeps.
            ratelimit_method="throw",
            # requests takes a pair of them, and the library hands it on.
            request_timeout=(CONNECT_SECONDS, READ_SECONDS),  # type: ignore[arg-type]
            session=self._session,
            user_agent="recallbot",
        )
        # One thread: the library's client is not made for several, and a call that nobody
        # waits for any more ends before the next begins.
        self._turn = ThreadPoolExecutor(1, thread_name_prefix="mastodon")
        self._calls: set[asyncio.Future[Any]] = set()

    def _opened(self) -> requests.Session:
        session = requests.Session()
        # Posts are far apart: a connection kept open would be found cut in the middle of one.
        session.headers["Connection"] = "close"
        # A redirected post would arrive as a question, and the token at somebody else's.
        session.max_redirects = 0
        session.hooks["response"].append(self._noted)
        return session

    def _noted(self, answer: requests.Response, **_: Any) -> None:
        self._headers = answer.headers

    async def meet(self) -> Limit:
        """Return what the instance takes, asked for until it was said once."""
        if self.limit is None:
            self.limit = limit_in(await self._asked(self._instance))
        return self.limit

    def _instance(self) -> Mapping[str, Any]:
        try:
            newer: Mapping[str, Any] = self._client.instance_v2()
        except MastodonNotFoundError:
            older: Mapping[str, Any] = self._client.instance_v1()
            return older
        return newer

    async def me(self) -> Mapping[str, Any]:
        """Return the account as the instance knows it: "id", "username", "bot" …"""
        return await self._asked(self._client.account_verify_credentials)

    async def post(self, post: Post, key: str, reply_to: str | None) -> str:
        """Post it publicly and return its id; the same key within an hour posts once."""
        media = await self._uploaded(post.picture)
        status = await self._posted(
            lambda: self._client.status_post(
                post.text,
                in_reply_to_id=reply_to,
                media_ids=media,
                visibility="public",
                language=language_of(post.lang),
                idempotency_key=key,
            )
        )
        return _id_of(status)

    async def edit(self, number: str, post: Post) -> None:
        """Put a post in the place of another, with its picture or none."""
        media = await self._uploaded(post.picture)
        await self._posted(
            lambda: self._client.status_update(number, post.text, media_ids=media or [])
        )

    async def found(self, post: Post) -> str | None:
        """Return the id of the newest post that says the same, None where there is none."""
        me = await self.me()
        recent = await self._asked(
            lambda: self._client.account_statuses(
                me["id"], exclude_reblogs=True, limit=LOOKED_THROUGH
            )
        )
        for status in recent:
            pictured = bool(status["media_attachments"]) == bool(post.picture)
            if pictured and says_the_same(status["content"], post.text):
                return _id_of(status)
        return None

    async def _uploaded(self, picture: Picture | None) -> list[str] | None:
        """Return the ids to attach, once the instance has worked them up."""
        if picture is None:
            return None
        media: Mapping[str, Any] = await self._asked(
            lambda: self._client.media_post(
                picture.jpeg,
                mime_type="image/jpeg",
                description=picture.alt[:LONGEST_DESCRIPTION],
                file_name="recall.jpg",
            )
        )
        number = str(media.get("id"))
        for _ in range(MEDIA_LOOKS):
            if media.get("url"):
                return [number]
            await asyncio.sleep(self._media_pause)
            media = await self._asked(lambda: self._client.media(number))
        raise TryLater(said="the instance is not done with the picture")

    async def _asked(self, call: Callable[[], T]) -> T:
        """Return what a call gives that posts nothing."""
        try:
            return await self._posted(call)
        except DeliveryError as failure:
            raise before_posting(failure) from None

    async def _posted(self, call: Callable[[], T]) -> T:
        """Return what a call gives; it goes on where nobody waits for it any more."""

        def called() -> T:
            self._headers = {}
            try:
                return call()
            # What the library stumbles over in an answer is no error of its own kind.
            except Exception as error:
                raise failure_of(error, self._headers) from None

        try:
            calling = asyncio.get_running_loop().run_in_executor(self._turn, called)
        except RuntimeError:
            raise TryLater from None
        self._calls.add(calling)
        calling.add_done_callback(self._ended)
        try:
            # Nothing ends a request that has begun, so it is let arrive.
            return await asyncio.shield(calling)
        except asyncio.CancelledError:
            asking = asyncio.current_task()
            if asking is None or asking.cancelling():
                raise
            # It had not begun when we were closed.
            raise TryLater from None

    def _ended(self, calling: asyncio.Future[Any]) -> None:
        self._calls.discard(calling)
        if not calling.cancelled():
            # Looked at, whether or not somebody still waits for it.
            calling.exception()

    async def close(self) -> None:
        """Let what is on its way arrive, and begin nothing more; safe to call twice."""
        self._turn.shutdown(wait=False, cancel_futures=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                await asyncio.gather(*self._calls, return_exceptions=True)
        self._session.close()


def limit_in(instance: Mapping[str, Any]) -> Limit:
    """Return what an instance says it takes; the usual where it does not say."""
    configuration = instance.get("configuration") or {}
    statuses = configuration.get("statuses") or {}
    # Servers that are not Mastodon say it beside, as forks did before there was a place for it.
    beside = instance.get("max_toot_chars")
    characters = statuses.get("max_characters") or beside or USUAL_CHARACTERS
    return Limit(
        int(characters), int(statuses.get("characters_reserved_per_url") or USUAL_PER_URL)
    )


def language_of(lang: str | None) -> str | None:
    """Return a language as Mastodon names it, None where it is not known."""
    if lang is None:
        return None
    return LANGUAGES.get(lang.lower().replace("_", "-"), lang.replace("_", "-").split("-")[0])


def _id_of(answer: Mapping[str, Any]) -> str:
    number = answer.get("id")
    if not number:
        raise DeliveryUnknown("an answer without an id")
    return str(number)


def check(post: Post, limit: Limit) -> None:
    """Raise PostRejected where the instance would not take it."""
    if not limit.fits(post.text):
        raise PostRejected(f"{limit.length(post.text)} of {limit.characters} characters")
