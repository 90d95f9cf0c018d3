"""Recalls in servers: threads, forums, roles that are called, and publishing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bots.discord import feeds
from bots.discord.address import Sent
from bots.discord.channel import Discord as Ours
from bots.discord.feeds import Published
from bots.discord.settings import DiscordSettings
from bots.surroundings import Surroundings
from core.channel import Address, DeliveryUnknown, Post
from core.model.message import Block, Button, Message, Role
from tests.bots.discord.stage import no_names
from tests.builders import NOW
from tests.fakes import FakeKept
from tests.platforms.discord_server import Channel, Discord, Guild, Permission

CROSSPOST = "POST /channels/{channel}/messages/{message}/crosspost"


@pytest.fixture
async def channel(discord: Discord) -> AsyncIterator[Ours]:
    settings = DiscordSettings.model_validate({"token": discord.token})
    ours = Ours(settings, Surroundings(lambda: NOW, FakeKept(), no_names))
    yield ours
    await ours.close()


@pytest.fixture
def guild(discord: Discord) -> Guild:
    return discord.guild("Parents", owner=discord.person("ann"))


def place(room: Channel) -> Address:
    return Address("discord", f"channel:{room.id}")


def a_recall(channel: Ours, text: str = "Anker A1263 recalled", *calls: str) -> Post:
    return channel.render(Message((Block(Role.HEADLINE, text),), calls=calls))[0]


async def test_later_revisions_hang_in_a_thread_of_the_first_post(
    channel: Ours, guild: Guild
) -> None:
    room = guild.text("recalls")
    first = await channel.send(a_recall(channel), place(room), key="k1")

    revisions = [
        await channel.send(
            a_recall(channel, f"Revision {number}"),
            place(room),
            key=f"r{number}",
            reply_to=first.id,
        )
        for number in range(2)
    ]
    again = await channel.send(
        a_recall(channel, "Third"), place(room), key="k3", reply_to=revisions[1].id
    )

    assert len(room.messages) == 1
    (thread,) = room.threads
    assert thread.name == "Revision 0"
    assert [message.text for message in thread.messages] == [
        "## Revision 0",
        "## Revision 1",
        "## Third",
    ]
    edited = await channel.edit(again, a_recall(channel, "Closed"))
    assert edited == again
    assert thread.messages[2].text == "## Closed"


async def test_without_the_right_to_begin_threads_it_becomes_an_answer(
    channel: Ours, guild: Guild
) -> None:
    room = guild.text("recalls")
    first = await channel.send(a_recall(channel), place(room), key="k1")
    room.forbid(Permission.CREATE_PUBLIC_THREADS)

    await channel.send(a_recall(channel), place(room), key="k2", reply_to=first.id)

    assert room.threads == []
    assert room.messages[1].body["message_reference"]


async def test_a_forum_has_a_post_for_each_recall_with_its_revisions_inside(
    channel: Ours, guild: Guild
) -> None:
    forum = guild.forum("recalls", "power banks", tag_required=True)

    first = await channel.send(a_recall(channel, "A" * 150), place(forum), key="k1")
    await channel.send(a_recall(channel, "Expanded"), place(forum), key="k2", reply_to=first.id)

    (opened,) = forum.threads
    assert opened.name == "A" * 99 + "…"
    assert opened.applied == [forum.tags[0]["id"]]
    assert [message.text for message in opened.messages][1] == "## Expanded"


async def test_only_the_chosen_roles_are_called(channel: Ours, guild: Guild) -> None:
    room = guild.text("recalls")
    chosen, other = guild.role("fire", mentionable=True), guild.role("other", mentionable=True)
    post = a_recall(channel, f"For <@&{other.id}> @everyone", f"<@&{chosen.id}>")

    await channel.send(post, place(room), key="k1")

    assert room.messages[0].mentions == [chosen.id]


async def test_announcements_are_published_ten_an_hour(
    channel: Ours, discord: Discord, guild: Guild
) -> None:
    room = guild.announcement("recalls")

    for number in range(10):
        await channel.send(a_recall(channel, f"{number}"), place(room), key=f"k{number}")
    await channel.published.idle()
    await channel.send(a_recall(channel, "eleventh"), place(room), key="k11")

    assert discord.count.total(CROSSPOST, 200) == 10
    assert len(room.messages) == 11


async def test_what_cannot_be_published_is_still_posted(
    channel: Ours, discord: Discord, guild: Guild
) -> None:
    room = guild.announcement("recalls")
    discord.faults.fails(503, route=CROSSPOST)

    await channel.send(a_recall(channel), place(room), key="k1")
    await channel.published.idle()
    failed = room.messages[0].flags & 1
    await channel.send(a_recall(channel, "next"), place(room), key="k2")
    await channel.published.idle()

    assert not failed
    assert [message.flags & 1 for message in room.messages] == [1, 1]


async def test_where_nobody_can_be_asked_what_waits_the_next_post_asks_again(
    channel: Ours, discord: Discord, guild: Guild
) -> None:
    room = guild.announcement("recalls")
    discord.faults.fails(503, route="GET /channels/{channel}/messages")

    with capture_logs() as logs:
        for number in range(2):
            await channel.send(a_recall(channel), place(room), key=f"k{number}")
        await channel.published.idle()

    assert [log["event"] for log in logs] == ["not_taken_up"]
    assert [message.flags & 1 for message in room.messages] == [1, 1]


async def test_what_answers_somebody_or_can_be_pressed_is_not_published(
    channel: Ours, discord: Discord, guild: Guild
) -> None:
    room = guild.announcement("recalls")
    shown = channel.render(
        Message((Block(Role.HEADLINE, "Soon"),), (Button("Stop", "/feed skip 1"),))
    )
    await channel.send(shown[0], place(room), key="k1")
    first = await channel.send(a_recall(channel), place(room), key="k2")
    await channel.published.idle()
    room.forbid(Permission.CREATE_PUBLIC_THREADS)
    await channel.send(a_recall(channel, "Below"), place(room), key="k3", reply_to=first.id)
    settings = DiscordSettings.model_validate({"token": discord.token})
    later = Ours(settings, Surroundings(lambda: NOW, FakeKept(), no_names))

    await later.published.take_up(int(room.id))
    await later.published.idle()
    await later.close()

    assert [message.flags & 1 for message in room.messages] == [0, 1, 0]


async def test_the_eleventh_waits_for_its_hour_and_a_throttled_one_as_told(
    channel: Ours, discord: Discord, guild: Guild
) -> None:
    time, pauses = Time(), []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        time.now += timedelta(seconds=seconds)

    room = guild.announcement("recalls")
    published = Published(channel._rest, lambda: time.now, sleep)
    for number in range(10):
        await channel.send(a_recall(channel), place(room), key=f"k{number}")
    await channel.published.idle()
    posts = [Sent(int(room.id), int(message.id)) for message in room.messages]
    for message in room.messages:
        message.flags = 0
    discord.faults.throttles(90, route=CROSSPOST)

    for post in [*posts, posts[0]]:
        published.add(post)
    await published.idle()

    assert pauses[0] == 90
    # The one that was throttled counts too, so the last waits until it is an hour old.
    assert sum(pauses) == 3600 + 90
    assert not published._at_work


class Time:
    now = NOW


async def test_a_server_error_leaves_a_thread_unknown(
    channel: Ours, discord: Discord, guild: Guild
) -> None:
    room = guild.text("recalls")
    first = await channel.send(a_recall(channel), place(room), key="k1")
    discord.faults.fails(503, route="POST /channels/{channel}/messages/{message}/threads")

    with pytest.raises(DeliveryUnknown):
        await channel.send(a_recall(channel), place(room), key="k2", reply_to=first.id)
    await channel.send(a_recall(channel), place(room), key="k2", reply_to=first.id)

    (thread,) = room.threads
    assert len(thread.messages) == 1


async def test_more_than_can_ever_be_published_is_logged(
    channel: Ours, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "MOST_WAITING", 0)

    with capture_logs() as logs:
        channel.published.add(Sent(1, 2))

    assert [log["event"] for log in logs] == ["not_published"]
