"""Whether Discord can be reached, told once when that changes, and how long to pause."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from discord import ConnectionClosed, HTTPException, LoginFailure, PrivilegedIntentsRequired

log = structlog.get_logger(__name__)
WHERE_FROM = (
    "Discord does not know the token: discord.com/developers/applications, your application, "
    "Bot, Reset Token; then set RECALLBOT_DISCORD_TOKEN"
)
INTENTS = "Discord refuses what we ask to hear, though it needs no approval: tell us"
UNREACHABLE = "it is tried again; see whether this machine reaches discord.com"
# Gateway close codes: authentication failed, invalid intents, disallowed intents.
AUTHENTICATION, INTENT_CODES = 4004, {4013, 4014}
UNKNOWN = 401


@dataclass(frozen=True, slots=True)
class Pauses:
    """How many seconds pass before Discord is asked again; they double up to `longest`.

    `patience` is how long a dropped connection may take to come back before that is told.
    """

    first: float = 1
    longest: float = 120
    wrong_token: float = 600
    patience: float = 30


class Standing:
    """Counts failures, and logs the first of a row and its end."""

    def __init__(
        self, pauses: Pauses | None = None, chance: Callable[[], float] = random.random
    ) -> None:
        """Begin with nothing wrong; `chance` gives 0 to 1, to spread those who come back."""
        self.pauses = pauses or Pauses()
        self._chance = chance
        self._failures = 0
        self._told: str | None = None

    def down(self, error: BaseException) -> float:
        """Take note of a failure, and return for how many seconds to pause."""
        reason, advice = told_of(error)
        # The same trouble has many names; what to do about it has one.
        if self._told != advice:
            log.warning("channel_down", channel="discord", reason=reason, advice=advice)
            self._told = advice
        self._failures += 1
        if advice != UNREACHABLE:
            return self.pauses.wrong_token
        doubled = self.pauses.first * 2.0 ** min(self._failures - 1, 16)
        return min(self.pauses.longest, doubled) * (0.5 + self._chance() / 2)

    def up(self) -> None:
        """Take note that it works."""
        if self._told is not None:
            log.warning("channel_up", channel="discord")
        self._told, self._failures = None, 0


def told_of(error: BaseException) -> tuple[str, str]:
    """Return what is wrong, and what to do about it."""
    code = error.code if isinstance(error, ConnectionClosed) else None
    # The library says that there is no gateway where we were not let in to ask for it.
    refused = isinstance(error.__cause__, HTTPException) and error.__cause__.status == UNKNOWN
    if isinstance(error, LoginFailure) or refused or code == AUTHENTICATION:
        return "wrong token", WHERE_FROM
    if isinstance(error, PrivilegedIntentsRequired) or code in INTENT_CODES:
        return "disallowed intents", INTENTS
    return type(error).__name__, UNREACHABLE
