"""A database as the version before sealing left it, with something in every table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from alembic import command
from sqlalchemy import Connection, text

from core.model.unit import Unit
from core.store.engine import PATIENCE, sync_engine
from core.store.location import Location
from core.store.migrate import configuration

ADA, BEN, CEM = "100200300400", "555666777888", "web-session-f00dcafe"
GROUP, TOPIC, STRANGER = "-100987654321", "-100987654321/17", "telegram-stranger-42"
# More than are moved at a time.
CROWD = 1100
CREATED, SPOKEN, LEFT = (
    "2026-01-05 10:00:00.000000",
    "2026-02-06 11:30:00.000000",
    "2026-03-07 12:45:00.000000",
)
Item = tuple[int, Unit, str | None]
# Whose, what, and what they call it.
ITEMS: Sequence[Item] = (
    (
        1,
        Unit(
            "Anker",
            "A1263",
            MappingProxyType({"serial": "AJQ0SECRET12345", "upc": "0848061012345"}),
            confirmed=True,
        ),
        "my grandmother's bedside",
    ),
    (1, Unit("Xiaomi", None, MappingProxyType({"name": "Mi Power Bank 3"})), None),
    (2, Unit("ANKER", "a-1263", MappingProxyType({"serial": "AJQ0HIDDEN99999"})), "Rucksackö"),
    (2, Unit("anker", "A1263", MappingProxyType({"upc": "848061012345"})), "台所の電池"),
    (3, Unit(None, "PLM13ZM", MappingProxyType({"region": "JP", "bought": "2024-05"})), ""),
    (3, Unit(), "a mystery thing"),
)
CONVERSATIONS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("telegram", ADA): json.dumps({"facts": {"serial": "AJQ0SPOKEN77777"}, "lang": "en"}),
        ("discord", BEN): json.dumps({"home": "a house in the Lindenallee"}),
        ("telegram", TOPIC): json.dumps({"facts": {}}),
        ("telegram", STRANGER): json.dumps({"facts": {"lot": "LOTSECRET4711"}}),
    }
)
PRESSED: Mapping[str, str] = MappingProxyType(
    {
        "0123456789abcdef01234567": "I have an Anker A1263 AJQ0-SECRET 12345 at home",
        "89abcdef0123456789abcdef": "/recalls more please",
    }
)
# What must not be readable in the file afterwards.
PLAIN = (
    *(ADA, BEN, CEM, GROUP, STRANGER, "SECRET12345", "HIDDEN99999", "SPOKEN77777"),
    *("LOTSECRET4711", "grandmother", "Rucksack", "台所の電池", "mystery", "Lindenallee"),
    *("more please", "crowd-00", "crowd-serial-"),
)
TABLES: Mapping[str, Sequence[Mapping[str, Any]]] = MappingProxyType(
    {
        "notice": [
            {
                "pk": 1,
                "id": "cpsc-25-1",
                "source": "cpsc",
                "published": "2025-06-12",
                "state": "active",
                "brand": "Anker",
                "product": "bank",
                "words": "anker",
                "body": "{}",
                "first_seen": CREATED,
            }
        ],
        "revision": [
            {"notice": 1, "number": 1, "kind": "new", "body": "{}", "seen_at": CREATED},
            {"notice": 1, "number": 2, "kind": "expanded", "body": "{}", "seen_at": SPOKEN},
        ],
        "subscriber": [
            {"channel": "telegram", "chat": ADA, "lang": "en", "region": "US", "gone_at": None},
            {"channel": "discord", "chat": BEN, "lang": "de", "region": None, "gone_at": LEFT},
            {"channel": "web", "chat": CEM, "lang": None, "region": "JP", "gone_at": None},
        ],
        "wish": [
            {
                "subscriber": 1,
                "alerts": True,
                "pace": "daily",
                "hour": 8,
                "zone": None,
                "quiet_from": 1320,
                "quiet_to": 420,
            },
            {
                "subscriber": 2,
                "alerts": False,
                "pace": "weekly",
                "hour": 19,
                "quiet_from": None,
                "quiet_to": None,
                "zone": "Europe/Berlin",
            },
        ],
        "watched_brand": [
            {"subscriber": 1, "key": "BASEUS", "brand": "Baseus", "added_at": CREATED},
            {"subscriber": 2, "key": "BASEUS", "brand": "BASEUS!", "added_at": SPOKEN},
            {"subscriber": 2, "key": "INIU", "brand": "iniu", "added_at": LEFT},
        ],
        "group_feed": [
            {
                "channel": "telegram",
                "chat": chat,
                "active": True,
                "lang": "ja",
                "countries": '["JP"]',
                "hazards": '["fire"]',
                "categories": "[]",
                "brands": '["Anker"]',
                "roles": '{"fire": "fire brigade"}',
                "budget": 3,
                "style": "plain",
                "changed_at": CREATED,
                "gone_at": gone,
            }
            for chat, gone in ((GROUP, None), (TOPIC, LEFT))
        ],
        "pressed": [
            {"digest": digest, "says": says, "used_at": SPOKEN}
            for digest, says in PRESSED.items()
        ],
        "owned_item": [
            {
                "subscriber": who,
                "brand": unit.brand,
                "model": unit.model,
                "facts": json.dumps(dict(unit.facts)),
                "nickname": nickname,
                "confirmed": unit.confirmed,
                "added_at": SPOKEN,
            }
            for who, unit, nickname in ITEMS
        ],
        "conversation": [
            {"channel": channel, "chat": chat, "body": body, "updated_at": SPOKEN}
            for (channel, chat), body in CONVERSATIONS.items()
        ],
    }
)


def make(url: str, *, crowded: bool = False) -> None:
    """Make the database at `url` as it was at 0004_chats, with rows for people."""
    engine = sync_engine(Location.of(url), PATIENCE)
    try:
        with engine.begin() as connection:
            command.upgrade(configuration(connection), "0004_chats")
            for table, rows in TABLES.items():
                _insert(connection, table, rows)
            if crowded:
                _crowd(connection)
            _forget_the_last(connection)
    finally:
        engine.dispose()


def _insert(connection: Connection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if table == "subscriber":
        rows = [{**row, "created_at": CREATED} for row in rows]
    columns = ", ".join(rows[0])
    values = ", ".join(f":{name}" for name in rows[0])
    statement = f"INSERT INTO {table} ({columns}) VALUES ({values})"  # noqa: S608 - fixed names
    connection.execute(text(statement), list(rows))


def _crowd(connection: Connection) -> None:
    people = [
        {"channel": "telegram", "chat": f"crowd-{number:06}", "lang": None, "region": None}
        for number in range(CROWD)
    ]
    _insert(connection, "subscriber", [{**person, "gone_at": None} for person in people])
    first = connection.execute(
        text("SELECT MIN(pk) FROM subscriber WHERE chat LIKE 'crowd-%'")
    ).scalar_one()
    _insert(
        connection,
        "owned_item",
        [
            {
                "subscriber": first + number,
                "brand": "Anker",
                "model": f"M{number % 700}",
                "facts": json.dumps({"serial": f"crowd-serial-{number}"}),
                "nickname": None,
                "confirmed": False,
                "added_at": SPOKEN,
            }
            for number in range(CROWD)
        ],
    )
    _insert(
        connection,
        "conversation",
        [
            {"channel": "telegram", "chat": f"crowd-{number:06}", "body": "{}"}
            | {"updated_at": LEFT}
            for number in range(CROWD)
        ],
    )


def _forget_the_last(connection: Connection) -> None:
    """Let somebody have been here who was forgotten, so that their number stays unused."""
    _insert(
        connection,
        "subscriber",
        [
            {
                "channel": "web",
                "chat": "forgotten",
                "lang": None,
                "region": None,
                "gone_at": None,
            }
        ],
    )
    connection.execute(text("DELETE FROM subscriber WHERE chat = 'forgotten'"))
