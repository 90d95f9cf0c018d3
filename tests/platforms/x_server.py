"""An X on loopback: API v2 as far as a posting and answering bot uses it, and as strict.

    async with XServer() as server:                       # limits=None lets everything pass
        account = server.accounts[0]
        settings = (server.url, server.api_key, server.api_secret, account.setting)
        ann = server.person("ann")
        question = ann.mentions("@recalls_test A1263?")
        ...                                               # start the bot
        answers = await server.until(lambda: server.replies_to(question))
        assert "A1263" in answers[0].text
        server.faults.drops(route="POST /2/tweets")       # stored, and the answer is lost
        assert server.bill.spent == Decimal("0.015")

Requests are signed for https://api.twitter.com or https://api.x.com, and reach `server.url`.
Its parts lie in x/: who there is (accounts, people, world), what is kept (posts, pictures),
what is let through (asking, signing, weighing, problems), how it is reached (post_routes,
reading, media_routes), how it throttles, charges and fails (limits).
docs/platform-servers.md tells how to use it, and what in it is second-hand.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from aiohttp import BodyPartReader, web

from tests.platforms.x import media_routes, post_routes, reading
from tests.platforms.x.accounts import Account
from tests.platforms.x.asking import Asked, Created, Handler
from tests.platforms.x.limits import (
    Bill,
    Count,
    Entry,
    Fault,
    Faults,
    Limits,
    Prices,
    Throttled,
    spoken,
)  # fmt: skip
from tests.platforms.x.people import Person
from tests.platforms.x.pictures import a_picture
from tests.platforms.x.posts import Media, Post
from tests.platforms.x.problems import (
    LOCKED,
    SUSPENDED,
    Json,
    Refused,
    invalid,
    no_credits,
    problem,
)  # fmt: skip
from tests.platforms.x.signing import Gate
from tests.platforms.x.world import World

__all__ = [
    "Account", "Bill", "Entry", "Fault", "Faults", "Limits", "Media", "Person", "Post",
    "Prices", "XServer", "a_picture",
]  # fmt: skip

T = TypeVar("T")
LARGEST_REQUEST = 16 << 20
UNCHARGED = ("GET /2/users/me", "GET /2/users/by/username/{username}")
ROUTES: dict[str, Handler] = {
    "POST /2/tweets": post_routes.create,
    "DELETE /2/tweets/{id}": post_routes.delete,
    "GET /2/tweets/{id}": reading.one,
    "GET /2/users/me": reading.me,
    "GET /2/users/by/username/{username}": reading.by_name,
    "GET /2/users/{id}/tweets": reading.timeline,
    "GET /2/users/{id}/mentions": reading.mentions,
    "POST /2/media/upload": media_routes.upload,
    "GET /2/media/upload": media_routes.status,
    "POST /2/media/upload/initialize": media_routes.initialize,
    "POST /2/media/upload/{id}/append": media_routes.append,
    "POST /2/media/upload/{id}/finalize": media_routes.finalize,
    "POST /2/media/metadata": media_routes.describe,
}


@dataclass(eq=False, slots=True)
class XServer:
    """One X with one app; use it as an async context manager.

    `limits` None throttles nothing; `self_replies` lets accounts answer themselves, `quotes`
    lets them quote; `duplicates_by_text` ignores pictures and who is answered.
    An upload is ready once X was asked `looks` times how far it is. `now`
    dates posts and windows, in seconds since 1970.
    """

    limits: Limits | None = field(default_factory=Limits)
    self_replies: bool = False
    quotes: bool = False
    duplicates_by_text: bool = False
    looks: int = 0
    handle: str = "recalls_test"
    now: Callable[[], float] = time.time
    port: int = 0
    api_key: str = "invented-api-key-25-charac"
    api_secret: str = "invented-api-secret-of-the-app-with-fifty-characters"
    faults: Faults = field(default_factory=Faults)
    count: Count = field(default_factory=Count)
    bill: Bill = field(default_factory=Bill)
    accounts: list[Account] = field(default_factory=list)
    world: World = field(init=False)
    _gate: Gate = field(init=False)
    _runner: web.AppRunner | None = None

    def __post_init__(self) -> None:
        """Make the world and the app's first account."""
        self.world = World(self.now)
        self._gate = Gate(self.api_key, self.api_secret, time.time)  # libraries sign by it
        self.account(self.handle)

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def requests(self) -> Counter[tuple[str, int]]:
        """Return how often each route gave each status; 0 stands for no answer."""
        return self.count.requests

    @property
    def complaints(self) -> list[str]:
        """Return what was let pass and breaks X's rules for automated accounts."""
        return self.world.complaints

    @property
    def dollars(self) -> Decimal | None:
        """Return the dollars that are left, None for enough."""
        return self.bill.credits

    @dollars.setter
    def dollars(self, dollars: Decimal | float | None) -> None:
        """Set the dollars that are left."""
        self.bill.credits = None if dollars is None else Decimal(str(dollars))

    def account(self, handle: str) -> Account:
        """Add an account that the app may post for."""
        account = self.world.account(handle, self_replies=self.self_replies)
        self.accounts.append(account)
        return account

    def person(self, handle: str) -> Person:
        """Return somebody new."""
        return Person(self.world, self.world.account(handle))

    def posts_of(self, account: Account | str) -> list[Post]:
        """Return what an account posted and did not delete, oldest first."""
        named = account.handle if isinstance(account, Account) else account
        return [post for post in self.world.standing() if post.author.handle == named]

    def replies_to(self, post: Post) -> list[Post]:
        """Return the answers to a post, oldest first."""
        return [answer for answer in self.world.standing() if answer.reply_to is post]

    def suspend(self, account: Account) -> None:
        """Suspend an account: 403 until `account.restore()`."""
        account.refusal = SUSPENDED

    def lock(self, account: Account) -> None:
        """Lock an account until its owner logs in: 403 until `account.restore()`."""
        account.refusal = LOCKED

    async def until(self, condition: Callable[[], T], seconds: float = 10) -> T:
        """Return what a condition says once it is true; TimeoutError if it never is."""
        return await self.world.until(condition, seconds)

    async def __aenter__(self) -> XServer:
        """Start listening; port 0 takes a free one, which it keeps when it is started again."""
        app = web.Application(client_max_size=LARGEST_REQUEST)
        for route, handler in ROUTES.items():
            method, path = route.split(" ")
            app.router.add_route(method, path, partial(self._answer, route, handler))
        app.router.add_route("*", "/{anything:.*}", self._nowhere)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop; whoever waits for an answer loses the connection. Nothing is forgotten."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _nowhere(self, request: web.Request) -> web.Response:
        self.count.requests[f"{request.method} {request.path}", 404] += 1
        return web.Response(status=404)

    async def _answer(self, route: str, handler: Handler, request: web.Request) -> web.Response:
        given = await self._faulty(route, handler, request)
        self.count.requests[route, given.status if given is not None else 0] += 1
        self.world.touch()
        if given is not None:
            return given
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def _faulty(
        self, route: str, handler: Handler, request: web.Request
    ) -> web.Response | None:
        """Answer as the next fault wants it; None: not at all."""
        if self.faults.delay:
            await asyncio.sleep(self.faults.delay)
        fault = self.faults.next(route)
        if fault is None:
            return await self._limited(route, handler, request)
        given = await self._limited(route, handler, request) if fault.after else None
        if fault.kind == "hangs":
            self.world.touch()
            await asyncio.sleep(fault.seconds)
            return given
        return None if fault.kind == "drops" else self.faults.failed(fault, self.now())

    async def _limited(
        self, route: str, handler: Handler, request: web.Request
    ) -> web.Response:
        headers: dict[str, str] = {}
        try:
            known = {account.token: account for account in self.accounts}
            account = await self._gate.account(request, known)
            if account.refusal:
                raise problem(403, account.refusal)
            if self.limits is not None:
                headers = self.limits.take(route, account.id, self.now())
            if route not in UNCHARGED and self.dollars is not None and self.dollars <= 0:
                raise no_credits(self.bill.enrolled)
            given = handler(self, await _asked(account, request))
        except Throttled as throttled:
            return spoken(problem(429).body, 429, throttled.headers)
        except Refused as refused:
            return spoken(refused.body, refused.status, headers)
        if isinstance(given, Created):
            return spoken(given.body, 201, headers)
        return spoken(given, 200, headers)


async def _asked(account: Account, request: web.Request) -> Asked:
    try:
        body = await _body(request)
    except web.HTTPRequestEntityTooLarge:
        raise problem(413, "Request Entity Too Large", "Request Entity Too Large") from None
    return Asked(account, request.match_info, request.query, body)


async def _body(request: web.Request) -> Json:
    if request.content_type.startswith("multipart/"):
        return await _multipart(request)
    if not await request.read():
        return {}
    if request.content_type != "application/json":
        raise invalid("Requests with bodies must have content-type of application/json.")
    try:
        body: Any = json.loads(await request.read())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise invalid("Request body must be a JSON object.")
    return body


async def _multipart(request: web.Request) -> Json:
    """Return the fields of a form; `media` as bytes, the others as text."""
    body: Json = {}
    async for part in await request.multipart():
        if isinstance(part, BodyPartReader) and part.name:
            content = bytes(await part.read(decode=False))
            body[part.name] = content if part.name == "media" else content.decode()
    return body
