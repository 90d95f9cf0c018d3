"""The Telegram server for tests, as python-telegram-bot and a bare client find it."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import pytest
from aiohttp import web
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputMediaPhoto,
    InputTextMessageContent,
    Message,
    ReplyParameters,
)
from telegram.constants import ChatMemberStatus, ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
)

from tests.platforms.telegram.updates import SECRET_HEADER
from tests.platforms.telegram_calling import call
from tests.platforms.telegram_server import TelegramServer, a_picture

YES = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])


async def test_a_conversation_goes_both_ways(server: TelegramServer, bot: Bot) -> None:
    ann = server.world.person("Ann", lang="de")
    ann.say("/check A1263 😀 @somebody")

    (update,) = await bot.get_updates()
    await bot.send_message(ann.id, "<b>Stop</b> &amp; wait", parse_mode=ParseMode.HTML)

    assert update.message
    assert update.message.from_user
    assert update.message.from_user.language_code == "de"
    assert list(update.message.parse_entities().values()) == ["/check", "@somebody"]
    post = await ann.chat.post()
    assert (post.text, post.source) == ("Stop & wait", "<b>Stop</b> &amp; wait")


async def test_every_method_returns_what_the_library_can_read(
    server: TelegramServer, bot: Bot
) -> None:
    ann = server.world.person()
    forum = server.world.gather("supergroup", "Forum", ann, bot="administrator", forum=True)

    photo = await bot.send_photo(forum.id, a_picture(), caption="a label")
    album = await bot.send_media_group(
        forum.id, [InputMediaPhoto(a_picture()), InputMediaPhoto(photo.photo[-1].file_id)]
    )
    paper = await bot.send_document(ann.id, b"{}", filename="mine.json")
    topic = await bot.create_forum_topic(forum.id, "Recalls")
    there = await bot.send_message(forum.id, "hi", message_thread_id=topic.message_thread_id)
    await bot.pin_chat_message(forum.id, there.message_id)
    await bot.send_chat_action(ann.id, "typing")
    await bot.delete_message(ann.id, paper.message_id)
    await bot.edit_message_caption(forum.id, photo.message_id, caption="another")
    chat = await bot.get_chat(forum.id)
    member = await bot.get_chat_member(forum.id, ann.id)
    administrators = await bot.get_chat_administrators(forum.id)
    await bot.set_my_description("d")
    await bot.set_my_short_description("s", "de")
    await bot.set_my_name("n")
    await bot.set_my_default_administrator_rights()
    await bot.leave_chat(forum.id)

    assert len({part.media_group_id for part in album}) == 1
    assert paper.document
    assert paper.document.file_name == "mine.json"
    assert chat.is_forum
    assert member.status == ChatMemberStatus.OWNER
    assert [one.user.id for one in administrators] == [ann.id]
    assert server.methods.profile.texts["ShortDescription", "de"] == "s"
    assert (await bot.get_my_description()).description == "d"
    assert forum.messages[photo.message_id].text == "another"
    assert ann.chat.posts == []
    assert ann.chat.actions == ["typing"]
    assert forum.bot == "left"
    assert server.complaints == []


async def test_a_photo_can_be_downloaded(server: TelegramServer, bot: Bot) -> None:
    small, large = a_picture(8, 8), a_picture(80, 80)
    server.world.person().send_photo(small, large, caption="look")

    (update,) = await bot.get_updates()
    assert update.message
    file = await bot.get_file(update.message.photo[-1].file_id)

    assert bytes(await file.download_as_bytearray()) == large
    assert update.message.caption == "look"


async def test_a_poll_waits_for_an_update_and_confirms_by_offset(
    server: TelegramServer, bot: Bot
) -> None:
    ann = server.world.person()

    waiting = asyncio.create_task(bot.get_updates(timeout=30))
    await server.world.until(lambda: server.world._waiting)
    ann.say("one")
    (first,) = await waiting
    ann.say("two")
    again = await bot.get_updates()
    (second,) = await bot.get_updates(first.update_id + 1)

    assert [update.update_id for update in again] == [first.update_id, second.update_id]
    assert server.counts["getUpdates", "200"] == 3


async def test_only_the_kinds_that_were_asked_for_are_queued(
    server: TelegramServer, bot: Bot
) -> None:
    ann = server.world.person()
    await bot.get_updates(allowed_updates=["my_chat_member"])

    ann.say("unheard")
    ann.block()

    (update,) = await bot.get_updates()
    assert update.my_chat_member
    assert update.my_chat_member.new_chat_member.status == ChatMemberStatus.BANNED


async def test_a_second_poller_ends_the_first_ones_poll(
    server: TelegramServer, bot: Bot
) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=30))
    await server.world.until(lambda: server.world._waiting)

    await call(server, "getUpdates")

    with pytest.raises(Conflict, match="make sure that only one bot instance is running"):
        await first


async def test_a_pressed_button_is_answered_once_it_is_young_enough(
    server: TelegramServer, bot: Bot
) -> None:
    ann = server.world.person()
    await bot.send_message(ann.id, "Is it yours?", reply_markup=YES)

    question = ann.press(ann.chat.posts[0], "Yes")
    (update,) = await bot.get_updates()
    query = update.callback_query
    assert query
    await query.answer("noted")
    await query.edit_message_text("It is.")
    question.expired = True

    assert query.data == "yes"
    assert question.answer
    assert question.answer["text"] == "noted"
    assert ann.chat.shown == "It is."
    assert ann.chat.posts[0].labels == []
    with pytest.raises(BadRequest, match="Query is too old"):
        await query.answer()


async def test_an_inline_query_is_answered_and_its_result_sent(
    server: TelegramServer, bot: Bot
) -> None:
    ann = server.world.person()
    question = ann.ask_inline("A1263")
    content = InputTextMessageContent("<b>Recalled</b>", parse_mode=ParseMode.HTML)

    (update,) = await bot.get_updates()
    assert update.inline_query
    await update.inline_query.answer([InlineQueryResultArticle("1", "Anker A1263", content)])
    post = ann.choose(question, "1", ann.chat)

    assert [result["title"] for result in question.results] == ["Anker A1263"]
    assert post.text == "Recalled"


async def test_privacy_mode_hides_what_a_group_says_among_itself(
    server: TelegramServer, bot: Bot
) -> None:
    ann = server.world.person()
    group = server.world.gather("group", "Flat 3", ann)
    ours = await bot.send_message(group.id, "hello")

    ann.say("dinner?", group)
    ann.say("/check@another_bot A1", group)
    ann.say("/check A1", group)
    ann.say("and this?", group, reply_to=group.messages[ours.message_id])
    ann.say("@Recalls_Test_Bot help", group, anonymous=True)

    heard = [update.message for update in await bot.get_updates()]
    texts = [message.text for message in heard if message]
    assert texts == ["/check A1", "and this?", "@Recalls_Test_Bot help"]


async def test_channels_are_heard_and_posted_to_by_their_administrators(
    server: TelegramServer, bot: Bot
) -> None:
    ann = server.world.person()
    channel = server.world.gather("channel", "News", ann, username="recall_news")

    ann.say("/feed", channel)
    (update,) = await bot.get_updates()
    await bot.send_message("@recall_news", "set up")
    channel.bot = "member"

    assert update.channel_post
    assert update.channel_post.from_user is None
    assert channel.shown == "set up"
    with pytest.raises(BadRequest, match="eed administrator rights in the channel chat"):
        await bot.send_message(channel.id, "more")


async def test_a_group_that_moved_names_its_new_id(server: TelegramServer, bot: Bot) -> None:
    ann = server.world.person()
    group = server.world.gather("group", "Flat 3", ann)

    moved = group.migrate(ann)

    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(group.id, "hi")
    assert caught.value.new_chat_id == moved.id
    gone, came = [update.message for update in await bot.get_updates()]
    assert gone
    assert came
    assert (gone.migrate_to_chat_id, came.migrate_from_chat_id) == (moved.id, group.id)


async def test_who_does_not_want_the_bot_is_not_reached(
    server: TelegramServer, bot: Bot
) -> None:
    blocked, deleted = server.world.person("Ann"), server.world.person("Bob")
    stranger = server.world.person("Cy", met=False)
    group = server.world.gather("supergroup", "Flat 3", blocked)
    blocked.block()
    deleted.deactivate()
    blocked.remove_bot(group)

    refusals = {}
    for chat in (blocked.chat, deleted.chat, stranger.chat, group):
        with pytest.raises(Forbidden) as caught:
            await bot.send_message(chat.id, "hi")
        refusals[chat.id] = caught.value.message
    blocked.unblock()
    stranger.start("from_group")

    assert list(refusals.values()) == [
        "Forbidden: bot was blocked by the user",
        "Forbidden: user is deactivated",
        "Forbidden: bot can't initiate conversation with a user",
        "Forbidden: bot was kicked from the supergroup chat",
    ]
    await bot.send_message(blocked.id, "welcome back")
    await bot.send_message(stranger.id, "welcome")


async def test_an_edit_that_changes_nothing_is_refused(
    server: TelegramServer, bot: Bot
) -> None:
    ann = server.world.person()
    said = ann.say("mine")
    sent = await bot.send_message(ann.id, "one", reply_markup=YES)
    picture = await bot.send_photo(ann.id, a_picture())

    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("one", ann.id, sent.message_id, reply_markup=YES)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("two", ann.id, said.id)
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await bot.edit_message_text("two", ann.id, picture.message_id)
    await bot.edit_message_reply_markup(ann.id, sent.message_id)

    assert ann.chat.posts[0].buttons == []


async def test_a_reply_names_what_it_answers(server: TelegramServer, bot: Bot) -> None:
    ann = server.world.person()
    said = ann.say("A1263")

    sent = await bot.send_message(ann.id, "yes", reply_parameters=ReplyParameters(said.id))
    alone = await bot.send_message(
        ann.id, "no", reply_parameters=ReplyParameters(999, allow_sending_without_reply=True)
    )

    assert isinstance(sent.reply_to_message, Message)
    assert [post.reply_to for post in ann.chat.posts] == [said.id, None]
    assert alone.reply_to_message is None


async def test_a_closed_topic_takes_nothing(server: TelegramServer, bot: Bot) -> None:
    ann = server.world.person()
    forum = server.world.gather("supergroup", "Forum", ann, forum=True)
    topic = forum.topic("Recalls")

    await bot.send_message(forum.id, "first", message_thread_id=topic)
    forum.topics[topic] = False

    assert forum.posts[0].thread == topic
    with pytest.raises(BadRequest, match=r"(?i)topic_closed"):
        await bot.send_message(forum.id, "second", message_thread_id=topic)


async def test_menus_go_by_scope_and_language(server: TelegramServer, bot: Bot) -> None:
    scope = BotCommandScopeAllPrivateChats()
    check = BotCommand("check", "Prüfen")

    await bot.set_my_commands([check], scope, "de")
    told = await bot.get_my_commands(scope, "de")
    shown = server.methods.profile.menu("all_private_chats", "de")
    await bot.delete_my_commands(scope, "de")

    assert list(told) == [check]
    assert shown == ["check"]
    assert await bot.get_my_commands(scope, "de") == ()


async def test_a_webhook_gets_its_updates_until_it_takes_them(server: TelegramServer) -> None:
    heard: list[tuple[str | None, Any]] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append((request.headers.get(SECRET_HEADER), await request.json()))
        return web.Response(status=200 if len(heard) > 1 else 500)

    app = web.Application()
    app.router.add_post("/hook", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"

    await call(server, "setWebhook", url=url, secret_token="s3cret")
    polled = await call(server, "getUpdates")
    server.world.person().say("hello")
    await server.world.until(lambda: len(heard) > 1 and not server.world.updates)
    told = (await call(server, "getWebhookInfo"))["result"]
    await call(server, "deleteWebhook")
    await runner.cleanup()

    assert polled["error_code"] == 409
    assert [secret for secret, _ in heard] == ["s3cret"] * 2
    assert heard[0][1] == heard[1][1]
    assert told["pending_update_count"] == 0
    assert (
        told["last_error_message"]
        == "Wrong response from the webhook: 500 Internal Server Error"
    )


async def test_a_webhook_elsewhere_is_taken_and_never_called(server: TelegramServer) -> None:
    server.world.person().say("hello")

    await call(server, "setWebhook", url="https://bot.example/hook")
    await server.world.until(lambda: server.updates.failed)
    told = (await call(server, "getWebhookInfo"))["result"]

    assert told["last_error_message"] == "Connection timed out"
    assert told["pending_update_count"] == 1


async def test_it_runs_by_itself_and_says_where_it_is() -> None:
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.platforms.telegram_server",
        "--people=2",
        "--without-limits",
        stdout=asyncio.subprocess.PIPE,
    )
    assert program.stdout

    told = json.loads(await program.stdout.readline())
    bot = Bot(told["token"], f"{told['url']}/bot")
    async with bot:
        sent = await bot.send_message(told["people"][1], "hi")
    program.terminate()
    await program.wait()

    assert sent.text == "hi"
