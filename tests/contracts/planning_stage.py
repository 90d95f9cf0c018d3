"""A small world for tests of planning: people, what they own, notices and their revisions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from core.alert.planner import Planned, plan_all
from core.channel import Address
from core.model.lexicon import Lexicon
from core.model.recall import Notice
from core.model.revision import RevisionKind
from core.model.subscriber import Interest, Takes
from core.model.unit import Unit
from core.store import addresses, feed, interests, subscribers
from core.store.schema import ADDRESS
from core.store.subscribers import Subscriber
from core.store.work import Database
from core.store.writing import Version
from tests.builders import NOW, a_unit

LEXICON = Lexicon()


@dataclass(slots=True)
class Ticking:
    """A clock that stands until it is moved on."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass(slots=True)
class World:
    """A database, and what happens in it at the time of its clock."""

    database: Database
    clock: Ticking = field(default_factory=Ticking)

    async def person(self, chat: str, *units: Unit, channel: str = "telegram") -> Subscriber:
        """Let somebody in that chat own these units."""
        async with self.database.writing() as connection:
            who = await subscribers.subscriber(connection, channel, chat, self.clock.now())
            for unit in units:
                await subscribers.add_item(connection, who, unit, self.clock.now())
        return who

    async def owner(self, chat: str, channel: str = "telegram", **facts: str) -> Subscriber:
        """Let somebody in that chat own a confirmed Acme X100."""
        return await self.person(chat, a_unit(**facts), channel=channel)

    async def also_at(self, who: Subscriber, chat: str, channel: str = "discord") -> int:
        """Let a person be in another chat, too; return its number."""
        async with self.database.writing() as connection:
            known = await addresses.address(connection, Address(channel, chat))
            await addresses.give(connection, [known.pk], who.pk)
        return known.pk

    async def takes(self, chat: str, takes: Takes, channel: str = "telegram") -> None:
        """Let the chat get these alerts."""
        async with self.database.writing() as connection:
            await addresses.set_takes(connection, Address(channel, chat), takes)

    async def watches(self, chat: str, interest: Interest) -> Subscriber:
        """Let somebody in that chat watch this."""
        who = await self.person(chat)
        async with self.database.writing() as connection:
            await interests.watch(connection, who, interest, self.clock.now())
        return who

    async def publish(
        self,
        notice: Notice,
        kind: RevisionKind = RevisionKind.NEW,
        source: str = "cpsc",
        **how: Any,
    ) -> int:
        """Keep a version of a notice of that source; return the number of the notice."""
        async with self.database.writing() as connection:
            held = (await feed.held(connection, [notice.id])).get(notice.id)
            before = {"pk": held.pk, "before": held.notice} if held else {}
            version = Version(notice, kind, **before, **how)
            await feed.keep(connection, source, [version], self.clock.now())
            found = await feed.held(connection, [notice.id])
        self.clock.move(minutes=1)
        return found[notice.id].pk

    async def plan(self) -> list[Planned]:
        """Plan all that waits."""
        return await plan_all(self.database, LEXICON, self.clock)

    async def deliveries(self) -> list[tuple[str, str, str]]:
        """Return reason, occurrence and chat of every delivery, in order."""
        async with self.database.reading() as connection:
            rows = await connection.execute(
                text(
                    "SELECT l.reason, l.occurrence, d.address FROM delivery d"
                    " JOIN alert l ON l.pk = d.alert ORDER BY l.pk, d.rank, d.address"
                )
            )
            chats = await self._chats()
            return [(row.reason, row.occurrence, chats[row.address]) for row in rows]

    async def told(self) -> list[str]:
        """Return the chats that have a delivery, each as often as it has one."""
        return [chat for _, _, chat in await self.deliveries()]

    async def settle(self, state: int, *chats: str) -> None:
        """Let the deliveries to these chats, or to all, be in that state."""
        every = await self._chats()
        numbers = [pk for pk, chat in every.items() if not chats or chat in chats]
        async with self.database.writing() as connection:
            for number in numbers:
                await connection.execute(
                    text("UPDATE delivery SET state = :state WHERE address = :address"),
                    {"state": state, "address": number},
                )

    async def run(self, sql: str, **values: Any) -> list[Any]:
        """Run a statement; return its rows."""
        async with self.database.writing() as connection:
            done = await connection.execute(text(sql), values)
            return list(done) if done.returns_rows else []

    async def _chats(self) -> dict[int, str]:
        async with self.database.reading() as connection:
            rows = await connection.execute(select(ADDRESS.c.pk, ADDRESS.c.chat))
            return {row.pk: row.chat for row in rows}
