"""Stops us before Discord does: it bans who is refused 10,000 times in ten minutes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from discord import HTTPException, RateLimited

from bots.discord.address import Place
from bots.discord.failures import FORBIDDEN, TOO_MANY, UNAUTHORIZED
from core.channel import AddressGone, TryLater

WINDOW = timedelta(minutes=10)
# Discord's documentation: 10,000 answers of 401, 403 or 429 within ten minutes.
MOST_REFUSED = 1_000
# Who keeps to what the answers say is throttled seldom; then one try a minute is enough.
MOST_THROTTLED = 40
PROBE = timedelta(minutes=1)
MOST_REMEMBERED = 10_000


@dataclass(slots=True)
class Circuit:
    """Remembers refusals for ten minutes, by address and in all; `now` is the time in UTC."""

    now: Callable[[], datetime]
    _refused: deque[datetime] = field(default_factory=deque)
    _throttled: deque[datetime] = field(default_factory=deque)
    _probed: datetime | None = None
    _halts: dict[Place, datetime] = field(default_factory=dict)
    _gone: dict[Place, datetime] = field(default_factory=dict)
    _token_refused: datetime | None = None

    def check(self, place: Place | None = None) -> None:
        """Raise TryLater where nothing may be asked, AddressGone where not of this place."""
        if not (self._refused or self._halts or self._gone or self._token_refused):
            return
        now = self.now()
        if self._token_refused is not None:
            _wait_until(self._token_refused + WINDOW, now)
        for refused in (self._refused, self._throttled):
            while refused and refused[0] <= now - WINDOW:
                refused.popleft()
        if len(self._refused) >= MOST_REFUSED:
            _wait_until(self._refused[0] + WINDOW, now)
        if place is not None:
            _wait_until(self._halts.get(place, now), now)
            if now - self._gone.get(place, now - WINDOW) < WINDOW:
                raise AddressGone
        self._probe(now)

    def _probe(self, now: datetime) -> None:
        """Let one request a minute pass where we were throttled too often."""
        if len(self._throttled) >= MOST_THROTTLED:
            _wait_until(
                max(self._throttled[-1], self._probed or self._throttled[0]) + PROBE, now
            )
            self._probed = now

    def answered(self, status: int) -> None:
        """Take note of the status of an answer, also of those that the library retries."""
        if status in {UNAUTHORIZED, FORBIDDEN, TOO_MANY}:
            self._refused.append(self.now())
        if status == TOO_MANY:
            self._throttled.append(self.now())

    def note(self, error: BaseException, place: Place | None = None) -> None:
        """Take note of what an error says about the token and the place."""
        match error:
            case RateLimited() if place is not None:
                _remember(self._halts, place, self.now() + timedelta(seconds=error.retry_after))
            # An interaction has a token of its own; 50027 is about that one.
            case HTTPException() if error.status == UNAUTHORIZED and error.code == 0:
                self._token_refused = self.now()

    def gone(self, place: Place) -> None:
        """Do not ask for this place again for a while."""
        _remember(self._gone, place, self.now())

    def heard(self, place: Place) -> None:
        """Try this place again: somebody spoke to us from there."""
        self._gone.pop(place, None)

    def token_works(self) -> None:
        """Ask again: Discord knows the token."""
        self._token_refused = None


def _wait_until(then: datetime, now: datetime) -> None:
    if then > now:
        raise TryLater(then - now)


def _remember(known: dict[Place, datetime], place: Place, at: datetime) -> None:
    if len(known) >= MOST_REMEMBERED:
        known.clear()
    known[place] = at
