"""How X throttles, charges, counts and fails.

The windows are those of docs.x.com in 2026, the prices those of its pay-per-use credits.
Whether an answer that was asked for costs more with a link in it is *unverified*; reads are
charged by post, at one price, which leaves out the discount for an app's own posts.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from aiohttp import web

from tests.platforms.x.problems import Json, no_credits, problem

POST, DELETE = "POST /2/tweets", "DELETE /2/tweets/{id}"
QUARTER, DAY = 900.0, 86_400.0
OTHERS = 900
# Requests in fifteen minutes by route, every account for itself.
WINDOWS: dict[str, int] = {
    POST: 100, DELETE: 50, "GET /2/tweets/{id}": 900, "GET /2/users/me": 75,
    "GET /2/users/by/username/{username}": 900, "GET /2/users/{id}/tweets": 900,
    "GET /2/users/{id}/mentions": 300, "POST /2/media/upload": 500,
    "POST /2/media/metadata": 500, "POST /2/media/upload/initialize": 1875,
    "POST /2/media/upload/{id}/append": 1875, "POST /2/media/upload/{id}/finalize": 1875,
    "GET /2/media/upload": 1000,
}  # fmt: skip


@dataclass(slots=True)
class Window:
    """What is left of one limit, and when it is whole again."""

    left: int
    until: float


@dataclass(slots=True)
class Limits:
    """The limits in force: by route and account in fifteen minutes, posts by app in a day."""

    routes: dict[str, int] = field(default_factory=lambda: dict(WINDOWS))
    posts_a_day: int = 10_000
    window: float = QUARTER
    windows: dict[tuple[str, str], Window] = field(default_factory=dict)

    def take(self, route: str, account: str, now: float) -> dict[str, str]:
        """Use up one request and return the headers; Throttled where none is left."""
        most = self.routes.get(route, OTHERS)
        named = [("x-rate-limit", most, self._window((route, account), most, now, self.window))]
        if route == POST:
            day = self._window((POST, ""), self.posts_a_day, now, DAY)
            named.append(("x-app-limit-24hour", self.posts_a_day, day))
        spent = any(window.left <= 0 for _, _, window in named)
        headers: dict[str, str] = {}
        for prefix, size, window in named:
            window.left -= not spent
            headers |= _headers(prefix, size, window)
        if spent:
            raise Throttled(headers)
        return headers

    def _window(self, name: tuple[str, str], most: int, now: float, length: float) -> Window:
        window = self.windows.get(name)
        if window is None or window.until <= now:
            window = self.windows[name] = Window(most, now + length)
        return window


def _headers(prefix: str, most: int, window: Window) -> dict[str, str]:
    told = {"limit": most, "remaining": max(0, window.left), "reset": math.ceil(window.until)}
    return {f"{prefix}-{name}": str(value) for name, value in told.items()}


class Throttled(Exception):  # noqa: N818 - it names an outcome
    """Too much was asked; with the headers that tell until when."""

    def __init__(self, headers: dict[str, str]) -> None:
        """Keep the headers."""
        super().__init__(headers)
        self.headers = headers


@dataclass(frozen=True, slots=True)
class Prices:
    """What is charged, in dollars."""

    post: Decimal = Decimal("0.015")
    with_link: Decimal = Decimal("0.20")
    reply: Decimal = Decimal("0.010")
    delete: Decimal = Decimal("0.010")
    read: Decimal = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was charged: "post", "post with link", "reply", "delete" or "read"."""

    what: str
    price: Decimal
    times: int = 1


@dataclass(slots=True)
class Bill:
    """What an app has to pay; `credits` in dollars is what it has, None for enough."""

    prices: Prices = field(default_factory=Prices)
    credits: Decimal | None = None
    entries: list[Entry] = field(default_factory=list)
    enrolled: str = "1880028106020515840"

    @property
    def spent(self) -> Decimal:
        """Return the sum of what was charged."""
        return sum((entry.price * entry.times for entry in self.entries), Decimal(0))

    def must_hold(self, price: Decimal) -> None:
        """Refuse with 402 where the credits do not reach."""
        if self.credits is not None and self.credits < price:
            raise no_credits(self.enrolled)

    def charge(self, what: str, price: Decimal, times: int = 1) -> None:
        """Charge something that was done; reads may run a little over."""
        if times:
            self.entries.append(Entry(what, price, times))
        if self.credits is not None:
            self.credits -= price * times


@dataclass(slots=True)
class Fault:
    """Something that goes wrong a number of times, on one route or all.

    `after` says that the request was done first: what it should have made is there.
    """

    kind: str
    times: int
    route: str | None
    status: int = 0
    seconds: float = 0.0
    after: bool = False
    body: Json | None = None


@dataclass(slots=True)
class Faults:
    """Faults on demand; `delay` in seconds comes before every answer."""

    delay: float = 0.0
    waiting: list[Fault] = field(default_factory=list)

    def fails(
        self,
        status: int = 503,
        *,
        times: int = 1,
        route: str | None = None,
        after: bool = False,
        html: bool = True,
    ) -> None:
        """Answer with this status: a page in HTML, as from the edge, or a problem in JSON."""
        body = None if html else problem(status).body
        self.waiting.append(Fault("fails", times, route, status, after=after, body=body))

    def refuses(
        self, status: int, title: str, detail: str, *, times: int = 1, route: str | None = None
    ) -> None:
        """Answer with a problem of these words, without acting."""
        body = problem(status, detail, title).body
        self.waiting.append(Fault("fails", times, route, status, body=body))

    def hangs(
        self, seconds: float = 3600.0, *, times: int = 1, route: str | None = None
    ) -> None:
        """Act, and keep the answer back."""
        self.waiting.append(Fault("hangs", times, route, seconds=seconds, after=True))

    def drops(self, *, times: int = 1, route: str | None = None, after: bool = True) -> None:
        """Cut the connection without an answer, after acting or before."""
        self.waiting.append(Fault("drops", times, route, after=after))

    def throttles(
        self, seconds: float = 900.0, *, times: int = 1, route: str | None = None
    ) -> None:
        """Answer 429 whatever the windows say."""
        self.waiting.append(Fault("throttles", times, route, seconds=seconds))

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

    def failed(self, fault: Fault, now: float) -> web.Response:
        """Return the answer a fault gives."""
        if fault.kind == "throttles":
            until = Window(0, now + fault.seconds)
            return spoken(problem(429).body, 429, _headers("x-rate-limit", 100, until))
        if fault.body is not None:
            return spoken(fault.body, fault.status)
        page = f"<!DOCTYPE html><html><body><h1>{fault.status}</h1>Over capacity</body></html>"
        return web.Response(status=fault.status, text=page, content_type="text/html")


def spoken(
    body: Json, status: int = 200, headers: dict[str, str] | None = None
) -> web.Response:
    """Return a JSON answer."""
    return web.json_response(body, status=status, headers=headers)


@dataclass(slots=True)
class Count:
    """What was asked and how it went; a status of 0 was never answered."""

    requests: Counter[tuple[str, int]] = field(default_factory=Counter)

    def total(self, route: str | None = None, status: int | None = None) -> int:
        """Return how many requests there were, of a route and with a status where named."""
        return sum(
            number
            for (asked, came), number in self.requests.items()
            if route in {None, asked} and status in {None, came}
        )
