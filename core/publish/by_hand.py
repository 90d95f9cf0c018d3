"""Posts that somebody asks for by name: drafted at once, whatever led to the recall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from core.clock import Clock
from core.model.delivery import FIRST, serious
from core.model.photo import Photo
from core.model.public import Account, Draft, Sort, Stage
from core.publish import composing
from core.publish.desk import Decided, Desk, Who
from core.publish.drafting import DOES_NOT_FIT
from core.publish.photographing import remark
from core.publish.picturing import has_card, with_photo
from core.publish.voice import Voice
from core.store import audit, drafts, photos
from core.store.audit import Done
from core.store.drafts import About, Listed
from core.store.recalled import Recalled
from core.store.work import Database

COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True)
class ByHand:
    """Drafts what a person named, and approves it in their name; `who` stands in the log.

    `photo` is shown on the cards of new drafts.
    """

    database: Database
    clock: Clock
    voices: Mapping[str, Voice]
    who: Who
    photo: Photo | None = None

    async def post(
        self, account: Account, recall: Recalled, at: datetime | None = None
    ) -> Listed | Decided:
        """Return what was decided on a new draft, or the draft there was: none is made twice.

        With `at` it is posted then, without as soon as the account's rules allow.
        """
        async with self.database.writing() as connection:
            before = await _first(connection, account, recall.event)
            if before is not None:
                return before
            draft = await self._drafted(connection, account, recall, at)
        desk = Desk(self.database, self.clock)
        return await desk.approve((draft.alert, draft.account), draft.version, self.who)

    async def _drafted(
        self,
        connection: AsyncConnection,
        account: Account,
        recall: Recalled,
        at: datetime | None,
    ) -> Draft:
        now = self.clock.now()
        basis = await drafts.versions(connection, recall.event)
        grave = any(serious(one) for one in recall.notices)
        # The first of them is the one the event is named by.
        about = About(recall.event, FIRST, *basis[0], grave)
        alert = await drafts.alert_for(connection, about, now)
        parts = composing.recall_parts(
            account, recall.notices, self.voices[account.channel], now
        )
        made = Draft(
            alert=alert,
            account=account.number,
            event=recall.event,
            sort=Sort.RECALL,
            stage=Stage.DRAFTED,
            lang=account.style.lang,
            parts=parts,
            key=uuid4().hex,
            serious=grave,
            created_at=now,
            notice=about.notice,
            basis=basis,
            due_at=at,
            rule=COMMAND_LINE,
            why=None if parts else DOES_NOT_FIT,
        )
        made = await self._with_photo(connection, made)
        await drafts.draft(connection, made)
        return made

    async def _with_photo(self, connection: AsyncConnection, made: Draft) -> Draft:
        """Return the draft with the photo that was given, as a person's own work."""
        if self.photo is None or not has_card(made.parts):
            return made
        now = self.clock.now()
        await photos.keep(connection, self.photo, self.who.name, now)
        done = Done("photo", made.alert, made.account, remark(self.photo))
        await audit.add(connection, now, self.who.name, done)
        return replace(made, parts=with_photo(made.parts, self.photo), edited=True)


async def _first(connection: AsyncConnection, account: Account, event: int) -> Listed | None:
    """Return what the account posted or is to post on the event, None for nothing."""
    for one in await drafts.of_event(connection, event):
        if one.draft.account == account.number and one.occurrence == FIRST:
            return one
    return None


def in_language(account: Account, lang: str | None) -> Account:
    """Return the account as if it wrote in that language; None leaves it as it is."""
    return (
        account if lang is None else replace(account, style=replace(account.style, lang=lang))
    )
