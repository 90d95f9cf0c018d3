"""Notices and their sources, looked up over a connection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.keys import Probe
from core.model.lexicon import Lexicon
from core.model.recall import Notice
from core.model.revision import RevisionKind
from core.store.events import event_of
from core.store.intake import Counts, put_notices
from core.store.lookup import LEXICON, META_SQL, SOURCES_SQL, newest_first, parsed
from core.store.reading import found_by
from core.store.schema import NOTICE, REVISION, UtcDateTime
from core.store.search import search

__all__ = [
    "Counts",
    "Revision",
    "SourceState",
    "candidates",
    "event_of",
    "latest",
    "lexicon",
    "notice",
    "put_lexicon",
    "put_notices",
    "revisions",
    "search",
    "set_source",
    "source_ages",
]

_MOMENT = UtcDateTime()
_SOURCES = text(SOURCES_SQL).columns(as_of=_MOMENT)
_SET_SOURCE = text(
    "INSERT INTO source_state (name, as_of, digest) VALUES (:name, :as_of, :digest)"
    " ON CONFLICT (name) DO UPDATE SET as_of = excluded.as_of, digest = excluded.digest"
).bindparams(bindparam("as_of", type_=_MOMENT))
_META = text(META_SQL)
_PUT_META = text(
    "INSERT INTO meta (name, value) VALUES (:name, :value)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


@dataclass(frozen=True, slots=True)
class Revision:
    """One version of a notice, counted from 1, and when we first saw it, in UTC.

    A `quiet` one is announced to nobody.
    """

    number: int
    kind: RevisionKind
    seen_at: datetime
    notice: Notice
    quiet: bool = False


class SourceState(NamedTuple):
    """A source, the moment (UTC) that what we hold of it was true, and which version it was."""

    name: str
    as_of: datetime
    digest: str | None


async def candidates(
    connection: AsyncConnection, probe: Probe, limit: int
) -> tuple[Notice, ...]:
    """Return at most `limit` notices that may concern a unit, the last published first.

    Where there are more, exact matches win over near ones, those over the brand alone, and
    newer ones over older ones. Retracted notices are among them.
    """
    return newest_first(await found_by(connection, probe, limit))


async def notice(connection: AsyncConnection, name: str) -> Notice | None:
    """Return the notice of that id as it stands now, or None."""
    body = await connection.scalar(select(NOTICE.c.body).where(NOTICE.c.id == name))
    return None if body is None else parsed(body)


async def revisions(connection: AsyncConnection, name: str) -> tuple[Revision, ...]:
    """Return every version of the notice of that id, oldest first; none where it is unknown."""
    rows = await connection.execute(
        select(
            REVISION.c.number,
            REVISION.c.kind,
            REVISION.c.seen_at,
            REVISION.c.body,
            REVISION.c.quiet,
        )
        .join(NOTICE, NOTICE.c.pk == REVISION.c.notice)
        .where(NOTICE.c.id == name)
        .order_by(REVISION.c.number)
    )
    return tuple(
        Revision(row.number, RevisionKind(row.kind), row.seen_at, parsed(row.body), row.quiet)
        for row in rows
    )


async def latest(connection: AsyncConnection, limit: int) -> tuple[Notice, ...]:
    """Return the `limit` notices published last, newest first; undated ones come at the end.

    An authority's exercises are none.
    """
    real = select(NOTICE.c.body).where(NOTICE.c.exercise.is_(False))
    newest = real.order_by(NOTICE.c.published.desc(), NOTICE.c.pk.desc())
    return tuple(parsed(body) for body in await connection.scalars(newest.limit(limit)))


async def source_ages(connection: AsyncConnection) -> list[SourceState]:
    """Return every source, how fresh it is, and its version, by name."""
    return [SourceState(*row) for row in await connection.execute(_SOURCES)]


async def set_source(
    connection: AsyncConnection, name: str, as_of: datetime, digest: str | None = None
) -> None:
    """Note that what we hold of the source was true at `as_of`."""
    await connection.execute(_SET_SOURCE, {"name": name, "as_of": as_of, "digest": digest})


async def lexicon(connection: AsyncConnection) -> Lexicon:
    """Return the names we know, an empty lexicon where none was put."""
    body = await connection.scalar(_META, {"name": LEXICON})
    return Lexicon() if body is None else Lexicon.model_validate_json(body)


async def put_lexicon(connection: AsyncConnection, names: Lexicon) -> None:
    """Replace the names we know."""
    value = {"name": LEXICON, "value": names.model_dump_json()}
    await connection.execute(_PUT_META, value)
