"""What an update of Telegram is about, as far as it can be told without asking; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from telegram import MaybeInaccessibleMessage, Message, PhotoSize, Update
from telegram.constants import ChatType

from bots.telegram.address import Place
from core.query.commands import COMMANDS, command_of
from core.query.group import PAYLOAD

# Telegram lets no bot fetch a larger file.
LARGEST_FILE = 20 * 1024 * 1024
# Who changes a message later than this does not wait for an answer.
EDITS_WITHIN = timedelta(hours=1)
_TO_A_BOT = re.compile(r"(/\w+)@(\w+)")
_KNOWN = frozenset(command.name for command in COMMANDS)
# What we cannot make anything of, as a Message names it.
_UNREADABLE = (
    *(
        "animation",
        "audio",
        "checklist",
        "contact",
        "dice",
        "document",
        "location",
        "paid_media",
    ),
    *("poll", "sticker", "story", "venue", "video", "video_note", "voice"),
)


@dataclass(frozen=True, slots=True)
class Me:
    """Our own account, as Telegram told us."""

    id: int
    username: str

    @property
    def link(self) -> str:
        """Return the address that opens a private chat with us."""
        return f"https://t.me/{self.username}"

    @property
    def private_link(self) -> str:
        """Return the same for somebody in a group, with what it shall ask left open."""
        return f"{self.link}?start={PAYLOAD}"


@dataclass(frozen=True, slots=True)
class File:
    """A picture that can be fetched; `size` in bytes as Telegram says it."""

    id: str
    size: int


def newest(updates: Iterable[Update]) -> tuple[Update, ...]:
    """Return the updates without those that a later one among them replaces.

    An edit stands for the message before it, and what somebody types on for what they had
    typed until then.
    """
    latest: dict[object, Update] = {}
    for update in updates:
        about = _about(update)
        latest.pop(about, None)
        latest[about] = update
    return tuple(latest.values())


def _about(update: Update) -> object:
    if message := update.message or update.edited_message:
        return message.chat.id, message.message_id
    if query := update.inline_query:
        return "inline", query.from_user.id
    return update.update_id


def chat_of(update: Update) -> object:
    """Return whose updates must stay in their order."""
    if update.effective_chat:
        return update.effective_chat.id
    return update.effective_user.id if update.effective_user else None


def place_of_message(message: Message) -> Place:
    """Return the chat and topic of a message, and in a group the message itself."""
    answered = None if is_private(message) else message.message_id
    return Place(message.chat.id, topic_of(message), answered)


def topic_of(message: MaybeInaccessibleMessage) -> int | None:
    """Return the topic of a forum that a message stands in."""
    # A mere thread of replies has a number too, and is no place of its own.
    is_topic = isinstance(message, Message) and message.is_topic_message
    return message.message_thread_id if isinstance(message, Message) and is_topic else None


def is_private(message: Message) -> bool:
    """Say whether nobody else reads along."""
    return message.chat.type == ChatType.PRIVATE


def is_heard(message: Message, me: Me) -> bool:
    """Say whether it is from somebody who may get an answer.

    Not from a bot, not what our own inline mode wrote, not what a channel put into its group.
    """
    if message.is_automatic_forward or (message.via_bot and message.via_bot.id == me.id):
        return False
    sender = message.from_user
    return is_anonymous(message) or not (sender and sender.is_bot and not message.sender_chat)


def is_anonymous(message: Message) -> bool:
    """Say whether an administrator speaks in the name of the group itself."""
    return message.sender_chat is not None and message.sender_chat.id == message.chat.id


def words_for_us(message: Message, me: Me) -> str | None:
    """Return what was said to us, without our name in it; None where others were meant.

    In a group that is a command, a mention of us or a reply to us; in a channel a command.
    """
    text = message.text or message.caption or ""
    found = _TO_A_BOT.match(text)
    named = bool(found and found[2].lower() == me.username.lower())
    if found and not named:
        return None
    if named and found:
        text = found[1] + text[found.end() :]
    if named:
        return text
    ours = rf"[^\S\n]*(?<!\w)@{re.escape(me.username)}\b[^\S\n]*"
    plain = re.sub(ours, " ", text, flags=re.IGNORECASE).strip()
    if is_private(message):
        return plain
    if text.startswith("/"):
        command = command_of(text)
        return text if command and command.name in _KNOWN else None
    if message.chat.type == ChatType.CHANNEL:
        return None
    return plain if plain != text.strip() or _answers(message, me) else None


def _answers(message: Message, me: Me) -> bool:
    replied = message.reply_to_message
    return bool(replied and replied.from_user and replied.from_user.id == me.id)


def picture_of(message: Message, most: int) -> File | None:
    """Return the picture in a message: of a photo the largest copy of at most so many bytes."""
    if message.photo:
        return _largest(message.photo, most)
    document = message.document
    if document and (document.mime_type or "").startswith("image/"):
        return File(document.file_id, document.file_size or 0)
    return None


def _largest(sizes: Iterable[PhotoSize], most: int) -> File:
    files = [File(size.file_id, size.file_size or 0) for size in sizes]
    return max((file for file in files if file.size <= most), default=files[0], key=_size)


def _size(file: File) -> int:
    return file.size


def is_unreadable(message: Message) -> bool:
    """Say whether it is a voice message, a sticker or the like, without a word to it."""
    if message.text or message.caption or picture_of(message, LARGEST_FILE):
        return False
    return any(getattr(message, name, None) for name in _UNREADABLE)


def is_late(message: Message) -> bool:
    """Say whether it was changed so long after it was written that nobody waits for us."""
    return bool(message.edit_date and message.edit_date - message.date > EDITS_WITHIN)
