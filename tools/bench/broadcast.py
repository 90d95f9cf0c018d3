"""One recall that many people own, planned and waiting to be sent, for benches of sending."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from bots.app import open_database
from bots.telegram.channel import Telegram
from bots.telegram.render import render
from core.alert.dispatch import Dispatcher, Pipe
from core.channel import Address, Heard, Post, Receipt
from core.clock import SystemClock
from core.match.decide import Knowledge
from core.model.lexicon import Lexicon
from core.model.message import Message
from core.model.unit import Unit
from core.settings import Settings
from core.store import notices, subscribers
from core.store.rows import Into, put_rows
from core.store.schema import ADDRESS, OWNED_ITEM, SUBSCRIBER
from core.store.work import Database

KIND = "telegram"
OWNED = Unit("Anker", "A1263")
_AT_ONCE = 5_000
_ALERT = text(
    "INSERT INTO alert (event, reason, occurrence, notice, revision, serious, created_at,"
    " planned_at) SELECT pk, 'alert', :turn, pk, 1, true, :now, :now FROM notice"
    " WHERE pk = :notice RETURNING pk"
)
_WAITING = text(
    "INSERT INTO delivery (alert, address, rank, state, item) SELECT :alert, a.pk, 0, 0, o.pk"
    " FROM address a JOIN owned_item o ON o.subscriber = a.subscriber"
    " WHERE a.channel = 'telegram' ORDER BY a.pk LIMIT :many"
)
_QUEUE = text("INSERT INTO queue (channel, rank, alert) VALUES ('telegram', 0, :alert)")
_LED_BY = text("SELECT pk FROM notice WHERE body LIKE '%A1263%' ORDER BY pk LIMIT 1")


@dataclass(slots=True)
class Nowhere:
    """Takes every post at once, as Telegram would get it; `last` is the one taken last."""

    kind: str = KIND
    capabilities = Telegram.capabilities
    taken: int = 0
    last: Post = field(default_factory=lambda: Post(""))

    def render(self, message: Message) -> tuple[Post, ...]:
        """Return what Telegram would get."""
        return render(message)

    async def send(
        self, post: Post, to: Address, *, key: str, reply_to: str | None = None
    ) -> Receipt:
        """Take it."""
        del key, reply_to
        self.taken += 1
        self.last = post
        await asyncio.sleep(0)
        return Receipt(str(self.taken), to)

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Do nothing."""
        del post
        return receipt

    async def find(self, key: str, to: Address, post: Post) -> Receipt | None:
        """Return None."""
        del key, to, post
        return None

    async def listen(self) -> AsyncIterator[Heard]:
        """Hear nothing."""
        nothing: tuple[Heard, ...] = ()
        for one in nothing:
            yield one

    async def close(self) -> None:
        """Do nothing."""


@dataclass(slots=True)
class Broadcast:
    """A database in which many people own the same thing."""

    database: Database
    lexicon: Lexicon
    notice: int
    _turns: int = 0

    async def plan(self, many: int) -> None:
        """Let so many of them wait to be told."""
        self._turns += 1
        told = {"turn": f"turn {self._turns}", "notice": self.notice}
        async with self.database.writing() as connection:
            alert = await connection.scalar(_ALERT, {**told, "now": str(_now())})
            await connection.execute(_WAITING, {"alert": alert, "many": many})
            await connection.execute(_QUEUE, {"alert": alert})

    def dispatcher(self, channel: Telegram | Nowhere, pipe: Pipe) -> Dispatcher:
        """Return what sends to the channel."""
        return Dispatcher(self.database, channel, SystemClock(), self._knowledge, pipe)

    async def _knowledge(self) -> Knowledge:
        return Knowledge(self.lexicon, (), _now())

    async def states(self) -> dict[int, int]:
        """Return how many deliveries are in which state."""
        async with self.database.reading() as connection:
            rows = await connection.execute(
                text("SELECT state, COUNT(*) AS many FROM delivery GROUP BY state")
            )
            return {row.state: row.many for row in rows}


@asynccontextmanager
async def a_broadcast(
    folder: Path, owners: int, owned: Unit = OWNED
) -> AsyncIterator[Broadcast]:
    """Give a database in the folder with so many owners, usually of a shipped recall's."""
    settings = Settings(database_url=f"sqlite:///{folder / 'broadcast.db'}")
    database = await open_database(settings)
    async with database.writing() as connection:
        lexicon = await notices.lexicon(connection)
        notice = int(await connection.scalar(_LED_BY) or 0)
        first = await subscribers.subscriber(connection, KIND, "99", _now())
        await subscribers.add_item(connection, first, owned, _now())
        product = await connection.scalar(text("SELECT product FROM owned_item"))
    for start in range(0, owners, _AT_ONCE):
        numbers = range(start + 1000, min(owners, start + _AT_ONCE) + 1000)
        async with database.writing() as connection:
            now = _now()
            people = [(pk, "en", "JP", now, now) for pk in numbers]
            places = [
                (KIND, f"{KIND} {pk}", f"{KIND} {pk}", str(pk), pk, "everything")
                for pk in numbers
            ]
            await put_rows(connection, _PEOPLE, people)
            await put_rows(connection, _CHATS, places)
            await put_rows(connection, _THINGS, [(pk, product, True, now) for pk in numbers])
    yield Broadcast(database, lexicon, notice)
    await database.close()


_PEOPLE = Into(SUBSCRIBER, ("pk", "lang", "region", "created_at", "heard_at"))
_CHATS = Into(ADDRESS, ("channel", "place", "family", "chat", "subscriber", "takes"))
_THINGS = Into(OWNED_ITEM, ("subscriber", "product", "confirmed", "added_at"))


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the real time
