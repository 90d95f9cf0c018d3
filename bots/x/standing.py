"""Whether mentions can be read, told once when that changes, and how long to pause."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from bots.x.address import KIND
from core.channel import AddressGone, DeliveryError, TryLater

log = structlog.get_logger(__name__)
REFUSED = (
    "X refuses the account that listens: `recallbot doctor` says more; its token is in "
    "RECALLBOT_X_ACCOUNTS"
)
WAITS = "it goes on by itself once that is over"
UNREACHABLE = "it is tried again; see whether this machine reaches the address of X"


@dataclass(frozen=True, slots=True)
class Pauses:
    """How many seconds pass before mentions are asked for again; they double to `longest`."""

    first: float = 5
    longest: float = 900
    refused: float = 3_600


class Standing:
    """Counts failures, and logs the first of a row and its end."""

    def __init__(self, pauses: Pauses | None = None) -> None:
        """Begin with nothing wrong."""
        self._pauses = pauses or Pauses()
        self._failures = 0
        self._told: str | None = None

    def down(self, error: DeliveryError) -> float:
        """Take note of a failure, and return for how many seconds to pause."""
        refused = isinstance(error, AddressGone)
        said = error.said if isinstance(error, TryLater | AddressGone) else ""
        reason = said or "no answer"
        if self._told != reason:
            advice = REFUSED if refused else WAITS if said else UNREACHABLE
            log.warning("channel_down", channel=KIND, reason=reason, advice=advice)
            self._told = reason
        self._failures += 1
        if refused:
            return self._pauses.refused
        told = error.retry_after if isinstance(error, TryLater) else None
        doubled = self._pauses.first * 2.0 ** min(self._failures - 1, 16)
        return min(told.total_seconds() if told else doubled, self._pauses.longest)

    def up(self) -> None:
        """Take note that it works."""
        if self._told is not None:
            log.warning("channel_up", channel=KIND)
        self._told, self._failures = None, 0
