"""Where we write: one chat of one channel, found without its name being readable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, delete, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.channel import Address
from core.model.subscriber import Takes
from core.store import told
from core.store.keyring import place_of
from core.store.lookup import CHAT_SQL, TOPIC, asking
from core.store.schema import ACCOUNT, ADDRESS, CONVERSATION, GROUP_FEED, PLACE
from core.store.seal import Sealed

_MAKE = text(
    "INSERT INTO address (channel, place, family, chat, takes)"
    " VALUES (:channel, :place, :family, :chat, :takes) ON CONFLICT (place) DO NOTHING"
).bindparams(
    bindparam("place", type_=PLACE),
    bindparam("family", type_=PLACE),
    bindparam("chat", type_=Sealed()),
)
_STATE = (
    text(CHAT_SQL)
    .bindparams(bindparam("place", type_=PLACE), bindparam("family", type_=PLACE))
    .columns(body=Sealed())
)


@dataclass(frozen=True, slots=True)
class Known:
    """A chat we know: its number, whose it is, what it takes, and since when it is gone.

    A group has no `subscriber`, nor has somebody who only asked something.
    """

    pk: int
    channel: str
    chat: str
    subscriber: int | None
    takes: Takes = Takes.EVERYTHING
    gone_at: datetime | None = None

    @property
    def place(self) -> Address:
        """Return it as channels name it."""
        return Address(self.channel, self.chat)


def group_of(place: Address) -> Address:
    """Return the group of a topic, and any other chat as it is."""
    return Address(place.channel, place.chat.partition(TOPIC)[0])


def is_at(place: Address) -> ColumnElement[bool]:
    """Return the condition that an address is that chat."""
    return ADDRESS.c.place == place_of(place.channel, place.chat)


def number_at(place: Address) -> Select[Any]:
    """Return the query for the number of that chat."""
    return select(ADDRESS.c.pk).where(is_at(place))


def person_at(place: Address) -> Select[Any]:
    """Return the query for the number of the person in that chat."""
    return select(ADDRESS.c.subscriber).where(is_at(place))


async def find(connection: AsyncConnection, place: Address) -> Known | None:
    """Return the chat, or None where we do not know it."""
    row = (await connection.execute(select(ADDRESS).where(is_at(place)))).one_or_none()
    return None if row is None else _known(row)


async def address(connection: AsyncConnection, place: Address) -> Known:
    """Return the chat, known from now on if it was not before."""
    found = await find(connection, place)
    if found is not None:
        return found
    await connection.execute(_MAKE, {**_named(place), "takes": Takes.EVERYTHING.value})
    found = await find(connection, place)
    if found is None:  # pragma: no cover - the row was made or found one line above
        raise LookupError("the address is gone")
    return found


async def family(connection: AsyncConnection, place: Address) -> tuple[Known, ...]:
    """Return the chat and, where it is a group, its topics, as far as we know them."""
    group = ADDRESS.c.family == place_of(place.channel, place.chat)
    return await _all(connection, or_(is_at(place), group))


async def of_person(connection: AsyncConnection, subscriber: int) -> tuple[Known, ...]:
    """Return every chat of the person, in the order we came to know them."""
    return await _all(connection, ADDRESS.c.subscriber == subscriber)


async def _all(
    connection: AsyncConnection, condition: ColumnElement[bool]
) -> tuple[Known, ...]:
    rows = await connection.execute(select(ADDRESS).where(condition).order_by(ADDRESS.c.pk))
    return tuple(_known(row) for row in rows)


def _known(row: Row[tuple[object, ...]]) -> Known:
    takes = Takes(row.takes)
    return Known(row.pk, row.channel, row.chat, row.subscriber, takes, row.gone_at)


def _named(place: Address) -> dict[str, str]:
    marks = asking(place.channel, place.chat)
    return {"channel": place.channel, "chat": place.chat, **marks}


async def state(connection: AsyncConnection, place: Address) -> tuple[str | None, bool]:
    """Return the conversation kept of the chat, and whether it or its group was left."""
    row = (await connection.execute(_STATE, asking(place.channel, place.chat))).one()
    return row.body, bool(row.gone)


async def rename(connection: AsyncConnection, known: Known, place: Address) -> None:
    """Let what we know of the chat hold of another, which is not known yet; it is not gone."""
    row = update(ADDRESS).where(ADDRESS.c.pk == known.pk)
    await connection.execute(row.values(**_named(place), gone_at=None))


async def set_gone(
    connection: AsyncConnection, place: Address, moment: datetime | None
) -> None:
    """Send nothing to the chat and its topics since then, or with None send again.

    What is gone already stays so since when it was.
    """
    row = update(ADDRESS).where(
        or_(is_at(place), ADDRESS.c.family == place_of(place.channel, place.chat))
    )
    if moment is not None:
        row = row.where(ADDRESS.c.gone_at.is_(None))
    await connection.execute(row.values(gone_at=moment))


async def set_takes(connection: AsyncConnection, place: Address, takes: Takes) -> None:
    """Let the chat get these alerts."""
    await connection.execute(update(ADDRESS).where(is_at(place)).values(takes=takes.value))


async def give(
    connection: AsyncConnection, numbers: Sequence[int], subscriber: int | None
) -> None:
    """Let these chats be that person's, or with None nobody's."""
    row = update(ADDRESS).where(ADDRESS.c.pk.in_(numbers))
    await connection.execute(row.values(subscriber=subscriber))


async def erase(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    """Erase these chats with what was spoken of, their feeds, and all that was sent there.

    Of one that is a public account only the account stays, and what it posted.
    """
    accounts = select(ACCOUNT.c.address).where(ACCOUNT.c.address.in_(numbers))
    public = list(await connection.scalars(accounts))
    private = [number for number in numbers if number not in public]
    await told.erase(connection, private)
    await connection.execute(delete(ADDRESS).where(ADDRESS.c.pk.in_(private)))
    if public:
        await _leave_the_account(connection, public)


async def _leave_the_account(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    await told.erase_all_but_posts(connection, numbers)
    for table in (CONVERSATION, GROUP_FEED):
        await connection.execute(delete(table).where(table.c.address.in_(numbers)))
    nobodys = {"subscriber": None, "takes": Takes.EVERYTHING.value}
    await connection.execute(update(ADDRESS).where(ADDRESS.c.pk.in_(numbers)).values(**nobodys))
