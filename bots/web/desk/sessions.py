"""Who is signed in: a secret in a cookie, its digest in the database, a token in every form."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bots.web.desk.roles import Operator, Role
from core.store import operators
from core.store import sessions as kept
from core.store.work import Database

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
# Not every page needs to be written down.
SEEN_EVERY = timedelta(minutes=1)
STRENGTH = 32


@dataclass(frozen=True, slots=True)
class Secret:
    """What a browser holds; its digest names it to us, and its token stands in its forms."""

    text: str = field(repr=False)

    @property
    def digest(self) -> str:
        """Return what is kept of it."""
        return sha256(self.text.encode()).hexdigest()

    @property
    def token(self) -> str:
        """Return what its forms carry; the secret cannot be found from it."""
        return hmac.new(self.text.encode(), b"recallbot desk form", sha256).hexdigest()

    def trusts(self, token: str) -> bool:
        """Say whether a form came from a page that this browser was given."""
        return hmac.compare_digest(self.token.encode(), token.encode())


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in, and as whom."""

    secret: Secret
    operator: Operator

    @property
    def digest(self) -> str:
        """Return what names the session in the database."""
        return self.secret.digest

    @property
    def token(self) -> str:
        """Return what the session's forms carry."""
        return self.secret.token

    def trusts(self, token: str) -> bool:
        """Say whether a form came from a page of this session."""
        return self.secret.trusts(token)


class Sessions:
    """Begins, knows and ends sessions."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], *, encrypted: bool
    ) -> None:
        """Keep them in `database`; `encrypted` where people reach the pages by https."""
        self._database = database
        self.now = now
        self._encrypted = encrypted
        self._cookie = "__Host-recallbot-desk" if encrypted else "recallbot-desk"

    async def must_be_open(self) -> None:
        """Raise HTTPException (404) while nobody works at the desk."""
        async with self._database.reading() as connection:
            if not await operators.anybody(connection):
                raise HTTPException(404)

    def held(self, request: Request) -> Secret | None:
        """Return what the browser holds, signed in or not."""
        text = request.cookies.get(self._cookie, "")
        return Secret(text) if text else None

    async def known(self, request: Request) -> Session | None:
        """Return who is signed in with that browser, None where nobody is any more."""
        secret = self.held(request)
        if secret is None:
            return None
        async with self._database.reading() as connection:
            found = await kept.find(connection, secret.digest)
        now = self.now()
        if found is None or now - found.seen_at > IDLE or now - found.begun_at > LONGEST:
            return None
        if now - found.seen_at > SEEN_EVERY:
            async with self._database.writing() as connection:
                await kept.seen(connection, secret.digest, now)
        return Session(secret, Operator(found.operator, found.name, Role(found.role)))

    async def begin(
        self, connection: AsyncConnection, operator: int, before: Secret | None
    ) -> Secret:
        """Begin a session under a secret nobody had before; that of `before` is over."""
        now = self.now()
        if before is not None:
            await kept.end(connection, before.digest)
        await kept.sweep(connection, now - LONGEST, now - IDLE)
        secret = new_secret()
        await kept.begin(connection, secret.digest, operator, now)
        return secret

    def put(self, response: Response, secret: Secret) -> None:
        """Have the browser hold it until it is closed, and send it to our own pages alone."""
        response.set_cookie(
            self._cookie,
            secret.text,
            path="/",
            secure=self._encrypted,
            httponly=True,
            samesite="strict",
        )

    def drop(self, response: Response) -> None:
        """Have the browser forget it."""
        response.delete_cookie(
            self._cookie,
            path="/",
            secure=self._encrypted,
            httponly=True,
            samesite="strict",
        )


def new_secret() -> Secret:
    """Return 256 random bits."""
    return Secret(secrets.token_urlsafe(STRENGTH))
