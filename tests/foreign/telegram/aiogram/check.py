"""Drives the Telegram server with aiogram, a client library that the bot does not use."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BufferedInputFile,
    CallbackQuery,
    ChatMemberUpdated,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InputMediaPhoto,
    InputTextMessageContent,
    Message,
    ReplyParameters,
)
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from tests.platforms.telegram_server import Fault, Limits, TelegramServer, a_picture

YES = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Yes", callback_data="yes")]]
)
heard: list[str] = []


def a_dispatcher() -> Dispatcher:
    """Return a bot that asks back, notes who blocks it, and answers inline."""
    dispatcher = Dispatcher()

    @dispatcher.message(F.photo)
    async def photo(message: Message, bot: Bot) -> None:
        content = await bot.download(message.photo[-1])
        heard.append(f"photo of {len(content.read())} bytes: {message.caption}")

    @dispatcher.message()
    async def text(message: Message) -> None:
        heard.append(message.text or message.content_type.value)
        await message.reply("<b>Is it yours?</b>", parse_mode="HTML", reply_markup=YES)

    @dispatcher.channel_post()
    async def channel(message: Message) -> None:
        heard.append(f"channel: {message.text}")

    @dispatcher.callback_query()
    async def pressed(query: CallbackQuery) -> None:
        await query.answer("noted")
        await query.message.edit_text(f"You said {query.data}.")

    @dispatcher.inline_query()
    async def inline(query: InlineQuery) -> None:
        content = InputTextMessageContent(message_text=f"about {query.query}")
        result = InlineQueryResultArticle(id="1", title="A", input_message_content=content)
        await query.answer([result], cache_time=1)

    @dispatcher.my_chat_member()
    async def standing(change: ChatMemberUpdated) -> None:
        heard.append(change.new_chat_member.status)

    return dispatcher


def a_bot(server: TelegramServer) -> Bot:
    """Return aiogram's bot at this server."""
    return Bot(server.token, AiohttpSession(api=TelegramAPIServer.from_base(server.url)))


async def refused(kind: type[TelegramAPIError], asked: Awaitable[object]) -> TelegramAPIError:
    """Return the error of a request that must be refused."""
    try:
        await asked
    except TelegramAPIError as error:
        if isinstance(error, kind):
            return error
        raise
    raise AssertionError(f"not refused with {kind.__name__}")


async def converse(server: TelegramServer) -> None:
    """Talk to a polling aiogram bot in private, in a channel and inline."""
    ann = server.world.person("Ann", lang="de")
    channel = server.world.gather("channel", "News", ann)
    question = ann.ask_inline("A1263")
    said = ann.say("A1263 😀")
    ann.say("/feed", channel)
    ann.say(voice={"file_id": "v", "file_unique_id": "v", "duration": 3})
    ann.send_photo(a_picture(8, 8), a_picture(80, 80), caption="my label")
    size = len(a_picture(80, 80))

    post = await ann.chat.post()
    assert (post.text, post.reply_to, post.labels) == ("Is it yours?", said.id, ["Yes"])
    pressed = ann.press(post, "Yes")
    await server.world.until(lambda: post.text == "You said yes." and len(heard) == 4)
    await server.world.until(lambda: pressed.answer and question.answer)
    ann.choose(question, "1", ann.chat)
    ann.block()
    await server.world.until(lambda: len(heard) == 5)
    # aiogram runs its handlers side by side, so the order is its own.
    wanted = {
        "A1263 😀",
        "channel: /feed",
        "voice",
        "kicked",
        f"photo of {size} bytes: my label",
    }
    assert set(map(str, heard)) == wanted, heard


async def call_everything(server: TelegramServer, bot: Bot) -> None:
    """Call what polling does not: aiogram checks every result by its own types."""
    ann = server.world.person("Bea")
    forum = server.world.gather("supergroup", "F", ann, bot="administrator", forum=True)
    picture = BufferedInputFile(a_picture(), "a.png")
    media = [InputMediaPhoto(media=picture), InputMediaPhoto(media=picture, caption="b")]
    topic = await bot.create_forum_topic(forum.id, "Recalls")
    album = await bot.send_media_group(
        forum.id, media, message_thread_id=topic.message_thread_id
    )
    document = await bot.send_document(forum.id, BufferedInputFile(b"{}", "mine.json"))
    await bot.send_message(
        forum.id, "x", reply_parameters=ReplyParameters(message_id=album[0].message_id)
    )
    await bot.edit_message_caption(
        chat_id=forum.id, message_id=document.message_id, caption="all"
    )
    await bot.pin_chat_message(forum.id, document.message_id)
    await bot.delete_message(forum.id, document.message_id)
    await bot.send_chat_action(ann.id, "typing")
    assert (await bot.get_chat(forum.id)).is_forum
    assert (await bot.get_chat_member(forum.id, ann.id)).status == "creator"
    assert len(await bot.get_chat_administrators(forum.id)) == 1
    scope = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([BotCommand(command="check", description="c")], scope, "de")
    assert [command.command for command in await bot.get_my_commands(scope, "de")] == ["check"]
    await bot.delete_my_commands(scope, "de")
    await bot.set_my_description("d")
    await bot.set_my_short_description("s")
    await bot.set_my_name("n")
    await bot.leave_chat(forum.id)


async def meet_refusals(server: TelegramServer, bot: Bot) -> None:
    """See that aiogram recognises every refusal by its own rules."""
    ann = server.world.person("Cy")
    group = server.world.gather("group", "Flat", ann)
    moved = group.migrate(ann)
    migrated = await refused(TelegramMigrateToChat, bot.send_message(group.id, "x"))
    assert migrated.migrate_to_chat_id == moved.id
    await refused(TelegramBadRequest, bot.send_message(ann.id, "<b>x", parse_mode="HTML"))
    await refused(TelegramBadRequest, bot.send_message(ann.id, "x" * 4097))
    server.limits = Limits(burst=1)
    await bot.send_message(ann.id, "x")
    slow = await refused(TelegramRetryAfter, bot.send_message(ann.id, "x"))
    assert slow.retry_after == 1
    server.limits = None
    server.faults.append(Fault("status", status=500))
    await refused(TelegramServerError, bot.send_message(ann.id, "x"))
    ann.block()
    await refused(TelegramForbiddenError, bot.send_message(ann.id, "x"))
    await bot.set_webhook("https://example.org/hook")
    await refused(TelegramConflictError, bot.get_updates())
    await bot.delete_webhook()
    server.revoke()
    await refused(TelegramUnauthorizedError, bot.get_me())
    server.revoked = False


async def receive_by_webhook(server: TelegramServer, bot: Bot) -> None:
    """Let aiogram's own webhook take an update; it checks the secret token."""
    app = web.Application()
    SimpleRequestHandler(a_dispatcher(), bot, secret_token="s3cret").register(app, "/hook")
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    dora = server.world.person("Dora")

    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await bot.set_webhook(url, secret_token="s3cret", drop_pending_updates=True)
    dora.say("by webhook")
    await dora.chat.post()
    told = await bot.get_webhook_info()
    await bot.delete_webhook()
    await runner.cleanup()
    assert (told.url, told.last_error_message) == (url, None)


async def main() -> None:
    """Run every part against one server."""
    async with TelegramServer(limits=None) as server:
        bot, dispatcher = a_bot(server), a_dispatcher()
        polling = asyncio.create_task(
            dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False)
        )
        await converse(server)
        await dispatcher.stop_polling()
        await polling
        await call_everything(server, bot)
        await meet_refusals(server, bot)
        await receive_by_webhook(server, bot)
        await bot.session.close()
        assert server.complaints == [], server.complaints


if __name__ == "__main__":
    asyncio.run(main())
