"""What the pages on drafts share: the frame, the platforms, and how a draft is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bots.web.desk.frame import Frame, Visit
from bots.web.desk.newsroom import Newsroom
from bots.web.desk.sheets import Sheet, sheet
from core.clock import Clock
from core.model.public import Account, Card
from core.publish.desk import Desk, Who
from core.store import accounts, background, drafts, piles
from core.store.audit import Entry
from core.store.listed import Listed, Which

QUEUE = "/desk/drafts"
MOST_HISTORY = 50


@dataclass(frozen=True, slots=True)
class Room:
    """Everything the pages on drafts stand in."""

    frame: Frame
    newsroom: Newsroom
    clock: Clock

    @property
    def desk(self) -> Desk:
        """Return what decides on drafts."""
        return Desk(self.frame.database, self.clock)

    async def found(self, visit: Visit) -> Sheet:
        """Return the draft that the address names; raises HTTPException (404)."""
        which = self.which(visit)
        async with self.frame.database.reading() as connection:
            listed = await drafts.get(connection, which)
            account = await accounts.account(connection, which[1])
        if listed is None or account is None:
            raise HTTPException(404)
        return self.sheet(visit, listed, account)

    def sheet(self, visit: Visit, listed: Listed, account: Account) -> Sheet:
        """Return a draft as it is shown to them now."""
        return sheet(listed, account, self.newsroom, visit.words, visit.now)

    async def accounts(self) -> Mapping[int, Account]:
        """Return every account by its number."""
        async with self.frame.database.reading() as connection:
            every = await accounts.accounts(connection)
        return {one.number: one for one in every}

    async def show(
        self,
        visit: Visit,
        *,
        status: int = 200,
        errors: Mapping[str, str] | None = None,
        **more: object,
    ) -> Response:
        """Return the page of the draft that the address names, as it is now."""
        found = await self.found(visit)
        notice, history = await self._told(found.listed)
        fields: dict[str, object] = {
            "sheet": found,
            "recall": notice,
            "history": history,
            "version_given": None,
            "typed": {},
            "card": self._card(found),
            **more,
        }
        return self.frame.show(
            visit, "desk/draft.html", status=status, errors=errors or {}, **fields
        )

    async def _told(self, listed: Listed) -> tuple[tuple[str, str] | None, Sequence[Entry]]:
        """Return the id and the name of the recall it is about, and its history."""
        draft = listed.draft
        which = (draft.alert, draft.account)
        async with self.frame.database.reading() as connection:
            history = await piles.history(connection, which, MOST_HISTORY)
            if not draft.event:
                return None, history
            told = await background.background(connection, draft.event, draft.notice, None)
        lead = told.notices[0] if told.notices else None
        return ((lead.id, lead.product) if lead else None), history

    def _card(self, sheet: Sheet) -> Card | None:
        """Return the card on which a photo can be put, None where there is none."""
        if self.newsroom.take_in is None:
            return None
        pictures = (part.picture for part in sheet.listed.draft.parts)
        return next((one for one in pictures if isinstance(one, Card)), None)

    @staticmethod
    def which(visit: Visit) -> Which:
        """Return the draft that the address names."""
        return visit.part("alert"), visit.part("account")

    @staticmethod
    def version(visit: Visit) -> int:
        """Return the version that a form names; raises HTTPException (400)."""
        version = visit.form.number("version")
        if version is None:
            raise HTTPException(400)
        return version

    @staticmethod
    def who(visit: Visit) -> Who:
        """Return who decides."""
        return Who(visit.operator.name, visit.operator.pk)
