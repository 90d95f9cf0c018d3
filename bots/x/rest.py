"""Requests to X: signed by tweepy, on a session of ours, and with what a failure means.

Nothing is repeated here: tweepy does not wait for a limit to end (it fails on that with the
signatures we use), and whoever called us decides whether there is another attempt.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from datetime import datetime
from typing import Any

import aiohttp
from tweepy.asynchronous import AsyncClient
from yarl import URL

from bots.x.failures import Flight, failure_of, free_at
from bots.x.settings import API, Identity, XSettings
from core.channel import AddressGone, DeliveryError, DeliveryUnknown, TryLater

Json = Mapping[str, Any]
Work = Callable[[AsyncClient], Awaitable[Any]]
TIME_LIMIT = 25.0
NO_CONNECTION = (aiohttp.ClientError, OSError, TimeoutError)
CONNECT_SECONDS = 5.0

_FLIGHT: ContextVar[Flight | None] = ContextVar("flight", default=None)


def _trace() -> aiohttp.TraceConfig:
    """Return what tells a flight how far it came."""
    trace = aiohttp.TraceConfig()

    async def left(_: object, __: object, ___: object) -> None:
        if flight := _FLIGHT.get():
            flight.sent = True

    async def answered(_: object, __: object, end: aiohttp.TraceRequestEndParams) -> None:
        if flight := _FLIGHT.get():
            flight.status = end.response.status
            flight.free_at = free_at(end.response.headers)

    trace.on_request_headers_sent.append(left)
    trace.on_request_end.append(answered)
    return trace


def _readable(answer: object) -> Json:
    if not isinstance(answer, dict):
        raise DeliveryUnknown("an answer that cannot be read")
    return answer


def _redirect(api_url: str) -> aiohttp.ClientMiddlewareType:
    """Return what sends requests to another server, as tweepy signed them."""
    there = URL(api_url)

    async def redirected(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        host = there.host or ""
        request.url = (
            request.url.with_scheme(there.scheme).with_host(host).with_port(there.port)
        )
        return await handler(request)

    return redirected


class Rest:
    """Calls X as one of the accounts of `settings`; opens its session with the first call."""

    def __init__(self, settings: XSettings, now: Callable[[], datetime]) -> None:
        """Ask nothing yet; `now` tells the time in UTC."""
        self._settings = settings
        self._now = now
        self._session: aiohttp.ClientSession | None = None
        self._clients: dict[str, AsyncClient] = {}
        self._in_flight: set[object] = set()
        self._idle = asyncio.Event()
        self._closed = False

    async def call(self, handle: str, work: Work) -> tuple[Json, Flight]:
        """Return what X answered to `work`; raises the four errors of the contract alone.

        Repeated is a PostRejected. For what is no account of ours it is AddressGone.
        """
        if self._closed:
            raise TryLater
        client = self._client(handle)
        flight = Flight()
        _FLIGHT.set(flight)
        self._in_flight.add(flight)
        try:
            async with asyncio.timeout(TIME_LIMIT):
                answer = _readable(await work(client))
        except DeliveryError:
            raise
        except Exception as error:
            if not flight.sent and not isinstance(error, NO_CONNECTION):
                raise  # a mistake of ours, not an outage
            raise failure_of(error, flight, self._now()) from error
        finally:
            self._in_flight.discard(flight)
            if not self._in_flight:
                self._idle.set()
        return answer, flight

    async def read(self, handle: str, work: Work) -> Json:
        """Do the same for what changes nothing: then an outage is TryLater too."""
        try:
            return (await self.call(handle, work))[0]
        except DeliveryUnknown as error:
            raise TryLater from error

    async def idle(self) -> None:
        """Return when nothing is under way."""
        while self._in_flight:
            self._idle.clear()
            await self._idle.wait()

    async def close(self) -> None:
        """Let go of every connection; safe to call twice."""
        self._closed = True
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _client(self, handle: str) -> AsyncClient:
        known = {one.handle.casefold(): one for one in self._settings.identities}
        identity = known.get(handle.casefold())
        if identity is None:
            raise AddressGone(said="it is none of RECALLBOT_X_ACCOUNTS")
        if handle not in self._clients:
            self._clients[handle] = self._made(identity)
        return self._clients[handle]

    def _made(self, identity: Identity) -> AsyncClient:
        key, secret = self._settings.api_key, self._settings.api_secret
        client = AsyncClient(
            consumer_key=key.get_secret_value() if key else "",
            consumer_secret=secret.get_secret_value() if secret else "",
            access_token=identity.token,
            access_token_secret=identity.secret,
            return_type=dict,
            wait_on_rate_limit=False,
        )
        client.session = self._opened()
        return client

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            url = self._settings.api_url
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=TIME_LIMIT, sock_connect=CONNECT_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                middlewares=() if url == API else (_redirect(url),),
                trace_configs=[_trace()],
            )
        return self._session
