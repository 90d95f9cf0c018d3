"""What posts have in common that read alike, so that they are composed once; pure."""

from __future__ import annotations

from datetime import date, datetime

from core.alert.preparing import Prepared
from core.model.delivery import Reason
from core.model.outbox import Claimed, Item
from core.model.subscriber import zone_of


def likeness(prepared: Prepared) -> object:
    """Return what two posts have in common whose text is the same."""
    claimed, context = prepared.claimed, prepared.context
    if claimed.reason == Reason.DIGEST:
        return claimed.key
    item = claimed.item
    of_unit = tuple(map(_of_a_thing, (*((item,) if item else ()), *context.others)))
    feed = context.feed
    return (
        *(claimed.alert, claimed.lang, claimed.region, claimed.answered, claimed.missing),
        *(claimed.subscriber is None, claimed.wishes.zone if claimed.wishes else None),
        *(context.background, _day(context.told_at, claimed), context.watched, of_unit),
        *((feed.lang, feed.active, tuple(feed.roles.items())) if feed else ()),
    )


def _of_a_thing(item: Item) -> tuple[object, ...]:
    """Return what is told of a thing of the reader's."""
    unit = item.unit
    facts = tuple(sorted(unit.facts.items()))
    return (unit.brand, unit.model, facts, unit.confirmed, item.nickname, item.lent_to)


def _day(told_at: datetime | None, claimed: Claimed) -> date | None:
    """Return the reader's day, which is all that is told of a moment."""
    zone = claimed.wishes.zone if claimed.wishes else None
    return told_at.astimezone(zone_of(zone)).date() if told_at else None
