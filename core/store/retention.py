"""How long we keep people who are not heard of any more, and what they once asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Row, and_, bindparam, exists, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.store import addresses, answered, forgetting
from core.store.schema import (
    ACCOUNT,
    ADDRESS,
    CONVERSATION,
    GROUP_FEED,
    OWNED_ITEM,
    SUBSCRIBER,
    UtcDateTime,
)

USUAL_DAYS = 1095
ANSWERS = timedelta(days=400)
# Whoever was asked has as long to say something.
GRACE = timedelta(days=60)
# The reason of the alert by which owners are asked; its event is 0.
ASK = "retention"
AT_ONCE = 500


class Fate(StrEnum):
    """What becomes of somebody who has not been heard of for long."""

    KEEP = "keep"
    ASK = "ask"
    ERASE = "erase"


@dataclass(frozen=True, slots=True)
class Silent:
    """Somebody who has not been heard of for long: what decides what becomes of them.

    `reached` says that one of their chats is not gone; `asked_at` when we asked them last,
    since they were heard.
    """

    subscriber: int
    heard_at: datetime
    owns: bool
    reached: bool
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Swept:
    """What was done: who is to be asked, and how many people and lone chats were erased.

    `last` is the last person who was looked at, None where there was nobody.
    """

    ask: tuple[int, ...]
    people: int = 0
    chats: int = 0
    last: int | None = None


def fate(silent: Silent, now: datetime, keep: timedelta) -> Fate:
    """Return what becomes of them: owners who can be reached are asked before they are erased.

    They keep a thing that may still be recalled, so silence alone says little.
    """
    if silent.heard_at > now - keep:
        return Fate.KEEP
    if not (silent.owns and silent.reached):
        return Fate.ERASE
    if silent.asked_at is None:
        return Fate.ASK
    return Fate.ERASE if silent.asked_at <= now - GRACE else Fate.KEEP


# The alerts that ask are few, and so are those who are silent.
_ASKED = (
    text(
        "SELECT MAX(d.sent_at) AS asked_at FROM alert l CROSS JOIN delivery d"
        " WHERE l.reason = :ask AND d.alert = l.pk AND d.address IN :numbers"
        " AND d.sent_at > :heard_at"
    )
    .bindparams(
        bindparam("numbers", expanding=True), bindparam("heard_at", type_=UtcDateTime())
    )
    .columns(asked_at=UtcDateTime())
)


async def silent_people(
    connection: AsyncConnection, before: datetime, after: int = 0
) -> tuple[Silent, ...]:
    """Return the next who have not been heard of since before then, by their number."""
    owns = exists().where(OWNED_ITEM.c.subscriber == SUBSCRIBER.c.pk)
    long_ago = SUBSCRIBER.c.heard_at <= before
    rows = await connection.execute(
        select(SUBSCRIBER.c.pk, SUBSCRIBER.c.heard_at, owns.label("owns"))
        .where(long_ago, SUBSCRIBER.c.pk > after)
        .order_by(SUBSCRIBER.c.pk)
        .limit(AT_ONCE)
    )
    return tuple([await _silent(connection, row) for row in rows.all()])


async def _silent(connection: AsyncConnection, row: Row[tuple[object, ...]]) -> Silent:
    chats = await addresses.of_person(connection, row.pk)
    numbers = [known.pk for known in chats]
    asking = {"ask": ASK, "numbers": numbers, "heard_at": row.heard_at}
    asked_at = await connection.scalar(_ASKED, asking)
    reached = any(known.gone_at is None for known in chats)
    return Silent(row.pk, row.heard_at, bool(row.owns), reached, asked_at)


async def sweep(
    connection: AsyncConnection, now: datetime, days: int = USUAL_DAYS, after: int = 0
) -> Swept:
    """Erase some of what is kept too long: go on `after` the last person until there is none.

    That is people not heard of for so many days, chats gone or silent for as long, and
    answers of more than 400 days ago. Owners are asked first: it returns whom.
    """
    keep = timedelta(days=days)
    silent = await silent_people(connection, now - keep, after)
    fates = {one.subscriber: fate(one, now, keep) for one in silent}
    erased = [person for person, its in fates.items() if its is Fate.ERASE]
    for person in erased:
        await forgetting.erase_person(connection, person)
    lone = await _lone(connection, now - keep)
    await addresses.erase(connection, lone)
    await answered.forget_before(connection, now - ANSWERS)
    ask = tuple(person for person, its in fates.items() if its is Fate.ASK)
    return Swept(ask, len(erased), len(lone), silent[-1].subscriber if silent else None)


async def _lone(connection: AsyncConnection, before: datetime) -> Sequence[int]:
    """Return chats that are to go: gone for long, or nobody's and not spoken in for long.

    The last chat of a person stays as long as the person does, and a public account for ever.
    """
    other = ADDRESS.alias("other")
    mine = other.c.subscriber == ADDRESS.c.subscriber
    another = exists().where(mine, other.c.pk != ADDRESS.c.pk, other.c.gone_at.is_(None))
    nobodys = ADDRESS.c.subscriber.is_(None)
    gone = and_(ADDRESS.c.gone_at <= before, or_(nobodys, another))
    feeds = exists().where(GROUP_FEED.c.address == ADDRESS.c.pk)
    silent = exists().where(
        CONVERSATION.c.address == ADDRESS.c.pk, CONVERSATION.c.updated_at <= before
    )
    public = exists().where(ACCOUNT.c.address == ADDRESS.c.pk)
    lone = or_(gone, and_(nobodys, ~feeds, silent))
    found = select(ADDRESS.c.pk).where(lone, ~public)
    return list(await connection.scalars(found.order_by(ADDRESS.c.pk).limit(AT_ONCE)))
