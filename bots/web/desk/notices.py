"""What the next page says once: that something was done."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_WAITING = 1_000


@dataclass(frozen=True, slots=True)
class Notice:
    """The key of a text and its fields."""

    key: str
    fields: Mapping[str, object] = field(default_factory=dict)


class Notices:
    """Keeps one notice for each session until its next page, in memory."""

    def __init__(self) -> None:
        """Begin without any."""
        self._waiting: OrderedDict[str, Notice] = OrderedDict()

    def put(self, session: str, notice: Notice) -> None:
        """Keep it in place of the one before."""
        self._waiting[session] = notice
        self._waiting.move_to_end(session)
        if len(self._waiting) > MOST_WAITING:
            self._waiting.popitem(last=False)

    def take(self, session: str) -> Notice | None:
        """Return what waits, which is then forgotten."""
        return self._waiting.pop(session, None)
