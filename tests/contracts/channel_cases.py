"""Every channel as its contract is tested: how to build it, say something to it, read it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType

from bots.apprise.channel import LONGEST_POST as LONGEST_WITH_APPRISE
from bots.apprise.channel import Apprise
from bots.apprise.settings import AppriseSettings
from bots.bluesky.channel import Bluesky
from bots.bluesky.render import MOST_GRAPHEMES as LONGEST_ON_BLUESKY
from bots.bluesky.settings import BlueskySettings
from bots.discord.channel import Discord
from bots.discord.render import LONGEST_TEXT as LONGEST_DISCORD
from bots.discord.settings import DiscordSettings
from bots.mastodon.channel import Mastodon
from bots.mastodon.counting import USUAL_CHARACTERS
from bots.mastodon.settings import MastodonSettings
from bots.memory import LONGEST_TEXT as LONGEST_IN_MEMORY
from bots.memory import Memory
from bots.surroundings import Surroundings
from bots.telegram.channel import Telegram
from bots.telegram.render import LONGEST_TEXT
from bots.telegram.settings import TelegramSettings
from bots.terminal import LONGEST_LINE, Terminal
from bots.web.channel import Said, Web
from bots.web.render import LONGEST_POST
from bots.web.settings import WebSettings
from bots.x.channel import X
from bots.x.count import LONGEST_TEXT as LONGEST_ON_X
from bots.x.settings import XSettings
from core.channel import Address, Channel
from tests.builders import NOW
from tests.fakes import FakeKept
from tests.platforms.bluesky_server import PASSWORD, bluesky_server
from tests.platforms.discord_server import Person, a_discord, discord_py_reaches
from tests.platforms.hook_server import a_hook
from tests.platforms.mastodon_server import a_mastodon
from tests.platforms.telegram_server import TelegramServer
from tests.platforms.x_server import XServer


@dataclass(frozen=True, slots=True)
class Built:
    """One channel, where its chat is, and what everybody in that chat can read."""

    channel: Channel
    chat: Address
    shown: Callable[[], str]


@dataclass(frozen=True, slots=True)
class ChannelCase:
    """One kind of channel.

    `build` gives it with these lines said in its one chat and nothing more to come, and its
    platform's server where it has one; `unconnected` gives it for what asks no platform.
    `longest` is how many characters its platform takes in a post, and `drops_repeats` says
    that it drops what comes again under the same key. Where it is not `one_chat`, each thing
    said is a chat of its own; `lang` is what it tells of whoever says it.
    """

    kind: str
    build: Callable[[Sequence[str]], AbstractAsyncContextManager[Built]]
    unconnected: Callable[[], Channel]
    longest: int
    drops_repeats: bool = False
    one_chat: bool = True
    lang: str | None = "en"


@asynccontextmanager
async def _terminal(said: Sequence[str]) -> AsyncIterator[Built]:
    printed = io.StringIO()
    typed = io.StringIO("".join(f"{line}\n" for line in said))
    channel = Terminal(typed, printed, lambda: NOW, "en")
    yield Built(channel, Address("terminal", "local"), printed.getvalue)


def _no_terminal() -> Terminal:
    return Terminal(io.StringIO(), io.StringIO(), lambda: NOW, "en")


@asynccontextmanager
async def _web(said: Sequence[str]) -> AsyncIterator[Built]:
    channel = _no_web()
    for line in said:
        channel.hear("ann", Said(line, line, "en"))

    def shown() -> str:
        transcript = channel.transcript("ann")
        entries = transcript.after(0) if transcript else []
        return "\n".join(entry.text for entry in entries if entry.ours)

    yield Built(channel, Address("web", "ann"), shown)


def _no_web() -> Web:
    return Web(WebSettings(), lambda: NOW)


@asynccontextmanager
async def _memory(said: Sequence[str]) -> AsyncIterator[Built]:
    channel = _no_memory()
    for line in said:
        channel.say("ann", line, "en")

    def shown() -> str:
        return "\n".join(post.text for post in channel.shown("ann"))

    yield Built(channel, Address("memory", "ann"), shown)


def _no_memory() -> Memory:
    return Memory(lambda: NOW)


def _surroundings() -> Surroundings:
    return Surroundings(lambda: NOW, FakeKept(), lambda *_: ())


@asynccontextmanager
async def _telegram(said: Sequence[str]) -> AsyncIterator[Built]:
    async with TelegramServer() as server:
        ann = server.world.person("Ann", lang="en")
        for line in said:
            ann.say(line)
        settings = TelegramSettings.model_validate(
            {"token": server.token, "api_url": server.url}
        )
        channel = Telegram(settings, _surroundings())
        try:
            yield Built(channel, Address("telegram", str(ann.chat.id)), lambda: ann.chat.shown)
        finally:
            await channel.close()


def _no_telegram() -> Telegram:
    return Telegram(TelegramSettings.model_validate({"token": "1:a"}), _surroundings())


@asynccontextmanager
async def _discord(said: Sequence[str]) -> AsyncIterator[Built]:
    async with a_discord() as server:
        ann = server.person("Ann", locale="en-US")
        ann.installs()

        async def say() -> None:
            # Discord keeps nothing for those who are not connected, and tells what language
            # somebody reads only with a command.
            try:
                await server.gateway.ready()
                await ann.types("check", {"brand": "a"}, focused="brand")
                for line in said:
                    await ann.writes(line)
            except BaseException:
                # Whoever listens for what could not be said is not to wait for ever.
                await channel.close()
                raise

        with discord_py_reaches(server):
            settings = DiscordSettings.model_validate({"token": server.token})
            channel = Discord(settings, _surroundings())
            saying = asyncio.create_task(say()) if said else None
            try:
                place = Address("discord", f"user:{ann.id}")
                yield Built(channel, place, lambda: _read_by(ann))
            finally:
                await channel.close()
                if saying and saying.done():
                    saying.result()
                elif saying:
                    saying.cancel()


def _read_by(person: Person) -> str:
    return "\n".join(message.text for message in person.sees(person.dm))


def _no_discord() -> Discord:
    return Discord(DiscordSettings.model_validate({"token": "a"}), _surroundings())


@asynccontextmanager
async def _mastodon(said: Sequence[str]) -> AsyncIterator[Built]:
    del said
    async with a_mastodon() as server:
        channel = Mastodon(MastodonSettings.model_validate({"accounts": server.login}))
        try:
            yield Built(channel, Address("mastodon", server.chat), lambda: server.shown)
        finally:
            await channel.close()


def _no_mastodon() -> Mastodon:
    return Mastodon(MastodonSettings.model_validate({"accounts": "ann@a.example:some_token"}))


@asynccontextmanager
async def _apprise(said: Sequence[str]) -> AsyncIterator[Built]:
    del said
    async with a_hook() as hook:
        targets = f"desk=json://{hook.host}"
        channel = Apprise(AppriseSettings.model_validate({"targets": targets}))
        try:
            yield Built(channel, Address("apprise", "desk"), lambda: hook.shown)
        finally:
            await channel.close()


def _no_apprise() -> Apprise:
    return Apprise(AppriseSettings.model_validate({"targets": "desk=json://a.example"}))


@asynccontextmanager
async def _bluesky(said: Sequence[str]) -> AsyncIterator[Built]:
    del said  # nobody is heard there
    server = bluesky_server()
    member = server.member()
    accounts = f"{member.handle}:{PASSWORD}"
    settings = BlueskySettings.model_validate({"accounts": accounts, "service": server.url})
    channel = Bluesky(settings, _surroundings())
    try:
        yield Built(channel, Address("bluesky", member.handle), lambda: member.shown)
    finally:
        await channel.close()


def _no_bluesky() -> Bluesky:
    settings = BlueskySettings.model_validate({"accounts": "ann.test:a"})
    return Bluesky(settings, _surroundings())


@asynccontextmanager
async def _x(said: Sequence[str]) -> AsyncIterator[Built]:
    async with XServer() as server:
        server.world.now = NOW.timestamp
        ann = server.person("ann")
        for line in said:
            ann.mentions(f"@{server.handle} {line}")
        given = {"accounts": server.accounts[0].setting, "mentions": server.handle}
        keys = {"api_key": server.api_key, "api_secret": server.api_secret}
        settings = XSettings.model_validate({**keys, **given, "api_url": server.url})
        channel = X(settings, _surroundings())

        def shown() -> str:
            return "\n".join(post.text for post in server.posts_of(server.handle))

        try:
            yield Built(channel, Address("x", server.handle), shown)
        finally:
            await channel.close()


def _no_x() -> X:
    return X(XSettings.model_validate({}), _surroundings())


CASES: Mapping[str, ChannelCase] = MappingProxyType(
    {
        "terminal": ChannelCase("terminal", _terminal, _no_terminal, LONGEST_LINE),
        "telegram": ChannelCase("telegram", _telegram, _no_telegram, LONGEST_TEXT),
        "discord": ChannelCase(
            "discord", _discord, _no_discord, LONGEST_DISCORD, drops_repeats=True
        ),
        "mastodon": ChannelCase("mastodon", _mastodon, _no_mastodon, USUAL_CHARACTERS),
        "apprise": ChannelCase("apprise", _apprise, _no_apprise, LONGEST_WITH_APPRISE),
        "bluesky": ChannelCase(
            "bluesky", _bluesky, _no_bluesky, LONGEST_ON_BLUESKY, drops_repeats=True
        ),
        "x": ChannelCase("x", _x, _no_x, LONGEST_ON_X, one_chat=False, lang=None),
        "web": ChannelCase("web", _web, _no_web, LONGEST_POST),
        "memory": ChannelCase("memory", _memory, _no_memory, LONGEST_IN_MEMORY),
    }
)
