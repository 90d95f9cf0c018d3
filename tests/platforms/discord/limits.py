"""How Discord throttles, counts and fails: rate buckets, invalid requests, faults on demand.

The bucket headers, scopes and the count of invalid requests are documented; the sizes of the
buckets are not (they may change any time, clients must read the headers), so those below are
second-hand, as is the limit of 10 publications an hour and channel.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.platforms.discord.rules import Json

Headers = dict[str, str]
PUBLISH = "POST /channels/{channel}/messages/{message}/crosspost"
# Requests in so many seconds, by route; every channel, guild or webhook has its own.
USUAL: dict[str, tuple[int, float]] = {
    "POST /channels/{channel}/messages": (5, 5.0),
    "PATCH /channels/{channel}/messages/{message}": (5, 5.0),
    "DELETE /channels/{channel}/messages/{message}": (5, 1.0),
    PUBLISH: (10, 3600.0),
    "POST /users/@me/channels": (10, 10.0),
    "POST /webhooks/{application}/{token}": (5, 2.0),
}
OTHERS = (50, 1.0)
# A 429 without it is taken for a ban at the edge and not tried again.
VIA = {"Via": "1.1 google"}
EDGE_LIMIT, EDGE_WINDOW = 10_000, 600.0


@dataclass(slots=True)
class Bucket:
    """What is left of one limit, and when it is whole again."""

    left: int
    until: float


@dataclass(slots=True)
class Limits:
    """The rate limits in force; `overall` is the bot's requests a second, None for no limit."""

    routes: dict[str, tuple[int, float]] = field(default_factory=lambda: dict(USUAL))
    others: tuple[int, float] = OTHERS
    overall: int | None = 50
    now: Callable[[], float] = time.monotonic
    buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)
    recent: deque[float] = field(default_factory=deque)

    def lift(self) -> None:
        """Limit nothing any more."""
        self.routes, self.others, self.overall = {}, (1_000_000, 1.0), None

    def global_wait(self) -> float:
        """Return the seconds to wait for the bot's own limit, 0.0 where it may go on."""
        now = self.now()
        while self.recent and self.recent[0] <= now - 1:
            self.recent.popleft()
        if self.overall is not None and len(self.recent) >= self.overall:
            return self.recent[0] + 1 - now
        self.recent.append(now)
        return 0.0

    def take(self, route: str, major: str) -> tuple[float, Headers]:
        """Use up one request; return the seconds to wait, 0.0 if none, and the headers."""
        most, window = self.routes.get(route, self.others)
        now = self.now()
        bucket = self.buckets.get((route, major))
        if bucket is None or bucket.until <= now:
            bucket = self.buckets[route, major] = Bucket(most, now + window)
        waits = bucket.until - now if bucket.left <= 0 else 0.0
        bucket.left = max(0, bucket.left - 1)
        rest = max(0.0, bucket.until - now)
        return waits, {
            "X-RateLimit-Limit": str(most),
            "X-RateLimit-Remaining": str(bucket.left),
            "X-RateLimit-Reset": f"{time.time() + rest:.3f}",
            "X-RateLimit-Reset-After": f"{rest:.3f}",
            "X-RateLimit-Bucket": hashlib.md5(
                route.encode(), usedforsecurity=False
            ).hexdigest(),
        }


def throttled(seconds: float, scope: str, headers: Headers | None = None) -> web.Response:
    """Return a 429 that asks to wait; `scope` is "user", "shared" or "global"."""
    subject = "The resource is" if scope == "shared" else "You are"
    body: Json = {
        "message": f"{subject} being rate limited.",
        "retry_after": round(seconds, 3),
        "global": scope == "global",
    }
    extra = {"X-RateLimit-Global": "true"} if scope == "global" else {}
    extra |= {"Retry-After": str(math.ceil(seconds)), "X-RateLimit-Scope": scope}
    return spoken(body, 429, {**VIA, **(headers or {}), **extra})


def spoken(body: Any, status: int = 200, headers: Headers | None = None) -> web.Response:
    """Return a JSON answer; its type is bare, since clients compare it as a whole."""
    text = json.dumps(body).encode()
    kind = "application/json"
    return web.Response(body=text, status=status, headers=headers, content_type=kind)


@dataclass(slots=True)
class Fault:
    """Something that goes wrong a number of times, on one route or all."""

    kind: str
    times: int
    route: str | None
    status: int = 0
    seconds: float = 0.0
    scope: str = "user"


@dataclass(slots=True)
class Faults:
    """Faults on demand; `delay` in seconds comes before every answer."""

    delay: float = 0.0
    waiting: list[Fault] = field(default_factory=list)

    def fails(self, status: int = 503, *, times: int = 1, route: str | None = None) -> None:
        """Answer with this status, in HTML as the edge does, without acting."""
        self.waiting.append(Fault("fails", times, route, status=status))

    def hangs(
        self, seconds: float = 3600.0, *, times: int = 1, route: str | None = None
    ) -> None:
        """Act, and keep the answer back."""
        self.waiting.append(Fault("hangs", times, route, seconds=seconds))

    def drops(self, *, times: int = 1, route: str | None = None, after: bool = True) -> None:
        """Cut the connection without an answer, after acting or before."""
        self.waiting.append(Fault("drops after" if after else "drops", times, route))

    def throttles(
        self,
        retry_after: float = 0.2,
        *,
        times: int = 1,
        route: str | None = None,
        scope: str = "user",
    ) -> None:
        """Answer 429 whatever the buckets say."""
        fault = Fault("throttles", times, route, seconds=retry_after, scope=scope)
        self.waiting.append(fault)

    def clear(self) -> None:
        """Let everything go well again."""
        self.delay = 0.0
        self.waiting.clear()

    def next(self, route: str) -> Fault | None:
        """Return the fault this request meets, using it up."""
        for fault in self.waiting:
            if fault.times > 0 and fault.route in {None, route}:
                fault.times -= 1
                return fault
        return None


@dataclass(slots=True)
class Count:
    """What was asked and how it went."""

    requests: Counter[tuple[str, int]] = field(default_factory=Counter)
    invalid: deque[float] = field(default_factory=deque)
    limit: int = EDGE_LIMIT

    def note(self, route: str, answer: web.StreamResponse | None) -> None:
        """Count one request; an answer of None was never given."""
        status = answer.status if answer is not None else 0
        self.requests[route, status] += 1
        shared = answer is not None and answer.headers.get("X-RateLimit-Scope") == "shared"
        if status in {401, 403} or (status == 429 and not shared):
            self.invalid.append(time.monotonic())

    @property
    def invalid_requests(self) -> int:
        """Return how many answers of the last ten minutes were 401, 403 or 429."""
        while self.invalid and self.invalid[0] < time.monotonic() - EDGE_WINDOW:
            self.invalid.popleft()
        return len(self.invalid)

    @property
    def banned(self) -> bool:
        """Whether the edge lets nothing through any more."""
        return self.invalid_requests >= self.limit

    def total(self, route: str | None = None, status: int | None = None) -> int:
        """Return how many requests there were, of a route and with a status where named."""
        return sum(
            number
            for (asked, came), number in self.requests.items()
            if route in {None, asked} and status in {None, came}
        )


def cut(request: web.Request) -> None:
    """Cut the connection of a request."""
    if request.transport is not None:
        request.transport.abort()
