"""A bare client of the Telegram server, which checks nothing itself."""

from __future__ import annotations

from typing import Any

import aiohttp

from tests.platforms.telegram_server import TelegramServer


async def call(server: TelegramServer, method: str, **given: Any) -> dict[str, Any]:
    """Call a method with these parameters and return the whole answer."""
    url = f"{server.url}/bot{server.token}/{method}"
    async with aiohttp.ClientSession() as session, session.post(url, json=given) as answer:
        told: dict[str, Any] = await answer.json()
        return told
