"""One account's way in: a session that outlives us, since Bluesky allows few log-ins a day."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from typing import TypeVar

import httpx
import structlog
from atproto import AsyncClient, AsyncRequest, Session, SessionEvent
from atproto.exceptions import RequestErrorBase

from bots.bluesky.failures import FAILURES, is_stale, name_of_error, said_by
from core.channel import Positions, TryLater

T = TypeVar("T")
log = structlog.get_logger(__name__)
KIND = "bluesky"
# Longer than anything but an upload on a slow line takes.
PATIENCE = httpx.Timeout(30, connect=10)
# A hundred log-ins a day are allowed: https://github.com/bluesky-social/bsky-docs/issues/183
WRONG = frozenset({"AuthenticationRequired", "AuthFactorTokenRequired"})
LOCKED_OUT_PAUSE = timedelta(hours=1)
LOCKED_OUT = (
    "Bluesky does not take the password: make an app password (Settings, Privacy and security, "
    "App passwords) and put it into RECALLBOT_BLUESKY_ACCOUNTS"
)


def new_client(service: str) -> AsyncClient:
    """Return a client of that server, not logged in; whoever gets it closes its request."""
    return AsyncClient(service, request=AsyncRequest(timeout=PATIENCE, verify=_certificates()))


@cache
def _certificates() -> ssl.SSLContext:
    # Reading them takes longer than a post.
    return httpx.create_ssl_context()


class Login:
    """Asks Bluesky in the name of one account; logs in at the first question."""

    def __init__(
        self,
        account: tuple[str, str],
        service: str,
        positions: Positions | None,
        now: Callable[[], datetime],
    ) -> None:
        """Be the account of that handle and password; nothing is asked yet."""
        self._handle, self._password = account
        self._service = service
        self._positions = positions
        self._now = now
        self._client: AsyncClient | None = None
        self._session: Session | None = None
        self._no_log_in_before: datetime | None = None
        self._lock = asyncio.Lock()

    @property
    def account(self) -> str:
        """Return the account's DID, or its handle as long as nothing was asked."""
        return str(self._session.did) if self._session else self._handle

    async def ask(self, call: Callable[[AsyncClient], Awaitable[T]]) -> T:
        """Return what `call` gives, if need be with a new session.

        Raises the library's errors, and TryLater where the password is wrong.
        """
        client = await self.ready()
        used = self._session
        try:
            return await call(client)
        except RequestErrorBase as error:
            if not is_stale(error):
                raise
        return await call(await self._renewed(used))

    async def close(self) -> None:
        """Let go of the connections; safe to call twice."""
        client, self._client = self._client, None
        if client is not None:
            await client.request.close()

    async def ready(self) -> AsyncClient:
        """Return the library's client, logged in; raises as `ask` does."""
        async with self._lock:
            client = self._client = self._client or self._new_client()
            if self._session is None and not await self._take_kept(client):
                await self._log_in(client)
            return client

    async def _renewed(self, used: Session | None) -> AsyncClient:
        """Return a client with another session than the one that was used.

        Another task of ours may have renewed it, or another process; then theirs is taken.
        """
        async with self._lock:
            client = self._client = self._client or self._new_client()
            if _token(self._session) != _token(used) or await self._take_kept(client):
                return client
            if not await self._refresh(client):
                await self._log_in(client)
            return client

    def _new_client(self) -> AsyncClient:
        client = new_client(self._service)

        client.on_session_change(self._changed)
        return client

    async def _changed(self, event: SessionEvent, session: Session) -> None:
        self._session = session
        if event is not SessionEvent.IMPORT:
            await self._keep(session)

    async def _keep(self, session: Session) -> None:
        if self._positions is not None:
            await self._positions.keep(self._place, f"{self._service} {session.encode()}")

    @property
    def _place(self) -> str:
        return f"{KIND}:session:{self._handle}"

    async def _take_kept(self, client: AsyncClient) -> bool:
        """Take the session that was kept, and say whether there is one that is not ours yet."""
        kept = await self._positions.position(self._place) if self._positions else None
        service, _, session = (kept or "").partition(" ")
        if service != self._service or (self._session and self._session.encode() == session):
            return False
        with suppress(ValueError):
            await client.login(session_string=session, fetch_bsky_profile=False)
            return True
        return False

    async def _refresh(self, client: AsyncClient) -> bool:
        """Have the session renewed, and say whether Bluesky did so."""
        old = self._session
        if old is None:
            return False
        try:
            new = await client.com.atproto.server.refresh_session(
                headers={"Authorization": f"Bearer {old.refresh_jwt}"},
                ignore_session_check=True,
            )
        except RequestErrorBase as error:
            if is_stale(error):
                return False
            raise
        fresh = Session(new.handle, new.did, new.access_jwt, new.refresh_jwt, old.pds_endpoint)
        await client.login(session_string=fresh.encode(), fetch_bsky_profile=False)
        await self._keep(fresh)
        return True

    async def _log_in(self, client: AsyncClient) -> None:
        now = self._now()
        if self._no_log_in_before and now < self._no_log_in_before:
            raise TryLater(self._no_log_in_before - now, LOCKED_OUT)
        try:
            await client.login(self._handle, self._password, fetch_bsky_profile=False)
        except FAILURES as error:
            if name_of_error(error) not in WRONG:
                raise
            self._no_log_in_before = now + LOCKED_OUT_PAUSE
            log.warning("channel_down", channel=KIND, reason=said_by(error), advice=LOCKED_OUT)
            raise TryLater(LOCKED_OUT_PAUSE, LOCKED_OUT) from error
        self._no_log_in_before = None


def _token(session: Session | None) -> str | None:
    return session.access_jwt if session else None
