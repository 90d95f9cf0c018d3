"""Two people who become one, whatever they own: nothing is lost, nothing doubled."""

from __future__ import annotations

import asyncio
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.channel import Address
from core.model.unit import Unit
from core.store import joining, subscribers
from core.store.subscribers import OwnedItem
from core.store.work import Database
from tests.builders import NOW, STEADY

CHATS = (Address("web", "ada"), Address("web", "bob"))
units = st.builds(
    Unit,
    st.sampled_from([None, "Acme"]),
    st.sampled_from([None, "X100", "x 100", "X200"]),
    st.dictionaries(
        st.sampled_from(["serial", "colour", "name", "bought"]),
        st.sampled_from(["AB 120", "ab12O", "AB121"]),
        max_size=2,
    ),
    st.booleans(),
)


async def joined(
    path: Path, owned: tuple[list[Unit], list[Unit]]
) -> tuple[list[tuple[OwnedItem, ...]], tuple[OwnedItem, ...]]:
    """Return what both owned before and what the one they are owns after, then forget them."""
    database = await Database.open(str(path))
    async with database.writing() as connection:
        people = []
        for place, theirs in zip(CHATS, owned, strict=True):
            who = await subscribers.subscriber(connection, place.channel, place.chat, NOW)
            people.append(who.pk)
            for unit in theirs:
                await subscribers.add_item(connection, who, unit, NOW)
        before = [await subscribers.owned_by(connection, person) for person in people]
        await joining.join(connection, *people)
        after = await subscribers.owned_by(connection, people[1])
        await connection.rollback()
    await database.close()
    return before, after


@settings(STEADY, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(owned=st.tuples(st.lists(units, max_size=4), st.lists(units, max_size=4)))
@example(owned=([Unit("Acme", "X100", {"serial": "AB 120"})], [Unit(None, "x 100")]))
@example(owned=([Unit(None, "X100")], [Unit("Acme", "X100")]))
def test_whatever_either_owned_the_one_they_are_owns_once(
    file: Path, owned: tuple[list[Unit], list[Unit]]
) -> None:
    before, after = asyncio.run(joined(file, owned))

    theirs, kept = before
    assert {item.pk for item in kept} <= {item.pk for item in after}
    assert {item.pk for item in after} <= {item.pk for item in (*theirs, *kept)}
    for item in (*theirs, *kept):
        known = subscribers.same_item(after, item.unit)
        assert known is not None or item.pk in {one.pk for one in after}
        facts = [one.unit.facts for one in after]
        assert any(item.unit.facts.keys() <= one.keys() for one in facts)
    fresh = [item for item in theirs if item.pk in {one.pk for one in after}]
    assert all(subscribers.same_item(kept, item.unit) is None for item in fresh)
