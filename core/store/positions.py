"""How far something was read, through restarts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, text

from core.store.schema import POSITION, UtcDateTime
from core.store.seal import Sealed
from core.store.work import Database

_KEEP = text(
    "INSERT INTO position (name, value) VALUES (:name, :value)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
).bindparams(bindparam("value", type_=Sealed()))
# One statement: of two who take it at once, the second finds what the first has written.
_TAKE = text(
    "INSERT INTO reader (name, holder, until) VALUES (:name, :holder, :until)"
    " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until"
    " WHERE reader.holder = excluded.holder OR reader.until <= :now"
).bindparams(*(bindparam(name, type_=UtcDateTime()) for name in ("now", "until")))


@dataclass(frozen=True, slots=True)
class KeptPositions:
    """Positions in the database, sealed; see core.channel.Positions."""

    database: Database

    async def position(self, name: str) -> str | None:
        """Return the position of that name, None where none was kept; raises SealBroken."""
        kept = select(POSITION.c.value).where(POSITION.c.name == name)
        async with self.database.reading() as connection:
            found: str | None = await connection.scalar(kept)
        return found

    async def keep(self, name: str, value: str) -> None:
        """Keep it in place of the one before."""
        async with self.database.writing() as connection:
            await connection.execute(_KEEP, {"name": name, "value": value})

    async def take(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        """Let `holder` alone read it until then; False while another does."""
        values = {"name": name, "holder": holder, "now": now, "until": until}
        async with self.database.writing() as connection:
            return (await connection.execute(_TAKE, values)).rowcount > 0
