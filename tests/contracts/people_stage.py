"""A small world for tests of people: chats, notices, and what was sent there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from core.channel import Address
from core.model.delivery import Reason, State
from core.model.unit import Unit
from core.store import addresses, subscribers
from core.store.schema import ALERT, DELIVERY
from core.store.subscribers import OwnedItem, Subscriber
from core.store.work import Database
from tests.builders import NOW

ADA, BOB = Address("telegram", "ada-4711"), Address("discord", "user:4712")


async def known(database: Database, place: Address, *units: Unit) -> Subscriber:
    """Let somebody in that chat own these units, and return who it is."""
    async with database.writing() as connection:
        who = await subscribers.subscriber(connection, place.channel, place.chat, NOW)
        for unit in units:
            await subscribers.add_item(connection, who, unit, NOW)
    return who


async def owned(database: Database, place: Address) -> tuple[OwnedItem, ...]:
    """Return what somebody in that chat owns."""
    async with database.reading() as connection:
        return await subscribers.owned_items(connection, place.channel, place.chat)


async def number(database: Database, place: Address) -> int:
    """Return the number of the chat."""
    async with database.reading() as connection:
        found = await addresses.find(connection, place)
    assert found is not None
    return found.pk


async def alerted(
    database: Database,
    states: Mapping[Address, State],
    event: int = 1,
    reason: str = Reason.ALERT,
    **facts: Any,
) -> int:
    """Let an alert have these deliveries, and return its number; facts are of each of them."""
    chats = {place: await number(database, place) for place in states}
    occurrence = facts.pop("occurrence", "1")
    sent_at: datetime | None = facts.pop("sent_at", None)
    async with database.writing() as connection:
        made = await connection.execute(
            insert(ALERT)
            .values(event=event, reason=reason, occurrence=occurrence, created_at=NOW)
            .values(serious=True)
            .returning(ALERT.c.pk)
        )
        alert: int = made.scalar_one()
        for place, state in states.items():
            row = {"alert": alert, "address": chats[place], "rank": 0, "state": state.value}
            await connection.execute(insert(DELIVERY).values(**row, sent_at=sent_at, **facts))
    return alert


async def deliveries(database: Database, alert: int) -> dict[int, State]:
    """Return the state of the alert at each address."""
    async with database.reading() as connection:
        rows = await connection.execute(select(DELIVERY).where(DELIVERY.c.alert == alert))
        return {row.address: State(row.state) for row in rows}
