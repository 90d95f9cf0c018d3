"""Commands, which mean the same in every chat and language, and what links to us carry."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass

# Telegram's limit on what a link into a chat may carry.
LONGEST_PAYLOAD = 64
_COMMAND = re.compile(r"/([A-Za-z][A-Za-z0-9_]{0,31})(?:@\w{1,64})?(?:\s+(.*))?", re.DOTALL)
_PAYLOAD = re.compile(rf"check_([A-Za-z0-9_-]{{1,{LONGEST_PAYLOAD}}})")


@dataclass(frozen=True, slots=True)
class Command:
    """A command as typed: its name in small letters, and what stands behind it."""

    name: str
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A command of the menus: its name, and for which chats it is.

    `about` is the key of its description, of at most 100 characters in every language.
    """

    name: str
    private: bool = True
    group: bool = False

    @property
    def about(self) -> str:
        """Return the key of the text that describes it."""
        return f"command_{self.name}"


COMMANDS: tuple[Listed, ...] = (
    Listed("check", group=True),
    Listed("mine"),
    Listed("add"),
    Listed("watch"),
    Listed("alerts"),
    Listed("quiet"),
    Listed("link"),
    Listed("claim", group=True),
    Listed("dispose", group=True),
    Listed("why", group=True),
    Listed("language", group=True),
    Listed("mydata"),
    Listed("forget"),
    Listed("feed", private=False, group=True),
    Listed("help", group=True),
    Listed("cancel"),
)


def command_of(text: str) -> Command | None:
    """Return the command that `text` is, known or not, None where it is none.

    The name of the bot behind it ("/check@bot A1263") is left out.
    """
    found = _COMMAND.fullmatch(text.strip())
    return Command(found[1].lower(), (found[2] or "").strip()) if found else None


def payload_of(text: str) -> str | None:
    """Return a link's payload that asks `text` in private, None where it is too long.

    It is at most 64 of A-Z, a-z, 0-9, _ and -. It stands in a link that others can read, so
    `text` is brand and model, never a serial number.
    """
    coded = urlsafe_b64encode(" ".join(text.split()).encode()).decode().rstrip("=")
    payload = f"check_{coded}"
    return payload if coded and len(payload) <= LONGEST_PAYLOAD else None


def text_of(payload: str) -> str:
    """Return what a payload asks, "" where it is none of ours."""
    found = _PAYLOAD.fullmatch(payload.strip())
    if found is None:
        return ""
    try:
        text = urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4)).decode()
    except (Error, ValueError):
        return ""
    return text if text.isprintable() else ""
