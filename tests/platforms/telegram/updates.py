"""How an invented Telegram hands over updates: by long poll, or to a webhook."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tests.platforms.telegram.posts import Object
from tests.platforms.telegram.rules import Refused, bad
from tests.platforms.telegram.world import World

Given = Mapping[str, Any]
MOST, LONGEST_POLL = 100, 50
HERE = {"127.0.0.1", "localhost"}
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
TWO_POLLERS = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
HAS_WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


@dataclass(slots=True)
class Updates:
    """The queue of updates and where it goes; `revoked` tells that the token is no more.

    A webhook may be plain http on this machine, as a Bot API server of one's own allows.
    """

    world: World
    revoked: Callable[[], bool]
    pause: float
    url: str = ""
    secret: str = ""
    connections: int = 40
    failed: Object = field(default_factory=dict)
    closing: bool = False
    _poll: object | None = None
    _delivery: asyncio.Task[None] | None = None

    def table(self) -> dict[str, Callable[[Given], Any]]:
        """Return the methods by their names."""
        return {
            "getUpdates": self.get_updates,
            "setWebhook": self.set_webhook,
            "deleteWebhook": self.delete_webhook,
            "getWebhookInfo": self.webhook_info,
        }

    async def get_updates(self, given: Given) -> list[Object]:
        """getUpdates; a second poller ends the first one's poll."""
        if self.url:
            raise Refused(409, HAS_WEBHOOK)
        self._poll = poll = object()
        self.world.touch()
        self._allow(given)
        self._forget(given.get("offset", 0))
        seconds = min(max(given.get("timeout", 0), 0), LONGEST_POLL)
        try:
            await self.world.until(lambda: self._ends(poll), seconds)
        except TimeoutError:
            return []
        if self._poll is not poll:
            raise Refused(409, TWO_POLLERS)
        if self.revoked():
            raise Refused(401, "Unauthorized")
        return self.world.updates[: min(max(given.get("limit", MOST), 1), MOST)]

    def _ends(self, poll: object) -> bool:
        over = self._poll is not poll or self.revoked() or self.closing
        return over or bool(self.world.updates)

    def _allow(self, given: Given) -> None:
        if "allowed_updates" in given:
            self.world.allowed = frozenset(given["allowed_updates"])

    def _forget(self, offset: int) -> None:
        """Drop what is confirmed by asking for what comes after it."""
        updates = self.world.updates
        if offset < 0:
            del updates[:offset]
        while updates and updates[0]["update_id"] < offset:
            del updates[0]

    async def set_webhook(self, given: Given) -> bool:
        """setWebhook."""
        url = urlsplit(given.get("url", ""))
        if not given.get("url"):
            return await self.delete_webhook(given)
        if url.scheme != "https" and url.hostname not in HERE:
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if not SECRET.fullmatch(given.get("secret_token", "none")):
            raise bad("secret token contains unallowed characters")
        if not 1 <= given.get("max_connections", 40) <= 100:
            raise bad("max_connections is out of bounds")  # *unverified*
        await self.delete_webhook(given)
        self._allow(given)
        self.url, self.secret = given["url"], given.get("secret_token", "")
        self.connections, self.failed = given.get("max_connections", 40), {}
        self._delivery = asyncio.create_task(self._deliver())
        self.world.touch()
        return True

    async def delete_webhook(self, given: Given) -> bool:
        """deleteWebhook."""
        if self._delivery is not None:
            self._delivery.cancel()
            await asyncio.wait([self._delivery])
        self.url, self._delivery = "", None
        if given.get("drop_pending_updates"):
            self.world.updates.clear()
        return True

    async def webhook_info(self, _: Given) -> Object:
        """getWebhookInfo."""
        told: Object = {"url": self.url, "has_custom_certificate": False}
        told |= {"pending_update_count": len(self.world.updates)} | self.failed
        if self.url:
            told |= {"max_connections": self.connections, "ip_address": "127.0.0.1"}
        return told | (
            {"allowed_updates": sorted(self.world.allowed)} if self.world.allowed else {}
        )

    async def _deliver(self) -> None:
        """Hand over one update after the other; one that is not taken is tried again."""
        header = {SECRET_HEADER: self.secret} if self.secret else {}
        async with aiohttp.ClientSession(headers=header) as session:
            while True:
                update = (await self.world.until(lambda: self.world.updates, None))[0]
                failure = await self._tried(session, update)
                if failure is None:
                    self.world.updates.remove(update)
                    self.world.touch()
                    continue
                date = {"last_error_date": int(self.world.now())}
                self.failed = date | {"last_error_message": failure}
                self.world.touch()
                await asyncio.sleep(self.pause)

    async def _tried(self, session: aiohttp.ClientSession, update: Object) -> str | None:
        """Return why the webhook did not take an update, None where it did."""
        if urlsplit(self.url).hostname not in HERE:
            return "Connection timed out"  # this server reaches nothing beyond the machine
        try:
            async with session.post(self.url, json=update, timeout=_PATIENCE) as answer:
                if answer.ok:
                    return None
                return f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except aiohttp.ClientError:
            return "Connection refused"
        except TimeoutError:
            return "Read timeout expired"

    async def close(self) -> None:
        """End every poll and delivery."""
        self.closing = True
        self.world.touch()
        await self.delete_webhook({})


_PATIENCE = aiohttp.ClientTimeout(total=10)
