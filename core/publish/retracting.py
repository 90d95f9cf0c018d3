"""Taking posts back by one click: every account that posted the event says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from core.clock import Clock
from core.model.delivery import FIRST, Because, State
from core.model.public import Account, Draft, Sort, Stage
from core.publish.composing import Earlier
from core.publish.desk import Decided, Desk, NotThere, Who
from core.publish.drafting import DOES_NOT_FIT, Voices
from core.publish.posts.corrections import Corrected
from core.publish.taking_back import taken_back
from core.store import accounts, audit, background, drafts
from core.store.audit import Done
from core.store.drafts import About, Listed, Stale
from core.store.work import Database

# How the occurrence of what the desk takes back begins; a name of its own follows.
TAKEN_BACK = "desk "
_UNDER_WAY = frozenset({State.WAITING, State.LATER, State.CLAIMED})


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What came of taking an event's posts back: what was decided on each correction.

    `stopped` counts drafts on it that were held before they were posted.
    """

    decided: tuple[Decided, ...]
    stopped: int = 0


@dataclass(frozen=True, slots=True)
class Retracting:
    """Takes back what accounts posted on an event, by a text that is written beforehand."""

    database: Database
    clock: Clock
    voices: Voices

    async def withdraw(self, event: int, who: Who, *, release: bool) -> Withdrawn:
        """Draft for every account that posted the event that it takes its post back.

        Each is approved by `who` where they may `release`; two people stay two people. What
        was not posted yet is held. An account that does so already is left as it is.
        """
        desk = Desk(self.database, self.clock)
        async with self.database.reading() as connection:
            known = await drafts.of_event(connection, event)
        stopped = [await _stopped(desk, one, who) for one in known if _to_come(one)]
        made = await self._drafted(event, who)
        decided = [Decided(one) for one in made]
        if release:
            decided = [
                await desk.approve((one.alert, one.account), one.version, who)
                if one.parts
                else Decided(one)
                for one in made
            ]
        return Withdrawn(tuple(decided), sum(stopped))

    async def _drafted(self, event: int, who: Who) -> tuple[Draft, ...]:
        """Draft for each account in one transaction; nothing where nobody posted it."""
        async with self.database.writing() as connection:
            # Of two people who take back at once, the second finds what the first drafted.
            await drafts.alone_with(connection, event)
            known = await drafts.of_event(connection, event)
            about = About(event, f"{TAKEN_BACK}{uuid4()}")
            made = []
            for first in _to_take_back(known):
                account = await accounts.account(connection, first.draft.account)
                if account is not None and account.channel in self.voices():
                    made.append(await self._draft(connection, account, first, about, who))
            return tuple(made)

    async def _draft(
        self,
        connection: AsyncConnection,
        account: Account,
        first: Listed,
        about: About,
        who: Who,
    ) -> Draft:
        now = self.clock.now()
        told = await background.background(connection, about.event, None, None)
        earlier = Earlier(first.sent_at or first.draft.created_at, len(first.posted) or 1)
        voice = self.voices()[account.channel]
        texts: Corrected = taken_back(account, told.notices, earlier, voice, now)
        about = replace(about, serious=first.draft.serious)
        made = Draft(
            alert=await drafts.alert_for(connection, about, now),
            account=account.number,
            event=about.event,
            sort=Sort.CORRECTION,
            stage=Stage.DRAFTED,
            lang=account.style.lang,
            parts=texts.parts,
            edits=texts.edits,
            key=uuid4().hex,
            serious=about.serious,
            created_at=now,
            # Whatever becomes of the notice, our post stays withdrawn: it rests on no version.
            basis=(),
            rule=who.name,
            why=None if texts.parts else DOES_NOT_FIT,
        )
        await drafts.draft(connection, made)
        done = Done("withdraw", made.alert, made.account)
        await audit.add(connection, now, who.name, done)
        return made


def _to_take_back(known: Sequence[Listed]) -> list[Listed]:
    """Return the first posts that stand and are not taken back yet."""
    taken = {
        one.draft.account
        for one in known
        if one.occurrence.startswith(TAKEN_BACK) and one.draft.stage is not Stage.DROPPED
    }
    return [one for one in known if _stands(one) and one.draft.account not in taken]


def _stands(one: Listed) -> bool:
    """Say whether people may have read it, as a post of its own or in a summary."""
    down = one.why == Because.TAKEN_DOWN
    public = bool(one.posted or one.doubtful) or one.draft.stage is Stage.SUMMED
    return one.occurrence == FIRST and public and not down


def _to_come(one: Listed) -> bool:
    """Say whether something of it may still go out by itself."""
    ours = one.occurrence.startswith(TAKEN_BACK)
    begun = bool(one.posted or one.doubtful)
    released = one.draft.stage is Stage.RELEASED and one.state in _UNDER_WAY
    waits = one.draft.stage in {Stage.DRAFTED, Stage.PENDING} or released
    return waits and not (ours or begun)


async def _stopped(desk: Desk, one: Listed, who: Who) -> int:
    try:
        await desk.hold((one.draft.alert, one.draft.account), one.draft.version, who)
    except (Stale, NotThere):
        return 0  # it is being posted just now, or somebody decided on it
    return 1
