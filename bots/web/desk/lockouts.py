"""How long to wait after sign-ins that failed: five are free, then it grows."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

FREE = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)
MOST_KEYS = 20_000


def wait_after(failures: int) -> timedelta:
    """Return how long to wait after so many failures in a row."""
    if failures < FREE:
        return timedelta()
    # Doubling further than this would only make large numbers.
    doublings = min(failures - FREE, 10)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


class Lockouts:
    """Counts the failures of each key, such as an address, in memory."""

    def __init__(self) -> None:
        """Begin with none."""
        self._failed: OrderedDict[str, tuple[int, datetime]] = OrderedDict()

    def wait(self, key: str, now: datetime) -> timedelta | None:
        """Return how long the key has to wait still, None where it need not."""
        count, last = self._failed.get(key, (0, now))
        left = last + wait_after(count) - now
        return left if left > timedelta() else None

    def failed(self, key: str, now: datetime) -> None:
        """Count a failure."""
        count, last = self._failed.get(key, (0, now))
        self._failed[key] = (1 if now - last > FORGOTTEN_AFTER else count + 1, now)
        self._failed.move_to_end(key)
        if len(self._failed) > MOST_KEYS:
            self._failed.popitem(last=False)

    def succeeded(self, key: str) -> None:
        """Forget the failures of the key."""
        self._failed.pop(key, None)
