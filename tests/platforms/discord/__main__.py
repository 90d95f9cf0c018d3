"""Runs a Discord in a process of its own, for measuring, and prints where it is."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

from tests.platforms.discord_server import a_discord


async def main() -> None:
    """Serve until the process is ended."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--channels", type=int, default=1, help="channels of the one server")
    words.add_argument("--delay", type=float, default=0.0, help="milliseconds before an answer")
    words.add_argument("--without-limits", action="store_true", help="throttle nothing")
    chosen = words.parse_args()
    async with a_discord() as discord:
        guild = discord.guild("Parents", owner=discord.person("ann"))
        rooms = [guild.text(f"room-{number}") for number in range(chosen.channels)]
        discord.faults.delay = chosen.delay / 1000
        if chosen.without_limits:
            discord.limits.lift()
        shown = {
            "api": discord.api,
            "gateway": discord.gateway.url,
            "token": discord.token,
            "guild": guild.id,
            "channels": [room.id for room in rooms],
        }
        sys.stdout.write(json.dumps(shown) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
