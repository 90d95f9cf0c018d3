"""What commands show a person of themselves; everything we keep of them, and forgetting it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from core.model.message import Attachment, Button, Message
from core.query import alerting, linking, owning, telling, watching
from core.query.commands import COMMANDS, Command
from core.query.owning import Owner
from core.store import forgetting, personal
from core.store.work import Database
from core.text.screens import said
from core.text.translations import Translator

FORGET = "/forget yes"
NAME, MEDIA_TYPE = "recallbot.json", "application/json"


async def hand_over(command: Command, owner: Owner, database: Database) -> Message:
    """Return everything we keep of the person, as a JSON file."""
    del command
    place, words = owner.place, owner.words
    async with database.reading() as connection:
        held = await personal.everything(connection, place.channel, place.chat)
    content = json.dumps(held, ensure_ascii=False, indent=2).encode()
    return replace(
        said(words, words("mydata")), attachment=Attachment(NAME, MEDIA_TYPE, content)
    )


async def forget(command: Command, owner: Owner, database: Database) -> Message:
    """Ask once, so that no slip of the finger erases; then erase every trace of the person."""
    words, place = owner.words, owner.place
    match command.rest.casefold():
        case "yes":
            async with database.writing() as connection:
                await forgetting.forget(connection, place.channel, place.chat)
            return said(words, words("forgotten"))
        case "no":
            return said(words, words("forget_not"))
    buttons = (
        Button(words("button_no"), "/forget no"),
        Button(words("button_yes"), FORGET),
    )
    return said(words, words("forget_ask", example=FORGET), buttons=buttons)


Screen = Callable[[Command, Owner, Database], Awaitable[Message]]
_SCREENS: Mapping[str, Screen] = MappingProxyType(
    {
        "mine": owning.mine,
        "alerts": alerting.alerts,
        "quiet": alerting.quiet,
        "watch": watching.watch,
        "mydata": hand_over,
        "forget": forget,
    }
)


def screen_of(command: Command) -> Screen | None:
    """Return the screen that the command opens in private, None where it opens none."""
    if command.name == "watch" and not watching.is_screen(command):
        return None
    return _SCREENS.get(command.name)


def is_private(command: Command) -> bool:
    """Say whether the command is of the person alone, and never done where others read."""
    alone = command.name in {linking.NAME, telling.NAME}
    return alone or screen_of(command) is not None


def menu(words: Translator, *, group: bool) -> str:
    """Return every command for such a chat and what it does, a line each."""
    listed = (one for one in COMMANDS if (one.group if group else one.private))
    lines = (f"/{one.name} – {words(one.about)}" for one in listed)
    return "\n".join((words("command_list"), *lines))
