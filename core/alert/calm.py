"""When an outage is over for what may have arrived: a second attempt is the last one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# So many answers in a row prove that the platform is well; one among failures proves nothing.
PROVEN = 20
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=2), timedelta(minutes=30)
# Without such proof, one is tried after the other.
APART = timedelta(seconds=10)
_DOUBLINGS = 4


@dataclass(frozen=True, slots=True)
class Calm:
    """How long one channel's doubtful deliveries are kept back: `until` then, None for none.

    Each failure doubles how long the platform must have been well, up to half an hour, until
    PROVEN answers in a row. Every method returns the calm as it is from then on.
    """

    failures: int = 0
    answers: int = 0
    until: datetime | None = None

    def waits(self, now: datetime) -> datetime | None:
        """Return when a delivery that may have arrived is sent again, None for now."""
        return self.until if self.until is not None and now < self.until else None

    def trying(self, now: datetime) -> Calm:
        """Note that one is sent now: unless it is proven that all is well, the next waits."""
        return self if self.until is None else replace(self, until=now + APART)

    def answered(self) -> Calm:
        """Note that the platform took a post, or said what is wrong with it."""
        if self.until is None or self.answers + 1 >= PROVEN:
            return CALM
        return replace(self, answers=self.answers + 1)

    def failed(self, now: datetime) -> Calm:
        """Note that the platform failed."""
        wait = min(FIRST_WAIT * (1 << min(self.failures, _DOUBLINGS)), LONGEST_WAIT)
        return Calm(self.failures + 1, 0, now + wait)


CALM = Calm()
