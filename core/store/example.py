"""The example database: a small migrated file with three invented people in it."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.unit import Unit
from core.store import subscribers
from core.store.failure import StoreUnavailable
from core.store.keys import key_file, replace, ring_of
from core.store.location import Location
from core.store.schema import REVISION
from core.store.work import Database

# Published with the example, so that everybody can open it; never use it for anything else.
SECRET = "this-key-is-published-with-the-example"  # noqa: S105 - it is no secret
Fill = Callable[[AsyncConnection], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Invented:
    """A person who does not exist: their chat, and what they would own."""

    channel: str
    chat: str
    lang: str
    region: str
    items: Mapping[str, Unit] = field(default_factory=lambda: MappingProxyType({}))


def _unit(brand: str, model: str, *, confirmed: bool = False, **facts: str) -> Unit:
    return Unit(brand, model, MappingProxyType(facts), confirmed)


PEOPLE = (
    Invented(
        "telegram",
        "invented-1000001",
        "en",
        "US",
        {
            "bedside": _unit("Anker", "A1263", serial="INVENTED00000001"),
            "travel": _unit("Xiaomi", "PLM13ZM"),
        },
    ),
    Invented(
        "discord",
        "invented-2000002",
        "de",
        "DE",
        {"Rucksack": _unit("Anker", "A1647", bought="2024-05", confirmed=True)},
    ),
    Invented("web", "invented-3000003", "ja", "JP", {"台所": _unit("INIU", "BI-B41")}),
)


async def write_example(target: Path, now: datetime, fill: Fill) -> None:
    """Write the example to `target`, replacing what is there; `fill` puts the notices in.

    The same `now` and notices give the same rows. The file is complete by itself: no journal
    lies beside it, only the key that it is sealed with, which is no secret. Raises
    StoreUnavailable where it cannot be written.
    """
    with _room_beside(target) as folder:
        made = Path(folder) / target.name
        database = await Database.open(str(made), ring=ring_of([SECRET]))
        try:
            async with database.writing() as connection:
                await fill(connection)
                for person in PEOPLE:
                    await _settle(connection, person, now)
                # Nobody is alerted of what stood there before they came.
                await connection.execute(
                    update(REVISION).values(planned_at=now, drafted_at=now)
                )
        finally:
            await database.close()
        _seal(made)
        _refuse_failure(made, target)
        replace(key_file(Location(target)), [SECRET])


async def _settle(connection: AsyncConnection, person: Invented, now: datetime) -> None:
    who = await subscribers.subscriber(connection, person.channel, person.chat, now)
    await subscribers.set_lang(connection, who, person.lang)
    await subscribers.set_region(connection, who, person.region)
    for nickname, unit in person.items.items():
        await subscribers.add_item(connection, who, unit, now, nickname)


def _room_beside(target: Path) -> tempfile.TemporaryDirectory[str]:
    """Return a folder on the same disk, so that the finished file can move into place."""
    try:
        return tempfile.TemporaryDirectory(dir=target.parent, prefix=".example-")
    except OSError as error:
        raise StoreUnavailable(f"{target} cannot be written: {error.strerror}") from None


def _refuse_failure(made: Path, target: Path) -> None:
    try:
        made.replace(target)
    except OSError as error:
        raise StoreUnavailable(f"{target} cannot be written: {error.strerror}") from None


def _seal(path: Path) -> None:
    """Give up write-ahead logging, so that the file needs nothing beside it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("VACUUM")
