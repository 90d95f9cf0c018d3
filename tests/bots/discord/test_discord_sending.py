"""Posts on their way to Discord: how they look there, and what a failure means."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bots.discord import rest
from bots.discord.channel import Discord as Ours
from bots.discord.layout import LARGEST_FILE, URGENT
from bots.discord.settings import DiscordSettings
from bots.surroundings import Surroundings
from core.channel import (
    Address,
    AddressGone,
    DeliveryUnknown,
    Post,
    PostRejected,
    Receipt,
    TryLater,
)
from core.model.message import Attachment, Block, Button, Message, Picture, Role
from tests.bots.discord.stage import no_names
from tests.builders import NOW
from tests.fakes import FakeKept
from tests.platforms.discord_server import Channel, Discord, Permission, Person

PIXEL = Picture(b"jpeg", "Where the serial number stands")
POST = "POST /channels/{channel}/messages"
OPEN = "POST /users/@me/channels"


@pytest.fixture
async def channel(discord: Discord) -> AsyncIterator[Ours]:
    """Give our channel, which listens to nobody."""
    settings = DiscordSettings.model_validate({"token": discord.token})
    ours = Ours(settings, Surroundings(lambda: NOW, FakeKept(), no_names))
    yield ours
    await ours.close()


@pytest.fixture
def ann(discord: Discord) -> Person:
    person = discord.person("ann")
    person.installs()
    return person


@pytest.fixture
def room(discord: Discord, ann: Person) -> Channel:
    return discord.guild("Parents", owner=ann).text("recalls")


def user(person: Person) -> Address:
    return Address("discord", f"user:{person.id}")


def place(room: Channel) -> Address:
    return Address("discord", f"channel:{room.id}")


def a_post(channel: Ours, text: str = "Stop using it.", **parts: Any) -> Post:
    blocks = (Block(Role.ACTION, text), Block(Role.SOURCE, "CPSC"))
    return channel.render(Message(blocks, **parts))[0]


async def test_a_post_is_a_container_with_text_picture_file_and_buttons(
    channel: Ours, ann: Person
) -> None:
    buttons = tuple(Button(f"Choice {number}", "same") for number in range(25))
    file = Attachment("my data.json", "application/json", b"{}")
    post = a_post(channel, buttons=buttons, picture=PIXEL, attachment=file)

    await channel.send(post, user(ann), key="k1")

    (message,) = ann.sees(ann.dm)
    (box,) = message.components
    kinds = [part["type"] for part in box["components"]]
    assert kinds == [10, 14, 10, 12, 13, 1, 1, 1, 1, 1]
    assert box["accent_color"] == URGENT
    assert len(message.buttons) == 25
    assert set(message.files) == {"label.jpg", "my_data.json"}
    assert message.mentions == []


async def test_the_same_key_arrives_once_and_replies_as_often_as_they_are_sent(
    channel: Ours, ann: Person
) -> None:
    keys = ["k1", "k1", "k2", "reply:1", "reply:1"]

    receipts = [await channel.send(a_post(channel), user(ann), key=key) for key in keys]

    assert len(ann.sees(ann.dm)) == 4
    assert receipts[0] == receipts[1]


async def test_a_post_is_changed_in_place_with_its_picture(channel: Ours, ann: Person) -> None:
    receipt = await channel.send(a_post(channel, picture=PIXEL), user(ann), key="k1")

    await channel.edit(receipt, a_post(channel, "Refund."))

    (message,) = ann.sees(ann.dm)
    assert "Refund." in message.text
    assert not message.files


async def test_a_later_post_shows_the_earlier_one_above_in_a_private_chat(
    channel: Ours, ann: Person
) -> None:
    first = await channel.send(a_post(channel), user(ann), key="k1")

    await channel.send(a_post(channel), user(ann), key="k2", reply_to=first.id)

    reference = ann.sees(ann.dm)[1].body["message_reference"]
    assert str(reference["message_id"]) == first.id.partition("/")[2]


@pytest.mark.parametrize(
    "post",
    [
        Post("x" * 4_001),
        Post("  "),
        Post("x", attachment=Attachment("a", "text/plain", b"x" * (LARGEST_FILE + 1))),
        Post("x", buttons=(Button("a", "b"),) * 26),
    ],
    ids=["long", "empty", "large", "buttons"],
)
async def test_what_discord_would_refuse_is_refused_before(
    channel: Ours, discord: Discord, ann: Person, post: Post
) -> None:
    with pytest.raises(PostRejected):
        await channel.send(post, user(ann), key="k1")

    assert discord.count.total(POST) == 0


@pytest.mark.parametrize(
    "address",
    [Address("telegram", "user:1"), Address("discord", "1"), Address("discord", "user:x")],
)
async def test_what_is_no_address_of_discord_is_gone(channel: Ours, address: Address) -> None:
    with pytest.raises(AddressGone):
        await channel.send(a_post(channel), address, key="k1")


async def test_a_receipt_of_nothing_cannot_be_edited(channel: Ours, ann: Person) -> None:
    with pytest.raises(PostRejected):
        await channel.edit(Receipt("none", user(ann)), a_post(channel))


async def test_a_message_that_is_gone_cannot_be_edited(channel: Ours, ann: Person) -> None:
    receipt = await channel.send(a_post(channel), user(ann), key="k1")

    with pytest.raises(PostRejected):
        await channel.edit(Receipt(f"{receipt.id}1", receipt.to), a_post(channel))


async def test_somebody_who_refuses_messages_is_gone_and_not_asked_again_for_a_while(
    channel: Ours, discord: Discord, ann: Person
) -> None:
    ann.refuses_messages()

    for _ in range(5):
        with pytest.raises(AddressGone):
            await channel.send(a_post(channel), user(ann), key="k1")

    assert discord.count.total(POST, 403) == 1


async def test_a_stranger_is_gone(channel: Ours, discord: Discord) -> None:
    with pytest.raises(AddressGone):
        await channel.send(a_post(channel), user(discord.person("bob")), key="k1")
    with pytest.raises(AddressGone):
        await channel.send(a_post(channel), Address("discord", "user:1"), key="k1")


async def test_a_channel_that_is_gone_or_closed_to_us_is_gone(
    channel: Ours, discord: Discord, room: Channel
) -> None:
    other = room.guild.text("other") if room.guild else room
    room.delete()
    other.forbid(Permission.SEND_MESSAGES)

    for address in (place(room), place(other)):
        with pytest.raises(AddressGone):
            await channel.send(a_post(channel), address, key="k1")


async def test_a_wrong_token_is_to_be_tried_later_and_asked_once(
    channel: Ours, discord: Discord, ann: Person
) -> None:
    discord.revoke_token()

    for _ in range(20):
        with pytest.raises(TryLater):
            await channel.send(a_post(channel), user(ann), key="k1")

    assert discord.invalid_requests == 1


async def test_a_token_that_ends_in_the_middle_stops_all_requests(
    channel: Ours, discord: Discord, ann: Person
) -> None:
    await channel.send(a_post(channel), user(ann), key="k1")
    discord.revoke_token()

    waits = []
    for number in range(20):
        with pytest.raises(TryLater) as later:
            await channel.send(a_post(channel), user(ann), key=f"k{number}")
        waits.append(later.value.retry_after)

    assert discord.invalid_requests == 1
    assert set(waits[1:]) == {timedelta(minutes=10)}


async def test_a_short_throttling_is_waited_out_by_the_library(
    channel: Ours, discord: Discord, ann: Person
) -> None:
    discord.faults.throttles(0.01, times=3, route=POST)

    await channel.send(a_post(channel), user(ann), key="k1")

    assert len(ann.sees(ann.dm)) == 1


async def test_a_long_throttling_says_how_long(
    channel: Ours, discord: Discord, ann: Person
) -> None:
    discord.faults.throttles(90, route=POST)

    with pytest.raises(TryLater) as later:
        await channel.send(a_post(channel), user(ann), key="k1")

    assert later.value.retry_after == timedelta(seconds=90)


async def test_an_error_of_the_server_leaves_it_unknown_and_the_key_makes_that_harmless(
    channel: Ours, discord: Discord, ann: Person
) -> None:
    discord.faults.fails(503, route=POST)

    with pytest.raises(DeliveryUnknown):
        await channel.send(a_post(channel), user(ann), key="k1")
    await channel.send(a_post(channel), user(ann), key="k1")

    assert len(ann.sees(ann.dm)) == 1


async def test_a_connection_cut_after_sending_leaves_it_unknown(
    channel: Ours, discord: Discord, ann: Person
) -> None:
    discord.faults.drops(route=POST)

    with pytest.raises(DeliveryUnknown):
        await channel.send(a_post(channel), user(ann), key="k1")
    await channel.send(a_post(channel), user(ann), key="k1")

    assert len(ann.sees(ann.dm)) == 1


async def test_an_answer_that_does_not_come_leaves_it_unknown(
    channel: Ours, discord: Discord, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "TIME_LIMIT", 0.3)
    discord.faults.hangs(route=POST)

    with pytest.raises(DeliveryUnknown):
        await channel.send(a_post(channel), user(ann), key="k1")


async def test_what_waits_for_a_throttling_was_never_taken(
    channel: Ours, discord: Discord, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await channel.send(a_post(channel), user(ann), key="k1")
    monkeypatch.setattr(rest, "TIME_LIMIT", 0.3)
    discord.faults.throttles(20, route=POST)

    with pytest.raises(TryLater):
        await channel.send(a_post(channel), user(ann), key="k2")


async def test_where_nobody_answers_nothing_was_sent(
    discord: Discord, channel: Ours, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("discord.http.Route.BASE", "http://127.0.0.1:9/api/v10")

    with pytest.raises(TryLater):
        await channel.send(Post("x"), Address("discord", "user:1"), key="k1")


async def test_after_closing_nothing_is_sent(channel: Ours, ann: Person) -> None:
    await channel.close()

    with pytest.raises(TryLater):
        await channel.send(a_post(channel), user(ann), key="k1")
