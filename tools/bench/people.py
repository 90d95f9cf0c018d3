"""A database full of people for benches: owners, their things, chats and codes."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.model.products import Product, product_keys
from core.store.keyring import Seal
from core.store.keys import ring_for, seal_from
from core.store.location import Location
from core.store.work import Database

MODEL = "A1263"
SECOND_CHAT = 5  # every fifth person has another one: 1.2 a person
CHANNELS = ("telegram", "discord", "web")
NOW = "2026-06-14 09:00:00.000000"
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many own the recalled model, and how many other things of how many models."""

    owners: int
    others: int
    models: int = 50_000

    @property
    def people(self) -> int:
        """Return how many people there are; half of the other things are of other people."""
        return self.owners + self.others // 2


async def filled(folder: Path, crowd: Crowd) -> Path:
    """Return a new database of that crowd: serials have nine digits, evenly."""
    path = folder / "bench.db"
    database = await Database.open(f"sqlite:///{path}")
    await database.close()
    seal = seal_at(path)
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript("PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF;")
        _fill_products(raw, crowd.models)
        people = ((pk, NOW, NOW, 1) for pk in range(1, crowd.people + 1))
        raw.executemany(
            "INSERT INTO subscriber (pk, created_at, heard_at, remembers) VALUES (?, ?, ?, ?)",
            people,
        )
        raw.executemany(_ADDRESS, _addresses(crowd))
        raw.executemany(_ITEM, _items(crowd, seal))
        raw.commit()
    return path


_ADDRESS = (
    "INSERT INTO address (channel, place, family, chat, subscriber, takes)"
    " VALUES (?, ?, ?, ?, ?, 'everything')"
)
_ITEM = (
    "INSERT INTO owned_item (subscriber, product, facts, confirmed, added_at)"
    " VALUES (?, ?, ?, 1, ?)"
)


def seal_at(path: Path) -> Seal:
    """Return what the database of that file is sealed with."""
    location = Location.of(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as raw:
        kept = raw.execute("SELECT value FROM meta WHERE name = 'marking_key'").fetchone()
    return seal_from(ring_for(location), kept[0])


def _fill_products(raw: sqlite3.Connection, models: int) -> None:
    chance = random.Random(7)  # noqa: S311 - nothing here is secret
    products = [Product("Anker", MODEL)]
    for number in range(models):
        letters = "".join(chance.choices("BCEFGHJKMNPRTUVWXY", k=3))
        products.append(Product(f"Maker{number % 500}", f"{letters}{number:05}"))
    raw.executemany(
        "INSERT INTO product (pk, mark, brand, model, facts) VALUES (?, ?, ?, ?, '{}')",
        [(pk, one.mark, one.brand, one.model) for pk, one in enumerate(products, 1)],
    )
    keys = sorted((key, pk) for pk, one in enumerate(products, 1) for key in product_keys(one))
    raw.executemany("INSERT INTO product_key (key, product) VALUES (?, ?)", keys)


def _addresses(crowd: Crowd) -> Iterator[tuple[Any, ...]]:
    """Yield chats as they come about: a person's second one some time after the first."""
    later: list[tuple[Any, ...]] = []
    for person in range(1, crowd.people + 1):
        yield _chat(person, CHANNELS[person % len(CHANNELS)])
        if person % SECOND_CHAT == 0:
            later.append(_chat(person, CHANNELS[(person + 1) % len(CHANNELS)]))
        if len(later) == _BATCH:
            yield from later
            later.clear()
    yield from later


def _chat(person: int, channel: str) -> tuple[Any, ...]:
    place = f"{channel}{person:>20}".encode()
    # As long as a sealed one: nobody reads it here.
    return channel, place[-16:] + channel.encode()[:1], place[-16:], place.ljust(44), person


def _items(crowd: Crowd, seal: Seal) -> Iterator[tuple[Any, ...]]:
    """Yield owners of the recalled model among others, as people come."""
    chance = random.Random(11)  # noqa: S311 - nothing here is secret
    own = round(crowd.others / crowd.people * _BATCH)
    for first in range(1, crowd.people + 1, _BATCH):
        people = range(first, min(first + _BATCH, crowd.people + 1))
        for person in people:
            if person <= crowd.owners:
                serial = chance.randrange(100_000_000, 1_000_000_000)
                facts = json.dumps({"serial": str(serial)})
                yield person, 1, seal.text(facts), NOW
        for _ in range(own):
            product = chance.randrange(2, crowd.models + 2)
            yield chance.choice(people), product, None, NOW
