"""Several chats of one person, linked by a code that is good once and soon."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, insert, or_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.channel import Address
from core.model.identifier import fold
from core.model.subscriber import Takes
from core.store import addresses, joining, subscribers
from core.store.addresses import Known
from core.store.schema import ADDRESS, LINK_CODE
from core.store.subscribers import Subscriber

# No two of them are mistaken for one another, on no screen and by no voice line.
LETTERS = "ACEFHJKMNPRTUVWXY3479"
LENGTH = 8
GOOD_FOR = timedelta(minutes=15)
MOST_TRIES = 5
MOST_CHATS = 10_000


class Linked(StrEnum):
    """What came of a code that somebody typed."""

    LINKED = "linked"
    ALREADY = "already"
    UNKNOWN = "unknown"
    TOO_MANY_TRIES = "too_many_tries"


class Tries:
    """Counts the wrong codes of each chat, so that nobody finds one by trying.

    Kept in memory: a restart forgives five guesses out of forty thousand million.
    """

    def __init__(self) -> None:
        """Begin with nobody having tried."""
        self._wrong: OrderedDict[Address, list[datetime]] = OrderedDict()

    def allowed(self, place: Address, now: datetime) -> bool:
        """Say whether the chat may try a code."""
        late = [at for at in self._wrong.get(place, []) if at > now - GOOD_FOR]
        return len(late) < MOST_TRIES

    def wrong(self, place: Address, now: datetime) -> None:
        """Count a wrong code; of ten thousand chats those are forgotten that tried first."""
        tried = [at for at in self._wrong.pop(place, []) if at > now - GOOD_FOR]
        self._wrong[place] = [*tried, now]
        if len(self._wrong) > MOST_CHATS:
            self._wrong.popitem(last=False)


async def new_code(connection: AsyncConnection, who: Subscriber, now: datetime) -> str:
    """Return a code by which another chat can be linked to the person within 15 minutes.

    An earlier one of theirs is no longer good. Only a mark of it is kept.
    """
    await connection.execute(
        delete(LINK_CODE).where(
            or_(LINK_CODE.c.subscriber == who.pk, LINK_CODE.c.expires_at <= now)
        )
    )
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    row = {"code": code, "subscriber": who.pk, "expires_at": now + GOOD_FOR}
    await connection.execute(insert(LINK_CODE).values(**row))
    return code


async def redeem(
    connection: AsyncConnection, place: Address, code: str, now: datetime, tries: Tries
) -> Linked:
    """Link the chat to the person who was given the code, however it is spelt.

    What was known of whoever is in the chat becomes theirs. For private chats only.
    """
    if not tries.allowed(place, now):
        return Linked.TOO_MANY_TRIES
    named = delete(LINK_CODE).where(LINK_CODE.c.code == fold(code))
    good = named.where(LINK_CODE.c.expires_at > now).returning(LINK_CODE.c.subscriber)
    owner: int | None = await connection.scalar(good)
    if owner is None:
        tries.wrong(place, now)
        return Linked.UNKNOWN
    who = await subscribers.subscriber(connection, place.channel, place.chat, now)
    if who.pk == owner:
        return Linked.ALREADY
    await joining.join(connection, who.pk, owner)
    return Linked.LINKED


async def addresses_of(connection: AsyncConnection, subscriber: int) -> tuple[Known, ...]:
    """Return every chat of the person, the first one first."""
    return await addresses.of_person(connection, subscriber)


async def set_takes(
    connection: AsyncConnection, subscriber: int, address: int, takes: Takes
) -> bool:
    """Let one of the person's chats get these alerts; False where it is none of theirs."""
    changed = await connection.execute(
        update(ADDRESS)
        .where(ADDRESS.c.pk == address, ADDRESS.c.subscriber == subscriber)
        .values(takes=takes.value)
    )
    return changed.rowcount > 0


async def unlink(connection: AsyncConnection, subscriber: int, address: int) -> bool:
    """Let a chat be the person's no longer; False where it is not theirs, or their only one.

    What they own and wish stays with the others. A chat that was silent beside others is
    silent no more where it is alone.
    """
    chats = {known.pk: known for known in await addresses.of_person(connection, subscriber)}
    if address not in chats or len(chats) == 1:
        return False
    await addresses.give(connection, [address], None)
    left = [chat for number, chat in chats.items() if number != address]
    silent = all(chat.takes is Takes.NOTHING or chat.gone_at for chat in left)
    for chat in (chats[address], *(left if silent else ())):
        await addresses.set_takes(connection, chat.place, Takes.EVERYTHING)
    return True
