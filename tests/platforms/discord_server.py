"""A Discord on loopback: REST v10 and gateway as far as a bot uses them, and as strict.

    async with a_discord() as discord:
        with discord_py_reaches(discord):
            ann = discord.person("ann", locale="de")
            guild = discord.guild("Parents", owner=ann)
            room = guild.text("general")
            ...                                  # start the bot with discord.token
            await discord.gateway.ready()
            done = await ann.command("check", {"text": "A1263"}, where=room)
            assert "A1263" in done.message.text and done.ephemeral
            done = await ann.presses("Mine", done.message)

Its parts lie in discord/: what people do (people), what there is (accounts, world, messages),
what is let through (rules, commands, interactions), how it is reached (channel_routes,
app_routes, gateway), how it throttles and fails (limits). docs/platform-servers.md tells how to
use it, and what in it is second-hand.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import yarl
from aiohttp import BodyPartReader, web

from tests.platforms.discord.accounts import MEMBER, Permission, Role, User
from tests.platforms.discord.app_routes import APP_ROUTES, EXEMPT, OPEN
from tests.platforms.discord.channel_routes import CHANNEL_ROUTES, Asked, Created, Handler
from tests.platforms.discord.gateway import Gateway
from tests.platforms.discord.interactions import FILE_LIMIT, Asking, Interaction
from tests.platforms.discord.limits import Count, Faults, Limits, cut, spoken, throttled
from tests.platforms.discord.messages import Message, Upload
from tests.platforms.discord.people import Person
from tests.platforms.discord.rules import Json, Refused
from tests.platforms.discord.world import Channel, Guild, Scene

__all__ = [
    "Channel", "Discord", "Guild", "Interaction", "Message", "Permission", "Person", "Role",
    "Upload", "a_discord", "discord_py_reaches",
]  # fmt: skip

API = "/api/v10"
REQUEST_LIMIT = 25 << 20
MAJOR = ("channel", "guild", "token")
TOKEN = "MTA1.loopback.bot-token"


@dataclass(eq=False, slots=True)
class Discord:
    """One Discord with one application and its bot.

    `deadline` and `token_life`, in seconds, are how long an interaction waits for its first
    answer and stays open after it. `shards` is what /gateway/bot recommends.
    """

    token: str = TOKEN
    deadline: float = 3.0
    token_life: float = 900.0
    shards: int = 1
    token_works: bool = True
    bot: User = field(default_factory=lambda: User("recallbot", bot=True))
    limits: Limits = field(default_factory=Limits)
    faults: Faults = field(default_factory=Faults)
    count: Count = field(default_factory=Count)
    commands: list[Json] = field(default_factory=list)
    guild_commands: dict[str, list[Json]] = field(default_factory=dict)
    interactions: dict[str, Interaction] = field(default_factory=dict)
    creates: list[float] = field(default_factory=list)
    application: Json = field(default_factory=dict)
    scene: Scene = field(init=False)
    gateway: Gateway = field(init=False)

    def __post_init__(self) -> None:
        """Put the parts together."""
        self.application = _application(self.bot)
        self.gateway = Gateway(self.bot, self.application, self._bot_guilds, self._is_token)
        self.scene = Scene(self.bot, self.gateway.tell)
        self.scene.users[self.bot.id] = self.bot

    def _bot_guilds(self) -> list[Guild]:
        return [guild for guild in self.scene.guilds.values() if guild.has_bot]

    def _is_token(self, token: str) -> bool:
        return self.token_works and token == self.token

    @property
    def url(self) -> str:
        """Return where it is."""
        return self.scene.url

    @property
    def api(self) -> str:
        """Return where its REST API is."""
        return self.scene.url + API

    @property
    def requests(self) -> Counter[tuple[str, int]]:
        """Return how often each route gave each status; 0 stands for no answer."""
        return self.count.requests

    @property
    def invalid_requests(self) -> int:
        """Return how many requests of the last ten minutes count as invalid."""
        return self.count.invalid_requests

    def person(self, name: str, *, locale: str = "en-US") -> Person:
        """Return somebody new."""
        user = User(name, locale)
        self.scene.users[user.id] = user
        return Person(self, user)

    def guild(self, name: str, *, owner: Person, bot: bool = True) -> Guild:
        """Return a new server with its owner in it, and the bot unless it is not installed."""
        guild = Guild(name, owner.user, self.scene)
        guild.roles.append(Role("@everyone", int(MEMBER), id=guild.id))
        guild.people[owner.id] = (owner.user, [])
        self.scene.guilds[guild.id] = guild
        if bot:
            guild.adds_bot()
        return guild

    def group_chat(self, *people: Person) -> Channel:
        """Return a private chat among people, where only an app they installed is heard."""
        chat = Channel(1 if len(people) == 2 else 3, "", people=tuple(p.user for p in people))
        self.scene.channels[chat.id] = chat
        return chat

    def commands_in(self, guild: Guild | None) -> list[Json]:
        """Return the commands that are registered for there."""
        return [*self.commands, *self.guild_commands.get(guild.id if guild else "", [])]

    def ask(self, asking: Asking) -> Interaction:
        """Tell the bot of an interaction."""
        asked = Interaction(self.scene, asking, self.deadline, self.token_life)
        self.interactions[asked.token] = asked
        guild = asking.guild.id if asking.guild else None
        payload = asked.payload(self.application["id"])
        self.gateway.tell("INTERACTION_CREATE", payload, guild=guild)
        return asked

    def revoke_token(self) -> None:
        """Make the token worthless, as a reset in the developer portal does."""
        self.token_works = False
        self.gateway.sessions.clear()
        self.gateway.drop(4004)

    def restore_token(self) -> None:
        """Let the token work again."""
        self.token_works = True


def _application(bot: User) -> Json:
    owner = User("operator")
    return {
        "id": bot.id, "name": bot.name, "icon": None, "description": "", "flags": 0,
        "bot_public": True, "bot_require_code_grant": False, "owner": owner.json(),
        "summary": "", "verify_key": "0" * 64, "team": None, "bot": bot.json(), "hook": True,
        "rpc_origins": [], "redirect_uris": [], "interactions_endpoint_url": None,
        "role_connections_verification_url": None, "approximate_guild_count": 1,
        "approximate_user_install_count": 0, "tags": [], "is_monetized": False,
        "integration_types_config": {"0": {}, "1": {}}, "custom_install_url": None,
    }  # fmt: skip


@dataclass(eq=False, slots=True)
class Door:
    """Stands before the routes: throttles, checks the token, lets faults happen, counts."""

    discord: Discord

    async def answer(self, route: str, handler: Handler, request: web.Request) -> web.Response:
        """Answer one request of the REST API."""
        given = await self._faulty(route, handler, request)
        self.discord.count.note(route, given)
        if given is not None:
            return given
        cut(request)
        return web.Response(status=500)

    async def _faulty(
        self, route: str, handler: Handler, request: web.Request
    ) -> web.Response | None:
        """Answer as the next fault wants it; None: not at all."""
        faults = self.discord.faults
        await asyncio.sleep(faults.delay)
        fault = faults.next(route)
        kind = fault.kind if fault else ""
        if fault and kind == "fails":
            text = "<html><body>upstream</body></html>"
            return web.Response(status=fault.status, text=text, content_type="text/html")
        if fault and kind == "throttles":
            return throttled(fault.seconds, fault.scope)
        if kind == "drops":
            return None
        given = await self._checked(route, handler, request)
        if fault and kind == "hangs":
            await asyncio.sleep(fault.seconds)
        return None if kind == "drops after" else given

    async def _checked(
        self, route: str, handler: Handler, request: web.Request
    ) -> web.Response:
        path = route.partition(" ")[2]
        discord = self.discord
        headers: dict[str, str] = {}
        if discord.count.banned:
            return web.Response(status=429, text="error code: 1015", content_type="text/plain")
        token = request.headers.get("Authorization", "")
        authorised = discord.token_works and token == f"Bot {discord.token}"
        if not path.startswith(OPEN) and not authorised:
            return spoken({"message": "401: Unauthorized", "code": 0}, 401)
        wait = 0.0 if path.startswith(EXEMPT) else discord.limits.global_wait()
        if wait:
            return throttled(wait, "global")
        if not path.startswith("/interactions/"):
            major = next((request.match_info[k] for k in MAJOR if k in request.match_info), "")
            wait, headers = discord.limits.take(route, major)
        if wait:
            return throttled(wait, "user", headers)
        return await self._acted(handler, request, headers)

    async def _acted(
        self, handler: Handler, request: web.Request, headers: dict[str, str]
    ) -> web.Response:
        try:
            body, uploads = await _read(request)
            asked = Asked(request.match_info, request.query, body, uploads)
            given = handler(self.discord, asked)
        except Refused as refused:
            return spoken(refused.body, refused.status, headers)
        if isinstance(given, Created):
            return spoken(given.body, 201, headers)
        return web.Response(status=204, headers=headers) if given is None else spoken(
            given, 200, headers
        )  # fmt: skip


async def _read(request: web.Request) -> tuple[Any, list[Upload]]:
    """Return the body and the files of a request."""
    if request.content_type.startswith("multipart/"):
        return await _multipart(request)
    try:
        text = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise Refused(413, 40005, "Request entity too large") from None
    if not text:
        return {}, []
    if request.content_type != "application/json":
        message = "Expected \"Content-Type\" header to be one of {'application/json'}."
        raise Refused(400, 50035, "Invalid Form Body", {"_errors": [{"message": message}]})
    return _json(text), []


async def _multipart(request: web.Request) -> tuple[Any, list[Upload]]:
    body: Any = {}
    uploads: list[Upload] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        content = bytes(await part.read(decode=False))
        if part.name == "payload_json":
            body = _json(content)
        else:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            uploads.append(Upload(part.filename or "unknown", content, kind))
    if any(len(upload.content) > FILE_LIMIT for upload in uploads):
        raise Refused(413, 40005, "Request entity too large")
    if len(uploads) > 10:
        raise Refused(400, 30015, "Maximum number of attachments in a message reached (10)")
    return body, uploads


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise Refused(400, 50109, "The request body contains invalid JSON.") from None


async def _no_such_route(_: web.Request) -> web.Response:
    return spoken({"message": "404: Not Found", "code": 0}, 404)


def _app(discord: Discord) -> web.Application:
    app, door = web.Application(client_max_size=REQUEST_LIMIT), Door(discord)
    for route, handler in (APP_ROUTES | CHANNEL_ROUTES).items():
        method, path = route.split(" ")
        app.router.add_route(method, API + path, partial(door.answer, route, handler))
    app.router.add_get("/gateway", discord.gateway.serve)
    app.router.add_get("/gateway/", discord.gateway.serve)
    app.router.add_get("/cdn/attachments/{channel}/{file}/{name}", _file_of(discord))
    app.router.add_route("*", "/{anything:.*}", _no_such_route)
    return app


def _file_of(discord: Discord) -> Callable[[web.Request], Any]:
    async def file(request: web.Request) -> web.Response:
        kept = discord.scene.files.get(request.match_info["file"])
        if kept is None:
            return web.Response(status=404)
        return web.Response(body=kept.content, content_type=kept.content_type)

    return file


@asynccontextmanager
async def a_discord(**settings: Any) -> AsyncIterator[Discord]:
    """Run a Discord on a free port of loopback; settings are those of `Discord`."""
    discord = Discord(**settings)
    runner = web.AppRunner(_app(discord), access_log=None, shutdown_timeout=0.05)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        discord.scene.url = f"http://127.0.0.1:{port}"
        discord.gateway.url = f"ws://127.0.0.1:{port}/gateway"
        yield discord
    finally:
        discord.gateway.drop()
        await runner.cleanup()


@contextmanager
def discord_py_reaches(discord: Discord) -> Iterator[None]:
    """Point discord.py at this Discord, and back again afterwards."""
    from discord.gateway import DiscordWebSocket  # noqa: PLC0415 - other clients do without it
    from discord.http import Route  # noqa: PLC0415 - the same

    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = discord.api, yarl.URL(discord.gateway.url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
