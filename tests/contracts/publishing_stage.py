"""A small world for tests of the public voice: accounts, recalls, drafts, the time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from core.channel import Address
from core.model.message import Block, Role
from core.model.public import Draft, Part, Rules, Sort, Stage, Style
from core.model.recall import Notice
from core.store import accounts, drafts, posted, releasing
from core.store.accounts import Described
from core.store.drafts import About
from core.store.listed import Listed, Which
from core.store.releasing import Release
from core.store.work import Database
from tests.builders import a_citation, a_notice
from tests.contracts.planning_stage import Ticking, World

CHANNEL = "mastodon"


def a_part(text: str = "Product safety recall: fire hazard") -> Part:
    """Return a part that says that."""
    return Part((Block(Role.HEADLINE, text),))


def of_its_own(name: str, **facts: Any) -> Notice:
    """Return a notice of that id, which shares no event with another."""
    hazard = {"kinds": ["fire"], "text": "It can overheat.", "source": name}
    return a_notice(id=name, sources=(a_citation(source=name),), hazard=hazard, **facts)


@dataclass(slots=True)
class Newsroom:
    """A database, and the accounts and drafts in it, at the time of its clock."""

    database: Database
    clock: Ticking = field(default_factory=Ticking)

    @property
    def world(self) -> World:
        """Return the world of people in the same database."""
        return World(self.database, self.clock)

    async def account(
        self, chat: str = "agency", rules: Rules | None = None, channel: str = CHANNEL
    ) -> int:
        """Let that chat be an account; return its number."""
        described = Described(f"The {chat}", rules or Rules(), Style("de"))
        async with self.database.writing() as connection:
            place = Address(channel, chat)
            return await accounts.put_account(connection, place, described, self.clock.now())

    async def publish(self, notice: Notice, **how: Any) -> int:
        """Keep a version of a notice; return the number of the notice."""
        return await self.world.publish(notice, **how)

    async def draft(self, account: int, about: About | None = None, **facts: Any) -> Which:
        """Keep a draft of the account, by default of no event; return what names it."""
        about = about or About(0, uuid4().hex)
        now = self.clock.now()
        async with self.database.writing() as connection:
            alert = await drafts.alert_for(connection, about, now)
            made = Draft(
                alert=alert,
                account=account,
                event=about.event,
                sort=Sort.RECALL,
                stage=Stage.DRAFTED,
                lang="de",
                parts=(a_part(),),
                key=uuid4().hex,
                serious=about.serious,
                created_at=now,
                notice=about.notice,
            )
            assert await drafts.draft(connection, replace(made, **facts))
        return alert, account

    async def get(self, which: Which) -> Listed:
        """Return that draft."""
        async with self.database.reading() as connection:
            found = await drafts.get(connection, which)
        assert found is not None
        return found

    async def release(self, which: Which, version: int = 1, **when: Any) -> None:
        """Release that version of a draft."""
        async with self.database.writing() as connection:
            one = Release(*which, version, **when)
            await releasing.release(connection, one, self.clock.now())

    async def post(self, which: Which, *names: str | None) -> None:
        """Let these parts of a draft be begun under these names, None without a receipt."""
        async with self.database.writing() as connection:
            for part, name in enumerate(names):
                await posted.begin_part(connection, which, part, self.clock.now())
                if name is not None:
                    await posted.note_part(connection, which, part, name)

    async def rests(self, which: Which, state: int, why: str | None = None) -> None:
        """Let its delivery be in that state."""
        await self.world.run(
            "UPDATE delivery SET state = :state, why = :why, due_at = NULL"
            " WHERE alert = :alert AND address = :account",
            state=state,
            why=why,
            alert=which[0],
            account=which[1],
        )

    async def released(self, account: int, about: About | None = None, **facts: Any) -> Which:
        """Draft and release."""
        which = await self.draft(account, about, **facts)
        await self.release(which)
        return which

    async def sent(
        self, account: int, about: About | None = None, *names: str, **facts: Any
    ) -> Which:
        """Draft, release and post; the parts have these names there."""
        parts = tuple(a_part(f"part {number}") for number, _ in enumerate(names or ("one",)))
        which = await self.released(account, about, **{"parts": parts, **facts})
        await self.post(which, *(names or ("one",)))
        await self.rests(which, 4)
        self.clock.move(minutes=1)
        return which

    async def count(self, table: str) -> int:
        """Return how many rows a table has."""
        [row] = await self.world.run(f"SELECT COUNT(*) AS n FROM {table}")  # noqa: S608 - a name of ours
        return int(row.n)
