"""What posts cost: one purse for any number of processes, which no month can overdraw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.clock import Clock
from core.store.schema import UtcDateTime
from core.store.work import Database

_MOMENT = UtcDateTime()
_PAY = text(
    "INSERT INTO expense (key, month, price, at) VALUES (:key, :month, :price, :now)"
    " ON CONFLICT (key) DO NOTHING"
).bindparams(bindparam("now", type_=_MOMENT))
_MONTH = text(
    "INSERT INTO spent_month (month, spent) VALUES (:month, 0) ON CONFLICT (month) DO NOTHING"
)
_SPEND = text(
    "UPDATE spent_month SET spent = spent + :price"
    " WHERE month = :month AND spent + :price <= :cap"
)
_UNPAID = text("DELETE FROM expense WHERE key = :key RETURNING month, price")
_GIVE_BACK = text("UPDATE spent_month SET spent = spent - :price WHERE month = :month")
_SPENT = text("SELECT spent FROM spent_month WHERE month = :month")
_EXPENSES = text(
    "SELECT key, price, at FROM expense WHERE month = :month ORDER BY at DESC, key LIMIT :most"
).columns(at=_MOMENT)


@dataclass(frozen=True, slots=True)
class Expense:
    """What was paid for a post, by its key and when, in millionths of a dollar."""

    key: str
    price: int
    at: datetime


def month_of(now: datetime, name: str = "x") -> str:
    """Return how that purse calls the month (UTC): "x 2026-11"."""
    return f"{name} {now.astimezone(UTC):%Y-%m}"


@dataclass(frozen=True, slots=True)
class KeptPurse:
    """The purse of that name, in the database; see core.channel.Purse."""

    database: Database
    clock: Clock
    name: str = "x"

    async def spend(self, key: str, price: int, cap: int) -> bool:
        """Pay `price` for `key` this month; False where the month would pass `cap`.

        What was paid for once, in whichever month, is not paid for again.
        """
        now = self.clock.now()
        month = month_of(now, self.name)
        paid = {"key": key, "month": month, "price": price, "now": now}
        async with self.database.writing() as connection:
            # Whoever comes with the same key waits here until it is known what became of it.
            if not (await connection.execute(_PAY, paid)).rowcount:
                return True
            await connection.execute(_MONTH, {"month": month})
            asked = {"month": month, "price": price, "cap": cap}
            if (await connection.execute(_SPEND, asked)).rowcount:
                return True
            await connection.execute(_UNPAID, {"key": key})
            return False

    async def refund(self, key: str) -> None:
        """Take back what was paid for `key`: the platform refused it."""
        async with self.database.writing() as connection:
            row = (await connection.execute(_UNPAID, {"key": key})).one_or_none()
            if row is not None:
                given = {"month": row.month, "price": row.price}
                await connection.execute(_GIVE_BACK, given)


async def spent(connection: AsyncConnection, month: str) -> int:
    """Return what that month has cost so far, in millionths of a dollar."""
    return int(await connection.scalar(_SPENT, {"month": month}) or 0)


async def expenses(connection: AsyncConnection, month: str, most: int) -> tuple[Expense, ...]:
    """Return what was paid for in that month, the newest first."""
    rows = await connection.execute(_EXPENSES, {"month": month, "most": most})
    return tuple(Expense(row.key, row.price, row.at) for row in rows)
