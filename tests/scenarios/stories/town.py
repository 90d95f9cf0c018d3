"""Where stories of alerts play: people, authorities, and the whole bot, in simulated time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from bots.memory import KIND, Memory, Sent
from core.alert.dispatch import Dispatcher, Pipe
from core.alert.follow_up import plan_follow_ups
from core.alert.planner import plan_all
from core.channel import Address, Channel, Inbound
from core.ingest.report import Report
from core.ingest.run import Payload, Reader
from core.match.decide import Knowledge
from core.model.message import Message
from core.query.ages import aged
from core.query.talk import Talk
from core.sources.contract import Source
from core.sources.http import Fetcher
from core.sources.registry import build
from core.store import notices
from core.store.schema import METADATA, UtcDateTime
from core.store.work import Database
from tests.fakes import FakeSource
from tests.scenarios.stage import FixedClock

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
# Little at a time and soon written down: these are small towns.
SMALL = Pipe(width=8, ahead=8, commit=0.002)
LINK = "https://bot.example/?start={payload}"
_DUE = text(
    "SELECT MIN(due_at) AS due, (SELECT MIN(remind_at) FROM delivery) AS remind"
    " FROM delivery WHERE due_at IS NOT NULL AND state IN (1, 2, 3)"
).columns(due=UtcDateTime(), remind=UtcDateTime())


@dataclass(slots=True)
class Town:
    """One bot on its own database, with everything that runs in it, and the people around.

    Nothing happens by itself: `reads` lets an authority answer, `says` somebody speak, and
    `passes` lets time pass, in which everything happens that is due.
    """

    database: Database
    talk: Talk
    clock: FixedClock
    letters: Memory
    channels: tuple[Channel, ...] = ()
    sources: dict[str, Source] = field(default_factory=dict)
    _dispatchers: list[Dispatcher] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Let posts go out through every channel."""
        self.channels = self.channels or (self.letters,)
        self._dispatchers = [self.dispatcher(channel) for channel in self.channels]

    def dispatcher(self, channel: Channel) -> Dispatcher:
        """Return what sends through a channel, as one more process would."""
        return Dispatcher(self.database, channel, self.clock, self.knowledge, SMALL)

    async def knowledge(self) -> Knowledge:
        """Return what decisions rest on now."""
        async with self.database.reading() as connection:
            ages = await notices.source_ages(connection)
        known = [(name, as_of, mark) for name, as_of, mark in ages]
        return Knowledge(self.talk.lexicon, aged(known, self.talk.limits), self.clock.now())

    # What people say

    async def says(
        self, said: str, chat: str = "ann", *, lang: str = "en", channel: str = KIND
    ) -> Message:
        """Let somebody say something in their own chat, and return the reply."""
        place = Address(channel, chat)
        return await self.hears(Inbound(place, said, self.clock.now(), lang))

    async def says_in_group(self, said: str, group: str, *, admin: bool = False) -> Message:
        """Let somebody say something in a group, and return the reply."""
        inbound = Inbound(Address(KIND, group), said, self.clock.now(), "en", group=True)
        return await self.hears(replace(inbound, private_link=LINK, may_set_up=admin))

    async def hears(self, inbound: Inbound) -> Message:
        """Return the reply."""
        return await self.talk.reply(inbound)

    async def presses(self, shown: Message | Sent, label: str, chat: str = "ann") -> Message:
        """Let somebody press a button, and return the reply."""
        [button] = [one for one in shown.buttons if one.label.endswith(label)]
        return await self.says(button.says, chat)

    # What authorities publish

    async def reads(self, *records: Any, source: str = "fake", **how: Any) -> Report:
        """Let a made-up authority answer with these, an hour later, and tell what came."""
        self.clock.at += HOUR
        asked = self.sources.setdefault(source, FakeSource(name=source))
        assert isinstance(asked, FakeSource)
        asked.records, asked.at, asked.down = records, self.clock.at, how.get("down")
        report = await Reader(self.database, self.clock).cycle(asked, whole=True)
        return await self._learnt(report)

    async def replays(self, source: str, *payloads: bytes) -> Report:
        """Let payloads that an authority really sent be read, an hour later."""
        self.clock.at += HOUR
        pages = [Payload(one.strip, "page", "https://authority.example/") for one in payloads]
        reader = Reader(self.database, self.clock)
        return await self._learnt(
            await reader.replay(build(source, Fetcher()), pages, self.clock.at)
        )

    async def _learnt(self, report: Report) -> Report:
        async with self.database.reading() as connection:
            self.talk.learn(await notices.lexicon(connection))
        return report

    # What happens

    async def works(self) -> None:
        """Do what is due now, as the running program does every few seconds."""
        await self.plans()
        for dispatcher in self._dispatchers:
            await dispatcher.drain()

    async def passes(self, **time: float) -> None:
        """Let time pass, stopping whenever something is due."""
        await self.lives_until(self.clock.at + timedelta(**time))

    async def plans(self) -> None:
        """Plan whom to tell what, and send nothing yet."""
        await plan_all(self.database, self.talk.lexicon, self.clock)
        await plan_follow_ups(self.database, self.clock.now())

    async def lives_until(self, end: datetime) -> None:
        """Let time pass until then."""
        while True:
            await self.works()
            due = await self._due()
            if due is None or due > end:
                break
            self.clock.at = max(due, self.clock.at + SECOND)
        self.clock.at = max(end, self.clock.at)
        await self.works()

    async def _due(self) -> datetime | None:
        """Return when something is due next; while a channel is left alone, nothing sooner."""
        async with self.database.reading() as connection:
            row = (await connection.execute(_DUE)).one()
        known: list[datetime] = [moment for moment in (row.due, row.remind) if moment]
        paused = [one.circuit.until for one in self._dispatchers if one.circuit.until]
        if not known:
            return None
        return max([min(known), *paused])

    async def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every table, with what is sealed opened."""
        async with self.database.reading() as connection:
            return {
                table.name: [tuple(row) for row in await connection.execute(select(table))]
                for table in METADATA.sorted_tables
            }

    async def naming(self, *words: str) -> set[str]:
        """Return the tables in which one of the words stands anywhere."""
        return {
            table
            for table, rows in (await self.rows()).items()
            for row in rows
            if any(word.lower() in str(row).lower() for word in words)
        }

    # What people got

    def got(self, chat: str = "ann") -> list[str]:
        """Return what lies in somebody's letterbox."""
        return [letter.text for letter in self.letters.shown(chat)]

    def headlines(self, chat: str = "ann") -> list[str]:
        """Return the first line of all that lies there."""
        return [told.partition("\n")[0] for told in self.got(chat)]

    @property
    def everything(self) -> list[str]:
        """Return all that anybody got."""
        return [letter.text for letter in self.letters.sent]


@asynccontextmanager
async def a_town(
    url: str, at: datetime, channels: Sequence[Channel] = ()
) -> AsyncIterator[Town]:
    """Give a town on a database that is already filled, at that time."""
    clock = FixedClock(at.astimezone(UTC))
    database = await Database.open(url)
    try:
        async with database.reading() as connection:
            lexicon = await notices.lexicon(connection)
        talk = Talk(database, lexicon, clock)
        yield Town(database, talk, clock, Memory(clock.now), tuple(channels))
    finally:
        await database.close()
