"""Every channel as its contract is tested: how to build it, say something to it, read it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bots.terminal import LONGEST_LINE, Terminal
from bots.web.channel import Said, Web
from bots.web.render import LONGEST_POST
from bots.web.settings import WebSettings
from core.channel import Address, Channel
from tests.builders import NOW


@dataclass(frozen=True, slots=True)
class Built:
    """One channel, where its chat is, and what everybody in that chat can read."""

    channel: Channel
    chat: Address
    shown: Callable[[], str]


@dataclass(frozen=True, slots=True)
class ChannelCase:
    """One kind of channel.

    `build` gives it with these lines said in its one chat and nothing more to come; `longest`
    is how many characters its platform takes in a post.
    """

    kind: str
    build: Callable[[Sequence[str]], Built]
    longest: int


def _terminal(said: Sequence[str]) -> Built:
    printed = io.StringIO()
    typed = io.StringIO("".join(f"{line}\n" for line in said))
    channel = Terminal(typed, printed, lambda: NOW, "en")
    return Built(channel, Address("terminal", "local"), printed.getvalue)


def _web(said: Sequence[str]) -> Built:
    channel = Web(WebSettings(), lambda: NOW)
    for line in said:
        channel.hear("ann", Said(line, line, "en"))

    def shown() -> str:
        transcript = channel.transcript("ann")
        entries = transcript.after(0) if transcript else []
        return "\n".join(entry.text for entry in entries if entry.ours)

    return Built(channel, Address("web", "ann"), shown)


CASES: Mapping[str, ChannelCase] = MappingProxyType(
    {
        "terminal": ChannelCase("terminal", _terminal, LONGEST_LINE),
        "web": ChannelCase("web", _web, LONGEST_POST),
    }
)
