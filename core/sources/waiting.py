"""How long to wait before asking again: as long as it says, else longer each time."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

FIRST_WAIT = timedelta(seconds=1)
# What Retry-After may say; beyond that it is nonsense or forever, and a date would overflow.
LONGEST_SAID = timedelta(days=7)
_DIGITS = 9


def retry_after(said: str | None, now: datetime) -> timedelta | None:
    """Return the wait that a Retry-After header asks for: seconds, or until an HTTP date.

    None where there is no header or it says nothing that can be understood; never negative,
    never more than a week.
    """
    if said is None:
        return None
    words = said.strip()
    if words.isascii() and words.isdigit():
        return timedelta(seconds=min(int(words[:_DIGITS]), LONGEST_SAID.total_seconds()))
    try:
        # A date without a zone cannot be subtracted from ours: TypeError.
        wait = parsedate_to_datetime(words) - now
    except (ValueError, TypeError, OverflowError):
        return None
    return max(timedelta(), min(wait, LONGEST_SAID))


def backoff(attempt: int, chance: float) -> timedelta:
    """Return the wait after that failed attempt, counted from 1.

    It doubles each time, and `chance` (from 0 to 1) spreads it over half to the whole, so that
    many askers do not come back together.
    """
    return FIRST_WAIT * (0.5 + chance / 2) * (1 << (attempt - 1))
