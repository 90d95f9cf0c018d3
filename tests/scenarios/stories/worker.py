"""A process that plans and sends as another machine would; stories start and kill it.

It is told the database, where the platform is, and the token; on SIGTERM it gives back what it
has not begun, and says how many posts it was asked to send.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import suppress
from datetime import timedelta

from bots.surroundings import Surroundings
from bots.telegram.channel import Telegram
from bots.telegram.pace import UNLIMITED
from bots.telegram.settings import TelegramSettings
from core.alert.dispatch import Dispatcher, Pipe
from core.alert.planner import plan_all
from core.channel import Address, Post, Receipt
from core.clock import SystemClock
from core.match.decide import Knowledge
from core.store import notices
from core.store.work import Database
from tests.fakes import FakeKept

PIPE = Pipe(width=4, ahead=4, lease=timedelta(seconds=1), idle=0.05)
LOOK = 0.1


class Counting:
    """A channel that counts what it was asked to send."""

    def __init__(self, channel: Telegram) -> None:
        """Send through that channel."""
        self.kind, self.capabilities = channel.kind, channel.capabilities
        self.render, self.edit, self.find = channel.render, channel.edit, channel.find
        self.listen, self.close = channel.listen, channel.close
        self.sent = 0
        self._send = channel.send

    async def send(
        self, post: Post, to: Address, *, key: str, reply_to: str | None = None
    ) -> Receipt:
        """Send one post, and count it."""
        self.sent += 1
        return await self._send(post, to, key=key, reply_to=reply_to)


async def work(url: str, platform: str, token: str) -> None:
    """Plan and send until we are told to stop."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    clock = SystemClock()
    database = await Database.open(url)
    settings = TelegramSettings.model_validate({"token": token, "api_url": platform})
    around = Surroundings(clock.now, FakeKept(), lambda *_: ())
    channel = Counting(Telegram(settings, around, UNLIMITED))

    async def knowledge() -> Knowledge:
        async with database.reading() as connection:
            return Knowledge(await notices.lexicon(connection), (), clock.now())

    dispatcher = Dispatcher(database, channel, clock, knowledge, PIPE)
    dispatching = asyncio.create_task(dispatcher.run(stopping))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while not stopping.is_set():
        await plan_all(database, (await knowledge()).lexicon, clock)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), LOOK)
    await dispatching
    await channel.close()
    await database.close()
    sys.stdout.write(f"sent {channel.sent}\n")


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:]))
