"""Notices of feeds as they come in: what we hold of them, what stands, what is reviewed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.recall import Notice
from core.store.events import join_events
from core.store.intake import CATALOGUE
from core.store.lookup import parsed
from core.store.schema import EVENT_KEY, META, NOTICE, NOTICE_KEY, REVISION
from core.store.writing import Version, index_of, reindex, write

_MARK = text(
    "INSERT INTO meta (name, value) VALUES (:name, :value)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


@dataclass(frozen=True, slots=True)
class Held:
    """A notice we hold, whose it is, and the names of everything it ever meant.

    `back_to` is an earlier meaning that came back, and `back_since` since when; where it is
    `reviewed`, another notice answers in its place.
    """

    pk: int
    source: str
    notice: Notice
    meanings: frozenset[str]
    back_to: str | None
    back_since: datetime | None
    exercise: bool
    reviewed: bool


async def held(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Held]:
    """Return what we hold of the notices of these ids."""
    rows = (await connection.execute(select(NOTICE).where(NOTICE.c.id.in_(ids)))).all()
    meanings: dict[int, set[str]] = defaultdict(set)
    meant = select(REVISION.c.notice, REVISION.c.meaning).where(
        REVISION.c.notice.in_([row.pk for row in rows]), REVISION.c.meaning.is_not(None)
    )
    if rows:
        for row in await connection.execute(meant):
            meanings[row.notice].add(row.meaning)
    return {
        row.id: Held(
            row.pk,
            row.source,
            parsed(row.body),
            frozenset(meanings[row.pk]),
            row.back_to,
            row.back_since,
            row.exercise,
            row.reviewed_as is not None,
        )
        for row in rows
    }


async def keep(
    connection: AsyncConnection, source: str, versions: Iterable[Version], now: datetime
) -> None:
    """Write versions of the source's notices, no notice twice, and join their events."""
    await join_events(connection, await write(connection, source, versions, now))


async def feed_brands(connection: AsyncConnection) -> list[str]:
    """Return the first brand of every feed notice that can be found, each once."""
    found = (NOTICE.c.source != CATALOGUE) & NOTICE.c.exercise.is_(False)
    brands = select(NOTICE.c.brand).where(found).distinct().order_by(NOTICE.c.brand)
    return list(await connection.scalars(brands))


async def note_return(
    connection: AsyncConnection, pk: int, meaning: str | None, since: datetime | None
) -> None:
    """Remember that an earlier meaning of the notice came back, or that none does."""
    values = {"back_to": meaning, "back_since": since}
    await connection.execute(update(NOTICE).where(NOTICE.c.pk == pk).values(values))


async def earlier_of(
    connection: AsyncConnection, source: str, keys: Sequence[str], limit: int
) -> list[Notice]:
    """Return the newest notices of the source under these keys."""
    under = select(NOTICE_KEY.c.notice).where(NOTICE_KEY.c.key.in_(keys))
    newest = select(NOTICE.c.body).where(NOTICE.c.source == source, NOTICE.c.pk.in_(under))
    bodies = await connection.scalars(newest.order_by(NOTICE.c.published.desc()).limit(limit))
    return [parsed(body) for body in bodies]


async def set_expands(connection: AsyncConnection, name: str, expands: tuple[str, ...]) -> None:
    """Note which notices the one of that id takes up; that is a link of ours, no revision."""
    body = await connection.scalar(select(NOTICE.c.body).where(NOTICE.c.id == name))
    linked = parsed(body or "").model_copy(update={"expands": expands})
    statement = update(NOTICE).where(NOTICE.c.id == name)
    await connection.execute(statement.values(body=linked.model_dump_json()))


@dataclass(frozen=True, slots=True)
class Unsettled:
    """What is still to be done for a source: link these notices, and settle what follows."""

    names: frozenset[str]
    mark: str


async def note_unsettled(connection: AsyncConnection, source: str, names: Set[str]) -> None:
    """Remember that the source's notices have changed, and which take up an earlier one.

    It stands until `note_settled`, so that being killed in between loses none of it.
    """
    before = await unsettled(connection, source)
    if before is None or not names <= before.names:
        every = names | (before.names if before else frozenset())
        values = {"name": _mark_of(source), "value": json.dumps(sorted(every))}
        await connection.execute(_MARK, values)


async def unsettled(connection: AsyncConnection, source: str) -> Unsettled | None:
    """Return what is still to be done for the source, None where nothing is."""
    name = _mark_of(source)
    mark = await connection.scalar(select(META.c.value).where(META.c.name == name))
    return None if mark is None else Unsettled(frozenset(json.loads(mark)), mark)


async def note_settled(connection: AsyncConnection, source: str, done: Unsettled) -> None:
    """Forget what was to be done, unless more has come meanwhile."""
    same = (META.c.name == _mark_of(source)) & (META.c.value == done.mark)
    await connection.execute(delete(META).where(same))


def _mark_of(source: str) -> str:
    return f"unsettled {source}"


@dataclass(frozen=True, slots=True)
class Pair:
    """A feed's notice, the reviewed ones of the same pages, and when it last was news."""

    pk: int
    notice: Notice
    reviewed_as: str | None
    reviewed: tuple[Notice, ...]
    changed_at: datetime | None


async def reviewed_pairs(connection: AsyncConnection) -> list[Pair]:
    """Return the feeds' notices that share a page with one of the catalogue, or once did."""
    ours, theirs = EVENT_KEY.alias("ours"), EVENT_KEY.alias("theirs")
    shipped, feed = NOTICE.alias("shipped"), NOTICE.alias("feed")
    rows = await connection.execute(
        select(feed.c.pk, shipped.c.body.label("reviewed"))
        .select_from(shipped)
        .join(ours, ours.c.notice == shipped.c.pk)
        .join(theirs, theirs.c.key == ours.c.key)
        .join(feed, feed.c.pk == theirs.c.notice)
        .where(shipped.c.source == CATALOGUE, feed.c.source != CATALOGUE)
        .distinct()
    )
    reviewed: dict[int, list[Notice]] = defaultdict(list)
    for row in rows:
        reviewed[row.pk].append(parsed(row.reviewed))
    once = NOTICE.c.reviewed_as.is_not(None)
    found = await connection.execute(
        select(NOTICE).where((once | NOTICE.c.pk.in_(reviewed)) & NOTICE.c.exercise.is_(False))
    )
    changed = await _news(connection, list(reviewed))
    return [
        Pair(
            row.pk,
            parsed(row.body),
            row.reviewed_as,
            tuple(reviewed.get(row.pk, ())),
            changed.get(row.pk),
        )
        for row in found
    ]


async def _news(connection: AsyncConnection, pks: Sequence[int]) -> dict[int, datetime]:
    """Return when each notice last was corrected or changed, aloud."""
    aloud = (REVISION.c.number > 1) & REVISION.c.quiet.is_(False)
    rows = await connection.execute(
        select(REVISION.c.notice, REVISION.c.seen_at)
        .where(REVISION.c.notice.in_(pks), aloud)
        .order_by(REVISION.c.seen_at)
    )
    return {row.notice: row.seen_at for row in rows}


async def set_reviewed(
    connection: AsyncConnection, decided: Sequence[tuple[Pair, str | None]]
) -> None:
    """Let the reviewed notice of that id answer in a feed notice's place, or none any more."""
    if not decided:
        return
    statement = update(NOTICE).where(NOTICE.c.pk == bindparam("which"))
    rows = [{"which": pair.pk, "reviewed_as": name} for pair, name in decided]
    await connection.execute(statement, rows)
    changes = {}
    for pair, name in decided:
        before = set() if pair.reviewed_as else index_of(pair.notice)
        changes[pair.pk] = (before, set() if name else index_of(pair.notice))
    await reindex(connection, changes)
