"""How fast an account may post: X's published limit, and what the head of its answers says."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.channel import TryLater

# docs.x.com, rate limits: POST /2/tweets, 100 in 15 minutes for one user.
MOST = 100
WINDOW = timedelta(minutes=15)


@dataclass(slots=True)
class Pace:
    """Says whether an account may post now; `most` is our share of what X allows."""

    now: Callable[[], datetime]
    most: int = MOST
    _posts: dict[str, deque[datetime]] = field(default_factory=dict)
    _halts: dict[str, datetime] = field(default_factory=dict)

    def take(self, handle: str) -> None:
        """Count one post of an account; raises TryLater where there may be none now."""
        now = self.now()
        posts = self._posts.setdefault(handle, deque())
        while posts and posts[0] <= now - WINDOW:
            posts.popleft()
        full = posts[0] + WINDOW if len(posts) >= self.most else now
        until = max(full, self._halts.get(handle, now))
        if until > now:
            raise TryLater(until - now)
        posts.append(now)

    def halt(self, handle: str, until: datetime | None) -> None:
        """Let the account post nothing until then: X said so."""
        if until is not None:
            # Not longer than any window of X's is, whatever the clocks say.
            self._halts[handle] = min(until, self.now() + timedelta(days=1))
