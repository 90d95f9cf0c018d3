"""What Telegram refuses is refused by its server for tests, in its words."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
)
from telegram.error import (
    BadRequest,
)

from tests.platforms.telegram_calling import call
from tests.platforms.telegram_server import TelegramServer, a_picture

SECRET = "secret token contains unallowed characters"
LONG = "x" * 4096
HTML_REFUSED = {
    "<script>x</script>": 'Unsupported start tag "script" at byte offset 0',
    "é<b>x": 'Can\'t find end tag corresponding to start tag "b"',
    "é<b><i>x</b></i>": ('Unmatched end tag at byte offset 9, expected "</i>", found "</b>"'),
    "x</b>": "Unexpected end tag at byte offset 1",
    "a <b": "Unclosed start tag at byte offset 2",
    "<b>a</b": "Unclosed end tag at byte offset 4",
    "<span>x</span>": 'Tag "span" must have class "tg-spoiler" at byte offset 0',
    "1 < 2": "Unclosed start tag at byte offset 2",
}
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    *(
        ("sendMessage", {"text": text, "parse_mode": "HTML"}, f"can't parse entities: {why}")
        for text, why in HTML_REFUSED.items()
    ),
    ("sendMessage", {"text": LONG + "x"}, "message is too long"),
    ("sendMessage", {"text": "😀" * 2049}, "message is too long"),
    ("sendMessage", {"text": " \n "}, "message text is empty"),
    ("sendMessage", {"text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
    ("sendMessage", {"text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
    ("sendMessage", {"text": "x", "chat_id": 5}, "chat not found"),
    ("sendMessage", {"text": "x", "message_thread_id": 5}, "message thread not found"),
    (
        "sendMessage",
        {"text": "x", "reply_parameters": {"message_id": 999}},
        "message to be replied not found",
    ),
    ("sendMessage", {"text": ["x"]}, "text is no String"),
    ("sendMessage", {}, 'parameter "text" is required'),
    ("editMessageText", {"text": "x", "message_id": 999}, "message to edit not found"),
    ("deleteMessage", {"message_id": 999}, "message to delete not found"),
    ("sendPhoto", {"photo": "https://example.org/a.png"}, "failed to get HTTP URL content"),
    ("sendChatAction", {"action": "sleeping"}, "wrong parameter action in request"),
    ("getFile", {"file_id": "none"}, "invalid file_id"),
    ("getChatMember", {"user_id": 5}, "user not found"),
    ("createForumTopic", {"name": "x"}, "the chat is not a forum"),
    (
        "setMyCommands",
        {"commands": [{"command": "Check", "description": "x"}]},
        "BOT_COMMAND_INVALID",
    ),
    (
        "setMyCommands",
        {"commands": [{"command": "check", "description": "x" * 257}]},
        "BOT_COMMAND_DESCRIPTION_INVALID",
    ),
    (
        "setWebhook",
        {"url": "http://example.org/"},
        "bad webhook: An HTTPS URL must be provided for webhook",
    ),
    ("setWebhook", {"url": "https://x.example/", "secret_token": "a b"}, SECRET),
]


@pytest.mark.parametrize(("method", "given", "why"), REFUSED)
async def test_what_telegram_refuses_is_refused_in_its_words(
    server: TelegramServer, method: str, given: dict[str, Any], why: str
) -> None:
    ann = server.world.person()

    told = await call(server, method, **{"chat_id": ann.id, **given})

    assert told == {"ok": False, "error_code": 400, "description": f"Bad Request: {why}"}


BUTTONS_REFUSED: dict[str, list[list[dict[str, str]]]] = {
    "BUTTON_DATA_INVALID": [[{"text": "a", "callback_data": "é" * 33}]],
    "reply markup is too long": [[{"text": "a", "callback_data": "a"}]] * 101,
    "reply markup is too long ": [[{"text": "a", "callback_data": "a"}] * 9],
    "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard": [
        [{"text": "a"}]
    ],
    "inline keyboard button URL 'no url' is invalid: Wrong HTTP URL": [
        [{"text": "a", "url": "no url"}]
    ],
}


@pytest.mark.parametrize("why", BUTTONS_REFUSED)
async def test_keyboards_are_checked(server: TelegramServer, why: str) -> None:
    ann = server.world.person()
    markup = {"inline_keyboard": BUTTONS_REFUSED[why]}

    told = await call(server, "sendMessage", chat_id=ann.id, text="x", reply_markup=markup)

    assert told["description"] == f"Bad Request: {why.strip()}"


@pytest.mark.parametrize(
    ("ids", "why"),
    [
        ([str(number) for number in range(51)], "RESULTS_TOO_MUCH"),
        (["1", "1"], "RESULT_ID_DUPLICATE"),
        (["é" * 33], "RESULT_ID_INVALID"),
    ],
)
async def test_inline_results_are_checked(
    server: TelegramServer, ids: list[str], why: str
) -> None:
    question = server.world.person().ask_inline("A1263")
    content = {"message_text": "x"}
    results = [
        {"type": "article", "id": one, "title": "x", "input_message_content": content}
        for one in ids
    ]

    told = await call(server, "answerInlineQuery", inline_query_id=question.id, results=results)

    assert told["description"] == f"Bad Request: {why}"
    assert question.answer is None


@pytest.mark.parametrize(
    ("image", "why"),
    [
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (a_picture(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
        (a_picture(9000, 1001), "PHOTO_INVALID_DIMENSIONS"),
    ],
)
async def test_pictures_are_checked(
    server: TelegramServer, bot: Bot, image: bytes, why: str
) -> None:
    ann = server.world.person()

    with pytest.raises(BadRequest, match=f"(?i){why}"):
        await bot.send_photo(ann.id, image)


async def test_what_is_just_within_the_limits_is_taken(
    server: TelegramServer, bot: Bot
) -> None:
    ann = server.world.person()
    row = [InlineKeyboardButton("a", callback_data="x" * 64)] * 8
    text = f"<b>{'&amp;' * 4096}</b>\n"

    sent = await bot.send_message(
        ann.id, text, parse_mode="HTML", reply_markup=InlineKeyboardMarkup([row] * 12)
    )
    captioned = await bot.send_photo(ann.id, a_picture(), caption="😀" * 512)

    assert sent.text == "&" * 4096
    assert [entity.length for entity in sent.entities] == [4096]
    assert captioned.caption == "😀" * 512


async def test_markup_that_telegram_drops_silently_is_a_complaint(
    server: TelegramServer, bot: Bot
) -> None:
    ann = server.world.person()
    quoted = "<blockquote>a<blockquote>b</blockquote></blockquote>"

    await bot.send_message(ann.id, f'<a href="not a url">x</a>{quoted}', parse_mode="HTML")
    await call(server, "sendMessage", chat_id=ann.id, text="x", texd="y")

    assert server.complaints == [
        "link to 'not a url'",
        "blockquote inside blockquote",
        "sendMessage has no parameter texd",
    ]
