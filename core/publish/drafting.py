"""Drafting what accounts post: each revision is looked at once, and killed at no loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import SQLAlchemyError

from core.clock import Clock
from core.model.public import Account
from core.publish.deciding import CHANGED_SINCE, DOES_NOT_FIT, Revised
from core.publish.steps import Step, Told
from core.publish.voice import Voice
from core.store import accounts, background, drafts, undrafted
from core.store.drafts import Listed, Stale
from core.store.failure import StoreUnavailable
from core.store.undrafted import Undrafted
from core.store.work import Database

__all__ = ["CHANGED_SINCE", "DOES_NOT_FIT", "Drafting", "Voices"]

log = structlog.get_logger(__name__)
AT_ONCE = 100
Voices = Callable[[], Mapping[str, Voice]]


@dataclass(frozen=True, slots=True)
class Drafting:
    """Drafts for every account of which `voices` knows the platform."""

    database: Database
    clock: Clock
    voices: Voices

    async def run(self) -> int:
        """Draft every revision that waits; return how many drafts were made or changed.

        One that a mistake of ours stops is told and stops no other; like one on which cannot
        be decided yet, since its post is just being sent, it is looked at again the next time.
        """
        changed, later = await self._outdated(), set[tuple[int, int]]()
        while True:
            async with self.database.reading() as connection:
                found = await undrafted.undrafted(connection, AT_ONCE + len(later))
                every = await accounts.accounts(connection)
            waiting = [one for one in found if one.key not in later]
            if not waiting:
                return changed
            if not every:
                await self._put_aside(waiting)
                continue
            for one in await self._without_silent(waiting):
                count, decided = await self._guarded(one, every)
                changed += count
                if not decided:
                    later.add(one.key)

    async def _without_silent(self, waiting: list[Undrafted]) -> list[Undrafted]:
        """Put aside what is announced to nobody and has no draft; return the others.

        An archive that is read for the first time is tens of thousands of them.
        """
        silent = [one for one in waiting if one.quiet or one.exercise or one.shipped]
        if not silent:
            return waiting
        async with self.database.writing() as connection:
            aside = {
                one.key for one in silent if not await drafts.of_event(connection, one.event)
            }
            await undrafted.drafted(connection, aside, self.clock.now())
        return [one for one in waiting if one.key not in aside]

    async def _put_aside(self, waiting: list[Undrafted]) -> None:
        async with self.database.writing() as connection:
            keys = [one.key for one in waiting]
            await undrafted.drafted(connection, keys, self.clock.now())

    async def _guarded(self, one: Undrafted, every: tuple[Account, ...]) -> tuple[int, bool]:
        """Return how many drafts were changed, and whether all was decided."""
        try:
            return await self._revision(one, every)
        except (StoreUnavailable, SQLAlchemyError):
            raise
        except Stale:
            pass  # somebody was quicker at one of the drafts
        except Exception:
            log.exception("revision_not_drafted", notice=one.pk, revision=one.number)
        return 0, False

    async def _revision(self, new: Undrafted, every: tuple[Account, ...]) -> tuple[int, bool]:
        """Do what one revision asks of each account; where one has to wait it is asked again.

        All of it is kept or nothing, and what was done already does nothing when asked again.
        """
        voices, count, decided = self.voices(), 0, True
        async with self.database.writing() as connection:
            told = await background.background(connection, new.event, new.pk, new.number)
            before = await drafts.of_event(connection, new.event)
            for account in every:
                if account.channel in voices:
                    about = Told(new.event, told, await drafts.versions(connection, new.event))
                    voice = voices[account.channel]
                    step = Step(connection, self.clock.now(), account, voice, about)
                    mine = [one for one in before if one.draft.account == account.number]
                    done = await step.of(_revised(new, about), mine, (new.pk, new.number))
                    count += done.count
                    decided = decided and done.decided
            if decided:
                await undrafted.drafted(connection, [new.key], self.clock.now())
        return count, decided

    async def _outdated(self) -> int:
        """Compose anew what was released and waits, since its event says something else now.

        Its revision may have been looked at while it was being sent, or another notice may
        have become part of the event.
        """
        async with self.database.reading() as connection:
            found = await drafts.outdated(connection)
        count = 0
        for one in found:
            if not one.draft.event:
                continue  # a summary is composed anew as a whole
            try:
                count += await self._again(one)
            except (StoreUnavailable, SQLAlchemyError):
                raise
            except Stale:
                continue
            except Exception:
                which = {"alert": one.draft.alert, "account": one.draft.account}
                log.exception("not_composed_anew", **which)
        return count

    async def _again(self, old: Listed) -> int:
        """Compose one draft anew in a transaction of its own."""
        draft, voices = old.draft, self.voices()
        async with self.database.writing() as connection:
            account = await accounts.account(connection, draft.account)
            if account is None or account.channel not in voices:
                return 0
            event = await background.event_of(connection, draft.event)
            told = await background.background(connection, event, draft.notice, None)
            about = Told(event, told, await drafts.versions(connection, event))
            voice = voices[account.channel]
            step = Step(connection, self.clock.now(), account, voice, about)
            every = await drafts.of_event(connection, event)
            mine = [one for one in every if one.draft.account == account.number]
            return await step.anew(draft.alert, mine)


def _revised(new: Undrafted, about: Told) -> Revised:
    notices = about.background.notices
    return Revised(new.kind, new.quiet, new.exercise, new.shipped, notices, new.seen_at)
