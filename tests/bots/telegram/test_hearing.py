"""What people do in Telegram, and what of it is heard."""

from __future__ import annotations

import pytest

from core.channel import Address, Inbound, Left, Moved, Post
from core.model.message import Button, Picture
from tests.bots.telegram.stage import Stage, opened
from tests.builders import NOW
from tests.platforms.telegram_server import Chat, Fault, Person, TelegramServer, a_picture

BOT = "@recalls_test_bot"
LINK = "https://t.me/recalls_test_bot?start={payload}"


def a_group(stage: Stage, kind: str = "supergroup", **facts: object) -> tuple[Person, Chat]:
    """Return somebody who owns a group with us in it, and the group."""
    ann = stage.world.person("Ann", lang="de")
    return ann, stage.world.gather(kind, "Flat 3", ann, **facts)


async def test_what_somebody_says_is_heard_with_their_chat_and_language(stage: Stage) -> None:
    ann = stage.world.person("Ann", lang="de")

    ann.say("/check A1263")

    assert await stage.inbound() == Inbound(
        Address("telegram", str(ann.id)), "/check A1263", NOW, "de", message="1"
    )


async def test_a_link_into_the_chat_is_heard_with_what_it_carries(stage: Stage) -> None:
    ann = stage.world.person()

    ann.start("check_QW5rZXI")

    assert (await stage.inbound()).text == "/start check_QW5rZXI"


@pytest.mark.parametrize("text", ["Anker recalls the A1263", "/forget yes", "yes"])
async def test_forwarded_text_is_looked_up_and_never_obeyed(stage: Stage, text: str) -> None:
    ann = stage.world.person()
    origin = {"type": "hidden_user", "sender_user_name": "Bob", "date": 1}

    ann.say(text, forward_origin=origin)

    assert (await stage.inbound()).text == f"/check {text}"


@pytest.mark.parametrize(
    "content",
    [
        {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 2}},
        {"location": {"latitude": 48.1, "longitude": 11.5}},
        {"dice": {"emoji": "🎲", "value": 6}},
        {"contact": {"phone_number": "1", "first_name": "Bob"}},
        {"document": {"file_id": "d", "file_unique_id": "d", "mime_type": "application/pdf"}},
    ],
    ids=lambda content: next(iter(content)),
)
async def test_what_cannot_be_read_gets_one_polite_answer(
    stage: Stage, content: dict[str, object]
) -> None:
    ann = stage.world.person("Ann", lang="de")

    ann.say(**content)
    post = await ann.chat.post(1)
    await stage.settled(ann)

    assert post.text.startswith("Ich lese Text und Fotos")
    assert len(ann.chat.posts) == 1
    assert stage.heard == []


async def test_what_a_video_says_below_it_is_heard(stage: Stage) -> None:
    ann = stage.world.person()
    video = {"file_id": "v", "file_unique_id": "v", "width": 1, "height": 1, "duration": 1}

    ann.say(video=video, caption="is my A1263 recalled?")

    assert (await stage.inbound()).text == "is my A1263 recalled?"


async def test_of_a_photo_the_largest_copy_that_may_be_is_fetched(stage: Stage) -> None:
    ann = stage.world.person()

    ann.send_photo(b"s" * 10, b"m" * 1000, b"l" * 2000, caption="this one")

    inbound = await stage.inbound()
    assert inbound.photo == b"m" * 1000
    assert inbound.text == "this one"


async def test_every_photo_of_an_album_is_heard_once_and_its_words_with_the_first(
    stage: Stage,
) -> None:
    ann = stage.world.person()

    ann.send_album(b"one", b"two", b"three", caption="mine")
    await stage.inbound(3)
    await stage.settled(ann)

    heard = [(one.photo, one.text) for one in stage.heard if isinstance(one, Inbound)]
    assert heard == [(b"one", "mine"), (b"two", ""), (b"three", "")]


async def test_a_picture_sent_as_a_file_is_a_photo(stage: Stage) -> None:
    ann = stage.world.person()

    ann.send_document(b"jpeg", "label.jpg", "image/jpeg", caption="here")

    assert (await stage.inbound()).photo == b"jpeg"


async def test_a_file_that_is_too_large_is_not_fetched_and_the_way_out_is_told(
    stage: Stage,
) -> None:
    ann = stage.world.person()

    ann.send_document(b"x" * 1025, "label.png", "image/png")

    assert "as a photo instead" in (await ann.chat.post(1)).text
    assert stage.server.counts["getFile", "200"] == 0


async def test_a_photo_that_telegram_does_not_give_is_asked_for_again(stage: Stage) -> None:
    ann = stage.world.person()
    stage.server.faults.append(Fault("status", method="getFile", status=500))

    ann.send_photo(b"one")

    assert "again" in (await ann.chat.post(1)).text
    assert stage.heard == []


async def test_where_no_photo_is_read_none_is_fetched(server: TelegramServer) -> None:
    async with opened(server) as stage:
        ann = stage.world.person()

        ann.send_photo(b"one", caption="this")

        inbound = await stage.inbound()
        assert (inbound.photo, inbound.text) == (b"", "this")
        assert server.counts["getFile", "200"] == 0


async def test_a_slow_photo_holds_up_nobody_else(stage: Stage) -> None:
    ann, bob = stage.world.person(), stage.world.person("Bob")
    stage.server.faults.append(Fault("hang", method="getFile"))

    ann.send_photo(b"one")
    bob.say("first")
    await stage.inbound(1)
    bob.say("second")
    await stage.inbound(2)

    assert stage.said == ["first", "second"]


async def test_an_edit_is_heard_as_what_the_message_says_now(stage: Stage) -> None:
    ann = stage.world.person()
    post = ann.say("A1236")
    await stage.inbound(1)

    ann.edit(post, "A1263")
    await stage.inbound(2)
    ann.edit(post, "A1263")
    await stage.settled(ann)

    assert stage.said == ["A1236", "A1263"]


async def test_of_several_edits_that_come_together_the_newest_is_heard(
    server: TelegramServer,
) -> None:
    ann = server.world.person()
    post = ann.say("A123")
    ann.edit(post, "A1236")
    ann.edit(post, "A1263")

    async with opened(server) as stage:
        await stage.inbound()
        await stage.settled(ann)

        assert stage.said == ["A1263"]


async def test_an_edit_hours_later_is_left_alone(stage: Stage) -> None:
    ann = stage.world.person()
    post = ann.say("A1236")
    await stage.inbound()
    post.now["date"] -= 7200

    ann.edit(post, "A1263")
    await stage.settled(ann)

    assert stage.said == ["A1236"]


async def test_a_pressed_button_says_its_words_and_its_post_is_to_be_replaced(
    stage: Stage,
) -> None:
    ann = stage.world.person()
    chat = Address("telegram", str(ann.id))
    long = "/feed category " + "batteries " * 10
    buttons = (Button("Yes", "yes"), Button("More", long))
    receipt = await stage.channel.send(Post("Sure?", buttons), chat, key="k")
    post = await ann.chat.post(1)

    question = ann.press(post, "Yes")
    ann.press(post, "More")

    first, second = await stage.inbound(1), await stage.inbound(2)
    assert (first.text, first.replaces, first.sender) == ("yes", receipt, chat)
    assert (second.text, first.answer_to, first.group) == (long, None, False)
    assert await stage.until(lambda: question.answer)


async def test_a_button_whose_words_are_forgotten_says_so(stage: Stage) -> None:
    ann = stage.world.person()
    chat = Address("telegram", str(ann.id))
    await stage.channel.send(Post("Sure?", (Button("More", "x" * 70),)), chat, key="k")
    stage.channel._surroundings.kept.words.clear()  # type: ignore[attr-defined]

    question = ann.press(await ann.chat.post(1), "More")

    answer = await stage.until(lambda: question.answer)
    assert "too old" in answer["text"]
    assert stage.heard == []


async def test_a_button_pressed_long_ago_is_answered_all_the_same(
    server: TelegramServer,
) -> None:
    async with opened(server) as before:
        ann = before.world.person()
        chat = Address("telegram", str(ann.id))
        await before.channel.send(Post("?", (Button("Yes", "yes"),)), chat, key="k")
        post = await ann.chat.post(1)

    question = ann.press(post, "Yes")
    question.expired = True

    async with opened(server) as stage:
        assert (await stage.inbound()).text == "yes"
        await stage.settled(ann)
    assert server.counts["answerCallbackQuery", "400"] == 1


@pytest.mark.parametrize(
    ("said", "heard"),
    [("Ja!", "/said 12ab34cd yes"), ("nein", "/said 12ab34cd no"), ("A1263", "A1263")],
)
async def test_a_yes_in_reply_to_a_question_is_an_answer_to_that_one(
    stage: Stage, said: str, heard: str
) -> None:
    ann = stage.world.person("Ann", lang="de")
    chat = Address("telegram", str(ann.id))
    buttons = tuple(Button(one, f"/said 12ab34cd {one}") for one in ("yes", "no"))
    await stage.channel.send(Post("Does it say 1820?", buttons), chat, key="k")

    ann.say(said, reply_to=await ann.chat.post(1))

    assert (await stage.inbound()).text == heard


async def test_the_buttons_below_a_picture_go_and_the_picture_stays(stage: Stage) -> None:
    ann = stage.world.person()
    chat = Address("telegram", str(ann.id))
    shown = Post("Is that it?", (Button("Yes", "yes"),), Picture(a_picture(), "label"))
    await stage.channel.send(shown, chat, key="k")
    post = await ann.chat.post(1)

    ann.press(post, "Yes")

    assert (await stage.inbound()).replaces is None
    await stage.until(lambda: not post.buttons)
    assert not post.deleted


async def test_the_screen_of_a_feed_stays_where_others_press_its_buttons(stage: Stage) -> None:
    ann, group = a_group(stage)
    bob = stage.world.person("Bob")
    bob.join(group)
    shown = Post("Off", (Button("Turn on", "/feed on"),))
    await stage.channel.send(shown, Address("telegram", str(group.id)), key="k")
    post = await group.post(1)

    refused = bob.press(post, "Turn on")
    await stage.until(lambda: refused.answer)
    ann.press(post, "Turn on")
    inbound = await stage.inbound()

    assert refused.answer
    assert refused.answer["show_alert"]
    assert refused.answer["text"].startswith("Only those who look after this group")
    assert [inbound.text, inbound.may_set_up] == ["/feed on", True]
    assert stage.said == ["/feed on"]


async def test_in_a_group_a_command_is_heard_with_the_way_into_private(stage: Stage) -> None:
    ann, group = a_group(stage)

    asked = ann.say(f"/check{BOT} A1263", to=group)

    inbound = await stage.inbound()
    assert inbound == Inbound(
        Address("telegram", str(group.id)),
        "/check A1263",
        NOW,
        "de",
        group=True,
        private_link=LINK,
        may_set_up=True,
        answer_to=Address("telegram", f"{group.id}#{asked.id}"),
        message=str(asked.id),
    )


@pytest.mark.parametrize(
    "text", ["/check@another_bot A1263", "/dance", "has anyone seen the A1263?", "/start"]
)
async def test_in_a_group_what_is_not_for_us_is_left_alone(
    server: TelegramServer, text: str
) -> None:
    server.world.privacy = False
    async with opened(server) as stage:
        ann, group = a_group(stage)

        ann.say(text, to=group)
        await stage.settled(ann)

        assert stage.heard == []
        assert group.posts == []


async def test_in_a_group_a_mention_and_a_reply_to_us_are_heard(stage: Stage) -> None:
    ann, group = a_group(stage)
    there = Address("telegram", str(group.id))
    await stage.channel.send(Post("Product safety recall"), there, key="k")
    ours = await group.post(1)

    ann.say(f"hey {BOT} is the A1263 recalled?", to=group)
    ann.say("and the A1257?", to=group, reply_to=ours)
    await stage.inbound(2)

    assert stage.said == ["hey is the A1263 recalled?", "and the A1257?"]


async def test_our_name_is_no_part_of_what_is_said_in_private(stage: Stage) -> None:
    ann = stage.world.person()

    ann.say(f"{BOT} A1263")

    assert (await stage.inbound()).text == "A1263"


async def test_in_a_group_a_photo_is_known_of_and_never_fetched(stage: Stage) -> None:
    ann, group = a_group(stage)

    ann.send_photo(b"label", caption=f"{BOT} look", to=group)

    inbound = await stage.inbound()
    assert (inbound.photo, inbound.text) == (b"", "look")
    assert stage.server.counts["getFile", "200"] == 0


async def test_a_voice_message_in_a_group_is_nobodys_business(stage: Stage) -> None:
    ann, group = a_group(stage, bot="administrator")

    ann.say(to=group, voice={"file_id": "v", "file_unique_id": "v", "duration": 2})
    await stage.settled(ann)

    assert group.posts == []
    assert stage.heard == []


async def test_who_looks_after_a_group_is_asked_once_a_minute(stage: Stage) -> None:
    ann, group = a_group(stage)
    bob = stage.world.person("Bob")
    bob.join(group)

    for person in (ann, bob, ann, bob):
        person.say("/feed", to=group)
    await stage.inbound(4)

    may = [one.may_set_up for one in stage.heard if isinstance(one, Inbound)]
    assert may == [True, False, True, False]
    assert stage.server.counts["getChatMember", "200"] == 2


async def test_an_administrator_who_hides_their_name_may_set_up(stage: Stage) -> None:
    ann, group = a_group(stage)

    ann.say("/feed", to=group, anonymous=True)

    assert (await stage.inbound()).may_set_up


async def test_who_speaks_as_a_channel_of_theirs_may_not(stage: Stage) -> None:
    ann, group = a_group(stage)
    other = stage.world.gather("channel", "Ann's", ann)

    ann.say("/feed", to=group, sender_chat=other.as_object)

    assert not (await stage.inbound()).may_set_up


async def test_a_button_in_a_group_is_pressed_by_whoever_it_is(stage: Stage) -> None:
    _, group = a_group(stage)
    bob = stage.world.person("Bob")
    bob.join(group)
    there = Address("telegram", str(group.id))
    await stage.channel.send(Post("?", (Button("On", "/check A1263"),)), there, key="k")

    bob.press(await group.post(1), "On")

    inbound = await stage.inbound()
    assert (inbound.group, inbound.may_set_up, inbound.sender) == (True, False, there)


async def test_a_topic_of_a_forum_is_a_place_of_its_own(stage: Stage) -> None:
    ann, group = a_group(stage, forum=True)
    topic = group.topic("Kitchen")

    asked = ann.say("/check A1263", to=group, thread=topic)
    inbound = await stage.inbound()
    assert inbound.answer_to
    await stage.channel.send(Post("answer"), inbound.answer_to, key="reply:1")

    assert inbound.sender == Address("telegram", f"{group.id}/{topic}")
    answer = await group.post(1)
    assert (answer.thread, answer.reply_to) == (topic, asked.id)


async def test_in_a_channel_its_administrators_give_commands(stage: Stage) -> None:
    ann = stage.world.person()
    channel = stage.world.gather("channel", "Recalls in Graz", ann)

    ann.say("We have a new logo", to=channel)
    ann.say("/feed country AT", to=channel)

    inbound = await stage.inbound()
    assert inbound.text == "/feed country AT"
    assert (inbound.group, inbound.may_set_up) == (True, True)
    assert inbound.sender == Address("telegram", str(channel.id))
    assert len(stage.heard) == 1


async def test_a_group_that_becomes_a_supergroup_has_moved(stage: Stage) -> None:
    ann, group = a_group(stage, "group")

    moved = group.migrate(ann)
    await stage.settled(ann)

    known = Moved(Address("telegram", str(group.id)), Address("telegram", str(moved.id)))
    assert set(stage.heard) == {known}


async def test_who_blocks_us_and_who_puts_us_out_are_left(stage: Stage) -> None:
    ann, group = a_group(stage)

    ann.remove_bot(group)
    ann.block()
    await stage.until(lambda: len(stage.heard) == 2)

    assert stage.heard == [
        Left(Address("telegram", str(group.id))),
        Left(Address("telegram", str(ann.id))),
    ]


async def test_a_group_that_takes_us_in_is_told_what_we_are_for_once(stage: Stage) -> None:
    ann = stage.world.person("Ann", lang="de")
    group = stage.world.gather("group", "Flat 3", ann, bot="left")

    ann.add_bot(group)
    greeting = await group.post(1)
    ann.add_bot(group, "administrator")
    await stage.settled(ann)

    assert "/feed" in greeting.text
    assert greeting.text.startswith("Ich schlage Produktrückrufe nach")
    assert len(group.posts) == 1
    assert stage.heard == []


async def test_a_channel_that_takes_us_in_is_not_written_to(stage: Stage) -> None:
    ann = stage.world.person()
    channel = stage.world.gather("channel", "News", ann, bot="left")

    ann.add_bot(channel, "administrator")
    await stage.settled(ann)

    assert channel.posts == []


async def test_our_own_card_in_a_chat_is_not_heard_again(stage: Stage) -> None:
    ann = stage.world.person()

    ann.say("Product safety recall", via_bot=stage.world.bot_as_user)
    await stage.settled(ann)

    assert stage.heard == []


async def test_other_bots_are_not_answered(server: TelegramServer) -> None:
    server.world.privacy = False
    async with opened(server) as stage:
        ann, group = a_group(stage)
        robot = stage.world.person("Robot")
        robot.as_object["is_bot"] = True

        robot.say(f"/check{BOT} A1263", to=group)
        await stage.settled(ann)

        assert stage.heard == []
