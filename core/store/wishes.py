"""When people want to be written to, and the brands they watch without owning them."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.channel import Address
from core.model.identifier import fold
from core.model.subscriber import Interest, Pace, QuietHours, Wishes
from core.store import addresses, interests
from core.store.schema import ADDRESS, WISH
from core.store.subscribers import Subscriber

_HOUR = 60
_SAVE = text(
    "INSERT INTO wish (subscriber, alerts, pace, hour, quiet_from, quiet_to, zone)"
    " VALUES (:subscriber, :alerts, :pace, :hour, :quiet_from, :quiet_to, :zone)"
    " ON CONFLICT (subscriber) DO UPDATE SET alerts = excluded.alerts, pace = excluded.pace,"
    " hour = excluded.hour, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to,"
    " zone = excluded.zone"
)


async def wishes(connection: AsyncConnection, channel: str, chat: str) -> Wishes:
    """Return what the person in that chat wished, the usual where they said nothing."""
    rows = await connection.execute(
        select(WISH)
        .join(ADDRESS, ADDRESS.c.subscriber == WISH.c.subscriber)
        .where(addresses.is_at(Address(channel, chat)))
    )
    row = rows.one_or_none()
    return Wishes() if row is None else read_wishes(row)


def read_wishes(row: Row[tuple[object, ...]]) -> Wishes:
    """Return the wishes of a row."""
    quiet = None
    if row.quiet_from is not None and row.quiet_to is not None:
        quiet = QuietHours(_time(row.quiet_from), _time(row.quiet_to))
    return Wishes(row.alerts, Pace(row.pace), row.hour, quiet, row.zone)


async def set_wishes(connection: AsyncConnection, who: Subscriber, wished: Wishes) -> None:
    """Keep what the person wishes, in place of what they wished before."""
    await connection.execute(
        _SAVE,
        {
            "subscriber": who.pk,
            "alerts": wished.alerts,
            "pace": wished.pace.value,
            "hour": wished.hour,
            "quiet_from": _minutes(wished.quiet.start) if wished.quiet else None,
            "quiet_to": _minutes(wished.quiet.end) if wished.quiet else None,
            "zone": wished.zone,
        },
    )


def _minutes(at: time) -> int:
    return at.hour * _HOUR + at.minute


def _time(minutes: int) -> time:
    return time(*divmod(minutes, _HOUR))


async def watched(connection: AsyncConnection, channel: str, chat: str) -> tuple[str, ...]:
    """Return the brands that the person in that chat watches, in the order they told us."""
    found = await interests.watched(connection, channel, chat)
    return tuple(one.shown for one in found if one == Interest(brand=one.brand))


async def watch(
    connection: AsyncConnection, who: Subscriber, brand: str, now: datetime
) -> None:
    """Remember that the person watches the brand; however it is spelt, it is watched once."""
    if fold(brand):
        await interests.watch(connection, who, Interest(brand=brand, shown=brand), now)


async def unwatch(connection: AsyncConnection, who: Subscriber, brand: str) -> bool:
    """Watch the brand no longer; False where the person did not."""
    return await interests.unwatch(connection, who, Interest(brand=brand))
