"""A bot on a small world: people say things, notices appear, and what waits is shown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from core.alert.follow_up import plan_follow_ups
from core.channel import Address, Inbound
from core.model.lexicon import Lexicon
from core.model.message import Message
from core.model.recall import Notice
from core.query.ages import AgeLimits
from core.query.talk import Talk
from core.store import follow_ups, notices, subscribers
from core.store.follow_ups import Told
from core.store.work import Database
from tests.builders import a_code_rule, a_maker, a_model, a_notice, all_of
from tests.contracts.planning_stage import Ticking, World

RECALLED = a_notice()
LISTED = a_notice(
    all_of(a_model("L200"), a_code_rule(eq=("57V00001",), length=(8,))),
    id="acme-l200-us",
    product="Acme L200 power bank",
    sources=({**RECALLED.sources[0].model_dump(), "url": "https://cpsc.example/recall/2"},),
)


@dataclass(slots=True)
class Standing:
    """A bot, and the world in which it speaks with people."""

    talk: Talk
    world: World

    @property
    def clock(self) -> Ticking:
        return self.world.clock

    async def says(
        self, text: str, chat: str = "ann", *, lang: str | None = "en", channel: str = "web"
    ) -> Message:
        return await self.talk.reply(
            Inbound(Address(channel, chat), text, self.clock.now(), lang)
        )

    async def in_group(self, text: str, *, admin: bool = True) -> Message:
        place = Address("telegram", "group")
        inbound = Inbound(place, text, self.clock.now(), "en", group=True, may_set_up=admin)
        return await self.talk.reply(inbound)

    async def waiting(self, chat: str = "ann", channel: str = "web") -> tuple[Message, ...]:
        return await self.talk.waiting_for(Address(channel, chat))

    async def publish(self, notice: Notice = RECALLED) -> None:
        """Let the notice appear, and plan whom to tell."""
        await self.world.publish(notice)
        await self.world.plan()

    async def alerted(self, chat: str = "ann") -> int:
        """Let the person own a recalled thing and be told of it; return the alert's number."""
        await self.says("/add Acme X100", chat)
        await self.publish()
        [alert] = await self.waiting(chat)
        return int(alert.buttons[0].says.split()[-1])

    async def days_later(self, days: float) -> None:
        self.clock.move(days=days)
        await plan_follow_ups(self.world.database, self.clock.now())

    async def told(self, alert: int, chat: str = "ann", channel: str = "web") -> list[Told]:
        async with self.world.database.reading() as connection:
            who = await subscribers.find_subscriber(connection, channel, chat)
            assert who is not None
            return [*await follow_ups.told_of(connection, who.pk, alert)]


@asynccontextmanager
async def a_stage(folder: Path) -> AsyncIterator[Standing]:
    """Give a bot on a database of its own, which knows the makers and a fresh source."""
    database = await Database.open(f"sqlite:///{folder / 'told.db'}")
    world = World(database)
    async with database.writing() as connection:
        await notices.set_source(connection, "catalogue", world.clock.now(), "mark")
    lexicon = Lexicon.of([a_maker()], [RECALLED, LISTED])
    yield Standing(Talk(database, lexicon, world.clock, AgeLimits()), world)
    await database.close()
