"""Feeds of servers of Discord: channels, threads, forums, announcements, roles, refusals."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from bots.app import serve
from bots.discord.channel import Discord as Ours
from core.channel import Address
from core.model.recall import HazardKind
from core.model.subscriber import FeedStyle, GroupFeed
from core.store import group_feeds, ledger
from tests.bots.discord.stage import Stage, opened
from tests.fakes import a_record
from tests.platforms.discord_server import (
    Channel,
    Discord,
    Guild,
    Permission,
    Person,
    a_discord,
    discord_py_reaches,
)
from tests.scenarios.stories.town import Town

OLD = a_record("0", brands=["Other"], units={"op": "model", "any_of": ["Z1"]})
HEADLINE = "## Product safety recall: Acme X100 power bank"
SKIP = "Don\N{RIGHT SINGLE QUOTATION MARK}t post"
CROSSPOST = "POST /channels/{channel}/messages/{message}/crosspost"


@dataclass(slots=True)
class Server:
    """A town whose groups are in one server of Discord, and our channel there."""

    town: Town
    discord: Discord
    stage: Stage
    ann: Person
    guild: Guild

    @property
    def channel(self) -> Ours:
        return self.stage.channel

    async def feed(self, room: Channel, **facts: object) -> None:
        """Let that channel have a feed."""
        feed = GroupFeed(active=True, lang="en", **facts)  # type: ignore[arg-type]
        place, now = Address("discord", f"channel:{room.id}"), self.town.clock.now()
        async with self.town.database.writing() as connection:
            await group_feeds.save_feed(connection, place, feed, now)

    async def reads(self, *records: object) -> None:
        """Let these be read, and what follows be sent."""
        await self.town.reads(OLD, *records)
        await self.town.passes(minutes=5)
        await self.channel.published.idle()

    async def whys(self) -> list[tuple[str, str | None]]:
        """Return how far each delivery came, and why."""
        async with self.town.database.reading() as connection:
            return [(one.state.name, one.why) for one in await ledger.entries(connection, 99)]


@pytest.fixture
async def server(town: Town) -> AsyncIterator[Server]:
    """Give a server whose bot is connected."""
    async with a_discord() as discord:
        discord.limits.lift()
        with discord_py_reaches(discord):
            ann = discord.person("ann")
            guild = discord.guild("Parents", owner=ann)
            async with opened(discord, now=town.clock.now) as stage:
                await discord.gateway.ready()
                there = Town(
                    town.database, town.talk, town.clock, town.letters, (stage.channel,)
                )
                await there.reads(OLD)
                yield Server(there, discord, stage, ann, guild)


def recalls(room: Channel) -> list[str]:
    return [one.text for one in room.messages if HEADLINE in one.text]


def posted(room: Channel) -> list[str]:
    """Return what was posted, without what was only shown beforehand."""
    return [one.text for one in room.messages if HEADLINE in one.text and not one.buttons]


async def test_a_text_channel_has_one_message_a_recall_that_is_edited(server: Server) -> None:
    room = server.guild.text("recalls")
    await server.feed(room)

    await server.reads(a_record("1"))
    [before] = posted(room)
    await server.reads(a_record("1", state="closed"))
    [after] = posted(room)

    assert "File closed" not in before
    assert "File closed" in after
    assert room.threads == []


async def test_in_the_style_of_threads_a_development_hangs_in_a_thread(server: Server) -> None:
    room = server.guild.text("recalls")
    await server.feed(room, style=FeedStyle.THREAD)

    await server.reads(a_record("1"))
    await server.reads(a_record("1", state="closed"))
    await server.reads(a_record("1", state="open"))

    [thread] = room.threads
    assert "File closed" in thread.messages[0].text
    assert "File closed" in posted(room)[0]
    assert len(posted(room)) == 1


async def test_a_forum_has_a_post_a_recall_and_its_preview_is_held_back_there(
    server: Server,
) -> None:
    forum = server.guild.forum("recalls")
    await server.feed(forum, style=FeedStyle.FORUM)

    await server.town.reads(OLD, a_record("1"))
    await server.town.works()
    [preview] = forum.threads
    async with answering(server):
        pressed = await server.ann.presses(SKIP, preview.messages[0])
    await server.town.passes(minutes=5)
    held = len(forum.threads)
    await server.reads(a_record("1"), a_record("2"))
    await server.reads(a_record("1"), a_record("2", state="closed"))

    assert pressed.message is not None
    assert "I will not post it." in pressed.message.text
    assert held == 1
    [post] = forum.threads[1:]
    assert [HEADLINE in one.text for one in post.messages] == [True, True]
    assert all("File closed" in one.text for one in post.messages)


@asynccontextmanager
async def answering(server: Server) -> AsyncIterator[None]:
    """Answer what people press and say there."""
    stopping = asyncio.Event()
    # The stage hears already; what it heard is answered as the program does.
    heard = _Heard(server.channel, server.stage)
    serving = asyncio.create_task(serve([heard], server.town.talk, stopping))  # type: ignore[list-item]
    try:
        yield
    finally:
        stopping.set()
        await serving


class _Heard:
    """The channel, telling what the stage heard."""

    def __init__(self, channel: Ours, stage: Stage) -> None:
        self._channel, self._stage = channel, stage

    def __getattr__(self, name: str) -> object:
        return getattr(self._channel, name)

    async def listen(self) -> AsyncIterator[object]:
        while True:
            yield await self._stage.heard.get()

    async def close(self) -> None:
        """Leave it open: it is the stage's."""


async def test_roles_of_a_danger_are_called_by_the_post_alone(server: Server) -> None:
    room = server.guild.text("recalls")
    fire = server.guild.role("fire", mentionable=True)
    server.guild.role("other", mentionable=True)
    await server.feed(room, roles={HazardKind.FIRE: f"<@&{fire.id}>"})

    await server.reads(a_record("1"))

    assert [one.mentions for one in room.messages] == [[], [fire.id]]


async def test_announcements_are_published_and_previews_are_not(server: Server) -> None:
    room = server.guild.announcement("recalls")
    await server.feed(room)

    await server.reads(a_record("1"))

    assert [bool(one.flags & 1) for one in room.messages] == [False, True]


async def test_what_waits_to_be_published_is_published_after_a_restart(server: Server) -> None:
    room = server.guild.announcement("recalls")
    await server.feed(room, budget=50)
    server.discord.faults.fails(503, route=CROSSPOST, times=99)
    await server.reads(a_record("1"))
    await server.ann.writes("Thank you", where=room)
    before = [bool(one.flags & 1) for one in room.messages]
    server.discord.faults.clear()

    async with opened(server.discord, now=server.town.clock.now) as again:
        await server.discord.gateway.ready()
        for _ in range(500):
            if room.messages[1].flags & 1:
                break
            await asyncio.sleep(0.01)
        await again.channel.published.idle()

    assert before == [False, False, False]
    assert [bool(one.flags & 1) for one in room.messages] == [False, True, False]


async def test_a_missing_permission_stands_in_the_outbox_with_discords_words(
    server: Server,
) -> None:
    room = server.guild.text("recalls")
    await server.feed(room)
    room.forbid(Permission.SEND_MESSAGES)

    await server.reads(a_record("1"))

    assert await server.whys() == [("GONE", "address_gone 403 50013 Missing Permissions")]
    assert room.messages == []


async def test_several_groups_are_told_of_one_that_refuses_nothing_else_changes(
    server: Server,
) -> None:
    rooms = [server.guild.text(f"recalls-{number}") for number in range(3)]
    for room in rooms:
        await server.feed(room)
    rooms[1].forbid(Permission.VIEW_CHANNEL)

    await server.reads(a_record("1"))

    assert [len(posted(room)) for room in rooms] == [1, 0, 1]
