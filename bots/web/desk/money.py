"""What posts cost: this month against its cap, what is to come, and every expense."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from babel.numbers import format_currency
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bots.web.desk.frame import Visit
from bots.web.desk.newsroom import PAID, Tariff
from bots.web.desk.previews import shown
from bots.web.desk.room import Room
from core.model.public import Account
from core.store import piles, purse
from core.store.listed import Listed
from core.store.purse import Expense
from core.text.translations import Translator

MONEY = "/desk/money"
MILLION = 1_000_000
MOST_EXPENSES = 100
MOST_WAITING = 200


@dataclass(frozen=True, slots=True)
class Month:
    """What a month cost so far, and will by its end: as it went, and with what waits.

    In millionths of a dollar; `share` is spent of the cap, in hundredths.
    """

    spent: int
    waiting: int
    forecast: int
    cap: int

    @property
    def share(self) -> int:
        """Return how much of the cap is spent, in hundredths, 100 where there is none."""
        return min(100, 100 * self.spent // self.cap) if self.cap else 100

    @property
    def too_much(self) -> bool:
        """Say whether the cap will be reached."""
        return self.forecast > self.cap


def forecast(spent: int, waiting: int, now: datetime) -> int:
    """Return what the month will cost: so far a day, for all of its days, and what waits."""
    now = now.astimezone(UTC)
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    gone = max((now - first) / timedelta(days=1), 1.0)
    _, days = monthrange(now.year, now.month)
    return round(spent / gone * days) + waiting


class Money:
    """Serves the page, where an account posts on what costs money."""

    def __init__(self, room: Room) -> None:
        """Stand in the frame of `room`."""
        self._room = room
        room.frame.page(MONEY, self.page)

    async def page(self, visit: Visit) -> Response:
        """Show the month."""
        every = await self._room.accounts()
        tariff = self._room.newsroom.tariff
        paid = {one.number: one for one in every.values() if one.channel == PAID}
        if not paid or tariff is None:
            raise HTTPException(404)
        name = purse.month_of(visit.now, PAID)
        async with self._room.frame.database.reading() as connection:
            spent = await purse.spent(connection, name)
            expenses = await purse.expenses(connection, name, MOST_EXPENSES)
            posts = await _posts_of(connection, expenses)
            listed = await piles.to_be_posted(connection, [*paid], MOST_WAITING)
        waiting = self._cost(listed, paid, tariff)
        month = Month(spent, waiting, forecast(spent, waiting, visit.now), tariff.cap)
        return self._room.frame.show(
            visit,
            "desk/money.html",
            month=month,
            tariff=tariff,
            expenses=expenses,
            posts=posts,
            names={one.number: one.name for one in every.values()},
            dollars=lambda amount: dollars(amount, visit.words),
        )

    def _cost(
        self, listed: Sequence[Listed], paid: Mapping[int, Account], tariff: Tariff
    ) -> int:
        """Return what the drafts that wait will cost."""
        newsroom = self._room.newsroom
        return sum(
            tariff.price(shown(part, one.draft.lang, paid[one.draft.account], newsroom).text)
            for one in listed
            for part in one.draft.parts[len(one.posted) :]
        )


async def _posts_of(
    connection: AsyncConnection, expenses: Sequence[Expense]
) -> Mapping[str, tuple[int, int]]:
    """Return the draft of each expense that was for one."""
    keys = {one.key: one.key.partition(".")[0] for one in expenses}
    found = await piles.of_keys(connection, [*set(keys.values())]) if keys else {}
    return {key: found[name] for key, name in keys.items() if name in found}


def dollars(amount: int, words: Translator) -> str:
    """Return millionths of a dollar as money: "$0.015"."""
    return str(
        format_currency(
            amount / MILLION, "USD", "¤#,##0.00#", locale=words.locale, currency_digits=False
        )
    )
