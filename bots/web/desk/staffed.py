"""Whether the pages show the way to the desk: where somebody works at it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from starlette.types import ASGIApp, Receive, Scope, Send

from core.store import operators
from core.store.failure import StoreUnavailable
from core.store.work import Database

# The first operator comes once; the pages need not ask every time.
LOOKED_EVERY = timedelta(seconds=30)
STAFFED = "staffed"


class Staffed:
    """Lets every page know, in `request.state`, whether somebody works at the desk."""

    def __init__(self, app: ASGIApp, database: Database, now: Callable[[], datetime]) -> None:
        """Wrap `app`; look into `database` twice a minute at most."""
        self._app = app
        self._database = database
        self._now = now
        self._looked: datetime | None = None
        self._staffed = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            scope.setdefault("state", {})[STAFFED] = await self._known()
        await self._app(scope, receive, send)

    async def _known(self) -> bool:
        now = self._now()
        if self._looked is None or not timedelta() <= now - self._looked < LOOKED_EVERY:
            self._looked = now
            try:
                async with self._database.reading() as connection:
                    self._staffed = await operators.anybody(connection)
            except StoreUnavailable:
                return self._staffed  # the page itself says what is wrong
        return self._staffed
