"""Posts as they arrive in Telegram: text, buttons, pictures, files, replies and edits."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bots.telegram.pace import Limits
from core.channel import Address, Post, PostRejected, Receipt, TryLater
from core.model.message import (
    Attachment,
    Block,
    Button,
    Message,
    Picture,
    Quote,
    Role,
)
from tests.bots.telegram.stage import Stage, a_channel, opened
from tests.platforms.telegram_server import Fault, Person, TelegramServer, a_picture


def address(person: Person) -> Address:
    return Address("telegram", str(person.id))


async def say(stage: Stage, message: Message, person: Person) -> list[Receipt]:
    return [
        await stage.channel.send(post, address(person), key=f"reply:{number}")
        for number, post in enumerate(stage.channel.render(message))
    ]


async def test_every_role_quote_and_link_is_taken_as_it_was_meant(stage: Stage) -> None:
    ann = stage.world.person()
    quote = Quote("Arrêtez <tout> & débranchez", "fr")
    blocks = [Block(role, f"- {role} & <co>", "https://a.example/?a=1&b=2") for role in Role]

    await say(stage, Message((*blocks, Block(Role.DETAIL, "It says:", None, quote))), ann)

    post = await ann.chat.post(1)
    assert "• headline & <co>" in post.text
    assert "[français] Arrêtez <tout> & débranchez" in post.text
    kinds = [entity["type"] for entity in post.now["entities"]]
    assert kinds.count("text_link") == len(Role)
    assert kinds.count("blockquote") == 1
    assert stage.server.complaints == []


async def test_a_message_of_ten_thousand_letters_arrives_whole(stage: Stage) -> None:
    ann = stage.world.person()
    text = "Überhitzung 🔋 & <Brand> " * 400

    await say(stage, Message((Block(Role.HAZARD, text), Block(Role.SOURCE, "CPSC"))), ann)

    shown = "".join(post.text for post in ann.chat.posts)
    assert "".join(shown.split()) == "".join(text.split()) + "CPSC"


async def test_a_picture_has_its_text_below_and_its_buttons(stage: Stage) -> None:
    ann = stage.world.person()
    picture = Picture(a_picture(), "Your label")
    message = Message((Block(Role.ACTION, "Compare"),), (Button("Yes", "yes"),), "en", picture)

    await say(stage, message, ann)

    post = await ann.chat.post(1)
    assert (post.text, post.labels) == ("Compare", ["Yes"])
    assert post.content == picture.jpeg


async def test_a_long_text_follows_its_picture(stage: Stage) -> None:
    ann = stage.world.person()
    message = Message((Block(Role.ACTION, "x" * 1025),), picture=Picture(a_picture(), "Label"))

    await say(stage, message, ann)

    assert [post.text for post in ann.chat.posts] == ["Label", "x" * 1025]


async def test_where_a_picture_is_refused_its_text_arrives(stage: Stage) -> None:
    ann = stage.world.person()
    narrow = Picture(b"this is no picture", "Label")

    await say(stage, Message((Block(Role.ACTION, "Compare"),), picture=narrow), ann)

    assert [post.text for post in ann.chat.posts] == ["Compare"]


async def test_a_file_arrives_with_its_name_and_words(stage: Stage) -> None:
    ann = stage.world.person()
    file = Attachment("recallbot.json", "application/json", b"{}")

    await say(stage, Message((Block(Role.DETAIL, "All I know."),), attachment=file), ann)

    post = await ann.chat.post(1)
    assert post.text == "All I know."
    assert post.content == b"{}"
    assert post.now["document"]["file_name"] == "recallbot.json"


async def test_a_picture_and_a_file_are_two_messages(stage: Stage) -> None:
    ann = stage.world.person()
    file = Attachment("recallbot.json", "application/json", b"{}")
    picture = Picture(a_picture(), "Label")

    await say(stage, Message((Block(Role.DETAIL, "Both."),), (), "en", picture, file), ann)

    assert [post.text for post in ann.chat.posts] == ["Both.", ""]


async def test_buttons_stand_side_by_side_as_far_as_they_can_be_read(stage: Stage) -> None:
    ann = stage.world.person()
    labels = ["Yes", "No", "I do not know which one it is", "日本", "中国"]
    buttons = tuple(Button(label, label) for label in labels)

    await say(stage, Message((Block(Role.ACTION, "Which?"),), buttons), ann)

    rows = (await ann.chat.post(1)).now["reply_markup"]["inline_keyboard"]
    assert [[button["text"] for button in row] for row in rows] == [
        ["Yes", "No"],
        ["I do not know which one it is"],
        ["日本", "中国"],
    ]


async def test_a_post_may_hang_under_an_earlier_one_even_if_that_is_gone(stage: Stage) -> None:
    ann = stage.world.person()
    first = await stage.channel.send(Post("recall"), address(ann), key="alert:1")

    await stage.channel.send(Post("news"), address(ann), key="alert:2", reply_to=first.id)
    await stage.channel.send(Post("more"), address(ann), key="alert:3", reply_to="999")

    assert [str(post.reply_to) for post in ann.chat.posts] == ["None", first.id, "None"]


async def test_an_edit_to_the_same_words_is_done_already(stage: Stage) -> None:
    ann = stage.world.person()
    post = Post("same", (Button("Yes", "yes"),))
    receipt = await stage.channel.send(post, address(ann), key="k")

    again = await stage.channel.edit(receipt, post)

    assert again == receipt
    assert stage.server.counts["editMessageText", "400"] == 1


@pytest.mark.parametrize(
    "post", [Post("x", picture=Picture(b"", "")), Post("x" * 4097), Post("  ")], ids=repr
)
async def test_what_cannot_take_the_place_of_a_post_is_rejected(
    stage: Stage, post: Post
) -> None:
    ann = stage.world.person()
    receipt = await stage.channel.send(Post("first"), address(ann), key="k")

    with pytest.raises(PostRejected):
        await stage.channel.edit(receipt, post)

    assert ann.chat.shown == "first"


async def test_an_edit_of_what_is_not_there_is_rejected(stage: Stage) -> None:
    ann = stage.world.person()

    with pytest.raises(PostRejected):
        await stage.channel.edit(Receipt("999", address(ann)), Post("x"))


async def test_a_reply_is_repeated_after_a_429_and_an_alert_is_not(stage: Stage) -> None:
    ann = stage.world.person()
    stage.server.faults.append(Fault("too_many", "sendMessage", times=2, retry_after=1))

    with pytest.raises(TryLater):
        await stage.channel.send(Post("alert"), address(ann), key="alert:1")
    await stage.channel.send(Post("reply"), address(ann), key="reply:1")

    assert ann.chat.shown == "reply"
    assert stage.server.counts["sendMessage", "429"] == 2


async def test_an_edit_that_somebody_waits_for_is_repeated_and_a_broadcasts_is_not(
    stage: Stage,
) -> None:
    ann = stage.world.person()
    sent = await stage.channel.send(Post("first"), address(ann), key="alert:1")
    stage.server.faults.append(Fault("too_many", "editMessageText", times=2, retry_after=1))

    with pytest.raises(TryLater):
        await stage.channel.edit(replace(sent, awaited=False), Post("second"))
    await stage.channel.edit(sent, Post("third"))

    assert ann.chat.shown == "third"


async def test_an_alert_that_would_wait_long_is_told_so_at_once(stage: Stage) -> None:
    ann = stage.world.person()
    stage.server.faults.append(Fault("too_many", "sendMessage", retry_after=100))
    with pytest.raises(TryLater):
        await stage.channel.send(Post("first"), address(ann), key="alert:1")

    with pytest.raises(TryLater) as second:
        await stage.channel.send(Post("second"), address(ann), key="alert:2")

    assert second.value.retry_after is not None
    assert stage.server.counts["sendMessage", "429"] == 1


async def test_within_telegrams_limits_nothing_is_ever_refused() -> None:
    async with TelegramServer() as server, opened(server, limits=Limits()) as stage:
        people = [server.world.person(f"P{number}") for number in range(35)]

        async with asyncio.TaskGroup() as group:
            for person in people:
                for number in range(2):
                    sending = stage.channel.send(
                        Post(str(number)), address(person), key=f"alert:{number}"
                    )
                    group.create_task(sending)

        assert all(len(person.chat.posts) == 2 for person in people)
        assert server.counts["sendMessage", "429"] == 0


async def test_what_is_being_sent_when_we_close_arrives(server: TelegramServer) -> None:
    ann = server.world.person()
    server.delay = 0.05
    async with opened(server) as stage:
        sending = asyncio.create_task(
            stage.channel.send(Post("last words"), address(ann), key="reply:1")
        )
        await asyncio.sleep(0)

        await stage.channel.close()

        assert (await sending).to == address(ann)
    assert ann.chat.shown == "last words"


async def test_a_closed_channel_sends_nothing_more(server: TelegramServer) -> None:
    ann = server.world.person()
    channel = a_channel(server)
    await channel.close()

    with pytest.raises(TryLater):
        await channel.send(Post("late"), address(ann), key="reply:1")

    assert ann.chat.posts == []


async def test_who_waits_for_their_turn_when_we_close_is_told(server: TelegramServer) -> None:
    ann = server.world.person()
    server.faults.append(Fault("too_many", "sendMessage", retry_after=30))
    channel = a_channel(server)
    waiting = asyncio.create_task(channel.send(Post("one"), address(ann), key="reply:1"))
    await Stage(server, channel).until(lambda: server.counts["sendMessage", "429"])

    await channel.close()

    with pytest.raises(TryLater):
        await waiting


async def test_a_proxy_is_gone_through(server: TelegramServer) -> None:
    ann = server.world.person()
    # A server of HTTP answers to a request that names it in full, as proxies get them.
    there = {"api_url": "http://api.telegram.invalid", "proxy": server.url}
    channel = a_channel(server, **there)

    await channel.send(Post("hello"), address(ann), key="reply:1")

    assert ann.chat.shown == "hello"
    await channel.close()
