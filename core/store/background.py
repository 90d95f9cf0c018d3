"""What an alert rests on when it is composed: its event's notices, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.outbox import Background, Gathered, Version
from core.model.recall import Notice, State
from core.model.subscriber import GroupFeed
from core.store import interests
from core.store.group_feeds import read_feed
from core.store.lookup import parsed
from core.store.outbox import digest_mark
from core.store.schema import GROUP_FEED, INTEREST, UtcDateTime

_MOMENT = UtcDateTime()
_MEMBERS = text(
    "SELECT pk, body FROM notice WHERE (event = :event OR pk = :event) AND NOT exercise"
    " ORDER BY CASE WHEN pk = :notice THEN 0 ELSE 1 END, pk"
)
_VERSIONS = text(
    "SELECT number, kind, body, seen_at, quiet FROM revision"
    " WHERE notice = :notice AND number <= :number ORDER BY number DESC LIMIT 2"
).columns(seen_at=_MOMENT)
_DEVELOPED = text(
    "SELECT r.kind, r.seen_at FROM revision r JOIN notice n ON n.pk = r.notice"
    " WHERE (n.event = :event OR n.pk = :event) AND NOT r.quiet AND r.number > 1"
    " ORDER BY r.seen_at"
).columns(seen_at=_MOMENT)
_GATHERED = text(
    "SELECT d.alert, d.item, l.event, l.notice, l.created_at FROM delivery d"
    " JOIN alert l ON l.pk = d.alert"
    " WHERE d.address = :address AND d.state = 3 AND d.why = :digest ORDER BY d.rank, d.alert"
).columns(created_at=_MOMENT)
_SENT_SINCE = text(
    "SELECT COUNT(*) FROM alert l JOIN delivery d ON d.alert = l.pk AND d.address = :address"
    " WHERE l.created_at >= :created AND d.sent_at >= :since AND d.state = 4"
).bindparams(bindparam("created", type_=_MOMENT), bindparam("since", type_=_MOMENT))


async def event_of(connection: AsyncConnection, notice: int) -> int:
    """Return the event that a notice belongs to by now."""
    asked = text("SELECT COALESCE(event, pk) FROM notice WHERE pk = :notice")
    return int(await connection.scalar(asked, {"notice": notice}) or notice)


async def background(
    connection: AsyncConnection, event: int, notice: int | None, revision: int | None
) -> Background:
    """Return what an alert on this event, led to by that revision, rests on."""
    values = {"event": event, "notice": notice or event}
    members = tuple(parsed(row.body) for row in await connection.execute(_MEMBERS, values))
    developed = await connection.execute(_DEVELOPED, {"event": event})
    versions: list[Version] = []
    if notice is not None and revision is not None:
        rows = await connection.execute(_VERSIONS, {"notice": notice, "number": revision})
        versions = [
            Version(row.kind, parsed(row.body), row.seen_at, bool(row.quiet)) for row in rows
        ]
    return Background(
        members,
        versions[0] if versions else None,
        versions[1] if len(versions) > 1 else None,
        tuple((row.kind, row.seen_at) for row in developed),
    )


async def gathered(
    connection: AsyncConnection, address: int, digest: int
) -> tuple[Gathered, ...]:
    """Return what was gathered for that digest of the address, what is nearest first."""
    values = {"address": address, "digest": digest_mark(digest)}
    found = []
    for row in list(await connection.execute(_GATHERED, values)):
        values = {"event": row.event, "notice": row.notice or row.event}
        members = [parsed(one.body) for one in await connection.execute(_MEMBERS, values)]
        # Of several that tell of one thing, one that stands.
        members.sort(key=lambda notice: notice.state is State.RETRACTED)
        if members:
            found.append(Gathered(row.alert, row.item, members[0], row.created_at))
    return tuple(found)


async def feed_of(
    connection: AsyncConnection, addresses: Sequence[int]
) -> dict[int, GroupFeed]:
    """Return the feeds of these addresses, as far as they have one."""
    rows = await connection.execute(
        select(GROUP_FEED).where(GROUP_FEED.c.address.in_(addresses))
    )
    return {row.address: read_feed(row) for row in rows}


async def watched_of(
    connection: AsyncConnection, subscriber: int, notices: Sequence[Notice]
) -> tuple[str, ...]:
    """Return what the person watches that fits one of these notices, as they wrote it."""
    specs = {spec for one in notices for spec in await interests.specs_for(connection, one)}
    shown = await connection.scalars(
        select(INTEREST.c.shown)
        .where(INTEREST.c.subscriber == subscriber, INTEREST.c.spec.in_(specs))
        .order_by(INTEREST.c.added_at, INTEREST.c.spec)
    )
    return tuple(shown)


async def sent_since(
    connection: AsyncConnection, address: int, created: datetime, since: datetime
) -> int:
    """Return how many posts went to the address since then, of alerts made since `created`."""
    values = {"address": address, "created": created, "since": since}
    return int(await connection.scalar(_SENT_SINCE, values) or 0)
