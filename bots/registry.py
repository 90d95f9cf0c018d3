"""Which channels there are: a name, and where its class is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        "web": "bots.web.channel:Web",
        "terminal": "bots.terminal:Terminal",
    }
)
# What is typed next there depends on the reply before, so it is not read ahead.
ONE_CHAT = frozenset({"terminal"})
