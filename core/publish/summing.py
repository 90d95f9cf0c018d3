"""Many recalls at once are one post: after days of being down, and over the day's limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from core.clock import Clock
from core.model.delivery import serious
from core.model.public import Account, Draft, Mode, Part, Sort, Stage
from core.model.recall import Notice
from core.publish.composing import summary_parts
from core.publish.deciding import CHANGED_SINCE, DOES_NOT_FIT, NO_LONGER_SO, concerns
from core.publish.posts.summaries import Missed
from core.publish.release import Course, begin, course
from core.publish.voice import Voice
from core.store import accounts, background, drafts, group_posts, posted, releasing
from core.store.drafts import About, Anew, Listed, Move, Stale
from core.store.failure import StoreUnavailable
from core.store.posted import Basis
from core.store.work import Database

log = structlog.get_logger(__name__)
# Recalls that come together are decided on together: a post waits so long for others.
TOGETHER = timedelta(minutes=10)
DAY = timedelta(days=1)
MOST = 500


@dataclass(frozen=True, slots=True)
class Summing:
    """Sums up what waits for accounts that post by themselves; `page` is our own list."""

    database: Database
    clock: Clock
    voices: Mapping[str, Voice]
    page: str | None = None

    async def run(self) -> int:
        """Sum up where more waits than the day still allows; return how many summaries.

        Where somebody decides on the same drafts just now, or a mistake of ours stops it, it is
        tried again the next time, and stops no other account.
        """
        async with self.database.reading() as connection:
            every = await accounts.accounts(connection)
        count = 0
        for account in every:
            if account.channel in self.voices:
                count += await self._guarded(account)
        return count

    async def _guarded(self, account: Account) -> int:
        try:
            return await self._account(account)
        except (StoreUnavailable, SQLAlchemyError):
            raise
        except Stale:
            return 0
        except Exception:
            log.exception("not_summed_up", account=account.number)
            return 0

    async def _account(self, account: Account) -> int:
        async with self.database.writing() as connection:
            await self._anew(connection, account)
            if account.rules.mode is Mode.APPROVAL:
                return 0
            now = self.clock.now()
            found = await drafts.page(connection, (Stage.PENDING,), None, MOST)
            mine = [one for one in found if one.draft.account == account.number]
            waiting = [one for one in mine if _is_due(one, now)]
            if not waiting or await _more_to_come(connection, waiting, now):
                return 0
            sent = await posted.posted_since(connection, account.number, now - DAY)
            if course(account, waiting=len(waiting), sent_last_day=sent) is Course.EACH:
                return 0
            return await self._sum_up(connection, account, waiting)

    async def _sum_up(
        self, connection: AsyncConnection, account: Account, waiting: Sequence[Listed]
    ) -> int:
        """Let what of these stands go into one post; what does not is not drafted anew here."""
        now = self.clock.now()
        told = [(one, await _told(connection, account, one.draft.event)) for one in waiting]
        summed = [one for one, summed in told if summed is not None]
        found = [summed for _, summed in told if summed is not None]
        if not found:
            return 0
        notices, basis = _together(found)
        since = min(one.draft.created_at for one in summed)
        parts = self._parts(account, notices, since)
        about = About(0, f"summary {uuid4().hex}", serious=any(map(serious, notices)))
        stage, due = _begins(account, parts, urgent=about.serious, now=now)
        made = Draft(
            alert=await drafts.alert_for(connection, about, now),
            account=account.number,
            event=0,
            sort=Sort.SUMMARY,
            stage=stage,
            lang=account.style.lang,
            parts=parts,
            key=uuid4().hex,
            serious=about.serious,
            created_at=since,
            basis=basis,
            due_at=due,
            rule=account.rules.mode.value,
            why=None if parts else DOES_NOT_FIT,
        )
        await drafts.draft(connection, made)
        for one in summed:
            step = Move(Stage.SUMMED, (Stage.PENDING,), summed_in=made.alert)
            which = (one.draft.alert, one.draft.account)
            await drafts.move(connection, which, one.draft.version, step)
        return 1

    def _parts(
        self, account: Account, notices: tuple[Notice, ...], since: datetime
    ) -> tuple[Part, ...]:
        now = self.clock.now()
        missed = Missed(notices, since, now, self.page)
        return summary_parts(account, missed, self.voices[account.channel], now)

    async def _anew(self, connection: AsyncConnection, account: Account) -> None:
        """Let summaries that wait, also those that may not be posted, say what is so now."""
        stages = (Stage.PENDING, Stage.DRAFTED, Stage.HELD)
        waiting = await drafts.page(connection, stages, None, MOST)
        for old in (*waiting, *await drafts.outdated(connection)):
            draft = old.draft
            if draft.account == account.number and draft.sort is Sort.SUMMARY:
                told = await _told_of(connection, account, draft.basis)
                if told[1] != draft.basis:
                    await self._replace(connection, account, draft, told)

    async def _replace(
        self,
        connection: AsyncConnection,
        account: Account,
        old: Draft,
        told: tuple[tuple[Notice, ...], Basis],
    ) -> None:
        now, which, (notices, basis) = self.clock.now(), (old.alert, old.account), told
        released = old.stage is Stage.RELEASED
        if released and not await releasing.withdraw(connection, which, Stage.DRAFTED):
            return  # it is being posted just now
        if not notices:
            step = Move(Stage.DROPPED, why=NO_LONGER_SO)
            await drafts.move(connection, which, old.version, step)
            return
        # What a person wrote stays, and people look at it again.
        parts = old.parts if old.edited else self._parts(account, notices, old.created_at)
        worse = any(map(serious, notices))
        stage = Stage.DRAFTED if released else old.stage
        opened = replace(old, stage=stage)
        new = Anew(parts, basis, serious=worse, kept=old.edited)
        anew = await drafts.compose_anew(connection, opened, new)
        to, due = _begins(account, parts, urgent=anew.serious, now=now)
        if old.edited or old.stage in {Stage.DRAFTED, Stage.HELD}:
            # What a person stopped, or is to decide on, goes on waiting for one.
            to, due = (Stage.HELD if old.stage is Stage.HELD else Stage.DRAFTED), None
        why = CHANGED_SINCE if parts else DOES_NOT_FIT
        await drafts.move(connection, which, anew.version, Move(to, due_at=due, why=why))


def _begins(
    account: Account, parts: tuple[Part, ...], *, urgent: bool, now: datetime
) -> tuple[Stage, datetime | None]:
    """Return where a summary begins; those who could stop its recalls had time for that."""
    stage, _ = begin(account, serious=urgent, now=now)
    return (Stage.PENDING, now) if parts and stage is Stage.PENDING else (Stage.DRAFTED, None)


async def _told(
    connection: AsyncConnection, account: Account, event: int
) -> tuple[Notice, Basis] | None:
    """Return the notice that leads an event, and its versions; None where none stands."""
    told = await background.background(connection, event, None, None)
    lead = next((one for one in told.notices if concerns(account, one)), None)
    return None if lead is None else (lead, await drafts.versions(connection, event))


def _together(found: Sequence[tuple[Notice, Basis]]) -> tuple[tuple[Notice, ...], Basis]:
    """Return the notices, the serious ones first, and all their versions."""
    notices = sorted((lead for lead, _ in found), key=lambda one: not serious(one))
    basis = {version for _, versions in found for version in versions}
    return tuple(notices), tuple(sorted(basis))


async def _told_of(
    connection: AsyncConnection, account: Account, basis: Basis
) -> tuple[tuple[Notice, ...], Basis]:
    """Return what a summary of these is to say now: of those that still stand."""
    events = [await background.event_of(connection, notice) for notice, _ in basis]
    every = [await _told(connection, account, one) for one in dict.fromkeys(events)]
    return _together([one for one in every if one is not None])


def _is_due(one: Listed, now: datetime) -> bool:
    draft = one.draft
    if draft.stage is not Stage.PENDING:
        return False
    return draft.sort is Sort.RECALL and draft.due_at is not None and draft.due_at <= now


async def _more_to_come(
    connection: AsyncConnection, waiting: Sequence[Listed], now: datetime
) -> bool:
    newest = max(one.draft.alert for one in waiting)
    return await group_posts.more_to_come(connection, newest, now - TOGETHER, now)
