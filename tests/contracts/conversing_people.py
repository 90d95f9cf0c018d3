"""Somebody on every platform: how they write, press, show a photo and read."""

from __future__ import annotations

import html
import io
import queue
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import httpx

from bots.discord.channel import Discord
from bots.discord.render import unescaped
from bots.discord.settings import DiscordSettings
from bots.store_reader import StoreReader
from bots.surroundings import Surroundings
from bots.telegram.channel import Telegram
from bots.telegram.pace import UNLIMITED
from bots.telegram.settings import TelegramSettings
from bots.terminal import Terminal
from bots.web.channel import Web
from bots.web.settings import WebSettings
from bots.web.site import site
from core.channel import (
    Channel,
)
from core.clock import SystemClock
from tests.bots.web.stage import field as form_field
from tests.contracts.conversing import Bot, Person, Shown
from tests.platforms.discord_server import Discord as Platform
from tests.platforms.discord_server import Upload, a_discord, discord_py_reaches
from tests.platforms.telegram_server import TelegramServer

TAG = re.compile(r"<[^>]*>")
ANSWERED = re.compile(r'<button type="submit" name="press" value="([^"]*)">([^<]*)</button>')


class Typed(io.TextIOBase):
    """A keyboard: a line at a time, waited for."""

    def __init__(self) -> None:
        self.lines: queue.Queue[str] = queue.Queue()

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]  # lines come whole
        del size
        return self.lines.get()


@dataclass(slots=True)
class AtTerminal:
    """Somebody at a terminal: buttons are numbers, photos are files."""

    folder: Any
    longest: int = 100_000
    keyboard: Typed = field(default_factory=Typed)
    screen: io.StringIO = field(default_factory=io.StringIO)
    labels: list[str] = field(default_factory=list)

    def channel(self, surroundings: Surroundings) -> Channel:
        self.keyboard, self.labels = Typed(), []
        return Terminal(self.keyboard, self.screen, surroundings.now, "en")

    async def meets(self, bot: Bot) -> None: ...

    async def says(self, text: str) -> None:
        self._type(text)

    async def presses(self, label: str, typed: str) -> None:
        known = label in self.labels
        self._type(str(self.labels.index(label) + 1) if known else typed)

    async def shows(self, photo: bytes) -> None:
        file = self.folder / "label.jpg"
        file.write_bytes(photo)
        self._type(f"/photo {file}")

    def _type(self, text: str) -> None:
        self.screen.truncate(0)
        self.screen.seek(0)
        self.keyboard.lines.put(f"{text}\n")

    async def reads(self, bot: Bot) -> Shown:
        del bot
        printed = self.screen.getvalue()
        self.labels = re.findall(r"^\[\d+\] (.*)$", printed, re.MULTILINE)
        return Shown(printed, self.labels)

    async def leaves(self) -> None:
        self.keyboard.lines.put("")


@dataclass(slots=True)
class AtWeb:
    """Somebody with a browser that runs no scripts."""

    longest: int = 2_000
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    client: httpx.AsyncClient | None = None
    web: Web | None = None
    settings: WebSettings = field(
        default_factory=lambda: WebSettings.model_validate(
            {"messages_per_minute": 10_000, "session_secret": "0123456789abcdef"}
        )
    )

    def channel(self, surroundings: Surroundings) -> Channel:
        self.web = Web(self.settings, surroundings.now)
        return self.web

    async def meets(self, bot: Bot) -> None:
        assert self.web
        reader = StoreReader(bot.database, bot.settings, SystemClock())
        limit = bot.surroundings.photo_limit
        pages = site(self.web, reader, self.settings, photo_limit=limit)
        transport = httpx.ASGITransport(pages)
        headers = {"Accept-Language": "en"}
        self.client = httpx.AsyncClient(
            transport=transport, base_url="http://t", cookies=self.cookies, headers=headers
        )

    async def says(self, text: str) -> None:
        await self._send(text=text)

    async def presses(self, label: str, typed: str) -> None:
        choices = {label: says for says, label in ANSWERED.findall(await self._page())}
        if label in choices:
            await self._send(press=html.unescape(choices[label]))
        else:
            await self._send(text=typed)

    async def shows(self, photo: bytes) -> None:
        await self._send({"photo": ("label.jpg", photo, "image/jpeg")}, text="")

    async def _page(self) -> str:
        assert self.client
        return (await self.client.get("/")).text

    async def _send(self, files: Mapping[str, Any] | None = None, **form: str) -> None:
        assert self.client
        page = await self._page()
        fixed = {name: form_field(page, name) for name in ("token", "after")}
        response = await self.client.post("/messages", data={**fixed, **form}, files=files)
        assert response.status_code == 303, response.text[-1500:]

    async def reads(self, bot: Bot) -> Shown:
        del bot
        page = await self._page()
        cards = page.split('<div class="card">')[1:]
        last = cards[-1].partition("</article>")[0]
        labels = [html.unescape(label) for _, label in ANSWERED.findall(page)]
        links = " ".join(re.findall(r'href="([^"]*)"', last))
        return Shown(html.unescape(TAG.sub(" ", last)) + links, labels)

    async def leaves(self) -> None:
        assert self.client
        self.cookies = self.client.cookies
        await self.client.aclose()


@dataclass(slots=True)
class AtTelegram:
    """Somebody in a private chat of Telegram."""

    server: TelegramServer
    longest: int = 4_096
    post: Any = None

    def __post_init__(self) -> None:
        self.ann = self.server.world.person("Ann", lang="en")

    ann: Any = field(init=False)

    def channel(self, surroundings: Surroundings) -> Channel:
        told = {"token": self.server.token, "api_url": self.server.url}
        return Telegram(TelegramSettings.model_validate(told), surroundings, UNLIMITED)

    async def meets(self, bot: Bot) -> None: ...

    async def says(self, text: str) -> None:
        self.ann.say(text)

    async def presses(self, label: str, typed: str) -> None:
        del typed
        self.ann.press(self.post, label)

    async def shows(self, photo: bytes) -> None:
        self.ann.send_photo(photo)

    async def reads(self, bot: Bot) -> Shown:
        messages = self.ann.chat.messages
        posts = [messages[int(receipt.id)] for receipt in bot.channel.receipts]
        self.post = posts[-1]
        links = re.findall(r'href="([^"]*)"', " ".join(post.source for post in posts))
        return Shown("\n".join([*(post.text for post in posts), *links]), self.post.labels)

    async def leaves(self) -> None: ...


@dataclass(slots=True)
class AtDiscord:
    """Somebody in the private chat with the app: commands where there is one, else words."""

    server: Platform
    longest: int = 2_000
    message: Any = None
    ann: Any = field(init=False)
    options: Mapping[str, str] = field(
        default_factory=lambda: {"watch": "brand", "language": "language"}
    )

    def __post_init__(self) -> None:
        self.ann = self.server.person("ann")
        self.ann.installs()
        self.server.guild("Parents", owner=self.ann)

    def channel(self, surroundings: Surroundings) -> Channel:
        told = {"token": self.server.token, "requests_per_second": 1_000}
        return Discord(DiscordSettings.model_validate(told), surroundings)

    async def meets(self, bot: Bot) -> None:
        del bot
        await self.server.gateway.ready()

    async def says(self, text: str) -> None:
        if not text.startswith("/"):
            await self.ann.writes(text)
            return
        name, _, rest = text.removeprefix("/").partition(" ")
        values = {self.options.get(name, "text"): rest} if rest else {}
        await self.ann.command(name, values)

    async def presses(self, label: str, typed: str) -> None:
        del typed
        await self.ann.presses(label, self.message)

    async def shows(self, photo: bytes) -> None:
        await self.ann.writes("", files=[Upload("label.jpg", photo, "image/jpeg")])

    async def reads(self, bot: Bot) -> Shown:
        ids = [receipt.id.partition("/")[2] for receipt in bot.channel.receipts]
        found = {message.id: message for message in self.ann.dm.messages}
        messages = [found[number] for number in ids]
        self.message = messages[-1]
        text = "\n".join(message.text for message in messages)
        return Shown(unescaped(text).replace("**", ""), self.message.buttons)

    async def leaves(self) -> None: ...


@asynccontextmanager
async def _at_terminal(folder: Any) -> AsyncIterator[Person]:
    yield AtTerminal(folder)


@asynccontextmanager
async def _at_web(folder: Any) -> AsyncIterator[Person]:
    yield AtWeb()


@asynccontextmanager
async def _at_telegram(folder: Any) -> AsyncIterator[Person]:
    async with TelegramServer(limits=None) as server:
        yield AtTelegram(server)


@asynccontextmanager
async def _at_discord(folder: Any) -> AsyncIterator[Person]:
    async with a_discord() as server:
        server.limits.lift()
        with discord_py_reaches(server):
            yield AtDiscord(server)


PEOPLE: Mapping[str, Callable[[Any], AbstractAsyncContextManager[Person]]] = MappingProxyType(
    {
        "terminal": _at_terminal,
        "web": _at_web,
        "telegram": _at_telegram,
        "discord": _at_discord,
    }
)
