"""What is right and wrong with the Telegram channel, in words for whoever runs the bot."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from telegram import Bot, User, WebhookInfo
from telegram.error import InvalidToken, TelegramError

from bots.telegram.channel import bot_of, request_of
from bots.telegram.settings import TelegramSettings

HOW_TO = (
    "in Telegram write /newbot to @BotFather, and set RECALLBOT_TELEGRAM_TOKEN to the token it "
    "gives you"
)
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{30,}")


async def checkup(settings: TelegramSettings) -> tuple[bool, str]:
    """Say whether the channel can work, and what to do where it cannot; not set up is right."""
    if settings.token is None:
        return True, f"not set up; to be in Telegram, {HOW_TO}"
    token = settings.token.get_secret_value()
    if not _TOKEN.fullmatch(token):
        return False, (
            "RECALLBOT_TELEGRAM_TOKEN does not look like a token, which is digits, a colon and "
            f"about 35 letters: {HOW_TO}"
        )
    request = request_of(settings)
    try:
        return await _of_bot(bot_of(settings, request), settings)
    except TelegramError as error:
        return False, _reason(error, settings)
    finally:
        await request.shutdown()


async def _of_bot(bot: Bot, settings: TelegramSettings) -> tuple[bool, str]:
    me = await bot.get_me()
    known = f"@{me.username}"
    hook = await bot.get_webhook_info()
    if settings.webhook and hook.last_error_message:
        return False, f"{known}: Telegram cannot call our webhook: {hook.last_error_message}"
    # Asking for updates here would throw out a bot that is running.
    return True, ". ".join([f"{known} answers", *_hints(me, settings, hook)])


def _hints(me: User, settings: TelegramSettings, hook: WebhookInfo) -> list[str]:
    hints = []
    if hook.url and not settings.webhook:
        hints.append("A webhook is set; `recallbot run` takes it away and asks itself")
    if hook.pending_update_count:
        hints.append(f"{hook.pending_update_count} update(s) wait to be read")
    if not me.can_join_groups:
        hints.append("It cannot be put into groups: /setjoingroups with @BotFather allows it")
    elif me.can_read_all_group_messages:
        hints.append(
            "Its privacy mode is off, so it gets every message of its groups and answers only "
            "those to it: /setprivacy with @BotFather turns it on"
        )
    if not me.supports_inline_queries:
        hints.append(
            "It cannot be asked from other chats: /setinline with @BotFather allows it"
        )
    return hints


def _reason(error: TelegramError, settings: TelegramSettings) -> str:
    if isinstance(error, InvalidToken):
        return (
            "Telegram does not know this token; perhaps it was revoked: /mybots with "
            "@BotFather, then API Token, shows the right one for RECALLBOT_TELEGRAM_TOKEN"
        )
    return f"{urlsplit(settings.api_url).hostname} cannot be reached: {error.message}"
