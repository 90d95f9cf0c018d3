"""The published description of the Telegram Bot API, and values held against it by type.

The copy in the fixture has only the methods and types that the server speaks. To renew it:
`python -m tests.platforms.telegram.api FULL_DESCRIPTION.json`, where the full one has the form
of https://github.com/PaulSonOfLars/telegram-bot-api-spec.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

FIXTURE = Path(__file__).parents[2] / "fixtures" / "platforms" / "telegram_api.json"
SOURCE = (
    "https://core.telegram.org/bots/api, read by github.com/PaulSonOfLars/telegram-bot-api-spec"
)
ARRAY = "Array of "
METHODS = """
    getMe getUpdates setWebhook deleteWebhook getWebhookInfo logOut close
    sendMessage editMessageText editMessageReplyMarkup editMessageCaption deleteMessage
    sendPhoto sendDocument sendMediaGroup sendChatAction answerCallbackQuery answerInlineQuery
    getFile getChat getChatMember getChatAdministrators leaveChat createForumTopic
    pinChatMessage setMyCommands getMyCommands deleteMyCommands setMyDescription
    getMyDescription setMyShortDescription getMyShortDescription setMyName getMyName
    setMyDefaultAdministratorRights
""".split()  # noqa: SIM905 - a line for each would hide the list
TYPES = """
    Update Message MaybeInaccessibleMessage InaccessibleMessage User Chat ChatFullInfo
    AcceptedGiftTypes MessageEntity MessageOrigin MessageOriginUser MessageOriginHiddenUser
    MessageOriginChat MessageOriginChannel ReplyParameters LinkPreviewOptions TextQuote
    PhotoSize Document Voice Audio Video VideoNote Animation Sticker Location Venue Contact Dice
    File ForumTopic ForumTopicCreated ForumTopicClosed ForumTopicReopened
    CallbackQuery InlineQuery ChosenInlineResult ChatMemberUpdated ChatMember ChatMemberOwner
    ChatMemberAdministrator ChatMemberMember ChatMemberRestricted ChatMemberLeft
    ChatMemberBanned ChatAdministratorRights WebhookInfo BotCommand BotCommandScope
    BotCommandScopeDefault BotCommandScopeAllPrivateChats BotCommandScopeAllGroupChats
    BotCommandScopeAllChatAdministrators BotCommandScopeChat
    BotCommandScopeChatAdministrators BotCommandScopeChatMember BotDescription
    BotShortDescription BotName InlineKeyboardMarkup InlineKeyboardButton
    SwitchInlineQueryChosenChat CopyTextButton LoginUrl WebAppInfo ReplyKeyboardMarkup
    KeyboardButton ReplyKeyboardRemove ForceReply InlineQueryResult InlineQueryResultArticle
    InlineQueryResultPhoto InlineQueryResultCachedPhoto InlineQueryResultsButton
    InputMessageContent InputTextMessageContent InputMediaPhoto InputMediaDocument
""".split()  # noqa: SIM905 - a line for each would hide the list
FORMS: Mapping[str, tuple[type, ...]] = {
    "Integer": (int,),
    "Float": (int, float),
    "String": (str,),
    "Boolean": (bool,),
    "True": (bool,),
    "InputFile": (str,),
}


class Malformed(ValueError):  # noqa: N818 - says what the value is
    """A value is not of the type that the description names."""


def known(type_name: str) -> bool:
    """Tell whether the copy describes a type."""
    return type_name.replace(ARRAY, "") in {*FORMS, *TYPES}


def trimmed(full: Mapping[str, Any]) -> dict[str, Any]:
    """Return the methods and types we speak, and of them the fields whose types we describe."""

    def fields(described: Mapping[str, Any]) -> dict[str, Any]:
        return {
            field["name"]: {"types": types, "required": field["required"]}
            for field in described.get("fields", [])
            if (types := [name for name in field["types"] if known(name)])
        }

    return {
        "source": SOURCE,
        "version": full["version"],
        "methods": {
            name: {
                "returns": full["methods"][name]["returns"],
                "fields": fields(full["methods"][name]),
            }
            for name in METHODS
        },
        "types": {
            name: [sub for sub in described["subtypes"] if known(sub)]
            if (described := full["types"][name]).get("subtypes")
            else fields(described)
            for name in TYPES
        },
    }


@cache
def description() -> dict[str, Any]:
    """Return the copy."""
    loaded: dict[str, Any] = json.loads(FIXTURE.read_text(encoding="utf-8"))
    return loaded


@cache
def _cases() -> dict[str, str]:
    return {name.lower(): name for name in description()["methods"]}


def known_method(named: str) -> str | None:
    """Return a method's name as it is written; requests may write it in any case."""
    return _cases().get(named.lower())


def decoded(value: Any, types: list[str]) -> Any:
    """Return a parameter as JSON, where it came as text, as forms carry it."""
    if not isinstance(value, str):
        return value
    for name in types:
        if name in {"Boolean", "True"} and value.lower() in {"true", "false", "0", "1"}:
            return value.lower() in {"true", "1"}
        if name == "Integer" and value.lstrip("-").isdecimal():
            return int(value)
        if name == "Float" and value.replace(".", "", 1).lstrip("-").isdecimal():
            return float(value)
        if name not in FORMS:
            return _parsed(value)
    return value


def _parsed(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError as error:
        raise Malformed(f"can't parse JSON: {error}") from error


def arguments(method: str, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the parameters by type, and the names of those that the method does not have.

    Raises Malformed where one is missing or of another type.
    """
    fields = description()["methods"][method]["fields"]
    found: dict[str, Any] = {}
    for name, field in fields.items():
        if given.get(name) in (None, ""):
            if field["required"] and name not in given:
                raise Malformed(f'parameter "{name}" is required')
            continue
        found[name] = decoded(given[name], field["types"])
        for problem in problems(found[name], field["types"], name):
            raise Malformed(problem)
    return found, sorted(set(given) - set(fields))


def problems(value: Any, types: list[str], at: str) -> Iterator[str]:
    """Yield what keeps a value from being of any of the types."""
    found = [list(_of_type(value, name, at)) for name in types]
    if all(found):
        yield from min(found, key=len)


def _of_type(value: Any, name: str, at: str) -> Iterator[str]:
    if name.startswith(ARRAY):
        if not isinstance(value, list):
            yield f"{at} is no array"
            return
        for number, part in enumerate(value):
            yield from problems(part, [name.removeprefix(ARRAY)], f"{at}[{number}]")
    elif name in FORMS:
        right = isinstance(value, FORMS[name]) and isinstance(value, bool) == (
            bool in FORMS[name]
        )
        if not right or (name == "True" and not value):
            yield f"{at} is no {name}"
    else:
        yield from _of_object(value, description()["types"].get(name), f"{at}:{name}")


def _of_object(value: Any, described: Any, at: str) -> Iterator[str]:
    if isinstance(described, list):
        yield from problems(value, described, at)
    elif described is None or not isinstance(value, dict):
        yield f"{at} is no object that is described"
    else:
        yield from (f"{at} has no field {name}" for name in value if name not in described)
        for name, field in described.items():
            if name in value:
                yield from problems(value[name], field["types"], f"{at}.{name}")
            elif field["required"]:
                yield f"{at} lacks {name}"


def results(method: str, result: Any) -> list[str]:
    """Return what keeps a result from being what the method returns."""
    returns = description()["methods"][method]["returns"]
    return list(
        problems(result, ["True" if name == "Boolean" else name for name in returns], "result")
    )


def written(copy: Mapping[str, Any]) -> str:
    """Return a copy as it is stored: one line for a method or type."""
    lines = [f' "{name}": {json.dumps(copy[name])}' for name in ("source", "version")]
    for part in ("methods", "types"):
        rows = [f'  "{name}": {json.dumps(entry)}' for name, entry in copy[part].items()]
        lines.append(f' "{part}": {{\n' + ",\n".join(rows) + "\n }")
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    full_description = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    FIXTURE.write_text(written(trimmed(full_description)), encoding="utf-8")
