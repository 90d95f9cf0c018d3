"""What a group's feed has posted of late, what waits for it, and whether it was previewed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.outbox import FeedDay
from core.store.schema import GROUP_FEED, UtcDateTime

_MOMENT = UtcDateTime()
# A source that is read at all is read twice a day; one without a reading for a month is off.
UNREAD, OFF = timedelta(days=1), timedelta(days=30)
# What a card carries says so in `why`; the card itself is the post.
_DAY = text(
    "SELECT SUM(CASE WHEN d.state IN (4, 5) AND d.sent_at >= :since"
    " AND (d.why IS NULL OR d.why NOT LIKE 'digest %') THEN 1 ELSE 0 END) AS posted,"
    " SUM(CASE WHEN l.reason = 'feed' AND d.state IN (0, 1, 2) THEN 1 ELSE 0 END) AS waiting,"
    " SUM(CASE WHEN l.reason = 'feed' AND d.state = 3"
    " AND (d.due_at IS NULL OR d.due_at <= :now) THEN 1 ELSE 0 END) AS gathering"
    " FROM alert l JOIN delivery d ON d.alert = l.pk AND d.address = :address"
    " WHERE l.created_at >= :created AND l.reason IN ('feed', 'digest')"
).bindparams(*(bindparam(name, type_=_MOMENT) for name in ("since", "now", "created")))
_GATHER = text(
    "UPDATE delivery SET state = 3, due_at = :due, why = :why"
    " WHERE address = :address AND (state = 0 OR (state = 3 AND due_at > :due)) AND alert IN"
    " (SELECT pk FROM alert WHERE reason = 'feed' AND created_at >= :created)"
).bindparams(bindparam("due", type_=_MOMENT), bindparam("created", type_=_MOMENT))
_TO_COME = text(
    "SELECT EXISTS (SELECT 1 FROM alert WHERE pk = :alert AND created_at > :created)"
    " AND (EXISTS (SELECT 1 FROM revision WHERE planned_at IS NULL AND NOT quiet)"
    " OR EXISTS (SELECT 1 FROM source_state s WHERE EXISTS (SELECT 1 FROM source_run r"
    " WHERE r.source = s.name AND r.started_at > :off) AND NOT EXISTS (SELECT 1"
    " FROM source_run r WHERE r.source = s.name AND r.started_at > :unread)))"
).bindparams(*(bindparam(name, type_=_MOMENT) for name in ("created", "off", "unread")))
_PREVIEWED = text(
    "UPDATE group_feed SET previewed_at = :now WHERE address = :address"
).bindparams(bindparam("now", type_=_MOMENT))


async def feed_day(
    connection: AsyncConnection, address: int, now: datetime, created: datetime
) -> FeedDay:
    """Return what a feed had within a day, and what waits, of alerts made since `created`."""
    moments = {"now": now, "since": now - timedelta(days=1), "created": created}
    row = (await connection.execute(_DAY, {"address": address, **moments})).one()
    return FeedDay(*(int(count or 0) for count in row))


async def more_to_come(
    connection: AsyncConnection, alert: int, created: datetime, now: datetime
) -> bool:
    """Say whether more recalls may be on their way that came with that of this alert.

    There are such while revisions wait to be planned, and after days of being down while
    sources have not been read. Of an alert made before `created` none is waited for.
    """
    moments = {"created": created, "off": now - OFF, "unread": now - UNREAD}
    return bool(await connection.scalar(_TO_COME, {"alert": alert, **moments}))


async def gather(
    connection: AsyncConnection, address: int, why: str, due: datetime, created: datetime
) -> None:
    """Let all recalls that wait for a feed go on the card that is due then, and no later."""
    values = {"address": address, "why": why, "due": due, "created": created}
    await connection.execute(_GATHER, values)


async def previewed_at(connection: AsyncConnection, address: int) -> datetime | None:
    """Return when the group was last shown what its feed will post, None for not yet."""
    asked = GROUP_FEED.select().where(GROUP_FEED.c.address == address)
    row = (await connection.execute(asked)).one_or_none()
    return row.previewed_at if row else None


async def note_previewed(connection: AsyncConnection, address: int, now: datetime) -> None:
    """Note that the group was shown what its feed will post."""
    await connection.execute(_PREVIEWED, {"address": address, "now": now})
