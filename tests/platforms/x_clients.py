"""Points tweepy at an X on loopback; it signs for the real address, as it always does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import oauthlib.oauth1
import requests
import tweepy
import tweepy.asynchronous
from requests.adapters import HTTPAdapter

from tests.platforms.x_server import Account, XServer

ADDRESS = "https://api.twitter.com"


class _There(HTTPAdapter):
    """Sends what was meant for X to another address."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def send(self, request: Any, *given: Any, **named: Any) -> requests.Response:
        request.url = request.url.replace(ADDRESS, self._url)
        named["timeout"] = 10  # tweepy names none
        return super().send(request, *given, **named)


def a_client(server: XServer, account: Account | None = None) -> tweepy.Client:
    """Return tweepy's blocking client for an account, the first one if none is named."""
    client = tweepy.Client(**_keys(server, account))
    client.session.mount(ADDRESS, _There(server.url))
    return client


@asynccontextmanager
async def an_async_client(
    server: XServer, account: Account | None = None, *, seconds: float = 10
) -> AsyncIterator[tweepy.asynchronous.AsyncClient]:
    """Give tweepy's asynchronous client for an account, on a session that is closed after."""

    async def there(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        to = request.url.with_scheme("http").with_host("127.0.0.1")
        request.url = to.with_port(server.port)
        return await handler(request)

    client = tweepy.asynchronous.AsyncClient(**_keys(server, account))
    timeout = aiohttp.ClientTimeout(total=seconds)
    async with aiohttp.ClientSession(middlewares=(there,), timeout=timeout) as session:
        client.session = session
        yield client


async def called(
    server: XServer, method: str, path: str, *, account: Account | None = None, **body: Any
) -> tuple[int, Any]:
    """Return status and answer of a signed request that tweepy has no method for."""
    keys = _keys(server, account)
    signer = oauthlib.oauth1.Client(
        keys["consumer_key"],
        client_secret=keys["consumer_secret"],
        resource_owner_key=keys["access_token"],
        resource_owner_secret=keys["access_token_secret"],
    )
    _, headers, _ = signer.sign("https://api.x.com" + path, method)
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, server.url + path, headers=headers, **body) as answer,
    ):
        return answer.status, await answer.json(content_type=None)


def _keys(server: XServer, account: Account | None) -> dict[str, str]:
    ours = account or server.accounts[0]
    keys = {"consumer_key": server.api_key, "consumer_secret": server.api_secret}
    return keys | {"access_token": ours.token, "access_token_secret": ours.secret}
