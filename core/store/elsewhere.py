"""Leaving out of an alert whoever was told of the same thing, and lives in another country."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.keys import probe_of_unit
from core.model.products import Product, unit_of
from core.model.recall import Notice
from core.store.lookup import parsed
from core.store.reading import found_by

# As many as an answer is drawn from.
MOST_NOTICES = 60
_BEFORE = text(
    "SELECT l.pk, n.pk AS notice FROM alert l"
    " JOIN notice n ON l.event = COALESCE(n.event, n.pk)"
    " WHERE l.reason IN ('alert', 'answer') AND l.event <> :event AND n.pk IN :notices"
).bindparams(bindparam("notices", expanding=True))
_LEAVE = text(
    "DELETE FROM chosen WHERE EXISTS (SELECT 1 FROM address a"
    " JOIN subscriber s ON s.pk = a.subscriber WHERE a.pk = chosen.address"
    " AND ((s.region IS NULL AND :nowhere)"
    " OR (s.region NOT IN :regions AND NOT :nowhere)))"
    # Neither refused by the platform nor given up.
    " AND EXISTS (SELECT 1 FROM delivery d WHERE d.alert IN :alerts AND d.state < 7"
    " AND d.address = chosen.address"
    " AND (d.item = chosen.item OR d.answered = chosen.answered))"
).bindparams(bindparam("regions", expanding=True), bindparam("alerts", expanding=True))


@dataclass(frozen=True, slots=True)
class Before:
    """Alerts of other events about the same products; `foreign` ones of other countries."""

    alerts: frozenset[int]
    foreign: frozenset[int]


async def told_before(
    connection: AsyncConnection, event: int, notice: Notice, products: Collection[Product]
) -> Before:
    """Return the alerts of other events that may have told the owners of these products."""
    found: dict[int, Notice] = {}
    for product in products:
        probe = probe_of_unit(unit_of(product))
        stored = await found_by(connection, probe, MOST_NOTICES)
        found |= {pk: parsed(body) for pk, body in stored}
    if not found:
        return Before(frozenset(), frozenset())
    values = {"event": event, "notices": sorted(found)}
    rows = list(await connection.execute(_BEFORE, values))
    here = {row.pk for row in rows if set(found[row.notice].regions) & set(notice.regions)}
    every = frozenset(row.pk for row in rows)
    return Before(every, every - here)


async def leave_out(
    connection: AsyncConnection, regions: Collection[str], before: Before
) -> None:
    """Choose nobody to whom it is no news that one more country recalls that very thing.

    Those are people of other countries whom any alert told of it, and people of whom we know no
    country, whom one told that was for others than this.
    """
    for alerts, nowhere in ((before.alerts, False), (before.foreign, True)):
        if alerts:
            values = {"regions": sorted(regions), "alerts": sorted(alerts), "nowhere": nowhere}
            await connection.execute(_LEAVE, values)
