"""A Telegram Bot API on loopback, for the tests of any bot: strict as the real one, and driven.

    async with TelegramServer() as server:
        bot = telegram.Bot(server.token, f"{server.url}/bot", f"{server.url}/file/bot")
        ann = server.world.person("Ann", lang="de")
        ann.say("hello")                        # an update for the bot
        post = await ann.chat.post(1)           # waits for the bot's first message there
        question = ann.press(post, "Yes")       # a callback query; see question.answer
        group = server.world.gather("group", "Flat 3", owner=ann)
        server.faults.append(Fault("drop_after", method="sendMessage"))
        server.counts["sendMessage", "200"]     # how often a method ended in which way

Requests, results and updates are held against the published description (`telegram/api`),
what Telegram refuses is in `telegram/rules`, people and chats in `telegram/world`. What the
real one takes without doing it as it was meant is in `server.complaints`. The server needs
aiohttp alone; `python -m tests.platforms.telegram_server --help` runs it by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import inspect
import json
import math
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from aiohttp import web

from tests.platforms.telegram.api import Malformed, arguments, known_method, problems, results
from tests.platforms.telegram.chats import Chat
from tests.platforms.telegram.methods import Methods, Upload
from tests.platforms.telegram.people import Person
from tests.platforms.telegram.posts import Post, Question
from tests.platforms.telegram.rules import Refused, a_picture, bad
from tests.platforms.telegram.updates import Updates
from tests.platforms.telegram.world import World

__all__ = [
    "Chat", "Fault", "Limits", "Person", "Post", "Question", "TelegramServer", "World",
    "a_picture",
]  # fmt: skip
TOKEN = "4242:AAF-invented_token_of_thirty_five_chr"
LARGEST = 60 * 1024 * 1024
PACED = frozenset(
    {
        "sendMessage", "sendPhoto", "sendDocument", "sendMediaGroup", "editMessageText",
        "editMessageCaption", "editMessageReplyMarkup",
    }
)  # fmt: skip
UNFINISHED = {"getUpdates"}  # faults and delays leave it alone unless they name it
GATEWAY = "<html><head><title>{0}</title></head><body>{0}</body></html>"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a bot may send: a second, a second to one chat, a minute to one group.

    The FAQ names 30, 1 and 20, and that short bursts may pass; how short, in `burst`, is
    *unverified*, as is that edits count.
    """

    overall: float = 30
    chat: float = 1
    group: float = 20
    burst: float = 3

    def scaled(self, times: float) -> Limits:
        """Return limits that let so many times as much pass, for tests that cannot wait."""
        return replace(
            self, overall=self.overall * times, chat=self.chat * times, group=self.group * times
        )


@dataclass(slots=True)
class Bucket:
    """So many messages, filled up again at a steady rate."""

    rate: float
    room: float
    at: float
    left: float = field(init=False)

    def __post_init__(self) -> None:
        """Start full."""
        self.left = self.room

    def wait(self, now: float) -> float:
        """Return in how many seconds a message may go."""
        self.left = min(self.room, self.left + (now - self.at) * self.rate)
        self.at = now
        return max(0.0, (1 - self.left) / self.rate)


@dataclass(slots=True)
class Fault:
    """Something that goes wrong `times` times (None: until it is taken away) with a method.

    `status` answers that number, `too_many` 429 with `retry_after`; `hang` never answers;
    `drop_before` closes the connection without doing anything, `drop_after` once it is done.
    Without a `method` it concerns all but getUpdates.
    """

    kind: Literal["status", "too_many", "hang", "drop_before", "drop_after"]
    method: str | None = None
    times: int | None = 1
    status: int = 502
    retry_after: int = 1

    def takes(self, method: str) -> bool:
        """Tell whether it strikes this request, and count it."""
        concerned = method not in UNFINISHED if self.method is None else method == self.method
        if not concerned or self.times == 0:
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass(slots=True)
class TelegramServer:
    """One bot's Telegram; use it as an async context manager.

    `limits` None lets everything pass; `now` dates messages, in seconds since 1970; `privacy`
    is the bot's privacy mode; `webhook_pause` is how long an undelivered update waits;
    `checked` False leaves our own results unchecked, which nearly halves the work of a send.
    """

    limits: Limits | None = field(default_factory=Limits)
    now: Callable[[], float] = time.time
    privacy: bool = True
    checked: bool = True
    port: int = 0
    token: str = TOKEN
    delay: float = 0
    webhook_pause: float = 0.05
    faults: list[Fault] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)
    revoked: bool = False
    world: World = field(init=False)
    methods: Methods = field(init=False)
    updates: Updates = field(init=False)
    _buckets: dict[tuple[str, int], Bucket] = field(default_factory=dict)
    _table: dict[str, Callable[[Mapping[str, Any]], Any]] = field(init=False)
    _runner: web.AppRunner | None = None

    def __post_init__(self) -> None:
        """Make the bot and its world."""
        told: dict[str, Any] = {"id": int(self.token.split(":")[0]), "is_bot": True}
        told |= {"first_name": "Recalls", "username": "recalls_test_bot"}
        told |= {"can_join_groups": True, "can_read_all_group_messages": not self.privacy}
        told |= {"supports_inline_queries": True}
        self.world = World(told, self.now, privacy=self.privacy, check=_checked)
        self.methods = Methods(self.world, dropped=self.complaints)
        self.updates = Updates(self.world, lambda: self.revoked, self.webhook_pause)
        self._table = self.methods.table() | self.updates.table()

    @property
    def url(self) -> str:
        """Return where it listens; requests go to `{url}/bot{token}/{method}`."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> TelegramServer:
        """Start listening; port 0 takes a free one, which it keeps when it is started again."""
        app = web.Application(client_max_size=LARGEST)
        app.router.add_route("*", "/file/bot{token}/files/{file_id}", self._file)
        app.router.add_route("*", "/bot{token}/{method}", self._request)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop; whoever waits for an answer loses the connection. Nothing is forgotten."""
        await self.updates.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def revoke(self) -> None:
        """Take the token away, as @BotFather does: 401 from now on; `revoked` can be reset."""
        self.revoked = True
        self.world.touch()

    async def _file(self, request: web.Request) -> web.StreamResponse:
        found = self.world.files.get(request.match_info["file_id"])
        if found is None or self.revoked or request.match_info["token"] != self.token:
            return _refusal(Refused(404, "Not Found"))
        return web.Response(body=found)

    async def _request(self, request: web.Request) -> web.StreamResponse:
        named = request.match_info["method"]
        method = known_method(named) or named
        if self.delay and method not in UNFINISHED:
            await asyncio.sleep(self.delay)
        fault = next((fault for fault in self.faults if fault.takes(method)), None)
        if fault is not None and fault.kind in {"hang", "drop_before"}:
            return await self._broken(request, method, fault.kind)
        answer = _faulty(fault) or await self._answer(request, method)
        if fault is not None and fault.kind == "drop_after":
            return await self._broken(request, method, fault.kind)
        self.counts[method, str(answer.status)] += 1
        return answer

    async def _broken(self, request: web.Request, method: str, kind: str) -> web.Response:
        self.counts[method, kind] += 1
        # No event tells that a client went away.
        while kind == "hang" and request.transport and not request.transport.is_closing():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def _answer(self, request: web.Request, method: str) -> web.Response:
        try:
            self._check_named(request.match_info["token"], method)
            given, self.methods.uploads = await _given(request)
            return web.json_response({"ok": True, "result": await self._done(method, given)})
        except Refused as refused:
            return _refusal(refused)

    def _check_named(self, token: str, method: str) -> None:
        if ":" not in token:
            raise Refused(404, "Not Found")
        if self.revoked or token != self.token:
            raise Refused(401, "Unauthorized")
        if method not in self._table:
            raise Refused(404, "Not Found")

    async def _done(self, method: str, given: Mapping[str, Any]) -> Any:
        try:
            taken, unknown = arguments(method, given)
        except Malformed as malformed:
            raise bad(str(malformed)) from malformed
        unknown = [name for name in unknown if name not in self.methods.uploads]
        self.complaints += [f"{method} has no parameter {name}" for name in unknown]
        if method in PACED and self.limits is not None:
            self._pace(self.limits, taken)
        result = self._table[method](taken)
        if inspect.isawaitable(result):
            result = await result
        if self.checked and (wrong := results(method, result)):
            raise Refused(500, f"Internal Server Error: {method}: {'; '.join(wrong)}")
        return result

    def _pace(self, limits: Limits, given: Mapping[str, Any]) -> None:
        chat_id, now = given.get("chat_id", 0), time.monotonic()
        number = chat_id if isinstance(chat_id, int) else 0
        wanted = {("all", 0): (limits.overall, limits.overall)}
        wanted["chat", number] = (limits.chat, limits.burst)
        if number < 0:
            wanted["group", number] = (limits.group / 60, limits.group)
        buckets = [
            self._buckets.setdefault(name, Bucket(rate, room, now))
            for name, (rate, room) in wanted.items()
        ]
        if wait := max(bucket.wait(now) for bucket in buckets):
            raise _too_many(math.ceil(wait))
        for bucket in buckets:
            bucket.left -= len(given.get("media", [0]))


def _checked(update: dict[str, Any]) -> None:
    if wrong := list(problems(update, ["Update"], "update")):
        raise ValueError("; ".join(wrong))


def _too_many(wait: int) -> Refused:
    return Refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)


def _refusal(refused: Refused) -> web.Response:
    told = {"ok": False, "error_code": refused.code, "description": refused.description}
    more = {"parameters": refused.parameters} if refused.parameters else {}
    return web.json_response(told | more, status=refused.code)


def _faulty(fault: Fault | None) -> web.Response | None:
    if fault is None or fault.kind == "drop_after":
        return None
    if fault.kind == "too_many":
        return _refusal(_too_many(fault.retry_after))
    if fault.status in {502, 503, 504}:  # these come from before the Bot API, as pages
        page = GATEWAY.format(f"{fault.status} Bad Gateway")
        return web.Response(text=page, content_type="text/html", status=fault.status)
    return _refusal(Refused(fault.status, "Internal Server Error"))


async def _given(request: web.Request) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Return a request's parameters, by whichever way they came, and its files."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            return given | (await request.json() if request.can_read_body else {}), {}
        except ValueError as error:
            raise bad("can't parse JSON object") from error
    uploads: dict[str, Upload] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, str):
            given[name] = value
        elif isinstance(value, web.FileField):
            content = await asyncio.to_thread(value.file.read)
            uploads[name] = Upload(value.filename, value.content_type, content)
            given.setdefault(name, f"attach://{name}")
    return given, uploads


async def _alone(options: argparse.Namespace) -> None:
    server = TelegramServer(None if options.without_limits else Limits(), port=options.port)
    server.checked = not options.without_checks
    server.delay, server.world.keep = options.delay / 1000, 100
    people = [server.world.person(f"P{number}").id for number in range(options.people)]
    async with server:
        told = {"url": server.url, "token": server.token, "people": people}
        sys.stdout.write(f"{json.dumps(told)}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    """Run the server by itself and say, as JSON in one line, where it is and who is there."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--delay", type=float, default=0, help="before every answer, in ms")
    parser.add_argument("--people", type=int, default=1, help="with whom the bot has a chat")
    parser.add_argument("--without-limits", action="store_true", help="never answer 429")
    parser.add_argument("--without-checks", action="store_true", help="of our own results")
    asyncio.run(_alone(parser.parse_args()))


if __name__ == "__main__":
    main()
