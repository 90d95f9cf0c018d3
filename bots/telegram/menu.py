"""What Telegram shows of us before anybody writes: menus of commands, and what we are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)

from core.query.commands import COMMANDS, Listed
from core.text.translations import FALLBACK, Translator, languages, translator

# For administrators alone: others are told no.
SET_UP = frozenset({"feed"})


@dataclass(frozen=True, slots=True)
class Menu:
    """The commands for one kind of chat in one language ("" for every other one)."""

    scope: BotCommandScope
    lang: str
    commands: tuple[BotCommand, ...]


def menus() -> Iterator[Menu]:
    """Yield the menus of every kind of chat and language."""
    for lang, words in _languages():
        for scope, listed in (
            (BotCommandScopeAllPrivateChats(), _listed(private=True)),
            (BotCommandScopeAllGroupChats(), _listed(private=False, without=SET_UP)),
            (BotCommandScopeAllChatAdministrators(), _listed(private=False)),
        ):
            commands = tuple(BotCommand(one.name, words(one.about)) for one in listed)
            yield Menu(scope, lang, commands)


def _listed(*, private: bool, without: frozenset[str] = frozenset()) -> list[Listed]:
    wanted = (one for one in COMMANDS if (one.private if private else one.group))
    return [one for one in wanted if one.name not in without]


def _languages() -> Iterator[tuple[str, Translator]]:
    """Yield Telegram's code of each language with its words, the fallback first.

    Telegram knows languages by two letters, so of two scripts the first one counts.
    """
    yield "", translator(FALLBACK)
    told = {FALLBACK}
    for tag in languages():
        code = tag.partition("-")[0]
        if code not in told:
            told.add(code)
            yield code, translator(tag)


async def show(bot: Bot) -> int:
    """Set what differs from what Telegram shows, and return how much that was.

    Telegram itself remembers what was set, so a start that changes nothing sets nothing.
    Raises TelegramError.
    """
    changed = 0
    for menu in menus():
        if await bot.get_my_commands(menu.scope, menu.lang) != menu.commands:
            await bot.set_my_commands(menu.commands, menu.scope, menu.lang)
            changed += 1
    for lang, words in _languages():
        changed += await _describe(bot, lang, words)
    return changed


async def _describe(bot: Bot, lang: str, words: Translator) -> int:
    changed = 0
    about, short = words("telegram_about"), words("telegram_about_short")
    if (await bot.get_my_description(lang)).description != about:
        await bot.set_my_description(about, lang)
        changed += 1
    if (await bot.get_my_short_description(lang)).short_description != short:
        await bot.set_my_short_description(short, lang)
        changed += 1
    return changed
