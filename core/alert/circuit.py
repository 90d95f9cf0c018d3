"""When a channel whose platform fails is left alone, and when it is tried again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.channel import DeliveryError, DeliveryUnknown, TryLater

FAILURES = 5
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=10)
# A probe whose sender died is not waited for any longer.
PROBE_LASTS = timedelta(minutes=2)
_DOUBLINGS = 16


@dataclass(frozen=True, slots=True)
class Circuit:
    """Whether one channel is sent through: closed while it works.

    FAILURES in a row open it until `until`, then one post at a time probes; each probe that
    fails doubles the pause, one that is answered closes it. Every method returns the circuit
    as it is from then on.
    """

    failures: int = 0
    openings: int = 0
    until: datetime | None = None
    probing: datetime | None = None

    @property
    def closed(self) -> bool:
        """Say whether everything may be sent, and not only a probe."""
        return self.until is None

    def permits(self, now: datetime) -> bool:
        """Say whether a post may be sent now; call `sending` before asking for another."""
        if self.until is None:
            return True
        alone = self.probing is None or now - self.probing >= PROBE_LASTS
        return now >= self.until and alone

    def sending(self, now: datetime) -> Circuit:
        """Note that a permitted post is sent: of an open circuit it is the probe."""
        return self if self.until is None else replace(self, probing=now)

    def answered(self) -> Circuit:
        """Close: the platform took a post, or said what is wrong with it."""
        return self if self == CLOSED else CLOSED

    def failed(self, sent: datetime, now: datetime) -> Circuit:
        """Count a failure of a post that was sent at `sent`.

        Of an open circuit only the probe's failure counts: what was under way when it opened
        says nothing new.
        """
        if self.until is None:
            failures = self.failures + 1
            if failures < FAILURES:
                return replace(self, failures=failures)
            return self._opened(now)
        if self.probing is None or sent < self.probing:
            return self
        return self._opened(now)

    def _opened(self, now: datetime) -> Circuit:
        pause = min(FIRST_PAUSE * (1 << min(self.openings, _DOUBLINGS)), LONGEST_PAUSE)
        return Circuit(openings=self.openings + 1, until=now + pause)


CLOSED = Circuit()


def counts(error: DeliveryError) -> bool:
    """Say whether an error is the platform's failure rather than an answer.

    One that says how long to wait works.
    """
    match error:
        case DeliveryUnknown() | TryLater(retry_after=None):
            return True
    return False
