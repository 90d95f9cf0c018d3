"""Whether Telegram can be reached, told once when that changes, and how long to pause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog
from telegram.error import Conflict, InvalidToken, TelegramError

from bots.telegram.request import TooManyRequests

log = structlog.get_logger(__name__)
WHERE_FROM = (
    "Telegram does not know the token: get one from @BotFather (/mybots, API Token) and set "
    "RECALLBOT_TELEGRAM_TOKEN"
)
TWO_POLLERS = (
    "something else reads this bot's messages: stop the other program, or give each its own "
    "bot; RECALLBOT_TELEGRAM_WEBHOOK=true lets an old and a new one overlap"
)
UNREACHABLE = "it is tried again; see whether this machine reaches the address of Telegram"


@dataclass(frozen=True, slots=True)
class Pauses:
    """How many seconds pass before Telegram is asked again; they double up to `longest`."""

    first: float = 1
    longest: float = 60
    wrong_token: float = 600
    two_pollers: float = 20


class Standing:
    """Counts failures, and logs the first of a row and its end."""

    def __init__(self, pauses: Pauses | None = None) -> None:
        """Begin with nothing wrong."""
        self._pauses = pauses or Pauses()
        self._failures = 0
        self._told: str | None = None

    def down(self, error: TelegramError) -> float:
        """Take note of a failure, and return for how many seconds to pause."""
        reason, advice = told_of(error)
        if self._told != reason:
            log.warning("channel_down", channel="telegram", reason=reason, advice=advice)
            self._told = reason
        self._failures += 1
        return self._pause(error)

    def up(self) -> None:
        """Take note that it works."""
        if self._told is not None:
            log.warning("channel_up", channel="telegram")
        self._told, self._failures = None, 0

    def _pause(self, error: TelegramError) -> float:
        match error:
            case InvalidToken():
                return self._pauses.wrong_token
            case Conflict():
                return self._pauses.two_pollers
            case TooManyRequests(retry_after=timedelta() as told):
                return told.total_seconds()
        doubled = self._pauses.first * 2.0 ** min(self._failures - 1, 16)
        return min(self._pauses.longest, doubled)


def told_of(error: TelegramError) -> tuple[str, str]:
    """Return what is wrong, and what to do about it."""
    match error:
        case InvalidToken():
            return "wrong token", WHERE_FROM
        case Conflict():
            return "another program is connected", TWO_POLLERS
    return type(error).__name__, UNREACHABLE
