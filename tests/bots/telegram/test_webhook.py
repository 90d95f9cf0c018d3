"""Hearing by webhook: Telegram calls, and is believed only with the secret."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from bots.surroundings import Surroundings
from bots.telegram.channel import Telegram, open_telegram
from bots.telegram.webhook import HEADER, LARGEST_UPDATE, PATH, secret_of
from core.channel import Left
from core.settings import SettingsError
from tests.bots.telegram.stage import Stage, a_channel, opened
from tests.builders import NOW
from tests.fakes import FakeKept
from tests.platforms.telegram_server import TelegramServer


def pages(channel: Telegram) -> FastAPI:
    """Return a web application with the channel's page in it."""
    routes = channel.routes()
    assert routes is not None
    application = FastAPI()
    application.include_router(routes)
    return application


@asynccontextmanager
async def served(server: TelegramServer) -> AsyncIterator[Stage]:
    """Give a channel that Telegram calls at a web server of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with opened(server, webhook=True, public_url=url) as stage:
            config = uvicorn.Config(pages(stage.channel), log_config=None, lifespan="off")
            web = uvicorn.Server(config)
            serving = asyncio.create_task(web.serve([listener]))
            yield stage
            web.should_exit = True
            await serving


@pytest.fixture
async def called(server: TelegramServer) -> AsyncIterator[tuple[Stage, httpx.AsyncClient]]:
    """Give a channel that waits for calls, and a client that calls it."""
    given: dict[str, Any] = {"webhook": True, "public_url": "https://recalls.example.org"}
    async with opened(server, **given) as stage:
        await stage.until(lambda: server.updates.url)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(pages(stage.channel)), base_url="http://test"
        ) as client:
            yield stage, client


def an_update(server: TelegramServer, text: str = "hello", number: int = 1) -> bytes:
    """Return an update as Telegram writes it."""
    post = server.world.person().say(text)
    server.world.updates.clear()
    return json.dumps({"update_id": number, "message": post.now}).encode()


def secret(server: TelegramServer) -> dict[str, str]:
    return {HEADER: secret_of(server.token)}


async def test_what_people_say_is_heard_through_the_webhook(server: TelegramServer) -> None:
    async with served(server) as stage:
        ann = server.world.person()

        ann.say("first")
        ann.say("second")
        await stage.inbound(2)
        ann.block()
        await stage.until(lambda: isinstance(stage.heard[-1], Left))

        assert stage.said == ["first", "second"]
        assert server.counts["getUpdates", "200"] == 0


@pytest.mark.parametrize("header", [{}, {HEADER: ""}, {HEADER: "guess"}, {HEADER: "ü"}])
async def test_without_the_secret_nobody_is_believed(
    called: tuple[Stage, httpx.AsyncClient], header: dict[str, str]
) -> None:
    stage, client = called
    body = an_update(stage.server)
    encoded = {name: value.encode() for name, value in header.items()}

    answer = await client.post(PATH, content=body, headers=encoded)  # type: ignore[arg-type]

    assert answer.status_code == 401
    assert stage.heard == []


async def test_an_update_that_comes_twice_is_heard_once(
    called: tuple[Stage, httpx.AsyncClient],
) -> None:
    stage, client = called
    body = an_update(stage.server)

    answers = [
        await client.post(PATH, content=body, headers=secret(stage.server)) for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert stage.said == ["hello"]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"7", b"null", b"{", b'{"update_id":1,"message":{}}']
)
async def test_what_is_no_update_is_refused(
    called: tuple[Stage, httpx.AsyncClient], body: bytes
) -> None:
    stage, client = called

    answer = await client.post(PATH, content=body, headers=secret(stage.server))

    assert answer.status_code == 400


async def test_a_call_larger_than_any_update_is_refused(
    called: tuple[Stage, httpx.AsyncClient],
) -> None:
    stage, client = called
    body = b"x" * (LARGEST_UPDATE + 1)

    answer = await client.post(PATH, content=body, headers=secret(stage.server))

    assert answer.status_code == 413


async def test_when_nobody_listens_telegram_is_asked_to_come_again(
    server: TelegramServer,
) -> None:
    channel = a_channel(server, webhook=True, public_url="https://recalls.example.org")
    body = an_update(server)

    transport = httpx.ASGITransport(pages(channel))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.post(PATH, content=body, headers=secret(server))

    assert answer.status_code == 503
    await channel.close()


async def test_where_we_ask_ourselves_there_is_no_page(server: TelegramServer) -> None:
    channel = a_channel(server)

    assert channel.routes() is None
    await channel.close()


async def test_a_webhook_without_a_public_address_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    around = Surroundings(lambda: NOW, FakeKept(), lambda *_: ())
    assert await open_telegram(around) is None
    monkeypatch.setenv("RECALLBOT_TELEGRAM_TOKEN", "1:a")
    monkeypatch.setenv("RECALLBOT_TELEGRAM_WEBHOOK", "true")

    with pytest.raises(SettingsError, match="RECALLBOT_WEB_PUBLIC_URL"):
        await open_telegram(around)


async def test_a_token_alone_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECALLBOT_TELEGRAM_TOKEN", "1:a")

    channel = await open_telegram(Surroundings(lambda: NOW, FakeKept(), lambda *_: ()))

    assert channel is not None
    assert channel.kind == "telegram"
    await channel.close()


async def test_an_api_that_is_no_web_address_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RECALLBOT_TELEGRAM_API_URL", "telegram")

    with pytest.raises(SettingsError, match="RECALLBOT_TELEGRAM_API_URL"):
        await open_telegram(Surroundings(lambda: NOW, FakeKept(), lambda *_: ()))
