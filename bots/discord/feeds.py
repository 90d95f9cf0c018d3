"""Recalls in servers: a thread or forum post for each, and their publishing to followers."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

import structlog
from discord import (
    ChannelType,
    Client,
    ForumChannel,
    HTTPException,
    MessageFlags,
    MessageReference,
)
from discord.utils import time_snowflake

from bots.discord.address import Sent
from bots.discord.failures import SERVER
from bots.discord.layout import Laid
from bots.discord.render import title_of
from bots.discord.rest import Rest
from core.channel import DeliveryError, Post, PostRejected, TryLater

log = structlog.get_logger(__name__)
LONGEST_NAME = 100
MOST_KNOWN = 10_000
# Minutes without a word until a thread is folded away; a post unfolds it.
A_WEEK: Literal[10080] = 10080
# Discord's JSON error codes.
THREAD_EXISTS = 160004
PUBLISHED_ALREADY = 40033
CROSSPOSTED = MessageFlags.crossposted.flag
# Second-hand, from bots that publish for others: ten an hour in one channel.
PUBLISHED_AN_HOUR = 10
HOUR = timedelta(hours=1)
SHORT_PAUSE = timedelta(minutes=1)
MOST_WAITING = 1_000
# What was posted longer ago than this is old news to those who follow.
TAKEN_UP = timedelta(days=1)
MOST_TAKEN_UP = 100


def name_of(text: str) -> str:
    """Return what a thread about this text is called."""
    title = title_of(text)
    return title if len(title) <= LONGEST_NAME else f"{title[: LONGEST_NAME - 1]}…"


class Rooms:
    """Knows what kind of channel one is, so that it is asked but once."""

    def __init__(self) -> None:
        """Know none yet."""
        self._kinds: OrderedDict[int, ChannelType] = OrderedDict()

    def known(self, number: int) -> ChannelType | None:
        """Return what it is where that is known."""
        return self._kinds.get(number)

    async def kind(self, client: Client, number: int) -> ChannelType:
        """Ask what it is; raises what discord.py raises."""
        found = await client.fetch_channel(number)
        # A private chat has no type of its own in the library; it is not among servers.
        self._kinds[number] = getattr(found, "type", ChannelType.private)
        if len(self._kinds) > MOST_KNOWN:
            self._kinds.popitem(last=False)
        return self._kinds[number]


async def open_post(client: Client, forum: int, laid: Laid, name: str) -> Sent:
    """Begin a post of a forum; where that wants a tag, the first one."""
    channel = await client.fetch_channel(forum)
    if not isinstance(channel, ForumChannel):
        raise TypeError("no forum")
    wants_tag = channel.flags.require_tag
    tags = [tag for tag in channel.available_tags if not tag.moderated][:1] if wants_tag else []
    opened = await channel.create_thread(
        name=name,
        view=laid.view,
        files=laid.files,
        allowed_mentions=laid.mentions,
        applied_tags=tags,
    )
    return Sent(opened.thread.id, opened.message.id)


async def thread_under(client: Client, room: int, earlier: Sent, name: str) -> int | None:
    """Return the thread of an earlier post to `room`, begun if need be; None where none can be.

    A thread has the id of the message it hangs under. What was posted to a forum, or to such a
    thread, is in it already.
    """
    if earlier.channel != room:
        return earlier.channel
    try:
        thread = await client.http.start_thread_with_message(
            earlier.channel, earlier.message, name=name, auto_archive_duration=A_WEEK
        )
    except HTTPException as error:
        if error.status >= SERVER:
            raise
        # Else there may be none, or the message is gone: it becomes an ordinary answer.
        return earlier.message if error.code == THREAD_EXISTS else None
    return int(thread["id"])


def answering(earlier: Sent) -> MessageReference:
    """Return what shows an earlier post above; it may be gone."""
    return MessageReference(
        message_id=earlier.message, channel_id=earlier.channel, fail_if_not_exists=False
    )


def is_published_later(post: Post) -> bool:
    """Say whether a post in an announcement channel is for its followers, too.

    What has buttons, such as a preview, is for those who are there.
    """
    return not post.buttons


async def _unpublished(client: Client, channel: int, oldest: int) -> list[Sent]:
    """Return the posts of ours there since `oldest` that are for followers and unpublished."""
    found = await client.http.logs_from(channel, MOST_TAKEN_UP)
    mine = client.application_id
    return [
        Sent(channel, int(one["id"]))
        for one in reversed(found)
        if int(one["id"]) >= oldest and int(one.get("application_id") or 0) == mine
        if not one.get("flags", 0) & CROSSPOSTED and not _is_for_those_there(one)
    ]


def _is_for_those_there(message: Mapping[str, Any]) -> bool:
    """Say whether a message answers somebody, or can be pressed."""
    answers = message.get("interaction_metadata") or message.get("message_reference")
    return bool(answers) or _has_buttons(message.get("components"))


def _has_buttons(components: Any) -> bool:
    parts = components or []
    return any(part.get("custom_id") or _has_buttons(part.get("components")) for part in parts)


class Published:
    """Publishes posts of announcement channels, at most ten an hour in each.

    What waits is in memory. After a restart Discord is asked which posts of ours it has not
    published: that is the only list of them, so that none can be wrong.
    """

    def __init__(
        self,
        rest: Rest,
        now: Callable[[], datetime],
        sleep: Callable[[float], Any] = asyncio.sleep,
    ) -> None:
        """Begin with nothing to publish; `now` tells the time in UTC."""
        self._rest = rest
        self._now = now
        self._sleep = sleep
        self._done: dict[int, deque[datetime]] = {}
        self._waiting: dict[int, deque[Sent]] = {}
        self._at_work: dict[int, asyncio.Task[None]] = {}
        self._looked: set[int] = set()

    async def take_up(self, channel: int) -> None:
        """Publish what was posted to the channel within a day and is not published yet.

        Discord is asked once for each channel, and again after it could not be published.
        """
        if channel in self._looked:
            return
        self._looked.add(channel)
        oldest = time_snowflake(self._now() - TAKEN_UP)
        try:
            found = await self._rest.call(lambda client: _unpublished(client, channel, oldest))
        except DeliveryError as error:
            self._looked.discard(channel)
            log.warning("not_taken_up", channel="discord", reason=type(error).__name__)
            return
        waiting = self._waiting.get(channel, ())
        for sent in [one for one in found if one not in waiting]:
            self.add(sent)

    def add(self, sent: Sent) -> None:
        """Publish a post when its channel has room."""
        waiting = self._waiting.setdefault(sent.channel, deque())
        if len(waiting) >= MOST_WAITING:
            log.warning("not_published", channel="discord", reason="too many waiting")
            return
        waiting.append(sent)
        if sent.channel not in self._at_work:
            task = asyncio.create_task(self._publish(sent.channel))
            self._at_work[sent.channel] = task

    async def _publish(self, channel: int) -> None:
        done = self._done.setdefault(channel, deque())
        waiting = self._waiting[channel]
        try:
            while waiting:
                while done and self._now() - done[0] >= HOUR:
                    done.popleft()
                if len(done) >= PUBLISHED_AN_HOUR:
                    await self._sleep((done[0] + HOUR - self._now()).total_seconds())
                    continue
                done.append(self._now())
                if pause := await self._one(waiting[0]):
                    await self._sleep(pause.total_seconds())
                    continue
                waiting.popleft()
        finally:
            del self._at_work[channel]

    async def _one(self, sent: Sent) -> timedelta | None:
        """Publish one post; return how long to wait where Discord wants that."""

        async def publish(client: Client) -> object:
            return await client.http.publish_message(sent.channel, sent.message)

        try:
            await self._rest.call(publish)
        except TryLater as error:
            return error.retry_after or SHORT_PAUSE
        except PostRejected as error:
            if not str(error).endswith(f" {PUBLISHED_ALREADY}"):
                log.warning("not_published", channel="discord", reason=str(error))
        except DeliveryError as error:
            # The post is there; those who follow the channel elsewhere get it with the next.
            self._looked.discard(sent.channel)
            log.warning("not_published", channel="discord", reason=type(error).__name__)
        return None

    async def idle(self) -> None:
        """Return when nothing waits to be published."""
        while self._at_work:
            await asyncio.wait(list(self._at_work.values()))

    async def close(self) -> None:
        """Stop publishing."""
        tasks = list(self._at_work.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
