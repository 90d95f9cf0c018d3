"""What an operator writes to everybody: drafted for each account they chose, about no event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from core.clock import Clock
from core.model.public import Account, Draft, Part, Sort, Stage
from core.model.recall import Notice, State
from core.publish import composing
from core.publish.desk import Who
from core.publish.drafting import Voices
from core.publish.posts.advisories import Advisory, advisory_post
from core.publish.posts.authorities import short_name
from core.publish.posts.facts import hazard_of
from core.publish.posts.foreign import named
from core.publish.posts.platform import DoesNotFit
from core.publish.posts.products import product_of
from core.publish.voice import Voice
from core.store import audit, drafts
from core.store.audit import Done
from core.store.drafts import About
from core.store.work import Database
from core.text.translations import Translator

LONGEST_NAME = 80
# The list of recalls behind the text: as many as fit, at last none.
_LINES = (10, 6, 4, 3, 2, 1)


@dataclass(frozen=True, slots=True)
class Advice:
    """What an operator wrote, and recalls to list behind it as far as they fit."""

    advisory: Advisory
    recalled: tuple[Notice, ...] = ()


def advisory_parts(
    account: Account, advice: Advice, voice: Voice, now: datetime
) -> tuple[Part, ...]:
    """Return it as posts of the account, () where it fits in no way."""
    style, reader = voice.style(account.style), composing.reader_of(account, now)
    platform = voice.platform(style)
    known = [one for one in advice.recalled if one.state is State.OPEN]
    for count in (*(one for one in _LINES if one <= max(len(known), 0)), 0):
        advisory = _with_list(advice.advisory, known[:count], reader.words)
        try:
            return advisory_post(advisory, style, reader, platform)
        except DoesNotFit:
            continue
    return composing.NOTHING


def _with_list(advisory: Advisory, recalled: Sequence[Notice], words: Translator) -> Advisory:
    if not recalled:
        return advisory
    lines = [words("advice_recalled"), *(_line(one, words) for one in recalled)]
    return replace(advisory, paragraphs=(*advisory.paragraphs, "\n".join(lines)))


def _line(notice: Notice, words: Translator) -> str:
    fields = {
        "product": named(product_of(notice, words), LONGEST_NAME),
        "kinds": hazard_of(notice, words),
        "source": short_name(notice.authority),
    }
    return "- " + words("digest_line", **fields)


@dataclass(frozen=True, slots=True)
class Advising:
    """Drafts advisories for accounts whose platforms `voices` knows."""

    database: Database
    clock: Clock
    voices: Voices

    async def draft(
        self, advice: Advice, accounts: Sequence[Account], at: datetime | None, who: Who
    ) -> tuple[Draft, ...]:
        """Draft it for each account, to be posted at that moment once it is approved.

        Where it fits an account in no way nothing is drafted for that one.
        """
        now = self.clock.now()
        about = About(0, f"advisory {uuid4()}")
        made = []
        async with self.database.writing() as connection:
            for account in accounts:
                parts = self._parts(account, advice, now)
                if not parts:
                    continue
                new = Draft(
                    alert=await drafts.alert_for(connection, about, now),
                    account=account.number,
                    event=0,
                    sort=Sort.ADVISORY,
                    stage=Stage.DRAFTED,
                    lang=account.style.lang,
                    parts=parts,
                    key=uuid4().hex,
                    serious=False,
                    created_at=now,
                    due_at=at,
                    rule=who.name,
                )
                await drafts.draft(connection, new)
                done = Done("advise", new.alert, new.account)
                await audit.add(connection, now, who.name, done)
                made.append(new)
        return tuple(made)

    def _parts(self, account: Account, advice: Advice, now: datetime) -> tuple[Part, ...]:
        voice = self.voices().get(account.channel)
        return advisory_parts(account, advice, voice, now) if voice else composing.NOTHING
