"""Which recalls groups are told, and what they would have been told of late."""

# ruff: noqa: S608 - only fixed words and names of parameters go into the SQL, never a value

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import ColumnElement, Row, bindparam, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.channel import Address
from core.model import facets
from core.model.identifier import fold
from core.model.recall import HazardKind, Notice
from core.model.subscriber import FeedStyle, GroupFeed
from core.store import addresses
from core.store.facets import seconds
from core.store.lookup import parsed
from core.store.schema import GROUP_FEED, NOTICE, PlainText, UtcDateTime

_COLUMNS = (
    *("active", "countries", "hazards", "categories", "brands"),
    *("roles", "budget", "style", "lang", "changed_at"),
)
_CHOICE = ("active", "countries", "hazards", "categories", "brands")
_SAVE = text(
    f"INSERT INTO group_feed (address, {', '.join(_COLUMNS)})"
    f" VALUES (:address, {', '.join(f':{name}' for name in _COLUMNS)})"
    " ON CONFLICT (address) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)
    # What another choice of recalls brings is shown beforehand again.
    + ", previewed_at = CASE WHEN "
    + " AND ".join(f"group_feed.{name} = excluded.{name}" for name in _CHOICE)
    + " THEN group_feed.previewed_at END"
).bindparams(
    *(bindparam(name, type_=PlainText()) for name in ("brands", "roles")),
    bindparam("changed_at", type_=UtcDateTime()),
)


@dataclass(frozen=True, slots=True)
class Preview:
    """How many recalls a feed would have told since some time, and the newest of them."""

    count: int
    newest: tuple[Notice, ...] = ()


async def group_feed(connection: AsyncConnection, place: Address) -> GroupFeed | None:
    """Return the feed of that chat, None where it never had one."""
    rows = await connection.execute(select(GROUP_FEED).where(_at(place)))
    row = rows.one_or_none()
    return None if row is None else read_feed(row)


def read_feed(row: Row[tuple[object, ...]]) -> GroupFeed:
    """Return the feed of a row."""
    roles: Mapping[str, str] = json.loads(row.roles)
    return GroupFeed(
        active=row.active,
        countries=tuple(json.loads(row.countries)),
        hazards=tuple(HazardKind(kind) for kind in json.loads(row.hazards)),
        categories=tuple(json.loads(row.categories)),
        brands=tuple(json.loads(row.brands)),
        budget=row.budget,
        style=FeedStyle(row.style),
        roles=MappingProxyType({HazardKind(kind): role for kind, role in roles.items()}),
        lang=row.lang,
        previewed=row.previewed_at is not None,
    )


async def save_feed(
    connection: AsyncConnection, place: Address, feed: GroupFeed, now: datetime
) -> None:
    """Keep the feed of that chat, in place of the one before.

    Where it tells of other recalls now, or begins again, its next post is shown beforehand.
    """
    known = await addresses.address(connection, place)
    values = {
        "address": known.pk,
        "active": feed.active,
        "countries": json.dumps(feed.countries),
        "hazards": json.dumps(feed.hazards),
        "categories": json.dumps(feed.categories),
        "brands": json.dumps(feed.brands),
        "roles": json.dumps(dict(feed.roles)),
        "budget": feed.budget,
        "style": feed.style.value,
        "lang": feed.lang,
        "changed_at": now,
    }
    await connection.execute(_SAVE, values)


async def set_lang(connection: AsyncConnection, place: Address, lang: str) -> None:
    """Let the feed of that chat, if it has one, speak this language."""
    await connection.execute(update(GROUP_FEED).where(_at(place)).values(lang=lang))


async def forget_feed(connection: AsyncConnection, place: Address) -> None:
    """Erase the feed of that chat."""
    await connection.execute(delete(GROUP_FEED).where(_at(place)))


def _at(place: Address) -> ColumnElement[bool]:
    return GROUP_FEED.c.address == addresses.number_at(place).scalar_subquery()


async def preview(
    connection: AsyncConnection, feed: GroupFeed, since: datetime, shown: int
) -> Preview:
    """Return the recalls the feed would have told since then, `shown` of them with their text.

    Counted is what lists hold from then on: what was published, or said something else that
    is announced. What several authorities say of one event counts once.
    """
    sql, values = _query(feed, since)
    rows = list(await connection.execute(text(sql), values))
    newest: dict[int, int] = {}
    for row in rows:
        newest.setdefault(row.event or row.pk, row.pk)
    wanted = list(newest.values())[:shown]
    bodies = await connection.execute(
        select(NOTICE.c.pk, NOTICE.c.body).where(NOTICE.c.pk.in_(wanted))
    )
    found = {row.pk: parsed(row.body) for row in bodies}
    return Preview(len(newest), tuple(found[pk] for pk in wanted))


def _query(feed: GroupFeed, since: datetime) -> tuple[str, dict[str, object]]:
    values: dict[str, object] = {"every": facets.EVERY, "since": seconds(since)}
    where = []
    for names in _conditions(feed):
        keys = [f"facet{len(values) + place}" for place in range(len(names))]
        values |= dict(zip(keys, names, strict=True))
        where.append(
            " AND EXISTS (SELECT 1 FROM notice_facet g WHERE g.at = f.at"
            f" AND g.notice = f.notice AND g.facet IN ({', '.join(f':{key}' for key in keys)}))"
        )
    sql = (
        "SELECT n.pk, n.event FROM notice_facet f JOIN notice n ON n.pk = f.notice"
        f" WHERE f.facet = :every AND f.at >= :since{''.join(where)}"
        " ORDER BY f.at DESC, f.notice DESC"
    )
    return sql, values


def _conditions(feed: GroupFeed) -> list[list[str]]:
    """Return what must hold, as alternatives of facets."""
    countries = [facets.COUNTRY + country for country in feed.countries]
    found = [
        [*countries, facets.WORLD] if countries else [],
        [facets.HAZARD + kind for kind in feed.hazards],
        [facets.CATEGORY + category for category in feed.categories],
        [facets.BRAND + fold(brand) for brand in feed.brands],
    ]
    return [names for names in found if names]


async def most_frequent(
    connection: AsyncConnection, beginning: str, limit: int
) -> Sequence[str]:
    """Return what follows that beginning of facets, what most notices have first."""
    rows = await connection.execute(
        text(
            "SELECT facet FROM notice_facet WHERE facet >= :first AND facet < :last"
            " GROUP BY facet ORDER BY COUNT(*) DESC, facet LIMIT :limit"
        ),
        {"first": beginning, "last": beginning[:-1] + ";", "limit": limit},
    )
    return [row.facet.removeprefix(beginning) for row in rows]
