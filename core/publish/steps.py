"""What a revision asks of one account, done within one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.delivery import FIRST, Because, serious
from core.model.outbox import Background
from core.model.public import Account, Draft, Part, Sort, Stage
from core.model.recall import State as Standing
from core.publish import composing
from core.publish.composing import Earlier
from core.publish.deciding import (
    BLOCKED,
    CHANGED_SINCE,
    DOES_NOT_FIT,
    NO_LONGER_SO,
    TOLD_ELSEWHERE,
    Deed,
    First,
    Revised,
    concerns,
    corrects_by_itself,
    deed,
)
from core.publish.release import begin
from core.publish.voice import Voice
from core.store import background, drafts, releasing
from core.store.drafts import About, Anew, Listed, Move

Texts = tuple[tuple[Part, ...], tuple[Part, ...]]
# What waits for a human because of these goes on by itself once its text is another.
_OF_THE_TEXT = frozenset({DOES_NOT_FIT, BLOCKED})
_UNDECIDED, _DECIDED = False, True


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it stands now: what is told of it, and the versions that rests on."""

    event: int
    background: Background
    basis: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Done:
    """How many drafts were made or changed, and whether all could be decided."""

    count: int
    decided: bool = _DECIDED


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one account's drafts on one event, in one transaction."""

    connection: AsyncConnection
    now: datetime
    account: Account
    voice: Voice
    told: Told

    async def of(
        self, revised: Revised, mine: Sequence[Listed], which: tuple[int, int]
    ) -> Done:
        """Do what that revision, (notice, number), asks; asked again it does nothing more."""
        first, others = await self._firsts(mine)
        far = await self._far(first)
        count = await self._dropped(others, TOLD_ELSEWHERE)
        if not revised.exercise:
            count += await self._corrections_anew(mine, first)
        match deed(revised, self.account, far):
            case Deed.DRAFT:
                count += await self._draft(which)
            case Deed.ANEW | Deed.REVIVE as what if first is not None:
                count += await self._recall_anew(first, revive=what is Deed.REVIVE)
            case Deed.DROP if first is not None:
                count += await self._dropped([first], NO_LONGER_SO)
            case Deed.CORRECT if first is not None:
                count += await self._correct(first, which)
            case Deed.WAIT:
                return Done(count, _UNDECIDED)
        return Done(count)

    async def anew(self, alert: int, mine: Sequence[Listed]) -> int:
        """Compose anew the draft of that alert, which was released and may not be posted."""
        first, others = await self._firsts(mine)
        if first is None:
            return 0
        if first.draft.alert == alert:
            notices = self.told.background.notices
            if not any(concerns(self.account, one) for one in notices):
                return await self._dropped([first], NO_LONGER_SO)
            return await self._recall_anew(first)
        if any(one.draft.alert == alert for one in others):
            return await self._dropped(others, TOLD_ELSEWHERE)
        return await self._corrections_anew(mine, first)

    async def _firsts(self, mine: Sequence[Listed]) -> tuple[Listed | None, list[Listed]]:
        """Return the account's post on the event, and others of before it was one event.

        The one that people may have read counts, else the one that is nearest to that.
        """
        found = [one for one in mine if one.occurrence == FIRST]
        if not found:
            return None, []
        ranked = [(_place(await self._far(one)), number) for number, one in enumerate(found)]
        first = found[min(ranked)[1]]
        return first, [one for one in found if one is not first]

    async def _far(self, listed: Listed | None) -> First | None:
        """Return how far a draft came."""
        if listed is None:
            return None
        summary = None
        if listed.summed_in is not None:
            which = (listed.summed_in, self.account.number)
            found = await drafts.get(self.connection, which)
            summary = _alone(found) if found else None
        return replace(_alone(listed), summary=summary)

    async def _draft(self, which: tuple[int, int]) -> int:
        notices = self.told.background.notices
        parts = composing.recall_parts(self.account, notices, self.voice, self.now)
        about = About(self.told.event, FIRST, *which, any(serious(one) for one in notices))
        return await self._put(about, Sort.RECALL, (parts, ()))

    async def _put(self, about: About, sort: Sort, texts: Texts) -> int:
        """Keep a new draft; where there is one already nothing happens."""
        parts, edits = texts
        stage, due = self._begins(sort, parts, urgent=about.serious)
        made = Draft(
            alert=await drafts.alert_for(self.connection, about, self.now),
            account=self.account.number,
            event=about.event,
            sort=sort,
            stage=stage,
            lang=self.account.style.lang,
            parts=parts,
            key=uuid4().hex,
            serious=about.serious,
            created_at=self.now,
            notice=about.notice,
            basis=self.told.basis,
            edits=edits,
            due_at=due,
            rule=self.account.rules.mode.value,
            why=None if parts else DOES_NOT_FIT,
        )
        return int(await drafts.draft(self.connection, made))

    def _begins(
        self, sort: Sort, parts: tuple[Part, ...], *, urgent: bool
    ) -> tuple[Stage, datetime | None]:
        """Return where a new text begins, and when it is released unless stopped."""
        alone = sort is not Sort.CORRECTION or corrects_by_itself(self.account)
        if not (alone and parts):
            return Stage.DRAFTED, None
        return begin(self.account, serious=urgent, now=self.now)

    async def _recall_anew(self, first: Listed, *, revive: bool = False) -> int:
        """Compose the first post again; a changed text needs its people again."""
        notices = self.told.background.notices
        parts = composing.recall_parts(self.account, notices, self.voice, self.now)
        if revive:
            # From where it was dropped nothing is composed anew.
            step = Move(Stage.DRAFTED, (Stage.DROPPED,), why=BLOCKED)
            await drafts.move(self.connection, _which(first), first.draft.version, step)
            draft = replace(first.draft, stage=Stage.DRAFTED, why=BLOCKED, basis=())
            first = replace(first, draft=draft)
        return await self._replace(first, (parts, ()), moves=revive)

    async def _replace(self, old: Listed, texts: Texts, *, moves: bool = False) -> int:
        """Let a draft say this, and where that `moves` it or is another text begin again."""
        draft, (parts, edits) = old.draft, texts
        if self.told.basis == draft.basis:
            return 0  # that is what it says already
        edited = draft.edited
        if edited:
            # What a person wrote stays, and people look at it again.
            parts = draft.parts
        same = (parts, edits) == (draft.parts, draft.edits) and not edited
        opened = await self._open(old, same=same)
        if opened is None:
            return 0
        worse = any(serious(one) for one in self.told.background.notices)
        anew = await drafts.compose_anew(
            self.connection, opened, Anew(parts, self.told.basis, edits, worse, kept=edited)
        )
        if moves or not same:
            await self._move_on(old, anew)
        return int(moves or not same)

    async def _open(self, old: Listed, *, same: bool) -> Draft | None:
        """Return the draft, taken back where its text changes; None where it is too late."""
        if same or old.draft.stage is not Stage.RELEASED:
            return old.draft
        if not await releasing.withdraw(self.connection, _which(old), Stage.DRAFTED):
            return None  # it is being posted just now, and composed anew or corrected then
        current = await drafts.get(self.connection, _which(old))
        return current.draft if current else None

    async def _move_on(self, old: Listed, anew: Draft) -> None:
        """Let the changed draft begin again; what a person stopped or took up waits for one."""
        stage, due = self._begins(anew.sort, anew.parts, urgent=anew.serious)
        before = old.draft
        waits = before.stage is Stage.DRAFTED and before.why not in _OF_THE_TEXT
        if before.edited or waits:
            later = before.due_at is not None and before.due_at > self.now
            stage, due = Stage.DRAFTED, before.due_at if later else None
        if before.stage is Stage.HELD:
            stage, due = Stage.HELD, None
        why = CHANGED_SINCE if anew.parts else DOES_NOT_FIT
        step = Move(stage, (anew.stage,), due, why)
        await drafts.move(self.connection, _which(old), anew.version, step)

    async def _dropped(self, found: Sequence[Listed], why: str) -> int:
        """Post none of these that nobody can have read; return how many that were."""
        count = 0
        for one in found:
            far = _alone(one)
            if far.to_come and not far.undecided:
                count += await self._drop(one, why)
        return count

    async def _drop(self, one: Listed, why: str) -> int:
        which = _which(one)
        if one.draft.stage is Stage.RELEASED and not await releasing.withdraw(
            self.connection, which, Stage.HELD
        ):
            return 0  # whoever has it finds it outdated, and it is looked at again
        step = Move(Stage.DROPPED, why=why)
        await drafts.move(self.connection, which, one.draft.version, step)
        return 1

    async def _correct(self, first: Listed, which: tuple[int, int]) -> int:
        """Draft what corrects the posts that people may have read."""
        earlier = await self._earlier(first)
        texts = composing.correction_parts(
            self.account, self.told.background, earlier, self.voice, self.now
        )
        occurrence = f"{which[0]}/{which[1]}"
        worse = any(serious(one) for one in self.told.background.notices)
        about = About(self.told.event, occurrence, *which, first.draft.serious or worse)
        return await self._put(about, Sort.CORRECTION, (texts.parts, texts.edits))

    async def _corrections_anew(self, mine: Sequence[Listed], first: Listed | None) -> int:
        """Let corrections that wait say what is so now; of what was withdrawn, only that."""
        count = 0
        for old in mine:
            # What a person took back stays so whatever is revised: its name has no revision.
            waits = old.occurrence != FIRST and "/" in old.occurrence and _alone(old).to_come
            if not waits or first is None or old.draft.basis == self.told.basis:
                continue
            pk, _, number = old.occurrence.partition("/")
            told = await background.background(
                self.connection, self.told.event, int(pk), int(number)
            )
            if _overtaken(told):
                count += await self._dropped([old], NO_LONGER_SO)
                continue
            earlier = await self._earlier(first)
            texts = composing.correction_parts(
                self.account, told, earlier, self.voice, self.now
            )
            count += await self._replace(old, (texts.parts, texts.edits))
        return count

    async def _earlier(self, first: Listed) -> Earlier:
        """Return the post that people may have read, as it is spoken of."""
        read = first
        if first.summed_in is not None:
            which = (first.summed_in, self.account.number)
            read = await drafts.get(self.connection, which) or first
        at = read.sent_at or read.draft.created_at
        if read.posted:
            at = read.posted[0].at
        return Earlier(at, len(read.posted) or len(read.draft.parts))


def _overtaken(told: Background) -> bool:
    """Say whether a change is told no more: by now its notice was withdrawn altogether."""
    if told.now is None or not told.notices:
        return False
    withdrawn = told.notices[0].state is Standing.RETRACTED
    return withdrawn and told.now.notice.state is not Standing.RETRACTED


def _which(listed: Listed) -> tuple[int, int]:
    return listed.draft.alert, listed.draft.account


def _alone(listed: Listed) -> First:
    """Return how far a draft itself came."""
    draft = listed.draft
    down = listed.why == Because.TAKEN_DOWN
    return First(
        draft.stage,
        listed.state,
        bool(listed.posted),
        bool(listed.doubtful),
        draft.why,
        taken_down=down,
    )


def _place(first: First | None) -> int:
    """Return 0 for what people may have read, more the further from that."""
    if first is None or first.taken_down:
        return 4
    if first.public:
        return 0
    if first.undecided:
        return 1
    return 2 if first.stage is not Stage.DROPPED else 3
