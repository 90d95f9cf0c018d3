"""The platform servers of the drill: an account on each, and what is read there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from tests.platforms.bluesky_between import Between
from tests.platforms.bluesky_server import PASSWORD, bluesky_server
from tests.platforms.discord_server import a_discord
from tests.platforms.mastodon_server import MastodonServer, a_mastodon
from tests.platforms.telegram_server import Fault, TelegramServer
from tests.platforms.x_server import XServer

# How long a platform takes over an answer, so that a kill may come before it.
SLOW = 0.02


@dataclass(frozen=True, slots=True)
class Account:
    """One account on a platform: its settings, its chat, how its posts read now."""

    chat: str
    given: Mapping[str, Any]
    texts: Callable[[], list[str]]


@dataclass(frozen=True, slots=True)
class Stand:
    """One platform server.

    `account` makes an account on which nothing was posted; `loses` lets the answer to the next
    post be lost on the way, though it arrived. Where it is `sure`, it can tell what arrived.
    """

    platform: str
    sure: bool
    account: Callable[[], Account]
    loses: Callable[[], None]


@asynccontextmanager
async def _x() -> AsyncIterator[Stand]:
    async with XServer(limits=None, self_replies=True) as server:
        server.faults.delay = SLOW
        keys = {"api_key": server.api_key, "api_secret": server.api_secret}
        settings = {**keys, "api_url": server.url, "replies": True, "monthly_cap": "1000"}

        def account() -> Account:
            made = server.account(f"drill{len(server.accounts)}")
            given = {**settings, "accounts": made.setting}
            return Account(
                made.handle, given, lambda: [post.text for post in server.posts_of(made)]
            )

        yield Stand(
            "x", sure=True, account=account, loses=lambda: _cut(server, "POST /2/tweets")
        )


def _cut(server: Any, route: str) -> None:
    server.faults.drops(route=route)


@asynccontextmanager
async def _bluesky() -> AsyncIterator[Stand]:
    server = bluesky_server()
    async with Between(server.url) as between:

        def account() -> Account:
            member = server.member()
            given = {"accounts": f"{member.handle}:{PASSWORD}", "service": between.url}
            return Account(
                member.handle, given, lambda: [str(post["text"]) for post in member.posts]
            )

        put = "com.atproto.repo.putRecord"
        yield Stand("bluesky", sure=True, account=account, loses=lambda: between.cuts(put))


@asynccontextmanager
async def _mastodon() -> AsyncIterator[Stand]:
    async with a_mastodon() as server:
        yield _on_mastodon(server)


def _on_mastodon(server: MastodonServer) -> Stand:
    def account() -> Account:
        before = len(server.standing)
        given = {"accounts": server.login}
        return Account(server.chat, given, lambda: server.standing[before:])

    def loses() -> None:
        server.fails("POST", "/api/v1/statuses", cut=True, arrives=True)

    return Stand("mastodon", sure=True, account=account, loses=loses)


@asynccontextmanager
async def _telegram() -> AsyncIterator[Stand]:
    async with TelegramServer(limits=None, checked=False, delay=SLOW) as server:
        owner = server.world.person("Ann")

        def account() -> Account:
            chat = server.world.gather("channel", "Recalls", owner)
            given = {"token": server.token, "api_url": server.url}
            return Account(str(chat.id), given, lambda: [post.text for post in chat.posts])

        def loses() -> None:
            server.faults.append(Fault("drop_after", method="sendMessage"))

        yield Stand("telegram", sure=False, account=account, loses=loses)


@asynccontextmanager
async def _discord() -> AsyncIterator[Stand]:
    async with a_discord() as server:
        server.limits.lift()
        server.faults.delay = SLOW
        guild = server.guild("Office", owner=server.person("Ann"))
        where = {"api": server.api, "gateway": server.gateway.url, "token": server.token}

        def account() -> Account:
            room = guild.announcement("recalls")

            def texts() -> list[str]:
                # What hangs below a post stands in a thread of its own.
                places = (room, *room.threads)
                return [one.text for place in places for one in place.messages if one.text]

            return Account(f"channel:{room.id}", where, texts)

        route = "POST /channels/{channel}/messages"
        yield Stand("discord", sure=False, account=account, loses=lambda: _cut(server, route))


STANDS: Mapping[str, Callable[[], AbstractAsyncContextManager[Stand]]] = MappingProxyType(
    {
        "x": _x,
        "bluesky": _bluesky,
        "mastodon": _mastodon,
        "telegram": _telegram,
        "discord": _discord,
    }
)
