"""Reminders and digests that have become due, planned as deliveries like any other."""

from __future__ import annotations

from datetime import UTC, datetime

from core.alert.quiet import digest_day, next_digest
from core.alert.reminders import DAYS, next_reminder
from core.model.delivery import Tier, rank
from core.model.subscriber import Wishes
from core.store import follow_ups
from core.store.follow_ups import Due
from core.store.work import Database

# In one transaction: short enough for others to get a turn.
AT_ONCE = 200


async def plan_follow_ups(database: Database, now: datetime) -> int:
    """Plan every reminder and digest that is due by `now`; return how many there were."""
    return await _reminders(database, now) + await _digests(database, now)


async def _reminders(database: Database, now: datetime) -> int:
    planned = 0
    while True:
        async with database.writing() as connection:
            due = await follow_ups.to_remind(connection, now, AT_ONCE)
            for one in due:
                # Of one thing people are reminded once at a time, of what they heard last.
                if one.overtaken or one.already >= len(DAYS):
                    await follow_ups.remind_at(connection, one.alert, one.address, None)
                    continue
                then = next_reminder(one.sent_at, one.already + 1, one.progress, now)
                place = rank(Tier.FOLLOW_UP, serious=one.serious)
                await follow_ups.plan_reminder(connection, one, place, then, now)
        planned += len(due)
        if len(due) < AT_ONCE:
            return planned


async def _digests(database: Database, now: datetime) -> int:
    planned = 0
    while True:
        async with database.writing() as connection:
            found = await follow_ups.to_gather(connection, now, AT_ONCE)
            for due in found:
                wishes = due.wishes or Wishes()
                place = rank(Tier.FOLLOW_UP, serious=False)
                if not await follow_ups.plan_digest(
                    connection, due, _day(due, now), place, now
                ):
                    await follow_ups.put_off(connection, due, next_digest(wishes, now))
        planned += len(found)
        if sum(len(due.alerts) for due in found) < AT_ONCE:
            return planned


def _day(due: Due, now: datetime) -> str:
    """Return which digest it is: that of the local day, for a group of the day in UTC."""
    if due.wishes is None:
        return now.astimezone(UTC).date().isoformat()
    return digest_day(due.wishes, now).isoformat()
