"""Lists of notices, newest first and narrowed: for feeds, for programs, for the pages."""

# ruff: noqa: S608 - only fixed words and names of parameters go into the SQL, never a value

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model import facets
from core.model.identifier import fold
from core.model.recall import HazardKind, Notice
from core.store.facets import seconds
from core.store.lookup import parsed
from core.store.schema import NOTICE, NOTICE_FACET

MOST_LISTED = 200
WEEK = timedelta(days=7)
CHOICES = (facets.CATEGORY, facets.HAZARD, facets.COUNTRY, facets.SOURCE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which notices a list holds: those that fit all that is given.

    `country` is ISO 3166 alpha-2, and finds what holds everywhere too; `since` is compared with
    when a notice was published or last said something else.
    """

    brand: str | None = None
    category: str | None = None
    hazard: HazardKind | None = None
    country: str | None = None
    source: str | None = None
    since: datetime | None = None

    @property
    def narrow(self) -> bool:
        """Say whether anything is given that narrows the list, but for the time."""
        return bool(_conditions(self))

    def fits(self, notice: Notice, source: str) -> bool:
        """Say whether a notice of that source fits, whenever it changed."""
        held = facets.facets_of(notice, source)
        return all(held.intersection(names) for names in _conditions(self))


class Cursor(NamedTuple):
    """Where a list was broken off: after this moment (seconds since 1970) and number."""

    at: int
    number: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A notice in a list, whose it is, and when it was published or last said something else.

    An `exercise` is in no list, but can be asked for by its id.
    """

    notice: Notice
    source: str
    updated: datetime
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """Part of a list, and where it goes on, None at its end."""

    entries: tuple[Entry, ...] = ()
    following: Cursor | None = None


async def listed(
    connection: AsyncConnection, wanted: Wanted, limit: int, after: Cursor | None = None
) -> Listing:
    """Return at most `limit` (and MOST_LISTED) notices, the last changed first."""
    limit = min(limit, MOST_LISTED)
    sql, values = _query(wanted, after)
    found = list(await connection.execute(text(sql), values | {"limit": limit + 1}))
    bodies = await _entries(connection, [row.notice for row in found[:limit]])
    entries = tuple(bodies[row.notice] for row in found[:limit])
    last = found[limit - 1] if len(found) > limit else None
    return Listing(entries, Cursor(last.at, last.notice) if last else None)


def _query(wanted: Wanted, after: Cursor | None) -> tuple[str, dict[str, object]]:
    first, *others = _conditions(wanted) or [[facets.EVERY]]
    values: dict[str, object] = {}
    where = [_one_of("f", first, values)]
    for names in others:
        of_it = _one_of("g", names, values)
        same = "g.at = f.at AND g.notice = f.notice"
        where.append(f"EXISTS (SELECT 1 FROM notice_facet g WHERE {of_it} AND {same})")
    if wanted.since is not None:
        where.append("f.at >= :since")
        values["since"] = seconds(wanted.since)
    if after is not None:
        where.append("(f.at, f.notice) < (:after_at, :after_number)")
        values |= {"after_at": after.at, "after_number": after.number}
    sql = (
        f"SELECT f.at, f.notice FROM notice_facet f WHERE {' AND '.join(where)}"
        " ORDER BY f.at DESC, f.notice DESC LIMIT :limit"
    )
    return sql, values


def _conditions(wanted: Wanted) -> list[list[str]]:
    """Return what must hold, as alternatives of facets; what leaves the fewest comes first."""
    found = []
    if wanted.brand:
        found.append([facets.BRAND + fold(wanted.brand)])
    if wanted.category:
        found.append([facets.CATEGORY + wanted.category])
    if wanted.hazard:
        found.append([facets.HAZARD + wanted.hazard.value])
    if wanted.source:
        found.append([facets.SOURCE + wanted.source])
    if wanted.country:
        found.append([facets.COUNTRY + wanted.country, facets.WORLD])
    return found


def _one_of(alias: str, names: Sequence[str], values: dict[str, object]) -> str:
    keys = [f"facet{len(values) + place}" for place in range(len(names))]
    values |= dict(zip(keys, names, strict=True))
    if len(keys) == 1:
        return f"{alias}.facet = :{keys[0]}"
    return f"{alias}.facet IN ({', '.join(f':{key}' for key in keys)})"


async def _entries(connection: AsyncConnection, numbers: Sequence[int]) -> dict[int, Entry]:
    rows = await connection.execute(_COLUMNS.where(NOTICE.c.pk.in_(numbers)))
    return {
        row.pk: Entry(parsed(row.body), row.source, _moment(row.updated_at, row.first_seen))
        for row in rows
    }


_COLUMNS = select(
    NOTICE.c.pk,
    NOTICE.c.body,
    NOTICE.c.source,
    NOTICE.c.updated_at,
    NOTICE.c.first_seen,
    NOTICE.c.exercise,
)


def _moment(updated: datetime | None, seen: datetime) -> datetime:
    return (updated or seen).replace(microsecond=0)


async def entry(connection: AsyncConnection, name: str) -> Entry | None:
    """Return the notice of that id as lists have it, or None."""
    row = (await connection.execute(_COLUMNS.where(NOTICE.c.id == name))).one_or_none()
    if row is None:
        return None
    moment = _moment(row.updated_at, row.first_seen)
    return Entry(parsed(row.body), row.source, moment, row.exercise)


async def fitting(
    connection: AsyncConnection, wanted: Wanted, found: Sequence[Notice]
) -> tuple[Notice, ...]:
    """Return those of the notices that fit, in their order."""
    ids = [notice.id for notice in found]
    rows = await connection.execute(
        select(NOTICE.c.id, NOTICE.c.source).where(NOTICE.c.id.in_(ids))
    )
    sources = {row.id: row.source for row in rows}
    return tuple(one for one in found if wanted.fits(one, sources.get(one.id, "")))


async def choices(connection: AsyncConnection) -> Mapping[str, tuple[str, ...]]:
    """Return what lists can be narrowed to, by the facet's beginning; brands are too many."""
    found: dict[str, tuple[str, ...]] = {}
    for beginning in CHOICES:
        names = (
            select(NOTICE_FACET.c.facet)
            .where(NOTICE_FACET.c.facet >= beginning)
            .where(NOTICE_FACET.c.facet < beginning[:-1] + ";")
            .distinct()
            .order_by(NOTICE_FACET.c.facet)
        )
        rows = await connection.scalars(names)
        found[beginning] = tuple(name.removeprefix(beginning) for name in rows)
    return found


@dataclass(frozen=True, slots=True)
class Weeks:
    """How many recalls were published in each week, by their hazards.

    `mondays` are the weeks, oldest first. A recall with two hazards counts for both of them in
    `hazards`, and once in `recalls`.
    """

    mondays: tuple[date, ...]
    recalls: tuple[int, ...]
    hazards: Mapping[HazardKind, tuple[int, ...]]


async def weeks(connection: AsyncConnection, today: date, number: int) -> Weeks:
    """Return the counts of this week and those before it, `number` in all."""
    last = _monday(today)
    mondays = tuple(last - WEEK * back for back in reversed(range(number)))
    days = {"start": mondays[0].isoformat(), "end": (last + WEEK).isoformat()}
    every: Counter[tuple[str, date]] = Counter()
    for facet, day, count in await connection.execute(_PER_DAY, days):
        every[facet, _monday(date.fromisoformat(day))] += count
    kinds = [kind for kind in HazardKind if any(f == facets.HAZARD + kind for f, _ in every)]

    def row(facet: str) -> tuple[int, ...]:
        return tuple(every[facet, monday] for monday in mondays)

    by_kind = {kind: row(facets.HAZARD + kind) for kind in kinds}
    return Weeks(mondays, row(facets.EVERY), by_kind)


# The days are read off their index first: every notice's own row lies beside its whole body.
_PER_DAY = text(
    "WITH dated AS MATERIALIZED (SELECT pk, published FROM notice"
    " WHERE published >= :start AND published < :end AND words <> '')"
    " SELECT f.facet, dated.published, COUNT(*) FROM notice_facet f"
    " JOIN dated ON dated.pk = f.notice"
    " WHERE (f.facet = 'all' OR (f.facet >= 'h:' AND f.facet < 'h;'))"
    " GROUP BY f.facet, dated.published"
)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
