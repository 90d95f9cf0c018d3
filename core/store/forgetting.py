"""Erasing all we know of a person: every row of every table that refers to them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.channel import Address
from core.model.rule import PRODUCT_KEYS
from core.store import addresses, answered, interests, pressed, products, subscribers
from core.store.schema import CONVERSATION, SUBSCRIBER

# A shorter one tells nobody's unit from others.
SHORTEST_CODE = pressed.SHORTEST_CODE
# What says nothing of one unit alone.
_OPEN = frozenset({*subscribers.REMEMBERED, *PRODUCT_KEYS, "colour"})


async def forget(connection: AsyncConnection, channel: str, chat: str) -> None:
    """Erase the person in that chat: what they own, wish and watch, asked and were told.

    Every chat that they linked goes with it, and so do buttons that name a code of one of
    their units.
    """
    known = await addresses.find(connection, Address(channel, chat))
    if known is None:
        return
    if known.subscriber is not None:
        await erase_person(connection, known.subscriber)
        return
    await pressed.forget_naming(connection, await _codes(connection, [known.pk], []))
    await addresses.erase(connection, [known.pk])


async def erase_person(connection: AsyncConnection, person: int) -> None:
    """Erase the person of that number from every table."""
    chats = [known.pk for known in await addresses.of_person(connection, person)]
    owned = await subscribers.owned_by(connection, person)
    units = [item.unit.facts for item in owned]
    await pressed.forget_naming(connection, await _codes(connection, chats, units))
    specs = await interests.specs_of(connection, person)
    asked = {told.number for told in await answered.answers_of(connection, person)}
    await addresses.erase(connection, chats)
    # All that is only theirs goes with this row.
    await connection.execute(delete(SUBSCRIBER).where(SUBSCRIBER.c.pk == person))
    await products.drop_unused(connection, {item.product for item in owned} | asked)
    await interests.drop_unused(connection, specs)


async def codes_told(connection: AsyncConnection, channel: str, chat: str) -> set[str]:
    """Return every code of a unit of the person's, on their list or just spoken of."""
    known = await addresses.find(connection, Address(channel, chat))
    if known is None:
        return set()
    if known.subscriber is None:
        return await _codes(connection, [known.pk], [])
    chats = [one.pk for one in await addresses.of_person(connection, known.subscriber)]
    owned = await subscribers.owned_by(connection, known.subscriber)
    return await _codes(connection, chats, [item.unit.facts for item in owned])


async def _codes(
    connection: AsyncConnection, chats: list[int], units: list[Mapping[str, str]]
) -> set[str]:
    spoken = select(CONVERSATION.c.body).where(CONVERSATION.c.address.in_(chats))
    told = [json.loads(body).get("facts", {}) for body in await connection.scalars(spoken)]
    return {code for facts in (*units, *told) for code in _personal(facts)}


def _personal(facts: Mapping[str, str]) -> Iterator[str]:
    for name in facts.keys() - _OPEN:
        if len(facts[name]) >= SHORTEST_CODE:
            yield facts[name]
