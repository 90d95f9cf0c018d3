"""Which chat of Telegram a person means who sets up an account: its number, or its @name."""

from __future__ import annotations

import re

from bots.failure import Failure
from bots.telegram.address import KIND, Place, place_of
from bots.telegram.settings import TelegramSettings
from core.channel import Address

_NAME = re.compile(r"@[A-Za-z]\w{3,31}", re.ASCII)


async def chat_named(settings: TelegramSettings, typed: str) -> str:
    """Return the chat; Telegram is asked for the number of a name. Raises Failure."""
    place = place_of(Address(KIND, typed))
    if place is not None and place.message is None:
        return place.address.chat
    if not _NAME.fullmatch(typed):
        raise Failure(f"{typed!r} is no chat of Telegram: write its number, or its @name")
    if settings.token is None:
        raise Failure(
            f"without RECALLBOT_TELEGRAM_TOKEN nobody can say which chat {typed} is: "
            "set it, or write the chat's number"
        )
    return Place(await _asked(settings, typed)).address.chat


async def _asked(settings: TelegramSettings, name: str) -> int:
    from telegram.error import TelegramError  # noqa: PLC0415 - slow to import

    from bots.telegram.channel import bot_of, request_of  # noqa: PLC0415 - slow to import

    request = request_of(settings)
    try:
        return int((await bot_of(settings, request).get_chat(name)).id)
    except TelegramError as error:
        raise Failure(f"Telegram does not show us {name}: {error.message}") from None
    finally:
        await request.shutdown()
