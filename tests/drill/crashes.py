"""Kills the victim at a seeded moment, starts it again until all is quiet, and counts."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic

from sqlalchemy import text

from core.model.delivery import State
from core.store import addresses, subscribers
from core.store.work import Database
from tests.builders import a_unit
from tests.drill.victim import OLD, Errand, Later, read, run
from tests.platforms.telegram_server import TelegramServer

OWNERS = 40
# Longer than any lease and any pause.
LATER = timedelta(hours=1)
RESTARTS = 8
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.drill.victim"])
_CHATS = text(
    "SELECT a.pk, d.state FROM address a LEFT JOIN delivery d ON d.address = a.pk"
    " WHERE a.channel = 'telegram'"
)
Fresh = Callable[[], AbstractContextManager[str]]


@dataclass(frozen=True, slots=True)
class Crash:
    """What came of one kill: how many were lost, got it again, and may have got it again.

    `after` is how long it had worked, in seconds; `held` were claimed and not yet settled.
    """

    seed: int
    after: float
    sent: int
    held: int
    lost: int
    repeated: int
    doubled_unheld: int


@dataclass(slots=True)
class Drill:
    """One kind of database, and a Telegram of the drill's own."""

    fresh: Fresh
    folder: Path
    server: TelegramServer
    whole: float = 0.0

    async def measure(self) -> None:
        """Note how long the work takes when nobody is killed."""
        with self.fresh() as url:
            errand, _ = await self._prepared(url)
            begun, process = await self._started(errand)
            await asyncio.to_thread(process.join)
            self.whole = monotonic() - begun

    async def crash(self, seed: int) -> Crash:
        """Kill one process, or with an odd seed one of two, and let others complete it."""
        chance = random.Random(seed)  # noqa: S311 - any moment will do
        with self.fresh() as url:
            errand, people = await self._prepared(url)
            others = [await self._started(errand)] if seed % 2 else []
            begun, process = await self._started(errand)
            await asyncio.sleep(
                max(0.0, begun + chance.random() ** 0.5 * self.whole - monotonic())
            )
            after = monotonic() - begun
            process.kill()
            await asyncio.to_thread(process.join)
            for _, other in others:
                await asyncio.to_thread(other.join)
            held = await self._held(url)
            sent = sum(map(self._count, people))
            await self._complete(url, errand)
        counts = {person: self._count(person) for person in people}
        return Crash(
            seed,
            after,
            sent,
            len(held),
            sum(1 for count in counts.values() if not count),
            sum(max(0, count - 1) for count in counts.values()),
            sum(1 for one, count in counts.items() if count > 1 + (people[one] in held)),
        )

    def _count(self, person: int) -> int:
        return len(self.server.world.chats[person].posts)

    async def _prepared(self, url: str) -> tuple[Errand, dict[int, int]]:
        """Let people own what will be recalled; return their addresses by their chats."""
        errand = Errand(url, str(self.folder), self.server.url, self.server.token)
        database = await Database.open(url)
        clock, people = Later(-LATER, monotonic()), {}
        await read(database, clock, [OLD])
        async with database.writing() as connection:
            for _ in range(OWNERS):
                chat = self.server.world.person().id
                who = await subscribers.subscriber(
                    connection, "telegram", str(chat), clock.now()
                )
                await subscribers.add_item(connection, who, a_unit(), clock.now())
                people[chat] = (await addresses.of_person(connection, who.pk))[0].pk
        await database.close()
        return errand, people

    async def _started(self, errand: Errand) -> tuple[float, BaseProcess]:
        begun, told = _CONTEXT.Pipe(duplex=False)
        process = _CONTEXT.Process(target=run, args=(errand, told))
        process.start()
        await asyncio.to_thread(begun.recv)
        return monotonic(), process

    async def _complete(self, url: str, errand: Errand) -> None:
        for turn in range(1, RESTARTS):
            again = Errand(*_where(errand), later=turn * LATER)
            _, process = await self._started(again)
            await asyncio.to_thread(process.join)
            if await self._quiet(url):
                return
        raise RuntimeError("it never became quiet")

    async def _held(self, url: str) -> set[int]:
        """Return the addresses whose delivery is claimed and not settled."""
        return {pk for pk, state in await self._deliveries(url) if state == State.CLAIMED}

    async def _quiet(self, url: str) -> bool:
        rows = await self._deliveries(url)
        return all(state is not None and State(state).settled for _, state in rows)

    async def _deliveries(self, url: str) -> list[tuple[int, int | None]]:
        database = await Database.open(url)
        async with database.reading() as connection:
            rows = [(row.pk, row.state) for row in await connection.execute(_CHATS)]
        await database.close()
        return rows


def _where(errand: Errand) -> tuple[str, str, str, str]:
    return (errand.url, errand.folder, errand.telegram, errand.token)
