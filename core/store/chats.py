"""Where people are: chats that moved, and those who do not want to hear from us."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

from sqlalchemy import Row, Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.channel import Address
from core.model.subscriber import GroupFeed
from core.store import accounts, addresses, conversations, group_feeds, joining, told
from core.store.addresses import Known
from core.store.schema import CONVERSATION, GROUP_FEED

Value = TypeVar("Value")
# What holds whatever a chat speaks of.
_OF_THE_PERSON = ("lang", "home")


async def move(connection: AsyncConnection, old: Address, new: Address) -> None:
    """Take everything we know of the chat `old` along to `new`, and join it to what is there.

    The topics of a group come with it. Nothing is lost, nothing doubled: of two answers to one
    question the later stands, and of two feeds all that either tells. What the platform calls
    our posts there is forgotten: in the new chat the same names are of other posts.
    """
    if old == new:
        return
    for known in await addresses.family(connection, old):
        place = Address(new.channel, new.chat + known.chat.removeprefix(old.chat))
        await told.forget_names(connection, known.pk)
        there = await addresses.find(connection, place)
        if there is None:
            await addresses.rename(connection, known, place)
        else:
            await _join(connection, known, there)


async def leave(connection: AsyncConnection, address: Address, now: datetime) -> None:
    """Send nothing to the chat from `now` on, until somebody speaks there again."""
    await addresses.set_gone(connection, address, now)


async def come_back(connection: AsyncConnection, address: Address) -> None:
    """Send to the chat again; where it is a topic, to all of its group."""
    await addresses.set_gone(connection, addresses.group_of(address), None)


async def state(connection: AsyncConnection, address: Address) -> tuple[str | None, bool]:
    """Return the conversation kept of the chat, and whether it was left."""
    return await addresses.state(connection, address)


async def _join(connection: AsyncConnection, old: Known, new: Known) -> None:
    """Make one of two chats that we know, the one they moved to."""
    await _join_conversations(connection, old, new)
    await _join_feeds(connection, old, new)
    await accounts.move(connection, old.pk, new.pk)
    await told.move(connection, old.pk, new.pk)
    if old.subscriber is not None and new.subscriber is not None:
        await joining.join(connection, old.subscriber, new.subscriber)
    elif old.subscriber is not None:
        await addresses.give(connection, [new.pk], old.subscriber)
    await addresses.erase(connection, [old.pk])
    await addresses.set_gone(connection, new.place, None)


async def _row(
    connection: AsyncConnection, table: Table, known: Known
) -> Row[tuple[object, ...]] | None:
    rows = await connection.execute(select(table).where(table.c.address == known.pk))
    return rows.one_or_none()


async def _join_conversations(connection: AsyncConnection, old: Known, new: Known) -> None:
    rows = [await _row(connection, CONVERSATION, known) for known in (old, new)]
    earlier, later = _in_time([row for row in rows if row is not None], "updated_at")
    if later is None:
        return
    body = json.loads(later.body)
    if earlier is not None:
        before = json.loads(earlier.body)
        body |= {name: before.get(name) for name in _OF_THE_PERSON if body.get(name) is None}
    await conversations.save(
        connection, new.channel, new.chat, json.dumps(body), later.updated_at
    )


async def _join_feeds(connection: AsyncConnection, old: Known, new: Known) -> None:
    rows = [await _row(connection, GROUP_FEED, known) for known in (old, new)]
    earlier, later = _in_time([row for row in rows if row is not None], "changed_at")
    if later is None:
        return
    feed = group_feeds.read_feed(later)
    if earlier is not None:
        feed = _both(group_feeds.read_feed(earlier), feed)
    await group_feeds.save_feed(connection, new.place, feed, later.changed_at)
    shown = [row.previewed_at for row in (earlier, later) if row and row.previewed_at]
    here = update(GROUP_FEED).where(GROUP_FEED.c.address == new.pk)
    await connection.execute(here.values(previewed_at=min(shown, default=None)))


def _in_time(
    rows: list[Row[tuple[object, ...]]], moment: str
) -> tuple[Row[tuple[object, ...]] | None, Row[tuple[object, ...]] | None]:
    """Return the earlier of two rows, if there are two, and the later, if there is any."""
    ordered = sorted(rows, key=lambda row: getattr(row, moment))
    return (ordered[0] if len(ordered) > 1 else None), (ordered[-1] if ordered else None)


def _both(earlier: GroupFeed, later: GroupFeed) -> GroupFeed:
    """Return a feed that tells what either told; one that is off tells nothing."""
    if earlier.active != later.active:
        return earlier if earlier.active else later
    return replace(
        later,
        countries=tuple(_either(earlier.countries, later.countries)),
        hazards=tuple(_either(earlier.hazards, later.hazards)),
        categories=tuple(_either(earlier.categories, later.categories)),
        brands=tuple(_either(earlier.brands, later.brands)),
        budget=max(earlier.budget, later.budget),
        roles=MappingProxyType({**earlier.roles, **later.roles}),
        lang=later.lang or earlier.lang,
    )


def _either(one: tuple[Value, ...], other: tuple[Value, ...]) -> Iterator[Value]:
    """Yield what is in either list; an empty one means everything."""
    return iter(dict.fromkeys((*one, *other)) if one and other else ())
