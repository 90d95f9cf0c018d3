"""Revisions of which no account has a draft yet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Row, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.recall import Notice
from core.store.lookup import parsed
from core.store.schema import UtcDateTime
from core.store.writing import CATALOGUE

log = structlog.get_logger(__name__)
_MOMENT = UtcDateTime()
_OLDEST = text(
    "SELECT r.notice, r.number, r.kind, r.quiet, r.seen_at, n.exercise, n.source, n.body,"
    " COALESCE(n.event, n.pk) AS event,"
    " (SELECT o.body FROM notice o WHERE o.id = n.reviewed_as) AS reviewed"
    " FROM revision r JOIN notice n ON n.pk = r.notice"
    # Of one notice, no two were seen in the same moment.
    " WHERE r.drafted_at IS NULL ORDER BY r.seen_at LIMIT :most"
).columns(seen_at=_MOMENT)
_DRAFTED = text(
    "UPDATE revision SET drafted_at = :now"
    " WHERE notice = :notice AND number = :number AND drafted_at IS NULL"
).bindparams(bindparam("now", type_=_MOMENT))
_ANY = text("SELECT EXISTS (SELECT 1 FROM account WHERE active)")
_NONE = text(
    "UPDATE revision SET drafted_at = :now WHERE drafted_at IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM account WHERE active)"
).bindparams(bindparam("now", type_=_MOMENT))


@dataclass(frozen=True, slots=True)
class Undrafted:
    """A revision that was not drafted: numbers, what it is, what stands now.

    `notice` is the notice as it stands, or the reviewed one that answers in its place.
    """

    pk: int
    number: int
    event: int
    kind: str
    quiet: bool
    exercise: bool
    shipped: bool
    notice: Notice
    seen_at: datetime

    @property
    def key(self) -> tuple[int, int]:
        """Return (notice, revision)."""
        return self.pk, self.number


async def undrafted(connection: AsyncConnection, most: int) -> list[Undrafted]:
    """Return the revisions that have waited longest to be drafted, the oldest first.

    One whose notice cannot be read goes on waiting, and keeps no other from being drafted.
    """
    found = []
    for row in (await connection.execute(_OLDEST, {"most": most})).all():
        try:
            found.append(_undrafted(row))
        except ValueError as mistake:
            reason = type(mistake).__name__
            log.error(  # noqa: TRY400 - one line says it
                "notice_not_read", notice=row.notice, revision=row.number, reason=reason
            )
    return found


def _undrafted(row: Row[Any]) -> Undrafted:
    return Undrafted(
        pk=row.notice,
        number=row.number,
        event=row.event,
        kind=row.kind,
        quiet=bool(row.quiet),
        exercise=bool(row.exercise),
        shipped=row.source == CATALOGUE,
        notice=parsed(row.reviewed or row.body),
        seen_at=row.seen_at,
    )


async def drafted(
    connection: AsyncConnection, keys: Collection[tuple[int, int]], now: datetime
) -> None:
    """Note that every account that posts these (notice, revision) has a draft."""
    values = [{"notice": notice, "number": number, "now": now} for notice, number in keys]
    if values:
        await connection.execute(_DRAFTED, values)


async def none_to_draft(connection: AsyncConnection, now: datetime) -> bool:
    """Put all revisions aside if no account is active; False where one is."""
    if await connection.scalar(_ANY):
        return False
    await connection.execute(_NONE, {"now": now})
    return True
