"""Requests to Discord: in their turn, within a time, and with what a failure means.

One party retries. Within one attempt that is discord.py: after a 429 it waits what it is told,
unless that is more than 30 seconds, and after 500, 502, 504 or 524 it asks again up to four
times; a nonce makes that harmless. `TIME_LIMIT` ends the attempt, and whether there is another
is up to whoever called us: the outbox, or for a reply nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from functools import partial
from typing import Any, TypeVar

import aiohttp
from discord import AllowedMentions, Client, Intents, LoginFailure

from bots.discord.address import Place
from bots.discord.circuit import Circuit
from bots.discord.failures import TOO_MANY, failure_of
from bots.discord.pace import Pace
from core.channel import AddressGone, DeliveryError, TryLater

T = TypeVar("T")
Failing = Callable[..., DeliveryError]
# Longer than the windows of Discord's usual limits, which discord.py waits out itself.
TIME_LIMIT = 25.0
LOGIN_LIMIT = 15.0
LONGEST_THROTTLE = 30.0


class Flight:
    """Whether the request under way may have reached Discord."""

    sent = False


_FLIGHT: ContextVar[Flight | None] = ContextVar("flight", default=None)


def _trace(circuit: Circuit) -> aiohttp.TraceConfig:
    """Return what tells a flight how far it came, and the circuit what came of it."""
    trace = aiohttp.TraceConfig()

    async def left(_: object, __: object, ___: object) -> None:
        if flight := _FLIGHT.get():
            flight.sent = True

    async def answered(_: object, __: object, end: aiohttp.TraceRequestEndParams) -> None:
        # What is throttled for everybody in a channel is not counted against us.
        if end.response.headers.get("X-RateLimit-Scope") != "shared":
            circuit.answered(end.response.status)
        # What was throttled was not looked at.
        if (flight := _FLIGHT.get()) and end.response.status == TOO_MANY:
            flight.sent = False

    trace.on_request_headers_sent.append(left)
    trace.on_request_end.append(answered)
    return trace


class Rest:
    """Calls Discord with `token`; logs in by itself, without a gateway."""

    def __init__(
        self, token: str, pace: Pace, circuit: Circuit, proxy: str | None = None
    ) -> None:
        """Ask nothing yet."""
        self._token = token
        self._proxy = proxy
        self._pace = pace
        self.circuit = circuit
        self._client: Client | None = None
        self._logging_in = asyncio.Lock()
        self._in_flight: set[object] = set()
        self._idle = asyncio.Event()
        self._closed = False

    def options(self) -> dict[str, Any]:
        """Return how every client of ours is built: nothing is kept that we do not need."""
        return {
            "allowed_mentions": AllowedMentions.none(),
            "max_messages": None,
            "max_ratelimit_timeout": LONGEST_THROTTLE,
            "http_trace": _trace(self.circuit),
            "proxy": self._proxy,
        }

    async def client(self) -> Client:
        """Return the client, logged in; raises what discord.py raises where that fails."""
        async with self._logging_in:
            if self._client is None:
                client = Client(intents=Intents(guilds=True), **self.options())
                try:
                    async with asyncio.timeout(LOGIN_LIMIT):
                        await client.login(self._token)
                except BaseException:
                    await client.close()
                    raise
                self._client = client
                self.circuit.token_works()
            return self._client

    async def call(
        self,
        work: Callable[[Client], Awaitable[T]],
        place: Place | None = None,
        *,
        reply: bool = False,
    ) -> T:
        """Return what `work` gives; raises the four errors of the contract alone."""
        self.circuit.check(place)
        await self._pace.turn(reply=reply)

        if self._client is not None:
            return await self.attempt(partial(work, self._client), place)

        async def logged_in() -> T:
            return await work(await self.client())

        return await self.attempt(logged_in, place)

    async def attempt(
        self,
        work: Callable[[], Awaitable[T]],
        place: Place | None = None,
        meaning: Failing = failure_of,
    ) -> T:
        """Do the same out of turn, for what Discord does not count: answers."""
        if self._closed:
            raise TryLater
        flight = Flight()
        _FLIGHT.set(flight)
        self._in_flight.add(flight)
        try:
            async with asyncio.timeout(TIME_LIMIT):
                return await work()
        except DeliveryError:
            raise
        except LoginFailure as error:
            self.circuit.note(error.__cause__ or error)
            raise TryLater from error
        except Exception as error:
            failure = meaning(error, sent=flight.sent)
            self.circuit.note(error, place)
            if place is not None and isinstance(failure, AddressGone):
                self.circuit.gone(place)
            raise failure from error
        finally:
            self._in_flight.discard(flight)
            if not self._in_flight:
                self._idle.set()

    async def idle(self) -> None:
        """Return when nothing is under way."""
        while self._in_flight:
            self._idle.clear()
            await self._idle.wait()

    async def close(self) -> None:
        """Let go of the connection; what is still under way fails."""
        self._closed = True
        await self._pace.close()
        if self._client is not None:
            await self._client.close()
