"""The list of sources as an operator reads it, and as a program does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from textwrap import fill
from typing import Any

from bots.app import CATALOGUE_AUTHORITY, open_database
from bots.ask import CATALOGUE
from bots.feeds import source_named, switched_on
from core.clock import Clock, SystemClock
from core.ingest.watch import Health, health_of
from core.settings import Settings
from core.sources.contract import Authority, Source
from core.sources.http import Fetcher
from core.sources.registry import SOURCES
from core.store import notices, source_runs
from core.store.work import Database

Row = dict[str, Any]
WIDTH = 80
MARGIN = " " * 2
# An age is told in the largest unit of which it has two.
UNITS = (("d", 86_400), ("h", 3_600), ("min", 60))


async def told(settings: Settings, clock: Clock | None = None) -> list[Row]:
    """Return what there is to say of every source, the catalogue first.

    Raises Failure where the database or a setting is wrong.
    """
    clock = clock or SystemClock()
    database = await open_database(settings, clock)
    try:
        return await rows(database, settings, clock.now())
    finally:
        await database.close()


async def rows(database: Database, settings: Settings, now: datetime) -> list[Row]:
    """Return the same from a database that is open already.

    Raises Failure where a setting is wrong.
    """
    on = switched_on(settings)
    told = [await _catalogue(database, now)]
    known = _known()
    found = await health_of(database, list(known.values()), now)
    for name, source in known.items():
        told.append(_row(source, found[name], now) | {"enabled": name in on})
    return told


@cache
def _known() -> Mapping[str, Source]:
    # Nothing is asked of them here, so there is no connection to close.
    fetcher = Fetcher()
    return {name: source_named(name, fetcher) for name in SOURCES}


def authority_of(name: str) -> Authority | None:
    """Return who publishes the notices of the source of that name, None where there is none."""
    if name == CATALOGUE:
        return CATALOGUE_AUTHORITY
    source = _known().get(name)
    return source.authority if source else None


async def _catalogue(database: Database, now: datetime) -> Row:
    async with database.reading() as connection:
        ages = {name: at for name, at, _ in await notices.source_ages(connection)}
        held = (await source_runs.notice_counts(connection)).get(CATALOGUE, 0)
    at = ages[CATALOGUE]
    return _terms(CATALOGUE, CATALOGUE_AUTHORITY) | {
        "verified": True,
        "last_success": at.isoformat(),
        "age_s": round((now - at).total_seconds()),
        "as_of": at.isoformat(),
        "notices": held,
        "unreadable": 0,
        "counts": {},
        "error": None,
        "alarms": [],
        "enabled": True,
    }


def _row(source: Source, found: Health, now: datetime) -> Row:
    standing, age = found.standing, found.age(now)
    success = standing.success
    return _terms(source.name, source.authority) | {
        "verified": source.verified,
        "last_success": success.started_at.isoformat() if success else None,
        "age_s": round(age.total_seconds()) if age is not None else None,
        "as_of": standing.as_of.isoformat() if standing.as_of else None,
        "notices": found.notices,
        "unreadable": found.unreadable,
        "counts": dict(standing.last.counts) if standing.last else {},
        "error": standing.last.error if standing.last else None,
        "alarms": [{"kind": alarm.kind.value, "says": alarm.says} for alarm in found.alarms],
    }


def _terms(name: str, authority: Authority) -> Row:
    return {
        "source": name,
        "authority": authority.name,
        "regions": list(authority.regions),
        "homepage": authority.homepage or None,
        "licence": authority.licence,
        "licence_url": authority.licence_url,
        "attribution": authority.attribution,
    }


def table(told: Sequence[Row]) -> str:
    """Return the list for a terminal: a line a source, and below it what there is to say."""
    heading = f"{'source':<14} {'last read (UTC)':<16} {'age':>6} {'notices':>8}\n"
    return heading + "".join(_lines(row) for row in told)


def _lines(row: Row) -> str:
    read = str(row["last_success"] or "never read")[:16].replace("T", " ")
    line = f"{row['source']:<14} {read:<16} {_age(row['age_s']):>6} {row['notices']:>8}"
    odd = ("off", not row["enabled"]), ("unverified", not row["verified"])
    marks = ", ".join(mark for mark, holds in odd if holds)
    below = [_wrapped(text) for text in _below(row)]
    return "\n".join([f"{line}  {marks}".rstrip(), *below]) + "\n"


def _below(row: Row) -> Iterator[str]:
    yield f"{row['authority']}; {row['licence']}"
    if counts := in_words(row["counts"]):
        yield f"last reading: {counts}"
    if row["last_success"] and not row["as_of"]:
        yield "never read whole, so no negative answer rests on it"
    if row["unreadable"]:
        yield f"{row['unreadable']} records could not be read"
    if row["error"]:
        yield f"last reading failed: {row['error']}"
    yield from (f"ALARM {alarm['kind']}: {alarm['says']}" for alarm in row["alarms"])


def _wrapped(text: str) -> str:
    return fill(text, WIDTH, initial_indent=MARGIN, subsequent_indent=MARGIN + "  ")


def _age(seconds: int | None) -> str:
    if seconds is None:
        return "-"
    for unit, length in UNITS:
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def in_words(counts: Mapping[str, int]) -> str:
    """Return the outcomes of a reading that came up: "2 new, 40 same"."""
    told = (f"{number} {name.replace('_', ' ')}" for name, number in counts.items() if number)
    return ", ".join(told)
