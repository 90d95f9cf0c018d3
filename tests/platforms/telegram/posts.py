"""What is posted and asked in an invented Telegram, as the Bot API tells of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.platforms.telegram.chats import Chat

Object = dict[str, Any]  # one object of the Bot API

MARKS = (
    ("bot_command", re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@\w+)?")),
    ("mention", re.compile(r"(?<!\w)@\w{4,32}")),
    ("url", re.compile(r"https?://\S+")),
)


def units(text: str) -> int:
    """Return how long a text is in UTF-16 code units, as Telegram counts offsets."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def marked(text: str) -> list[Object]:
    """Return the entities that Telegram finds by itself: commands, mentions, addresses."""
    return [
        {"type": kind, "offset": units(text[: found.start()]), "length": units(found[0])}
        for kind, pattern in MARKS
        for found in pattern.finditer(text)
    ]


def shallow(message: Object) -> Object:
    """Return a message without the one it answers, as replies carry it."""
    return {name: value for name, value in message.items() if name != "reply_to_message"}


def without_empty(fields: Mapping[str, Any]) -> Object:
    """Return the fields that say something."""
    return {name: value for name, value in fields.items() if value not in ("", [], None)}


@dataclass(eq=False, slots=True)
class Post:
    """One message in a chat, the bot's or a person's; `now` is always its newest form.

    `source` is the text as the bot sent it, with its markup; `content` the file it carries.
    """

    chat: Chat
    now: Object
    source: str = ""
    content: bytes | None = None
    by_bot: bool = False
    deleted: bool = False

    @property
    def id(self) -> int:
        """Return the message's id."""
        number: int = self.now["message_id"]
        return number

    @property
    def text(self) -> str:
        """Return the text or caption as a reader sees it, without markup."""
        return str(self.now.get("text") or self.now.get("caption") or "")

    @property
    def buttons(self) -> list[Object]:
        """Return the inline buttons, row after row."""
        markup = self.now.get("reply_markup") or {}
        return [button for row in markup.get("inline_keyboard", []) for button in row]

    @property
    def labels(self) -> list[str]:
        """Return what the inline buttons say."""
        return [button["text"] for button in self.buttons]

    @property
    def reply_to(self) -> int | None:
        """Return the id of the message it answers."""
        answered = self.now.get("reply_to_message")
        return answered["message_id"] if answered else None

    @property
    def thread(self) -> int | None:
        """Return the topic it stands in."""
        return self.now.get("message_thread_id")


@dataclass(eq=False, slots=True)
class Question:
    """A pressed button or an inline query, and what the bot answered: None until it did.

    `answer` holds the parameters of answerCallbackQuery or answerInlineQuery; `expired` is
    for a test to set: the answer then comes too late. `contents` are what inline results say.
    """

    id: str
    asked: Object
    answer: Object | None = None
    expired: bool = False
    contents: dict[str, Object] = field(default_factory=dict)

    @property
    def results(self) -> list[Object]:
        """Return the results of an answered inline query."""
        return list((self.answer or {}).get("results", []))
