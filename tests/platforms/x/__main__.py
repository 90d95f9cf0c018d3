"""Runs an X in a process of its own, for measuring, and prints where it is."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

from tests.platforms.x_server import Limits, XServer


async def main() -> None:
    """Serve until the process is ended."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--port", type=int, default=0, help="0 takes a free one")
    words.add_argument("--accounts", type=int, default=1, help="that the app may post for")
    words.add_argument("--delay", type=float, default=0.0, help="milliseconds before an answer")
    words.add_argument("--credits", type=float, help="dollars, then 402")
    words.add_argument("--self-replies", action="store_true", help="threads are allowed")
    words.add_argument("--without-limits", action="store_true", help="throttle nothing")
    chosen = words.parse_args()
    server = XServer(None if chosen.without_limits else Limits(), port=chosen.port)
    server.faults.delay = chosen.delay / 1000
    server.dollars = chosen.credits
    for number in range(1, chosen.accounts):
        server.account(f"{server.handle}{number}")
    for account in server.accounts:
        account.self_replies = chosen.self_replies
    async with server:
        shown = {
            "url": server.url,
            "api_key": server.api_key,
            "api_secret": server.api_secret,
            "accounts": [account.setting for account in server.accounts],
        }
        sys.stdout.write(json.dumps(shown) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
