"""A process that reads a feed, plans and sends, to be killed at any moment."""

from __future__ import annotations

import asyncio
import os
import sys
import warnings
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from time import monotonic
from typing import Any

import structlog

from bots.surroundings import Surroundings
from bots.telegram.channel import Telegram
from bots.telegram.pace import UNLIMITED
from bots.telegram.settings import TelegramSettings
from core.alert.dispatch import Dispatcher, Pipe
from core.alert.planner import plan_all
from core.ingest.run import Reader
from core.match.decide import Knowledge
from core.model.lexicon import Lexicon
from core.store.work import Database
from tests.builders import NOW, an_age
from tests.fakes import FakeKept, FakeSource, a_record

LEXICON = Lexicon()
# Narrow, so that much is claimed and little is under way when it is killed.
PIPE = Pipe(width=4, ahead=16, commit=0.01, idle=0.01)
OLD = a_record(
    "old",
    brands=["Other"],
    product="Other Y1 kettle",
    title="Other recalls its Y1 kettle",
    units={"op": "model", "any_of": ["Y1"], "match": "exact"},
    published="2026-06-10",
)
NEW = a_record("new", published="2026-06-13")


@dataclass(frozen=True, slots=True)
class Errand:
    """What a process is to do: on which database, at which Telegram, how much later."""

    url: str
    folder: str
    telegram: str
    token: str
    later: timedelta = timedelta()


@dataclass(slots=True)
class Later:
    """A clock that goes on from some time after NOW."""

    by: timedelta
    begun: float

    def now(self) -> datetime:
        return NOW + self.by + timedelta(seconds=monotonic() - self.begun)


def run(errand: Errand, begun: Connection) -> None:
    """Do the errand to its end; say when it begins."""
    os.chdir(errand.folder)
    warnings.simplefilter("ignore")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    begun.send("begun")
    asyncio.run(_run(errand))


async def _run(errand: Errand) -> None:
    database = await Database.open(errand.url)
    clock = Later(errand.later, monotonic())
    await read(database, clock, [OLD, NEW])
    channel = _telegram(errand, clock)

    async def knowledge() -> Knowledge:
        return Knowledge(LEXICON, (an_age(),), clock.now())

    dispatcher = Dispatcher(database, channel, clock, knowledge, PIPE)
    planning = asyncio.create_task(plan_all(database, LEXICON, clock))
    while not planning.done():
        await dispatcher.drain()
        dispatcher = Dispatcher(database, channel, clock, knowledge, PIPE)
        await asyncio.sleep(0.005)
    await planning
    await dispatcher.drain()
    await channel.close()
    await database.close()


async def read(database: Database, clock: Later, records: list[Any]) -> None:
    """Read a feed with these records."""
    source = FakeSource(records=records, at=clock.now())
    await Reader(database, clock).cycle(source)


def _telegram(errand: Errand, clock: Later) -> Telegram:
    given = {"token": errand.token, "api_url": errand.telegram}
    around = Surroundings(clock.now, FakeKept(), lambda *_: ())
    return Telegram(TelegramSettings.model_validate(given), around, UNLIMITED)
