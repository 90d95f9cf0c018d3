"""Kills what posts for an account at a seeded moment, lets others complete it, and counts."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic
from uuid import uuid4

from sqlalchemy import text

from core.channel import Address, Channel, Markup
from core.ingest.run import Reader
from core.model.delivery import State
from core.model.public import Mode, Part, Rules, Stage, Style
from core.store import accounts, drafts
from core.store.accounts import Described
from core.store.listed import Listed
from core.store.work import Database
from tests.drill.poster import Errand, channel_of, run
from tests.drill.stands import Account, Stand
from tests.drill.victim import OLD, Later
from tests.fakes import FakeSource

# Longer than any lease and any pause.
LATER = timedelta(hours=1)
RESTARTS = 10
RECALLS = 18
RULES = Rules(Mode.AUTOMATIC, per_day=500)
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.drill.victim", "tests.drill.poster"])
_UNDRAFTED = text("SELECT COUNT(*) FROM revision WHERE drafted_at IS NULL")
_TAG, _PLACE = re.compile(r"<[^>]*>"), re.compile(r"\S*\.example\S*")
Fresh = Callable[[], AbstractContextManager[str]]


@dataclass(frozen=True, slots=True)
class Crash:
    """What came of one kill: `after` so many seconds, with so many posts there.

    `lost` were drafted and neither stand there nor rest for a human to see, `unknown` rest as
    such, `doubled` stand there more often than they were to.
    """

    platform: str
    seed: int
    after: float
    posted: int
    posts: int
    lost: int
    doubled: int
    unknown: int


@dataclass(slots=True)
class PostDrill:
    """One kind of database, one platform, and how many recalls are posted there."""

    fresh: Fresh
    folder: Path
    stand: Stand
    many: int = RECALLS
    whole: float = 0.0

    async def measure(self) -> None:
        """Note how long the work takes when nobody is killed."""
        with self.fresh() as url:
            errand, _ = await self._prepared(url)
            begun, process = await _started(errand)
            await asyncio.to_thread(process.join)
            self.whole = monotonic() - begun

    async def crash(self, seed: int) -> Crash:
        """Kill one process, or with an odd seed one of two, and let others complete it."""
        chance = random.Random(seed)  # noqa: S311 - any moment will do
        with self.fresh() as url:
            errand, account = await self._prepared(url)
            for _ in range(seed % 3):
                self.stand.loses()
            others = [await _started(errand)] if seed % 2 else []
            begun, process = await _started(errand)
            moment = begun + chance.random() ** 0.5 * self.whole
            await asyncio.sleep(max(0.0, moment - monotonic()))
            after = monotonic() - begun
            process.kill()
            await asyncio.to_thread(process.join)
            for _, other in others:
                await asyncio.to_thread(other.join)
            posted = len(await asyncio.to_thread(account.texts))
            found = await self._completed(url, errand)
            there = await asyncio.to_thread(account.texts)
            counted = await self._counted(url, errand, found, there)
        return Crash(self.stand.platform, seed, after, posted, len(there), *counted)

    async def _prepared(self, url: str) -> tuple[Errand, Account]:
        """Let an account post by itself, in a world whose feed was read before."""
        account = await asyncio.to_thread(self.stand.account)
        where = (url, str(self.folder), self.stand.platform, account.given)
        errand = Errand(*where, self.many, f"DRILL{uuid4().hex[:6].upper()}")
        database = await Database.open(url)
        clock = Later(-LATER, monotonic())
        await Reader(database, clock).cycle(FakeSource(records=[OLD], at=clock.now()))
        async with database.writing() as connection:
            place = Address(self.stand.platform, account.chat)
            described = Described("Drill", RULES, Style(threads=True, pictures=False))
            await accounts.put_account(connection, place, described, clock.now())
        await database.close()
        return errand, account

    async def _completed(self, url: str, errand: Errand) -> list[Listed]:
        """Start it again until all is quiet; return what became of every draft."""
        for turn in range(1, RESTARTS):
            _, process = await _started(replace(errand, later=turn * LATER))
            await asyncio.to_thread(process.join)
            found, waiting = await _drafts(url)
            if not waiting and all(map(_at_rest, found)):
                return found
        return found

    async def _counted(
        self, url: str, errand: Errand, found: Sequence[Listed], there: Sequence[str]
    ) -> tuple[int, int, int]:
        """Return how many posts were lost, doubled, and are not known."""
        database = await Database.open(url)
        channel = channel_of(errand, database, Later(LATER, monotonic()))
        reads = _Reads(channel)
        sure, maybe, unknown = Counter[str](), Counter[str](), 0
        lost = sum(1 for one in found if not _at_rest(one))
        for one in found:
            seen, unseen = _parts(one)
            sure.update(reads.part(part, one.draft.lang) for part in seen)
            maybe.update(reads.part(part, one.draft.lang) for part in unseen)
            unknown += one.state is State.UNKNOWN
        told = {one.draft.event for one in found}
        lost += self.many - len(told)
        edited = dict(_edited(found, reads)) if channel.capabilities.edits else {}
        stands = Counter(map(reads.text, there))
        for new, old in edited.items():
            if stands[new] and not sure[new]:
                stands[old] += stands.pop(new)
        await channel.close()
        await database.close()
        lost += (sure - stands).total()
        return lost, (stands - sure - maybe).total(), unknown


@dataclass(frozen=True, slots=True)
class _Reads:
    """Says how a post reads on its platform, in letters and digits alone, without addresses."""

    channel: Channel

    def part(self, part: Part, lang: str) -> str:
        return self.text(self.channel.render(part.message(lang))[0].text)

    def text(self, shown: str) -> str:
        if self.channel.capabilities.markup is Markup.HTML:
            shown = unescape(_TAG.sub("", shown))
        return "".join(filter(str.isalnum, _PLACE.sub("", shown)))


def _parts(one: Listed) -> tuple[list[Part], list[Part]]:
    """Return the parts that stand there, and those that may."""
    parts = one.draft.parts
    seen = [parts[posted.part] for posted in one.posted]
    return seen, [parts[number] for number in one.doubtful]


def _edited(found: Sequence[Listed], reads: _Reads) -> Iterator[tuple[str, str]]:
    """Yield how an original may read by now, and how it was posted."""
    for correction in found:
        for original in found:
            same = original.draft.event == correction.draft.event
            if correction.draft.edits and same and original is not correction:
                lang = correction.draft.lang
                for new, old in zip(correction.draft.edits, original.draft.parts, strict=False):
                    yield reads.part(new, lang), reads.part(old, lang)


def _at_rest(one: Listed) -> bool:
    """Say whether it stands there, or rests before a human; nothing else happens here."""
    ends = {State.SENT, State.UNKNOWN}
    return one.draft.stage is Stage.RELEASED and one.state in ends


async def _drafts(url: str) -> tuple[list[Listed], int]:
    database = await Database.open(url)
    async with database.reading() as connection:
        found = list(await drafts.page(connection, tuple(Stage), None, 1000))
        waiting = await connection.scalar(_UNDRAFTED)
    await database.close()
    return found, int(waiting or 0)


async def _started(errand: Errand) -> tuple[float, BaseProcess]:
    begun, told = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=run, args=(errand, told))
    process.start()
    await asyncio.to_thread(begun.recv)
    return monotonic(), process
