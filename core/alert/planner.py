"""Planning: from a revision in the database to the deliveries of everybody it concerns."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from core.alert.mistakes import mistake_of
from core.alert.plan import Asked, Audience, Revised, Step, changed, fits, steps
from core.alert.sieve import Sieve
from core.clock import Clock
from core.match.concern import Concern, concern
from core.model.delivery import Reason, serious
from core.model.identifier import fold
from core.model.lexicon import Lexicon
from core.model.products import Product, keys_for_products
from core.model.verdict import Verdict
from core.store import elsewhere, planning
from core.store.failure import StoreUnavailable
from core.store.interests import EVERYWHERE, specs_for
from core.store.planning import Codes, Naming, Owned, Unplanned, Wanted
from core.store.seal import SealBroken
from core.store.work import Database, InTurns

log = structlog.get_logger(__name__)
# Whoever plans says so at least this often; a process that was killed is waited for so long.
LEASE = timedelta(seconds=60)
_RENEWED = LEASE / 4
_ALERTED = (Reason.ALERT, Reason.ANSWER)
_FIRST_POSTS = (*_ALERTED, Reason.FEED)


@dataclass(frozen=True, slots=True)
class Planned:
    """A revision that was planned, and how many deliveries of each reason came of it."""

    notice: int
    number: int
    deliveries: Mapping[Reason, int]


class _LeaseLost(Exception):  # noqa: N818 - nothing is wrong: somebody else goes on
    """Another process plans."""


async def plan_all(database: Database, lexicon: Lexicon, clock: Clock) -> list[Planned]:
    """Plan every revision that waits, the oldest first; return those that reach somebody.

    Any number of processes may do so at once, and be killed: whoever comes next completes it.
    """
    async with database.reading() as connection:
        nobody = await planning.nobody_at_all(connection)
    if nobody:
        async with database.writing() as connection:
            await planning.none_reach_anybody(connection, clock.now())
    found: list[Planned] = []
    broken: set[tuple[int, int]] = set()
    while (planned := await plan_next(database, lexicon, clock, broken)) is not None:
        if planned.deliveries:
            found.append(planned)
    return found


async def plan_next(
    database: Database,
    lexicon: Lexicon,
    clock: Clock,
    broken: set[tuple[int, int]] | None = None,
) -> Planned | None:
    """Plan the revision that has waited longest of those that may reach somebody.

    Those before it are done, too. When it returns, everybody whom the revision concerns has a
    delivery, and has it once. None where none waits, or somebody else plans. What a mistake of
    ours keeps from being planned is put among the `broken`, which are left out, and waits.
    """
    broken = set() if broken is None else broken
    async with database.in_turns() as turns:
        passed, found = await _looked_for(turns, lexicon, broken)
        if passed:
            async with turns.writing() as connection:
                await planning.done(connection, passed, clock.now())
        if found is not None:
            return await _guarded(_Planning(turns, clock, lexicon, *found), broken)
        return Planned(passed[-1].pk, passed[-1].number, {}) if passed else None


async def _looked_for(
    turns: InTurns, lexicon: Lexicon, broken: set[tuple[int, int]]
) -> tuple[list[Unplanned], tuple[Unplanned, _Reached] | None]:
    """Return the first revision that may reach somebody, and those before it, of nobody."""
    passed: list[Unplanned] = []
    async with turns.reading() as connection:
        for new in await planning.oldest(connection):
            if (new.pk, new.number) in broken:
                continue
            try:
                found = await _reached(connection, new, lexicon)
            except (StoreUnavailable, SQLAlchemyError):
                raise
            except Exception as mistake:
                _note_broken(new, broken, mistake)
                continue
            if found is not None:
                return passed, (new, found)
            passed.append(new)
    return passed, None


async def _guarded(one: _Planning, broken: set[tuple[int, int]]) -> Planned | None:
    """Plan it; a mistake of ours keeps no other revision from being planned."""
    try:
        return await one.run()
    except (StoreUnavailable, SQLAlchemyError):
        raise
    except Exception as mistake:
        _note_broken(one.new, broken, mistake)
        await one.end()
        return Planned(one.new.pk, one.new.number, {})


def _note_broken(new: Unplanned, broken: set[tuple[int, int]], mistake: Exception) -> None:
    which = {"notice": new.pk, "revision": new.number}
    log.error("revision_not_planned", **which, **mistake_of(mistake))
    broken.add((new.pk, new.number))


@dataclass(frozen=True, slots=True)
class _Reached:
    """Whom a revision may reach: products by number, interests, feeds' addresses; and why."""

    steps: tuple[Step, ...]
    products: Mapping[int, Product]
    whose: Mapping[int, Concern]
    specs: Sequence[int]
    feeds: Sequence[int]


async def _reached(
    connection: AsyncConnection, new: Unplanned, lexicon: Lexicon
) -> _Reached | None:
    """Return whom the revision may reach, None where nobody."""
    wanted = tuple(steps(_revised(new)))
    asked = {step.audience for step in wanted}
    products: Mapping[int, Product] = {}
    whose: dict[int, Concern] = {}
    if Audience.OWNERS in asked:
        maker = lexicon.maker_of.get(fold(new.notice.brands[0]))
        keys = keys_for_products(new.notice, maker)
        products = await planning.products(connection, keys)
        every = {pk: concern(one, new.notice, lexicon) for pk, one in products.items()}
        whose = {pk: one for pk, one in every.items() if one is not Concern.NOBODY}
    specs: Sequence[int] = ()
    if Audience.WATCHERS in asked and new.watched:
        specs = await specs_for(connection, new.notice)
    feeds: Sequence[int] = ()
    if Audience.FEEDS in asked and new.fed:
        active = await planning.active_feeds(connection)
        feeds = [address for address, feed in active if fits(feed, new.notice)]
    told = Audience.TOLD in asked and new.alerted
    if not (whose or specs or feeds or told):
        return None
    return _Reached(wanted, products, whose, specs, feeds)


def _revised(new: Unplanned) -> Revised:
    return Revised(
        new.pk,
        new.number,
        new.event,
        new.kind,
        new.quiet,
        new.exercise,
        new.shipped,
        serious(new.notice),
    )


@dataclass(slots=True)
class _Planning:
    """One revision while it is planned, on a connection of its own."""

    turns: InTurns
    clock: Clock
    lexicon: Lexicon
    new: Unplanned
    reached: _Reached
    holder: str = field(default_factory=lambda: uuid4().hex)
    held_at: datetime | None = None

    async def run(self) -> Planned | None:
        """Plan every step; None where somebody else does."""
        try:
            return await self._planned()
        except _LeaseLost:
            log.info("planning_left_to_another", notice=self.new.pk, revision=self.new.number)
            return None

    async def end(self) -> None:
        """Let others plan."""
        async with self.turns.writing() as connection:
            await planning.release(connection, self.holder)

    async def _planned(self) -> Planned:
        await self._hold()
        async with self.turns.reading() as connection:
            await planning.prepare(connection)
        deliveries: Counter[Reason] = Counter()
        for step in self.reached.steps:
            deliveries[step.reason] += await self._step(step)
        async with self.turns.writing() as connection:
            await self._renew(connection)
            done = [replace(self.new, alerted=True)]
            await planning.done(connection, done, self.clock.now())
            await planning.release(connection, self.holder)
        async with self.turns.reading() as connection:
            await planning.put_away(connection)
        counted = {reason: count for reason, count in deliveries.items() if count}
        log.info("revision_planned", notice=self.new.pk, revision=self.new.number, **counted)
        return Planned(self.new.pk, self.new.number, counted)

    async def _hold(self) -> None:
        """Keep the lease while this takes long."""
        now = self.clock.now()
        if self.held_at is None or now - self.held_at >= _RENEWED:
            async with self.turns.writing() as connection:
                await self._renew(connection)
                if self.new.alerted:
                    await planning.rehome(connection, self.new.event)

    async def _renew(self, connection: AsyncConnection) -> None:
        now = self.clock.now()
        if not await planning.hold(connection, self.holder, now, LEASE):
            raise _LeaseLost
        self.held_at = now

    async def _step(self, step: Step) -> int:
        """Choose whom it reaches, and give each a delivery; return how many had none."""
        async with self.turns.reading() as connection:
            await planning.clear(connection)
            before = await planning.alerts(connection, self.new.event)
        if step.audience is Audience.TOLD:
            return await self._correct(step, before)
        reasons = {Reason.FEED} if step.reason is Reason.FEED else _ALERTED
        told = tuple(one.pk for one in before if one.reason in reasons)
        dangerous = serious(self.new.notice)
        if dangerous:
            await self._worse(told)
        await self._choose(step.audience, Wanted(step.rank or 0, dangerous, told))
        return await self._deliver(step)

    async def _worse(self, alerts: Sequence[int]) -> None:
        """Let what was planned for a lesser danger go as fast as this one."""
        for alert in alerts:
            async with self.turns.writing() as connection:
                await self._renew(connection)
                await planning.worse(connection, alert)

    async def _choose(self, audience: Audience, wanted: Wanted) -> None:
        match audience:
            case Audience.OWNERS:
                await self._choose_owners(wanted)
                await self._leave_out()
            case Audience.ASKED:
                await self._choose_asked(wanted)
                await self._leave_out()
            case Audience.WATCHERS:
                async with self.turns.reading() as connection:
                    await planning.choose_watchers(connection, self.reached.specs, wanted)
            case _:
                async with self.turns.reading() as connection:
                    await planning.choose_feeds(connection, self.reached.feeds, wanted)

    async def _leave_out(self) -> None:
        """Choose nobody for whom one more country is no news."""
        if EVERYWHERE in self.new.notice.regions:
            return
        products = [self.reached.products[pk] for pk in self.reached.whose]
        async with self.turns.reading() as connection:
            before = await elsewhere.told_before(
                connection, self.new.event, self.new.notice, products
            )
            await elsewhere.leave_out(connection, self.new.notice.regions, before)

    async def _correct(self, step: Step, before: Sequence[planning.Alert]) -> int:
        """Tell those who were told; of what is told from now on, the text is the new one.

        That this was done is noted before anybody else is told of this revision, so that
        whoever goes on after a crash takes nobody for told before it.
        """
        kind = (step.reason, step.occurrence)
        same = [one for one in before if (one.reason, one.occurrence) == kind]
        earlier = [one.pk for one in before if one.reason in _FIRST_POSTS]
        if not earlier or any(one.planned for one in same):
            return 0
        async with self.turns.reading() as connection:
            await planning.choose_told(connection, earlier)
        count = await self._deliver(step)
        async with self.turns.writing() as connection:
            await self._renew(connection)
            now = self.clock.now()
            alert = await planning.alert(connection, self._naming(step), now, now)
            await planning.alert_planned(connection, alert, now)
        return count

    async def _choose_owners(self, wanted: Wanted) -> None:
        some = False
        for product, whose in self.reached.whose.items():
            if whose is Concern.EVERYBODY:
                async with self.turns.reading() as connection:
                    await planning.choose_owners(connection, product, wanted)
            else:
                some = await self._pick(product) or some
            await self._hold()
        if some:
            async with self.turns.reading() as connection:
                await planning.choose_picked(connection, wanted)

    async def _pick(self, product: int) -> bool:
        """Find out of whom that own the product the notice concerns the unit."""
        sieve = Sieve(self.reached.products[product], self.new.notice, self.lexicon)
        after, found = (0, 0), False
        while True:
            async with self.turns.reading() as connection:
                rows = await planning.items(connection, product, after)
                opened = planning.opener(connection)
            if not rows:
                return found
            owners = await asyncio.to_thread(_sifted, rows, sieve, opened)
            async with self.turns.reading() as connection:
                await planning.pick(connection, owners)
            after, found = (rows[-1][1], rows[-1][0]), found or bool(owners)
            await self._hold()

    async def _choose_asked(self, wanted: Wanted) -> None:
        async with self.turns.reading() as connection:
            answers = await planning.answers(connection, self.reached.whose)
            for one in answers:
                product = self.reached.products[one.product]
                asked = Asked(product, one.region, Verdict(one.verdict), one.field)
                now = changed(asked, self.new.notice, self.lexicon)
                codes = Codes(now.listed, now.others, now.unlisted)
                if now.listed or now.others or now.unlisted:
                    await planning.choose_asked(connection, one, codes, wanted)

    async def _deliver(self, step: Step) -> int:
        """Give everybody chosen a delivery, some thousands at a time."""
        count, after, alert = 0, 0, None
        while True:
            async with self.turns.reading() as connection:
                until = await planning.next_chunk(connection, after)
            if until is None:
                return count
            async with self.turns.writing() as connection:
                if alert is None:
                    now = self.clock.now()
                    alert = await planning.alert(connection, self._naming(step), now)
                await self._renew(connection)
                count += await planning.deliver(connection, alert, (after, until))
            after = until

    def _naming(self, step: Step) -> Naming:
        return Naming(
            self.new.event,
            step.reason.value,
            step.occurrence,
            self.new.pk,
            self.new.number,
            serious(self.new.notice),
        )


def _sifted(
    rows: Sequence[Owned], sieve: Sieve, opened: Callable[[bytes], str]
) -> list[tuple[int, int]]:
    """Return (subscriber, item) of the rows whose unit the notice concerns."""
    return [
        (subscriber, pk)
        for pk, subscriber, facts, confirmed in rows
        if _passes(facts, sieve, opened, confirmed=bool(confirmed))
    ]


def _passes(
    facts: bytes | None, sieve: Sieve, opened: Callable[[bytes], str], *, confirmed: bool
) -> bool:
    """Say whether the notice concerns the unit; of one nobody can read, its owner is told."""
    try:
        body = None if facts is None else opened(facts)
    except SealBroken:
        return True
    return sieve.lets_through(body, confirmed=confirmed)
