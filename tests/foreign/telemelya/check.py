"""Our Telegram channel by webhook in telemelya, a Bot API that others wrote."""

from __future__ import annotations

import asyncio
import faulthandler
import importlib
import logging
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, chdir, closing, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
from aiohttp import web
from fakeredis import TcpFakeServer
from fastapi import FastAPI
from moto.server import ThreadedMotoServer
from structlog.testing import capture_logs
from telemelya.client import TelegramTestClient

from bots.app import open_database, open_talk, serve
from bots.page_server import PageServer
from bots.surroundings import Surroundings
from bots.telegram.channel import Telegram
from bots.telegram.settings import TelegramSettings
from bots.telegram.webhook import HEADER, PATH, secret_of
from core.clock import SystemClock
from core.query.talk import Talk
from core.settings import Settings
from core.store.pressed import Pressed
from core.store.work import Database

HERE = "127.0.0.1"
TOKEN = "123456789:ABCDefGhIjKlMnOpQrStUvWxYz012345678"
KEY = "whoever has it may ask telemelya what was sent"
ANN = 4711
# In seconds: until we give up in good order, and until the process ends whatever it does.
PATIENCE = 40
END = 50


@contextmanager
def a_redis() -> Iterator[str]:
    """Give the address of a Redis for as long as that is needed."""
    with TcpFakeServer((HERE, 0)) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"{HERE}:{server.server_address[1]}"
        finally:
            server.shutdown()


@contextmanager
def an_s3() -> Iterator[str]:
    """Give the address of an S3 for as long as that is needed."""
    server = ThreadedMotoServer(HERE, 0, verbose=False)
    server.start()
    try:
        yield f"{HERE}:{server.get_host_and_port()[1]}"
    finally:
        server.stop()


@asynccontextmanager
async def served(pages: FastAPI) -> AsyncIterator[str]:
    """Give the address of these pages on a free port."""
    with socket.create_server((HERE, 0)) as listener:
        server = PageServer(pages, listener)
        await server.start()
        try:
            yield server.address
        finally:
            await server.stop()


@asynccontextmanager
async def a_telemelya(scratch: Path) -> AsyncIterator[str]:
    """Give the address of a telemelya with all that it needs."""
    with a_redis() as redis, an_s3() as s3:
        os.environ |= {
            "REDIS_URL": f"redis://{redis}/0",
            "MINIO_ENDPOINT": s3,
            "AUTH_KEYS": KEY,
        }
        # When imported it reads these, and whatever .env lies in the folder it is in.
        with chdir(scratch):
            pages = importlib.import_module("telemelya.server.app").app
        async with pages.router.lifespan_context(pages), served(pages) as url:
            yield url


@asynccontextmanager
async def a_relay(page: str) -> AsyncIterator[str]:
    """Give the address of a relay, which passes calls on to that page of ours with the secret.

    Telegram shows with every call the secret that setWebhook gave it. telemelya forgets it, and
    without it our page believes nobody; all else is passed on as it comes.
    """

    async def passed_on(call: web.Request) -> web.Response:
        headers = {HEADER: secret_of(TOKEN), "Content-Type": call.content_type}
        async with (
            aiohttp.ClientSession() as session,
            session.post(page, data=await call.read(), headers=headers) as answer,
        ):
            return web.Response(status=answer.status, body=await answer.read())

    application = web.Application()
    application.router.add_post("/", passed_on)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, HERE, 0).start()
        yield f"http://{HERE}:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def a_talk(scratch: Path) -> AsyncIterator[tuple[Database, Talk]]:
    """Give a conversation on a new database; it reads no photos."""
    settings = Settings(database_url=str(scratch / "subscriptions.db"))
    database = await open_database(settings)
    try:
        with closing(await open_talk(database, settings)) as talk:
            yield database, talk
    finally:
        await database.close()


@asynccontextmanager
async def our_bot(api: str, scratch: Path) -> AsyncIterator[str]:
    """Have our bot answer whoever calls it, and give the address of the page to call."""
    settings = TelegramSettings.model_validate(
        {"token": TOKEN, "api_url": api, "webhook": True}
    )
    pages, clock = FastAPI(), SystemClock()
    async with served(pages) as url, a_talk(scratch) as (database, talk):
        kept = Pressed(database, clock)
        channel = Telegram(settings, Surroundings(clock.now, kept, lambda *_: (), url))
        routes = channel.routes()
        assert routes is not None
        pages.include_router(routes)
        answering = asyncio.create_task(serve([channel], talk))
        try:
            yield f"{url}{PATH}"
        finally:
            await channel.close()
            await answering


@dataclass(slots=True)
class Ann:
    """Somebody who writes to our bot in telemelya, and reads what it answers."""

    client: TelegramTestClient

    async def writes(self, text: str) -> int:
        """Return how our page answered the call that brought her words."""
        return _status(await asyncio.to_thread(self.client.send_message, ANN, text))

    async def presses(self, label: str, post: dict[str, Any]) -> int:
        """Return how our page answered the call that brought the press of a button."""
        rows = post["reply_markup"]["inline_keyboard"]
        (says,) = [one["callback_data"] for row in rows for one in row if one["text"] == label]
        press = self.client.send_callback_query
        return _status(await asyncio.to_thread(press, ANN, says, post["message_id"]))

    async def noted(self) -> list[dict[str, Any]]:
        """Return what telemelya noted that our bot did, oldest first."""
        found: list[dict[str, Any]] = await asyncio.to_thread(self.client.get_responses)
        return found

    async def got(self, method: str, number: int = 1) -> dict[str, Any]:
        """Wait until our bot called a method so often, and return the last of these calls."""
        while True:
            found = [one for one in await self.noted() if one["method"] == method]
            if len(found) >= number:
                return found[number - 1]
            await asyncio.sleep(0.05)


def _status(delivered: dict[str, Any]) -> int:
    status: int = delivered["delivery"]["status_code"]
    return status


async def is_refused(ann: Ann, bot: aiohttp.ClientSession, page: str) -> None:
    """See to it that what comes without the secret is neither believed nor answered."""
    set_to = None
    while set_to != page:  # our bot asks to be called in its own time
        async with bot.post("getWebhookInfo") as told:
            set_to = (await told.json())["result"]["url"]
    assert await ann.writes("Anker A1263") == 401
    assert await ann.noted() == []


async def is_answered(ann: Ann, bot: aiohttp.ClientSession, relay: str) -> None:
    """Write, press the button of the answer, and read what comes."""
    async with bot.post("setWebhook", json={"url": relay}) as told:
        assert (await told.json())["ok"]
    assert await ann.writes("Anker A1263") == 200
    first = await ann.got("sendMessage")
    assert first["raw"]["parse_mode"] == "HTML"
    assert first["text"].startswith("<b>Product safety recall: check your Anker"), first["text"]
    assert await ann.presses("I have this", first) == 200
    assert (await ann.got("answerCallbackQuery"))["show_alert"] is False
    # A press comes here without the text of its post. We take that for a picture, so its
    # buttons go and the answer is a post of its own.
    assert (await ann.got("editMessageReplyMarkup"))["message_id"] == first["message_id"]
    second = await ann.got("sendMessage", 2)
    assert second["text"].startswith("I will remember: Anker A1263."), second["text"]


async def main(scratch: Path) -> None:
    """Run every part; nothing but the menu, which telemelya does not know, may go wrong."""
    with capture_logs() as logs:
        async with (
            asyncio.timeout(PATIENCE),
            a_telemelya(scratch) as api,
            our_bot(api, scratch) as page,
            a_relay(page) as relay,
            aiohttp.ClientSession(f"{api}/bot{TOKEN}/") as bot,
        ):
            with TelegramTestClient(api, KEY, TOKEN) as client:
                await is_refused(Ann(client), bot, page)
                await is_answered(Ann(client), bot, relay)
    wrong = [one["event"] for one in logs if one["log_level"] in {"warning", "error"}]
    assert wrong == ["menu_not_set"], wrong


if __name__ == "__main__":
    faulthandler.dump_traceback_later(END, exit=True)
    logging.disable(logging.WARNING)
    with TemporaryDirectory() as place:
        asyncio.run(main(Path(place)))
    sys.stdout.write(
        f"telemelya {version('telemelya')}: 401 without the secret; with it a message and a "
        "button were answered\n"
    )
