"""Where people are: chats that moved, and those who do not want to hear from us."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

from sqlalchemy import Row, Table, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.channel import Address
from core.model.subscriber import GroupFeed
from core.store import conversations, group_feeds, subscribers
from core.store.lookup import CHAT_SQL, TOPIC, asking
from core.store.schema import CONVERSATION, GROUP_FEED, SUBSCRIBER

Value = TypeVar("Value")
# What holds whatever a chat speaks of.
_OF_THE_PERSON = ("lang", "home")
_STATE = text(CHAT_SQL)


async def move(connection: AsyncConnection, old: Address, new: Address) -> None:
    """Take everything we know of the chat `old` along to `new`, and join it to what is there.

    The topics of a group come with it. Nothing is lost, nothing doubled: of two answers to one
    question the later stands, and of two feeds all that either tells.
    """
    if old == new:
        return
    for table, join in (
        (CONVERSATION, _join_conversations),
        (SUBSCRIBER, _join_subscribers),
        (GROUP_FEED, _join_feeds),
    ):
        for chat in await _family(connection, table, old):
            moved = Address(new.channel, new.chat + chat.removeprefix(old.chat))
            await join(connection, Address(old.channel, chat), moved)


async def leave(connection: AsyncConnection, address: Address, now: datetime) -> None:
    """Send nothing to the chat from `now` on, until somebody speaks there again."""
    await _set_gone(connection, address, now)


async def come_back(connection: AsyncConnection, address: Address) -> None:
    """Send to the chat again; where it is a topic, to all of its group."""
    group = address.chat.partition(TOPIC)[0]
    await _set_gone(connection, replace(address, chat=group), None)


async def state(connection: AsyncConnection, address: Address) -> tuple[str | None, bool]:
    """Return the conversation kept of the chat, and whether it was left."""
    row = (await connection.execute(_STATE, asking(address.channel, address.chat))).one()
    return row.body, bool(row.gone)


async def _set_gone(
    connection: AsyncConnection, address: Address, moment: datetime | None
) -> None:
    for table in (SUBSCRIBER, GROUP_FEED):
        family = await _family(connection, table, address)
        rows = update(table).where(table.c.channel == address.channel, table.c.chat.in_(family))
        if moment is not None:
            rows = rows.where(table.c.gone_at.is_(None))
        await connection.execute(rows.values(gone_at=moment))


async def _family(connection: AsyncConnection, table: Table, address: Address) -> list[str]:
    """Return the chat and its topics, as far as the table knows them."""
    topics = table.c.chat.startswith(address.chat + TOPIC, autoescape=True)
    found = await connection.scalars(
        select(table.c.chat).where(
            table.c.channel == address.channel, (table.c.chat == address.chat) | topics
        )
    )
    # SQLite compares beginnings without regard to case.
    return [chat for chat in found if chat == address.chat or _is_topic(chat, address.chat)]


def _is_topic(chat: str, group: str) -> bool:
    return chat.startswith(group + TOPIC)


async def _row(
    connection: AsyncConnection, table: Table, at: Address
) -> Row[tuple[object, ...]] | None:
    rows = await connection.execute(
        select(table).where(table.c.channel == at.channel, table.c.chat == at.chat)
    )
    return rows.one_or_none()


async def _rename(
    connection: AsyncConnection, table: Table, old: Address, new: Address
) -> None:
    await connection.execute(
        update(table)
        .where(table.c.channel == old.channel, table.c.chat == old.chat)
        .values(channel=new.channel, chat=new.chat)
    )
    if "gone_at" in table.c:
        await connection.execute(
            update(table)
            .where(table.c.channel == new.channel, table.c.chat == new.chat)
            .values(gone_at=None)
        )


async def _join_conversations(connection: AsyncConnection, old: Address, new: Address) -> None:
    one, other = [await _row(connection, CONVERSATION, at) for at in (old, new)]
    if one is None or other is None:
        await _rename(connection, CONVERSATION, old, new)
        return
    earlier, later = sorted((one, other), key=lambda row: row.updated_at)
    body = json.loads(later.body)
    told = json.loads(earlier.body)
    body |= {name: told.get(name) for name in _OF_THE_PERSON if body.get(name) is None}
    await conversations.forget(connection, old.channel, old.chat)
    await conversations.save(
        connection, new.channel, new.chat, json.dumps(body), later.updated_at
    )


async def _join_subscribers(connection: AsyncConnection, old: Address, new: Address) -> None:
    if await _row(connection, SUBSCRIBER, new) is None:
        await _rename(connection, SUBSCRIBER, old, new)
        return
    await subscribers.join(connection, old, new)


async def _join_feeds(connection: AsyncConnection, old: Address, new: Address) -> None:
    one, other = [await _row(connection, GROUP_FEED, at) for at in (old, new)]
    if one is None or other is None:
        await _rename(connection, GROUP_FEED, old, new)
        return
    earlier, later = sorted((one, other), key=lambda row: row.changed_at)
    feed = _both(group_feeds.read_feed(earlier), group_feeds.read_feed(later))
    await connection.execute(
        delete(GROUP_FEED).where(
            GROUP_FEED.c.channel == old.channel, GROUP_FEED.c.chat == old.chat
        )
    )
    await group_feeds.save_feed(connection, new, feed, later.changed_at)
    await _set_gone(connection, new, None)


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
