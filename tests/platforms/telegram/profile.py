"""What a bot says of itself on an invented Telegram: its menus, descriptions and name."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.platforms.telegram.posts import Object
from tests.platforms.telegram.rules import bad, check_commands

Given = Mapping[str, Any]
TEXTS = {"Description": 512, "ShortDescription": 120, "Name": 64}
FIELDS = {"Description": "description", "ShortDescription": "short_description", "Name": "name"}


@dataclass(slots=True)
class Profile:
    """The menus go by scope (its JSON, keys sorted) and language, texts by kind and language.

    The kinds of text are "Description", "ShortDescription" and "Name"; `rights` are those
    asked for by default, under True for channels.
    """

    menus: dict[tuple[str, str], list[Object]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    rights: dict[bool, Object] = field(default_factory=dict)

    def menu(self, scope: str = "default", lang: str = "") -> list[str]:
        """Return the commands of a scope's menu in one language."""
        menu = self.menus.get((json.dumps({"type": scope}), lang), [])
        return [command["command"] for command in menu]

    def table(self) -> dict[str, Callable[[Given], Any]]:
        """Return the methods by their names."""
        found: dict[str, Callable[[Given], Any]] = {
            "setMyCommands": self._set_commands,
            "getMyCommands": lambda given: self.menus.get(_scope(given), []),
            "deleteMyCommands": self._delete_commands,
            "setMyDefaultAdministratorRights": self._set_rights,
        }
        for kind in TEXTS:
            found[f"setMy{kind}"] = partial(self._set_text, kind)
            found[f"getMy{kind}"] = partial(self._text, kind)
        return found

    def _set_commands(self, given: Given) -> bool:
        check_commands(given["commands"])
        self.menus[_scope(given)] = given["commands"]
        return True

    def _delete_commands(self, given: Given) -> bool:
        self.menus.pop(_scope(given), None)
        return True

    def _text(self, kind: str, given: Given) -> Object:
        return {FIELDS[kind]: self.texts.get((kind, given.get("language_code", "")), "")}

    def _set_text(self, kind: str, given: Given) -> bool:
        text = given.get(FIELDS[kind], "")
        if len(text) > TEXTS[kind]:
            raise bad(f"{FIELDS[kind]} is too long")  # *unverified*
        self.texts[kind, given.get("language_code", "")] = text
        return True

    def _set_rights(self, given: Given) -> bool:
        self.rights[given.get("for_channels", False)] = given.get("rights", {})
        return True


def _scope(given: Given) -> tuple[str, str]:
    scope = given.get("scope", {"type": "default"})
    return json.dumps(scope, sort_keys=True), given.get("language_code", "")
