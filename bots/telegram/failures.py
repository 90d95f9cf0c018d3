"""What a failed call to Telegram means for the post: one table, read from above."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aiohttp
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
)

from bots.telegram.request import TooManyRequests
from core.channel import (
    Address,
    AddressGone,
    DeliveryError,
    DeliveryUnknown,
    PostRejected,
    TryLater,
)

# No connection came about, so nothing was sent. ConnectionTimeoutError is also what waiting
# for a free connection of the pool ends with.
NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
# Of a 400 the text alone says that the chat, and not the post, is the matter. They are the
# Bot API server's own words; those in capitals come from Telegram's inner servers and are
# *unverified*.
CHAT_GONE = (
    *("chat not found", "user not found", "peer_id_invalid", "user is deactivated"),
    *("group chat was deactivated", "chat was deleted", "message thread not found"),
    *("topic_deleted", "topic_closed", "not enough rights to send", "no rights to send"),
    *("chat_write_forbidden", "chat_restricted", "need administrator rights in the channel"),
    *("bot is not a member", "channel_private", "chat_admin_required"),
)


def failure_of(error: TelegramError, kind: str, topic: str | None = None) -> DeliveryError:
    """Return what `error` means for a post to a chat of the channel `kind`.

    Where the chat moved, its `topic` goes along.
    """
    if isinstance(error, ChatMigrated):
        tail = f"/{topic}" if topic else ""
        return AddressGone(Address(kind, f"{error.new_chat_id}{tail}"))
    for type_of_error, failure in TABLE:
        if isinstance(error, type_of_error):
            return failure(error)
    # The answer came and cannot be read.
    return DeliveryUnknown(error.message)


def _of_bad_request(text: str) -> DeliveryError:
    folded = text.lower()
    gone = any(words in folded for words in CHAT_GONE)
    return AddressGone(said=text) if gone else PostRejected(text)


def _of_network(error: NetworkError) -> DeliveryError:
    if isinstance(error.__cause__, NEVER_SENT):
        return TryLater()
    # A status that the library has no class for: only its text is left of it.
    if error.message.startswith("Request Entity Too Large"):
        return PostRejected(error.message)
    return DeliveryUnknown(error.message)


# The library's BadRequest is one of its NetworkErrors, so the order counts. What is refused
# for its rate, token or poll was never looked at; a token is put right by whoever runs the bot.
TABLE: tuple[tuple[type[TelegramError], Callable[[Any], DeliveryError]], ...] = (
    (TooManyRequests, lambda error: TryLater(error.retry_after)),
    (InvalidToken, lambda _: TryLater()),
    (Conflict, lambda _: TryLater()),
    (Forbidden, lambda error: AddressGone(said=error.message)),
    (BadRequest, lambda error: _of_bad_request(error.message)),
    (NetworkError, _of_network),
)
