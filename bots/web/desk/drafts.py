"""The queue: what waits for people, what counts down, what went wrong, what was posted."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.responses import Response

from bots.web.desk.frame import Visit
from bots.web.desk.newsroom import PAID
from bots.web.desk.room import QUEUE, Room
from bots.web.desk.sheets import Sheet
from bots.web.form import whole_number
from core.model.public import Account
from core.store import piles
from core.store.piles import Pile

A_PAGE = 20
# What the overview shows of each pile; of what was posted or dropped less.
FIRST, FIRST_OF_THE_PAST = 8, 3
PAST = frozenset({Pile.POSTED, Pile.DROPPED})


class Queue:
    """Serves it."""

    def __init__(self, room: Room) -> None:
        """Stand in the frame of `room`."""
        self._room = room
        room.frame.page(QUEUE, self.page)

    async def page(self, visit: Visit) -> Response:
        """Show every pile from its top, or one pile page by page."""
        asked = visit.request.query_params
        every = await self._room.accounts()
        chosen = every.get(whole_number(asked.get("account", "")))
        pile = next((one for one in Pile if one.value == asked.get("pile")), None)
        start = whole_number(asked.get("start", "")) if pile else 0
        number = chosen.number if chosen else None
        async with self._room.frame.database.reading() as connection:
            counts = await piles.counts(connection, number)
            shown = {
                one: await piles.of_pile(connection, one, number, start, _most(one, pile))
                for one in ([pile] if pile else Pile)
            }
        sheets = {
            one: [
                self._room.sheet(visit, listed, every[listed.draft.account])
                for listed in found
                if listed.draft.account in every
            ]
            for one, found in shown.items()
        }
        return self._room.frame.show(
            visit,
            "desk/drafts.html",
            piles=sheets,
            counts=counts,
            pile=pile,
            chosen=chosen,
            accounts=_offered(every.values()),
            start=start,
            a_page=A_PAGE,
            more=pile is not None and counts[pile] > start + A_PAGE,
            paid=_pays(every.values()) and self._room.newsroom.tariff is not None,
            one_click=one_click,
        )


def _most(pile: Pile, only: Pile | None) -> int:
    if only is not None:
        return A_PAGE
    return FIRST_OF_THE_PAST if pile in PAST else FIRST


def _offered(every: Iterable[Account]) -> list[tuple[str, str]]:
    return [(str(one.number), f"{one.name} ({one.channel})") for one in every]


def _pays(every: Iterable[Account]) -> bool:
    return any(one.channel == PAID for one in every)


def one_click(sheet: Sheet, me: str) -> bool:
    """Say whether somebody may approve it in the list: they see all of it there."""
    whole = len(sheet.parts) == 1
    return sheet.waits and whole and sheet.wants(me)
