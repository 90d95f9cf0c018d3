"""What somebody missed while nothing could be sent to them, or between a look and a note."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core.channel import Address
from core.match.concern import concerns
from core.model.delivery import serious
from core.model.keys import probe_of_unit
from core.model.lexicon import Lexicon
from core.model.recall import Notice
from core.store import replied, subscribers
from core.store.lookup import parsed
from core.store.reading import found_by
from core.store.replied import Back, Due
from core.store.subscribers import OwnedItem, Subscriber

# Of one item, the recalls that are looked at: the best matches first.
MOST_NOTICES = 100


async def missed(
    connection: AsyncConnection,
    lexicon: Lexicon,
    place: Address,
    since: datetime,
    now: datetime,
) -> int:
    """Plan, for the person in that chat, what was planned for others `since` then.

    What was already waiting for them when they left waits again. Whatever they were told on
    any of their chats is left out. Returns how many deliveries there are to come. Meant for a
    chat that is back, and, with the time of the look-up, for an item that was just added.
    """
    who = await subscribers.find_subscriber(connection, place.channel, place.chat)
    if who is None:
        return 0
    back = Back(who.pk, who.address, place.channel, since)
    again = await replied.take_up(connection, back)
    due = [due for _, due in await _due(connection, who, lexicon)]
    return again + await replied.make_good(connection, back, due, now)


async def missed_while_off(
    connection: AsyncConnection, lexicon: Lexicon, place: Address, now: datetime
) -> int:
    """Plan, for who wants alerts again, what they were never told of their things."""
    who = await subscribers.find_subscriber(connection, place.channel, place.chat)
    if who is None:
        return 0
    return await missed(connection, lexicon, place, who.created_at, now)


async def missed_at_home(
    connection: AsyncConnection, lexicon: Lexicon, place: Address, now: datetime
) -> int:
    """Plan, for who lives in another country now, what that one recalls of their things.

    While they lived elsewhere it may have been no news to them.
    """
    who = await subscribers.find_subscriber(connection, place.channel, place.chat)
    if who is None:
        return 0
    found = await _due(connection, who, lexicon)
    due = [due for notice, due in found if notice.covers(who.region)]
    back = Back(who.pk, who.address, place.channel, who.created_at)
    return await replied.make_good(connection, back, due, now)


async def _due(
    connection: AsyncConnection, who: Subscriber, lexicon: Lexicon
) -> list[tuple[Notice, Due]]:
    return [
        (notice, Due(notice.id, item.pk, serious(notice)))
        for item in await subscribers.owned_by(connection, who.pk)
        for notice in await _concerning(connection, item, lexicon)
    ]


async def _concerning(
    connection: AsyncConnection, item: OwnedItem, lexicon: Lexicon
) -> list[Notice]:
    found = await found_by(connection, probe_of_unit(item.unit), MOST_NOTICES)
    notices = [parsed(body) for _, body in found]
    return [notice for notice in notices if concerns(item.unit, notice, lexicon)]
