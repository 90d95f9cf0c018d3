"""Stories of sending, through the real channels of platforms that throttle, fail and refuse."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from structlog.testing import capture_logs

from tests.bots.discord.stage import opened
from tests.fakes import a_record
from tests.platforms.discord_server import a_discord, discord_py_reaches
from tests.platforms.telegram_server import Fault, Person, Post
from tests.scenarios.stories.street import Street
from tests.scenarios.stories.town import Town

OLD = a_record("0", brands=["Other"], units={"op": "model", "any_of": ["Z1"]})
LAMP = {"brands": ["Zorb"], "product": "Zorb lamp", "units": {"op": "model", "any_of": ["ZB9"]}}
IN_GROUP = "Product safety recall: Acme X100 power bank"
LONGEST, LONGEST_IN_DISCORD = 4096, 2000
# An emoji is one character, and two by the count of Telegram.
FLAME, FLAMES = "\U0001f525", 1900
WORDY = "<b>&" + FLAME * FLAMES
HEADLINE = "Product safety recall: your Acme X100 power bank"


def first_line(post: Post) -> str:
    """Return the headline of a post."""
    return post.text.partition("\n")[0]


def alerts(person: Person) -> list[str]:
    """Return the alerts in somebody's chat."""
    return [post.text for post in person.chat.posts if post.text.startswith(HEADLINE)]


async def test_s06_refused_for_their_number_five_times_everybody_gets_it_once(
    street: Street,
) -> None:
    await street.town.reads(OLD)
    people = await street.owners(6)
    street.server.faults.append(Fault("too_many", times=5, retry_after=1))

    await street.town.reads(OLD, a_record("1"))
    await street.town.passes(minutes=30)

    assert street.server.counts["sendMessage", "429"] == 5
    assert [len(alerts(person)) for person in people] == [1] * 6


class Storm(list[Fault]):
    """An outage in which three of five requests fail, some after they were carried out."""

    def __init__(self) -> None:
        self.chance = Random(7)  # noqa: S311 - the same weather every time

    def __iter__(self) -> Iterator[Fault]:
        if self.chance.random() < 0.6:
            carried_out = self.chance.random() < 0.3
            yield Fault("drop_after") if carried_out else Fault("status", status=502)


async def test_s07_in_an_outage_nobody_is_unsubscribed_and_all_is_delivered_later(
    street: Street,
) -> None:
    await street.town.reads(OLD)
    people = await street.owners(40)
    street.server.faults = Storm()

    with capture_logs() as logs:
        await street.town.reads(OLD, a_record("1"))
        await street.town.passes(minutes=20)
    street.server.faults = []
    await street.town.passes(hours=12)
    first = [len(alerts(person)) for person in people]
    await street.town.reads(OLD, a_record("1"), a_record("2"))
    await street.town.passes(minutes=1)

    assert "broadcast_paused" in [log["event"] for log in logs]
    assert min(first) >= 1
    assert max(first) <= 2
    assert [
        len(alerts(person)) - count for person, count in zip(people, first, strict=True)
    ] == [1] * 40


async def test_s09_a_group_that_moves_in_mid_broadcast_gets_it_once_where_it_is_now(
    street: Street,
) -> None:
    ann, bob = street.person("Ann"), await street.owner("Bob")
    group = street.server.world.gather("group", "Flat 3", ann)
    await street.town.reads(OLD)
    async with street.listening():
        ann.say("/feed on", to=group)
        await group.post(1)
    await street.town.reads(OLD, a_record("2", **LAMP))
    await street.town.passes(minutes=5)
    before = len(group.posts)
    street.server.faults.append(Fault("too_many", method="sendMessage", times=2))

    await street.town.reads(OLD, a_record("2", **LAMP), a_record("1"))
    await street.town.works()
    moved = group.migrate(ann)
    await street.town.passes(minutes=5)

    assert len(group.posts) == before
    assert [first_line(post) for post in moved.posts] == [IN_GROUP]
    assert len(alerts(bob)) == 1


async def test_s10_one_who_blocked_the_bot_is_left_alone_until_they_come_back(
    street: Street,
) -> None:
    ann, bob = await street.owners(2)
    await street.town.reads(OLD)
    ann.block()

    await street.town.reads(OLD, a_record("1"))
    await street.town.passes(minutes=5)
    await street.town.reads(OLD, a_record("1"), a_record("2", **LAMP))
    refused = street.server.counts["sendMessage", "403"]
    await street.town.passes(days=2)
    while_blocked = (len(ann.chat.posts), len(alerts(bob)))
    ann.unblock()
    async with street.listening():
        ann.start()
        await ann.chat.post(1)
    await street.town.reads(OLD, a_record("1"), a_record("2", **LAMP), a_record("3"))
    await street.town.passes(minutes=5)

    assert refused == street.server.counts["sendMessage", "403"] == 1
    assert while_blocked == (0, 1)
    assert len(alerts(ann)) == 2
    assert len(alerts(bob)) == 2


async def test_s14_what_is_longer_than_telegram_takes_arrives_in_parts_and_whole(
    street: Street,
) -> None:
    ann = await street.owner("Ann")
    await street.town.reads(OLD)

    await street.town.reads(OLD, a_record("1", find_it={"text": WORDY, "source": "fake"}))
    await street.town.passes(minutes=5)

    posts = [post.text for post in ann.chat.posts]
    assert street.server.counts["sendMessage", "400"] == 0
    assert street.server.complaints == []
    assert posts[0].startswith(HEADLINE)
    assert max(len(text.encode("utf-16-le")) // 2 for text in posts) <= LONGEST
    whole = "\n".join(posts)
    assert len(posts) > 1
    assert whole.count(FLAME) == FLAMES
    assert "Stop using and charging it now." in posts[0]
    assert "Hazard: it can catch fire." in posts[0]
    assert "Source: Fake Authority" in whole
    assert whole.count("Stop using and charging it now.") == 1


async def test_s14_what_is_longer_than_discord_takes_arrives_in_parts_and_whole(
    town: Town,
) -> None:
    async with a_discord() as discord:
        ann = discord.person("ann")
        ann.installs()
        discord.guild("Flat", owner=ann)
        with discord_py_reaches(discord):
            async with opened(discord) as stage:
                await discord.gateway.ready()
                there = Town(
                    town.database, town.talk, town.clock, town.letters, (stage.channel,)
                )
                await there.reads(OLD)
                await there.says("I own an Acme X100", f"user:{ann.id}", channel="discord")

                await there.reads(OLD, a_record("1", find_it={"text": WORDY, "source": "fake"}))
                await there.passes(minutes=5)

    posts = [message.text for message in ann.dm.messages]
    assert len(posts) > 1
    assert HEADLINE in posts[0]
    assert "Stop using and charging it now." in posts[0]
    assert "Hazard: it can catch fire." in posts[0]
    assert max(map(len, posts)) <= LONGEST_IN_DISCORD
    assert "".join(posts).count(FLAME) == FLAMES
    assert "Source: Fake Authority" in posts[-1]
