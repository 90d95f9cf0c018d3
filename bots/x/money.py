"""Nothing that costs money is asked of X before it was paid from the purse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bots.x.settings import Prices
from core.channel import Purse, TryLater

OVER_BUDGET = "over the monthly budget"
LONGER_THAN_A_MONTH = timedelta(days=32)


@dataclass(frozen=True, slots=True)
class Budget:
    """Pays for posts and reads, up to the cap of the month; without a purse all is free."""

    purse: Purse | None
    prices: Prices
    now: Callable[[], datetime]

    async def pay(self, key: str, price: int) -> None:
        """Pay; raises TryLater until the next month where that would be over the cap."""
        if self.purse and not await self.purse.spend(key, price, self.prices.cap):
            now = self.now()
            raise TryLater(_next_month(now) - now, OVER_BUDGET)

    async def back(self, key: str) -> None:
        """Take back what was paid for what X refused, or did not have."""
        if self.purse:
            await self.purse.refund(key)

    async def reads(self, page: str, numbers: tuple[str, ...]) -> None:
        """Pay for posts of others by their numbers in place of the `page` paid for before.

        Where there is no room for both at once, the page stays paid for.
        """
        if self.purse is None:
            return
        for number in numbers:
            paid = await self.purse.spend(f"read:{number}", self.prices.read, self.prices.cap)
            if not paid:
                return
        await self.purse.refund(page)


def _next_month(now: datetime) -> datetime:
    """Return when the next month begins in UTC, as the purse counts them."""
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + LONGER_THAN_A_MONTH).replace(day=1)
