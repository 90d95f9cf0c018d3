"""What people and rules decide on drafts: each deed whole, checked, and written in the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from core.clock import Clock
from core.model.public import Account, Draft, Part, Sort, Stage
from core.publish.deciding import BLOCKED
from core.publish.lint import Problem, problems
from core.publish.release import people_missing, slot
from core.publish.summing import TOGETHER
from core.store import accounts, approvals, audit, drafts, group_posts, posted, releasing
from core.store.audit import Done
from core.store.drafts import Listed, Move, Stale
from core.store.failure import StoreUnavailable
from core.store.releasing import Release, Seen
from core.store.work import Database

log = structlog.get_logger(__name__)
DAY = timedelta(days=1)
Which = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Who:
    """Who decides: an operator by number, or a rule or the command line without one."""

    name: str
    operator: int | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a deed: the draft as it is now, and what the linter found in it.

    `waits_for` is how many more people have to approve it; `due_at` when it is posted.
    """

    draft: Draft
    problems: tuple[Problem, ...] = ()
    waits_for: int = 0
    due_at: datetime | None = None


class NotThere(Exception):  # noqa: N818 - what it is
    """There is no such draft."""


class Paused(Exception):  # noqa: N818 - what it is
    """The account posts nothing for now but what puts right what it said."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Decides on drafts; every deed raises NotThere, and Stale where somebody was quicker."""

    database: Database
    clock: Clock

    async def approve(self, which: Which, version: int, who: Who) -> Decided:
        """Approve a version; once enough people did it is released for the next free hour.

        What the linter finds keeps it from being approved. Raises Paused too.
        """
        async with self.database.writing() as connection:
            listed, account = await _found(connection, which)
            if not (account.active or listed.draft.sort is Sort.CORRECTION):
                raise Paused
            found = _problems(listed.draft)
            if found:
                return Decided(listed.draft, found)
            _current(listed, version)
            now = self.clock.now()
            names: tuple[str, ...] = (who.name,)
            if who.operator is not None:
                names = await approvals.approve(connection, which, version, who.operator, now)
            await _note(connection, now, who, "approve", which, f"v{version}")
            draft = replace(listed.draft, approvals=names)
            return await self._released(connection, draft, account, who, names)

    async def _released(
        self,
        connection: AsyncConnection,
        draft: Draft,
        account: Account,
        who: Who,
        names: tuple[str, ...],
    ) -> Decided:
        """Release the draft where enough people approved it."""
        missing = people_missing(draft, account, names)
        if missing:
            return Decided(draft, waits_for=missing)
        due = draft.due_at if draft.stage is not Stage.PENDING else None
        due_at = await self._slot(connection, draft, account, due)
        now = self.clock.now()
        which = (draft.alert, draft.account)
        await releasing.release(connection, Release(*which, draft.version, due_at), now)
        await _note(connection, now, who, "release", which, _moment(due_at))
        return Decided(replace(draft, stage=Stage.RELEASED), due_at=due_at)

    async def _slot(
        self,
        connection: AsyncConnection,
        draft: Draft,
        account: Account,
        wanted: datetime | None,
    ) -> datetime | None:
        """Return when it may be posted: at the time a person chose, else as the rules allow.

        What was said wrong is put right however much was posted that day.
        """
        now = self.clock.now()
        if wanted is not None and wanted > now:
            return wanted
        counts = draft.sort is not Sort.CORRECTION
        found = await posted.posted_since(connection, account.number, now - DAY)
        sent = found if counts else ()
        free = slot(account, serious=draft.serious, now=now, sent_last_day=sent)
        return free if free > now else None

    async def release_due(self) -> int:
        """Release what nobody stopped until it was due; return how many drafts that were.

        What the linter finds wrong waits for a human, and so does what the rules by now ask
        people for. One that a mistake of ours stops is told, and stops no other.
        """
        now, count = self.clock.now(), 0
        async with self.database.reading() as connection:
            due = await drafts.due(connection, now)
        for draft in due:
            try:
                count += await self._release_one(draft)
            except (StoreUnavailable, SQLAlchemyError):
                raise
            except (Stale, NotThere):
                continue  # somebody decided on it just now
            except Exception:
                log.exception("not_released", alert=draft.alert, account=draft.account)
        return count

    async def _release_one(self, draft: Draft) -> int:
        which = (draft.alert, draft.account)
        async with self.database.writing() as connection:
            listed, account = await _found(connection, which)
            _current(listed, draft.version)
            if await _may_be_summed(connection, listed.draft, self.clock.now()):
                return 0
            names = await approvals.approvals(connection, which, draft.version)
            asks = people_missing(listed.draft, account, names)
            wrong = _problems(listed.draft) or not account.active
            if wrong or asks:
                step = Move(Stage.DRAFTED, (Stage.PENDING,), why=BLOCKED if wrong else None)
                await drafts.move(connection, which, draft.version, step)
                return 0
            who = Who(listed.draft.rule)
            await self._released(connection, listed.draft, account, who, names)
            return 1

    async def schedule(self, which: Which, version: int, at: datetime, who: Who) -> Decided:
        """Choose when it is posted once it is approved."""
        async with self.database.writing() as connection:
            listed, _ = await _found(connection, which)
            await drafts.move(connection, which, version, Move(Stage.DRAFTED, due_at=at))
            await _note(connection, self.clock.now(), who, "schedule", which, _moment(at))
            return Decided(replace(listed.draft, stage=Stage.DRAFTED, due_at=at))

    async def hold(self, which: Which, version: int, who: Who) -> Decided:
        """Stop a draft, also one that was released and is not being posted yet."""
        return await self._stop(which, version, who, Stage.HELD)

    async def drop(self, which: Which, version: int, who: Who) -> Decided:
        """Decide that it is not posted."""
        return await self._stop(which, version, who, Stage.DROPPED)

    async def _stop(self, which: Which, version: int, who: Who, to: Stage) -> Decided:
        async with self.database.writing() as connection:
            listed, _ = await _found(connection, which)
            _current(listed, version)
            if listed.draft.stage is Stage.RELEASED:
                if not await releasing.withdraw(connection, which, Stage.HELD):
                    raise Stale
                if to is Stage.HELD:
                    await _note(connection, self.clock.now(), who, to.value, which)
                    return Decided(replace(listed.draft, stage=to))
            await drafts.move(connection, which, version, Move(to))
            await _note(connection, self.clock.now(), who, to.value, which)
            return Decided(replace(listed.draft, stage=to))

    async def take_up(self, which: Which, version: int, who: Who) -> Decided:
        """Let a draft that was held or dropped wait for everybody's approval again."""
        stages = (Stage.HELD, Stage.DROPPED)
        async with self.database.writing() as connection:
            listed, _ = await _found(connection, which)
            await drafts.move(connection, which, version, Move(Stage.DRAFTED, stages))
            await approvals.forget(connection, which)
            await _note(connection, self.clock.now(), who, "take_up", which)
            return Decided(replace(listed.draft, stage=Stage.DRAFTED, approvals=()))

    async def edit(
        self, which: Which, version: int, parts: Sequence[Part], who: Who
    ) -> Decided:
        """Let it say what a person wrote: another version, which waits for approval."""
        async with self.database.writing() as connection:
            listed, _ = await _found(connection, which)
            new = await drafts.change(connection, which, version, tuple(parts))
            await _note(connection, self.clock.now(), who, "edit", which, f"v{new}")
            draft = replace(listed.draft, parts=tuple(parts), version=new, edited=True)
            return Decided(draft, _problems(draft))

    async def again(self, which: Which, who: Who) -> bool:
        """Try a post again that rests unsent; False where it does not rest."""
        async with self.database.writing() as connection:
            now = self.clock.now()
            done = await releasing.again(connection, which, now)
            if done:
                await _note(connection, now, who, "again", which)
            return done

    async def seen_there(self, seen: Seen, who: Who) -> bool:
        """Note that a part of it stands on the platform, as a person saw."""
        async with self.database.writing() as connection:
            now = self.clock.now()
            done = await releasing.seen_there(connection, seen, now)
            if done:
                which = (seen.alert, seen.account)
                await _note(connection, now, who, "seen_there", which, seen.message)
            return done

    async def taken_down(self, which: Which, who: Who) -> bool:
        """Note that a person deleted the post on the platform."""
        async with self.database.writing() as connection:
            done = await releasing.taken_down(connection, which)
            if done:
                await _note(connection, self.clock.now(), who, "taken_down", which)
            return done


async def _may_be_summed(connection: AsyncConnection, draft: Draft, now: datetime) -> bool:
    """Say whether more recalls are on their way, with which it may go into one post."""
    if draft.sort is not Sort.RECALL:
        return False
    return await group_posts.more_to_come(connection, draft.alert, now - TOGETHER, now)


async def _found(connection: AsyncConnection, which: Which) -> tuple[Listed, Account]:
    listed = await drafts.get(connection, which)
    account = await accounts.account(connection, which[1])
    if listed is None or account is None:
        raise NotThere
    return listed, account


def _current(listed: Listed, version: int) -> None:
    if listed.draft.version != version:
        raise Stale


def _problems(draft: Draft) -> tuple[Problem, ...]:
    return problems(draft.parts, draft.lang, draft.sort)


async def _note(  # noqa: PLR0913, PLR0917 - one line of the log
    connection: AsyncConnection,
    now: datetime,
    who: Who,
    did: str,
    which: Which,
    detail: str = "",
) -> None:
    await audit.add(connection, now, who.name, Done(did, *which, detail))


def _moment(at: datetime | None) -> str:
    return at.isoformat(timespec="minutes") if at else ""
