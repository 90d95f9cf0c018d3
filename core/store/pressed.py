"""What buttons stand for, where it is longer than a platform lets them carry."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, bindparam, delete, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.clock import Clock
from core.model.identifier import fold
from core.store.failure import StoreUnavailable
from core.store.schema import CODE, PRESSED, PRESSED_CODE, UtcDateTime, storable
from core.store.seal import Sealed
from core.store.work import Database

log = structlog.get_logger(__name__)
BYTES_OF_KEY = 12
UNUSED = timedelta(days=400)
# A code may have been typed in as many parts; a shorter one tells nobody's unit from others.
MOST_PARTS, SHORTEST_CODE = 4, 5
# A button that is shown all day is noted as used once.
NOTED_EVERY = timedelta(days=1)
_KEEP = text(
    "INSERT INTO pressed (digest, says, used_at) VALUES (:digest, :says, :now)"
    " ON CONFLICT (digest) DO UPDATE SET used_at = excluded.used_at"
).bindparams(bindparam("says", type_=Sealed()), bindparam("now", type_=UtcDateTime()))
_NAME = text(
    "INSERT INTO pressed_code (code, digest) VALUES (:code, :digest) ON CONFLICT DO NOTHING"
).bindparams(bindparam("code", type_=CODE))


class Pressed:
    """Keeps the words of buttons in the database; obeys the contract `core.channel.Kept`.

    They are forgotten when nobody was shown or pressed the button for 400 days. Nothing is
    raised: where the database cannot be used the button is one that is not known.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        """Keep them in this database; the clock says when they were last used."""
        self._database = database
        self._clock = clock

    async def keep(self, says: str) -> str:
        """Return a short key, the same for the same words, of at most 24 ASCII characters."""
        says = storable(says)
        # Keyed, so that nobody who has the file alone can try which codes were named.
        key = self._database.seal.mark("button", says)[:BYTES_OF_KEY].hex()
        try:
            await self._note(key, says)
        except StoreUnavailable as error:
            log.error("button_not_kept", reason=str(error))  # noqa: TRY400 - one line says it
        return key

    async def find(self, key: str) -> str | None:
        """Return the words of a key, None where it is none of ours."""
        try:
            async with self._database.reading() as connection:
                known = await _known(connection, key)
            if known is None:
                return None
            await self._note(key, known[0])
        except StoreUnavailable as error:
            log.error("button_not_found", reason=str(error))  # noqa: TRY400 - one line says it
            return None
        return known[0]

    async def _note(self, key: str, says: str) -> None:
        now = self._clock.now()
        async with self._database.reading() as connection:
            known = await _known(connection, key)
        if known is not None and known[1] > now - NOTED_EVERY:
            return
        async with self._database.writing() as connection:
            await connection.execute(delete(PRESSED).where(PRESSED.c.used_at < now - UNUSED))
            await connection.execute(_KEEP, {"digest": key, "says": says, "now": now})
            codes = [{"code": code, "digest": key} for code in sorted(codes_in(says))]
            if codes:
                await connection.execute(_NAME, codes)


async def _known(connection: AsyncConnection, key: str) -> tuple[str, datetime] | None:
    rows = await connection.execute(
        select(PRESSED.c.says, PRESSED.c.used_at).where(PRESSED.c.digest == storable(key))
    )
    row = rows.one_or_none()
    return None if row is None else (row.says, row.used_at)


def codes_in(says: str) -> set[str]:
    """Return everything in the words of a button that may be a code of a unit, folded."""
    return {code for code in _runs(says.split()) if _may_be_code(code)}


def _runs(words: list[str]) -> Iterator[str]:
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + MOST_PARTS) + 1):
            yield fold("".join(words[start:end]))


def _may_be_code(code: str) -> bool:
    return len(code) >= SHORTEST_CODE and any(character.isdigit() for character in code)


async def forget_naming(connection: AsyncConnection, codes: Collection[str]) -> None:
    """Erase every button whose words name one of these codes of somebody's units."""
    if codes:
        await connection.execute(delete(PRESSED).where(PRESSED.c.digest.in_(_naming(codes))))


async def naming(connection: AsyncConnection, codes: Collection[str]) -> list[str]:
    """Return the words of every button that names one of these codes."""
    if not codes:
        return []
    named = PRESSED.c.digest.in_(_naming(codes))
    found = select(PRESSED.c.says).where(named).order_by(PRESSED.c.digest)
    return list(await connection.scalars(found))


def _naming(codes: Collection[str]) -> Select[tuple[str]]:
    folded = sorted({fold(code) for code in codes})
    return select(PRESSED_CODE.c.digest).where(PRESSED_CODE.c.code.in_(folded))
