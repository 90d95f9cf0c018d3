"""Raw records: every version an authority sent, kept compressed, to be read again."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any, Protocol

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.store.rows import Into, put_rows
from core.store.schema import NOTICE, RAW_RECORD, storable

# Feeds are text; more effort than this saves little and costs three times as long.
EFFORT = 3
LONGEST_PROBLEM = 500
_KEPT = Into(
    RAW_RECORD,
    (
        *("source", "key", "format", "digest", "url", "fetched_at"),
        *("current_at", "body", "notice", "problem"),
    ),
    " ON CONFLICT (source, key, format, digest) DO UPDATE SET current_at = excluded.current_at,"
    " notice = excluded.notice, problem = excluded.problem",
)


@dataclass(frozen=True, slots=True)
class Raw:
    """One version of a record, as it is kept; the sources' own records have the same parts."""

    source: str
    key: str
    format: str
    body: bytes = field(repr=False)
    url: str
    fetched_at: datetime


class Record(Protocol):
    """What must be known of a record to keep it."""

    @property
    def source(self) -> str:
        """Return whose it is."""
        ...

    @property
    def key(self) -> str:
        """Return the authority's own identity of the notice."""
        ...

    @property
    def format(self) -> str:
        """Return which of the source's formats it is in."""
        ...

    @property
    def body(self) -> bytes:
        """Return it as it was sent."""
        ...

    @property
    def url(self) -> str:
        """Return where it came from."""
        ...

    @property
    def fetched_at(self) -> datetime:
        """Return when."""
        ...


@dataclass(frozen=True, slots=True)
class Packed:
    """A raw record made ready to be kept: its digest, and its bytes compressed."""

    record: Record
    digest: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Latest:
    """The version of a record that came last.

    `problem` says why it could not be read; `settled` is False while the notice it tells of
    may be going back to an earlier state.
    """

    digest: str
    notice: str | None
    problem: str | None
    settled: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A packed record and what it turned out to be: the id of a notice, or a problem."""

    packed: Packed
    notice: str | None = None
    problem: str | None = None


def digest_of(record: Record) -> str:
    """Return the name of exactly these bytes."""
    return blake2b(record.body, digest_size=16).hexdigest()


def pack(record: Record, digest: str) -> Packed:
    """Return the record compressed."""
    return Packed(record, digest, zlib.compress(record.body, EFFORT))


async def latest_versions(
    connection: AsyncConnection, source: str, keys: Sequence[str]
) -> dict[tuple[str, str], Latest]:
    """Return the version that came last of each of these records, by key and format."""
    wanted = [storable(key) for key in keys]
    rows = await connection.execute(
        select(
            RAW_RECORD.c.key,
            RAW_RECORD.c.format,
            RAW_RECORD.c.digest,
            RAW_RECORD.c.notice,
            RAW_RECORD.c.problem,
            NOTICE.c.back_to,
        )
        .outerjoin(NOTICE, NOTICE.c.id == RAW_RECORD.c.notice)
        .where(RAW_RECORD.c.source == source, RAW_RECORD.c.key.in_(wanted))
        .order_by(RAW_RECORD.c.current_at, RAW_RECORD.c.pk)
    )
    return {
        (row.key, row.format): Latest(row.digest, row.notice, row.problem, row.back_to is None)
        for row in rows
    }


async def keep_raw(
    connection: AsyncConnection, source: str, records: Sequence[Kept], now: datetime
) -> None:
    """Keep these versions as the last that came; bytes that are there already stay as they are.

    Each record may come once.
    """
    await put_rows(connection, _KEPT, [_row(source, kept, now) for kept in records])


def _short(problem: str | None) -> str | None:
    return None if problem is None else " ".join(problem.split())[:LONGEST_PROBLEM]


def _row(source: str, kept: Kept, now: datetime) -> tuple[object, ...]:
    record = kept.packed.record
    return (
        *(source, record.key, record.format, kept.packed.digest, record.url, record.fetched_at),
        *(now, kept.packed.body, kept.notice, _short(kept.problem)),
    )


async def stored_records(
    connection: AsyncConnection, source: str, after: int, limit: int
) -> list[tuple[int, Raw]]:
    """Return the last version of at most `limit` records, by number, from the one `after`."""
    later = RAW_RECORD.alias("later")
    came_later = (later.c.current_at > RAW_RECORD.c.current_at) | (
        (later.c.current_at == RAW_RECORD.c.current_at) & (later.c.pk > RAW_RECORD.c.pk)
    )
    overtaken = select(later.c.pk).where(
        later.c.source == RAW_RECORD.c.source,
        later.c.key == RAW_RECORD.c.key,
        later.c.format == RAW_RECORD.c.format,
        came_later,
    )
    chosen = select(RAW_RECORD).where(
        RAW_RECORD.c.source == source, RAW_RECORD.c.pk > after, ~overtaken.exists()
    )
    rows = await connection.execute(chosen.order_by(RAW_RECORD.c.pk).limit(limit))
    return [(row.pk, _unpacked(row)) for row in rows]


def _unpacked(row: Row[Any]) -> Raw:
    body = zlib.decompress(row.body)
    return Raw(row.source, row.key, row.format, body, row.url, row.fetched_at)


@dataclass(frozen=True, slots=True)
class Unread:
    """A record that could not be read, and why."""

    source: str
    key: str
    problem: str
    fetched_at: datetime


async def unreadable(connection: AsyncConnection, source: str) -> list[Unread]:
    """Return the records of the source whose last version could not be read."""
    rows = await connection.execute(_with_problem(source))
    return [Unread(source, row.key, row.problem, row.fetched_at) for row in rows]


def _with_problem(source: str) -> Select[tuple[str, str, datetime]]:
    last = (
        select(func.max(RAW_RECORD.c.current_at).label("at"), RAW_RECORD.c.key)
        .where(RAW_RECORD.c.source == source)
        .group_by(RAW_RECORD.c.key)
        .subquery()
    )
    return (
        select(RAW_RECORD.c.key, RAW_RECORD.c.problem, RAW_RECORD.c.fetched_at)
        .join(last, (last.c.key == RAW_RECORD.c.key) & (last.c.at == RAW_RECORD.c.current_at))
        .where(RAW_RECORD.c.source == source, RAW_RECORD.c.problem.is_not(None))
        .order_by(RAW_RECORD.c.key)
    )
