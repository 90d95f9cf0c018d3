"""A stage for the pages on posts: accounts, recalls and drafts in the desk's own database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from bots.cards.draw import draw
from bots.cards.intake import take_in
from bots.counted import counted
from bots.memory import Memory
from bots.permalinks import name_in, permalink
from bots.publishing import voices as known_voices
from bots.web.desk.newsroom import Newsroom, Tariff
from bots.web.desk.roles import Role
from bots.web.settings import WebSettings
from bots.x.count import has_link
from core.alert.dispatch import Dispatcher, Pipe
from core.channel import Address
from core.ingest.run import Reader
from core.match.decide import Knowledge
from core.model.lexicon import Lexicon
from core.model.public import Draft, Rules, Style
from core.publish.drafting import Drafting
from core.publish.voice import Voice
from core.store import accounts, drafts
from core.store.accounts import Described
from core.store.drafts import Listed
from core.store.piles import Pile, of_pile
from core.store.work import Database
from tests.bots.web.desk.stage import (
    SETTINGS,
    DeskStage,
    Somebody,
    browser_of,
    pages_with,
    token_in,
)
from tests.bots.web.stage import Ticking
from tests.fakes import FakeSource, a_record

CHANNELS = ("x", "bluesky", "mastodon", "telegram", "discord", "memory")
QUEUE = "/desk/drafts"
TARIFF = Tariff(15_000, 200_000, 20_000_000, has_link)
Which = tuple[int, int]


@dataclass(frozen=True)
class NewsDesk:
    """The desk, the accounts it posts as, and platforms in memory that get what is posted."""

    stage: DeskStage
    channels: Mapping[str, Memory]
    records: list[dict[str, Any]] = field(default_factory=list)

    @property
    def database(self) -> Database:
        return self.stage.database

    @property
    def clock(self) -> Ticking:
        return self.stage.clock

    async def sign_in(self, name: str = "ann", role: Role = Role.ADMIN) -> Somebody:
        self.stage.client.cookies.clear()
        one = await self.stage.somebody(name, role)
        await self.stage.sign_in(one)
        return one

    async def account(
        self,
        name: str = "News",
        rules: Rules | None = None,
        style: Style | None = None,
        place: Address | None = None,
    ) -> int:
        described = Described(name, rules or Rules(), style or Style())
        async with self.database.writing() as connection:
            return await accounts.put_account(
                connection, place or Address("memory", "@news"), described, self.clock.now()
            )

    async def publish(self, key: str = "new", **facts: Any) -> None:
        """Let the authority publish a recall, or another version of it; it is drafted."""
        await self._first()
        day = self.clock.now().date().isoformat()
        new = a_record(key, **{"published": day, "regions": ["US"], **facts})
        self.records[:] = [*(one for one in self.records if one["key"] != key), new]
        await self.read()

    async def _first(self) -> None:
        """Read the archive before: of what was there at the start nothing is posted."""
        if not self.records:
            self.records.append(a_record("old", published="2020-01-01"))
            await self.read()

    async def read(self) -> None:
        source = FakeSource(records=tuple(self.records), at=self.clock.now())
        await Reader(self.database, self.clock).cycle(source)
        voices = newsroom(self.channels).voices
        await Drafting(self.database, self.clock, voices).run()

    async def recall(self, account: int | None = None, **facts: Any) -> Which:
        """Publish a recall; return its draft."""
        await self.publish(**facts)
        return await self.only(Pile.APPROVAL, account)

    async def pile(self, pile: Pile) -> tuple[Listed, ...]:
        async with self.database.reading() as connection:
            return await of_pile(connection, pile, None, 0, 50)

    async def only(self, pile: Pile, account: int | None = None) -> Which:
        found = [one.draft for one in await self.pile(pile)]
        [draft] = [one for one in found if account in {None, one.account}]
        return draft.alert, draft.account

    async def get(self, which: Which) -> Listed:
        async with self.database.reading() as connection:
            found = await drafts.get(connection, which)
        assert found is not None
        return found

    async def draft(self, which: Which) -> Draft:
        return (await self.get(which)).draft

    async def dispatch(self) -> None:
        """Send what is released to every platform."""

        async def knowledge() -> Knowledge:
            return Knowledge(Lexicon(), (), self.clock.now())

        for channel in self.channels.values():
            pipe = Pipe(width=2)
            await Dispatcher(self.database, channel, self.clock, knowledge, pipe).drain()

    async def rests(self, which: Which, state: int, why: str) -> None:
        values = {"state": state, "why": why, "alert": which[0], "account": which[1]}
        async with self.database.writing() as connection:
            await connection.execute(
                text(
                    "UPDATE delivery SET state = :state, why = :why"
                    " WHERE alert = :alert AND address = :account"
                ),
                values,
            )

    async def open(self, which: Which | str, beyond: str = "") -> httpx.Response:
        return await self.stage.client.get(path_of(which) + beyond)

    async def do(self, which: Which, what: str, **fields: Any) -> httpx.Response:
        """Send a form of the draft's page with the version it shows."""
        page = await self.open(which)
        typed = {
            "token": token_in(page.text),
            "version": str((await self.draft(which)).version),
            **fields,
        }
        return await self.stage.client.post(f"{path_of(which)}/{what}", data=typed)

    async def did(self) -> list[str]:
        return [one.did for one in await self.stage.log()]


def path_of(which: Which | str) -> str:
    return which if isinstance(which, str) else f"{QUEUE}/{which[0]}/{which[1]}"


def newsroom(channels: Mapping[str, Memory]) -> Newsroom:
    """Return what the desk knows: how real platforms render, and one in memory."""

    def voices() -> Mapping[str, Voice]:
        memory = channels["memory"]
        return {**known_voices(), "memory": Voice(memory.render, memory.capabilities)}

    return Newsroom(
        voices=voices,
        draw=draw,
        take_in=take_in,
        counted=counted,
        permalink=permalink,
        name_in=name_in,
        chats=lambda channel: ("news",) if channel == "x" else None,
        tariff=TARIFF,
    )


@asynccontextmanager
async def at_the_news_desk(
    folder: Path, settings: WebSettings = SETTINGS
) -> AsyncIterator[NewsDesk]:
    """Yield the desk with its pages on posts, on an empty database in `folder`."""
    database = await Database.open(f"sqlite:///{folder / 'desk.db'}")
    clock = Ticking()
    channels = {name: Memory(clock.now, name) for name in CHANNELS}
    app, the_desk = pages_with(database, clock, settings, newsroom(channels))
    try:
        async with browser_of(app) as client:
            yield NewsDesk(DeskStage(database, the_desk, app, clock, client), channels)
    finally:
        await database.close()


def fields_of(draft: Draft) -> dict[str, str]:
    """Return the editor's form as the page gives it."""
    fields = {}
    for place, part in enumerate(draft.parts):
        for number, block in enumerate(part.blocks):
            fields[f"block-{place}-{number}"] = block.text
            if block.quote:
                fields[f"quote-{place}-{number}"] = "1"
        if part.picture:
            fields |= {f"picture-{place}": "1", f"alt-{place}": part.picture.alt}
    return fields
