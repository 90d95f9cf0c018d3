"""The connection that hears people: built anew as often as it fails, until it is closed.

A client of discord.py is of no use any more once its first handshake failed (2.7.1 dies with an
AttributeError), so each try gets a new one. Within one, the library resumes dropped sessions.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import ClientError
from discord import AutoShardedClient, Client, HTTPException, Intents, MemberCacheFlags
from discord.gateway import KeepAliveHandler

from bots.discord.rest import Rest
from bots.discord.standing import Standing

# No privileged one: commands, buttons and forms come anyway, and what is written to us alone
# comes with its text. What people write in servers is not even sent to us.
INTENTS = Intents(guilds=True, dm_messages=True)
CLOSE_LIMIT = 2.0
READY_LIMIT = 2.0


class NoStartsLeft(Exception):  # noqa: N818 - what Discord says, not an accident
    """Discord lets nobody connect more often than so many times a day."""


class Gateway:
    """Listens with clients that `wire` prepares; `prepare` runs before each connection."""

    def __init__(
        self,
        token: str,
        rest: Rest,
        standing: Standing,
        wire: Callable[[Client], Awaitable[None]],
        prepare: Callable[[Client], Awaitable[None]],
    ) -> None:
        """Begin unconnected."""
        self._token = token
        self._rest = rest
        self._standing = standing
        self._wire = wire
        self._prepare = prepare
        self._client: Client | None = None
        self._overdue: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Listen for ever."""
        while True:
            try:
                await self._listen()
            except Exception as error:  # whatever it was, the next client begins afresh
                pause = self._standing.down(error)
            else:
                pause = self._standing.down(ConnectionError())
            await asyncio.sleep(pause)

    async def _listen(self) -> None:
        rest = await self._rest.client()
        shards, _, limit = await rest.http.get_bot_gateway()
        if limit["remaining"] < shards:
            raise NoStartsLeft
        await self._prepare(rest)
        client = self._build(shards)
        self._client = client
        try:
            await self._wire(client)
            await client.start(self._token)
        finally:
            await self.close()

    def _build(self, shards: int) -> Client:
        kind = AutoShardedClient if shards > 1 else Client
        client = kind(
            intents=INTENTS,
            member_cache_flags=MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=READY_LIMIT,
            **self._rest.options(),
        )
        for event, heard in (
            ("on_connect", self._came),
            ("on_resumed", self._came),
            ("on_disconnect", self._dropped),
        ):
            setattr(client, event, heard)
        return client

    async def _came(self) -> None:
        self._forget_overdue()
        self._rest.circuit.token_works()
        self._standing.up()

    async def _dropped(self) -> None:
        """Say so, unless it is back within a while: Discord drops everybody now and then."""
        self._forget_overdue()
        patience = self._standing.pauses.patience
        loop = asyncio.get_running_loop()
        self._overdue = loop.call_later(patience, self._standing.down, ConnectionError())

    def _forget_overdue(self) -> None:
        if self._overdue is not None:
            self._overdue.cancel()
            self._overdue = None

    async def close(self) -> None:
        """Let go of the connection; safe to call twice."""
        self._forget_overdue()
        client, self._client = self._client, None
        if client is None:
            return
        try:
            with suppress(TimeoutError, HTTPException, OSError):
                async with asyncio.timeout(CLOSE_LIMIT):
                    if not client.is_closed():
                        await client.close()
        finally:
            # A close that was interrupted counts as done in the library, and leaves this open.
            await _close_what_is_opening()
            await client.http.close()


async def _close_what_is_opening() -> None:
    """Close the connections that are kept alive still, and end the threads that do it.

    discord.py 2.7.1 closes those of the shards that it knows; one that was being opened would
    beat on, into a loop that is gone.
    """
    here = asyncio.get_running_loop()
    for thread in threading.enumerate():
        if isinstance(thread, KeepAliveHandler) and thread.ws.loop is here:
            thread.stop()
            with suppress(TimeoutError, OSError, ClientError):
                async with asyncio.timeout(CLOSE_LIMIT):
                    await thread.ws.close()
