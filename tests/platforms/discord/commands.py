"""Application commands: what Discord lets an app register, and how a person fills one in."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from tests.platforms.discord.accounts import ALL, Role
from tests.platforms.discord.messages import Attached
from tests.platforms.discord.rules import LOCALES, Form, Json, Refused
from tests.platforms.discord.world import Channel


def commands_are_fit(commands: Sequence[Json]) -> None:
    """Refuse a set of global commands: 100 slash commands, 15 on users, 15 on messages."""
    form, seen = Form(), set()
    for kind, most in ((1, 100), (2, 15), (3, 15)):
        if sum(command.get("type", 1) == kind for command in commands) > most:
            raise Refused(
                400, 30032, f"Maximum number of application commands reached ({most})"
            )
    for at, command in enumerate(commands):
        kind = command.get("type", 1)
        _name(form, command, f"{at}.", slash=kind == 1)
        if kind == 1:
            _described(form, command, f"{at}.")
            _options(form, command, f"{at}.")
        elif command.get("description"):
            message = "Context menu commands cannot have description"
            form.wrong(f"{at}.description", "APPLICATION_COMMAND_DESCRIPTION", message)
        if (kind, command.get("name")) in seen:
            message = "Application command names must be unique"
            form.wrong(str(at), "APPLICATION_COMMANDS_DUPLICATE_NAME", message)
        seen.add((kind, command.get("name")))
        if _length(command) > 8000:
            form.wrong(str(at), "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds 8000")
    form.settle()


def _name(form: Form, named: Json, path: str, *, slash: bool) -> None:
    form.text(named, "name", path, 1, 32)
    spoken = {f"{path}name": named.get("name")}
    for locale, name in (named.get("name_localizations") or {}).items():
        spoken[f"{path}name_localizations.{locale}"] = name
        if locale not in LOCALES:
            form.wrong(f"{path}name_localizations", "DICT_TYPE_CHOICES", f"Unknown {locale}")
    for where, name in spoken.items():
        if slash and not _is_command_name(str(name)):
            message = "Command name is invalid"
            form.wrong(where, "APPLICATION_COMMAND_INVALID_NAME", message)


def _is_command_name(name: str) -> bool:
    """Whether it is lower case, of letters, digits, "-", "_" and "'", up to 32 of them."""
    right = all(char in "-_'" or unicodedata.category(char)[0] in "LNM" for char in name)
    return right and name == name.lower() and 0 < len(name) <= 32


def _described(form: Form, described: Json, path: str) -> None:
    form.text(described, "description", path, 1, 100)
    for locale, words in (described.get("description_localizations") or {}).items():
        form.text({locale: words}, locale, f"{path}description_localizations.", 1, 100)
        if locale not in LOCALES:
            form.wrong(f"{path}description_localizations", "DICT_TYPE_CHOICES", locale)


def _options(form: Form, owner: Json, path: str) -> None:
    options = form.items(owner, "options", path, 0, 25)
    needed = [bool(option.get("required")) for option in options]
    if needed != sorted(needed, reverse=True):
        message = "Required options must be placed before non-required options"
        form.wrong(f"{path}options", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
    if len({option.get("name") for option in options}) < len(options):
        message = "Option names must be unique"
        form.wrong(f"{path}options", "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATE", message)
    for at, option in enumerate(options):
        _name(form, option, f"{path}options.{at}.", slash=True)
        _described(form, option, f"{path}options.{at}.")
        _options(form, option, f"{path}options.{at}.")
        choices = form.items(option, "choices", f"{path}options.{at}.", 0, 25)
        if choices and option.get("autocomplete"):
            message = "Choices and autocomplete exclude each other"
            form.wrong(f"{path}options.{at}", "APPLICATION_COMMAND_AUTOCOMPLETE", message)
        for number, choice in enumerate(choices):
            form.text(choice, "name", f"{path}options.{at}.choices.{number}.", 1, 100)


def _length(part: Json) -> int:
    own = sum(len(str(part.get(name) or "")) for name in ("name", "description", "value"))
    return own + sum(_length(p) for n in ("options", "choices") for p in part.get(n) or [])


SUBCOMMAND, GROUP, TEXT, WHOLE, YES, USER, CHANNEL, ROLE, MENTION, NUMBER, FILE = range(1, 12)


def offered(commands: Sequence[Json], words: str, kind: int = 1) -> tuple[Json, list[Json]]:
    """Return the command that these words call, and the path of options to its fields.

    "feed set" calls the subcommand `set` of `feed`. LookupError where there is none.
    """
    first, *rest = words.split() if kind == 1 else [words]
    for command in commands:
        if command.get("type", 1) == kind and first in _names(command):
            path, here = [], command
            for word in rest:
                options = [one for one in here.get("options") or [] if word in _names(one)]
                if not options:
                    raise LookupError(f"no subcommand {word!r} of {first!r}")
                here = options[0]
                path.append(here)
            return command, path
    raise LookupError(f"no command {words!r} among {[command['name'] for command in commands]}")


def _names(named: Json) -> set[str]:
    return {named["name"], *(named.get("name_localizations") or {}).values()}


def filled(
    command: Json, path: Sequence[Json], values: Mapping[str, Any], focused: str | None = None
) -> tuple[list[Json], Json]:
    """Return a command's options as they are sent, and what they refer to.

    ValueError where Discord's own client would not let a person send it: a needed option
    that is missing, an unknown one, a wrong choice, a text too long.
    """
    fields = (path[-1] if path else command).get("options") or []
    by_name = {name: one for one in fields for name in _names(one)}
    unknown = set(values) - set(by_name)
    missing = [one["name"] for one in fields if one.get("required") and not _given(one, values)]
    if unknown or (missing and focused is None):
        raise ValueError(f"unknown options {sorted(unknown)}, missing options {missing}")
    resolved: Json = {}
    options = [_option(by_name[name], value, resolved) for name, value in values.items()]
    for option in options:
        if focused is not None and by_name[focused]["name"] == option["name"]:
            option["focused"] = True
    for step in reversed(path):
        options = [{"type": step["type"], "name": step["name"], "options": options}]
    return options, resolved


def _given(option: Json, values: Mapping[str, Any]) -> bool:
    return bool(_names(option) & set(values))


def _option(field: Json, value: Any, resolved: Json) -> Json:
    kind = field["type"]
    if kind in {USER, CHANNEL, ROLE, MENTION, FILE}:
        refer(value, resolved)
        return {"type": kind, "name": field["name"], "value": value.id}
    choices = {choice["name"]: choice["value"] for choice in field.get("choices") or []}
    value = choices.get(value, value)
    if choices and value not in choices.values():
        raise ValueError(f"{value!r} is none of {sorted(choices)}")
    length, most = len(value) if isinstance(value, str) else 0, field.get("max_length", 6000)
    if kind == TEXT and not field.get("min_length", 0) <= length <= most:
        raise ValueError(f"{field['name']!r} has {length} characters")
    return {"type": kind, "name": field["name"], "value": value}


def refer(thing: Any, resolved: Json) -> None:
    """Describe a user, role, channel or file that was picked."""
    shape = thing.json()
    if isinstance(thing, Channel):
        may = str(int(ALL))
        shape = {key: shape.get(key) for key in ("id", "name", "type", "parent_id")}
        resolved.setdefault("channels", {})[thing.id] = {**shape, "permissions": may}
    elif isinstance(thing, Role):
        resolved.setdefault("roles", {})[thing.id] = shape
    elif isinstance(thing, Attached):
        resolved.setdefault("attachments", {})[thing.id] = {**shape, "ephemeral": True}
    else:
        resolved.setdefault("users", {})[thing.id] = shape
