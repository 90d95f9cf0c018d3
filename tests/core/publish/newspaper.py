"""A small public voice: accounts on boards, recalls and what becomes of them, the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.alert.dispatch import Dispatcher, Pipe
from core.channel import Address
from core.match.decide import Knowledge
from core.model.delivery import FIRST
from core.model.message import Role
from core.model.public import Mode, Part, Rules, Sort, Stage, Style
from core.model.recall import Notice
from core.model.revision import RevisionKind
from core.publish.desk import Desk, Who
from core.publish.drafting import Drafting
from core.publish.summing import Summing
from core.publish.voice import Voice
from core.store import accounts, drafts, operators
from core.store.accounts import Described
from core.store.listed import Listed, Which
from core.store.operators import Secrets
from core.store.work import Database
from tests.builders import a_citation, a_model, a_notice, an_age
from tests.contracts.planning_stage import LEXICON, Ticking, World
from tests.core.alert.board import Board

# Long enough for what waits for the outbox, which looks at it every thousandth of a second.
QUICK = Pipe(width=2, ahead=2, commit=0.001, idle=0.001, patience=0.2)
BY_ITSELF = Rules(Mode.AUTOMATIC)
BY_HAND = Rules(Mode.APPROVAL)


A_PAGE = a_citation()


def a_recall(name: str = "1", *models: str, hazard: str = "fire", **facts: Any) -> Notice:
    """Return a notice that shares no event with another unless `sources` says so."""
    model = f"M{name}"
    return a_notice(
        a_model(*models or (model,)),
        **{
            "id": f"cpsc-{name}",
            "number": name,
            "product": f"Acme {model} power bank",
            "hazard": {"kinds": [hazard], "text": "It can overheat.", "source": "cpsc"},
            "sources": (A_PAGE | {"url": f"https://cpsc.example/recall/{name}"},),
            **facts,
        },
    )


def changed(notice: Notice, **facts: Any) -> Notice:
    """Return another version of a notice."""
    return Notice.model_validate({**notice.model_dump(), **facts})


def text_of(listed: Listed) -> str:
    """Return what a draft says."""
    return "\n\n".join(part.message(listed.draft.lang).plain for part in listed.draft.parts)


@dataclass(slots=True)
class Newspaper:
    """Drafting, desk and dispatch on one database, with one board."""

    database: Database
    clock: Ticking = field(default_factory=Ticking)
    board: Board = field(default_factory=Board)

    @property
    def world(self) -> World:
        return World(self.database, self.clock)

    @property
    def desk(self) -> Desk:
        return Desk(self.database, self.clock)

    @property
    def voices(self) -> Mapping[str, Voice]:
        return {self.board.kind: Voice(self.board.render, self.board.capabilities)}

    async def account(
        self, rules: Rules = BY_ITSELF, style: Style | None = None, chat: str = "@news"
    ) -> int:
        """Let that chat be an account; return its number."""
        described = Described(chat, rules, style or Style(threads=True))
        async with self.database.writing() as connection:
            place = Address(self.board.kind, chat)
            return await accounts.put_account(connection, place, described, self.clock.now())

    async def operator(self, name: str) -> Who:
        """Let somebody work at the desk."""
        async with self.database.writing() as connection:
            secrets = Secrets("hash", "SECRET")
            now = self.clock.now()
            number = await operators.add(connection, name, "approver", secrets, now)
        return Who(name, number)

    async def publish(
        self, notice: Notice, kind: RevisionKind = RevisionKind.NEW, **how: Any
    ) -> int:
        """Keep a version of a notice, and plan it; return the number of the notice."""
        number = await self.world.publish(notice, kind, **how)
        await self.world.plan()
        return number

    async def draft(self) -> int:
        """Draft what waits; return how many drafts were made or changed."""
        return await Drafting(self.database, self.clock, lambda: self.voices).run()

    async def sum_up(self) -> int:
        """Sum up what is too much; return how many summaries were made."""
        return await Summing(self.database, self.clock, self.voices).run()

    async def work(self) -> int:
        """Draft, sum up and release what is due; return how many drafts were released."""
        await self.draft()
        await self.sum_up()
        return await self.desk.release_due()

    async def send(self, **later: float) -> list[str]:
        """Send what may be sent, so much later; return the texts that came to the board."""
        self.clock.move(**later)
        before = len(self.board.posts)
        await self.dispatcher().drain()
        return [one.text for one in self.board.posts[before:]]

    async def until_quiet(self, turns: int = 8) -> None:
        """Work and send until nothing more is to be done by itself."""
        for _ in range(turns):
            await self.work()
            await self.send(minutes=11)

    def dispatcher(self) -> Dispatcher:
        """Return a dispatcher as a process has that was just started."""

        async def knowledge() -> Knowledge:
            return Knowledge(LEXICON, (an_age(),), self.clock.now())

        return Dispatcher(self.database, self.board, self.clock, knowledge, QUICK)

    async def drafts(self) -> list[Listed]:
        """Return every draft, the oldest first."""
        async with self.database.reading() as connection:
            return list(reversed(await drafts.page(connection, tuple(Stage), None, 1000)))

    async def stages(self) -> list[Stage]:
        """Return how far each draft came."""
        return [one.draft.stage for one in await self.drafts()]

    async def first(self) -> Listed:
        """Return the oldest first post on an event."""
        return next(one for one in await self.drafts() if one.occurrence == FIRST)

    async def last(self) -> Listed:
        """Return the newest draft."""
        return (await self.drafts())[-1]

    async def corrections(self) -> list[Listed]:
        """Return every correction."""
        return [one for one in await self.drafts() if one.draft.sort is Sort.CORRECTION]

    async def edit(self, who: Who, words: str = "") -> Listed:
        """Let a person add words to the newest draft; return it as it is now."""
        listed = await self.last()
        draft = listed.draft
        await self.desk.edit(which(listed), draft.version, edited(draft.parts, words), who)
        return await self.last()


def which(listed: Listed) -> Which:
    """Return what names a draft."""
    return listed.draft.alert, listed.draft.account


def edited(parts: tuple[Part, ...], words: str) -> tuple[Part, ...]:
    """Return the parts with words added to the first one's source."""
    first = parts[0]
    blocks = [
        replace(block, text=f"{block.text} {words}") if block.role is Role.SOURCE else block
        for block in first.blocks
    ]
    return (replace(first, blocks=tuple(blocks)), *parts[1:])
