"""Looking up what claimed deliveries need, a batch at a time, before they are composed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from core.alert.composing import Context
from core.alert.mistakes import mistake_of
from core.alert.quiet import night
from core.clock import Clock
from core.match.decide import Knowledge
from core.model.delivery import Reason, State
from core.model.outbox import Background, Claimed, FeedDay, Gathered, Item, Outcome
from core.model.subscriber import GroupFeed, Wishes
from core.model.unit import Unit
from core.store import background as backgrounds
from core.store import group_posts, posted
from core.store.failure import StoreUnavailable
from core.store.outbox import Earlier, earlier_posts, mistaken, things_of, units_of
from core.store.posted import Ready
from core.store.work import Database

log = structlog.get_logger(__name__)
# What has been looked up stands for so long: a broadcast asks for the same again and again.
KEPT = timedelta(seconds=5)
MOST_KEPT = 256
# What can still be sent was planned within this time before: quiet hours and digests end.
RECENT = timedelta(days=8)
# Recalls that come together are decided on together: a feed's post waits so long for others.
TOGETHER = timedelta(minutes=10)
FOLLOWS_UP = frozenset({Reason.CORRECTION, Reason.REMEDY, Reason.REMINDER})


@dataclass(frozen=True, slots=True)
class Prepared:
    """A claimed delivery with all it is composed from.

    `reply_to` is the platform's name of the first post on the event, where it is followed up,
    and `own` says that this tells of nothing else; `counted` is how many posts count against
    tonight's limit, `day` what a feed had and is to get today, None while more may come.
    """

    claimed: Claimed
    context: Context
    reply_to: str | None = None
    own: bool = True
    counted: int = 0
    day: FeedDay | None = None


@dataclass(frozen=True, slots=True)
class Postable:
    """A claimed delivery of an account, and its draft; None where the draft is gone."""

    claimed: Claimed
    ready: Ready | None


@dataclass(slots=True)
class Preparing:
    """Looks things up for one dispatcher."""

    database: Database
    clock: Clock
    knowledge: Callable[[], Awaitable[Knowledge]]
    _known: dict[tuple[int, int | None, int | None], tuple[datetime, Background]] = field(
        default_factory=dict
    )
    _knowledge: Knowledge | None = None

    async def prepared(self, claimed: Sequence[Claimed]) -> list[Prepared | Postable | Outcome]:
        """Return these deliveries with what they need, in their order.

        One that a mistake of ours keeps from being looked up is rejected, and the others go on;
        raises StoreUnavailable.
        """
        if not claimed:
            return []
        now = self.clock.now()
        if self._knowledge is None or now - self._knowledge.now > KEPT:
            self._knowledge = await self.knowledge()
        async with self.database.reading() as connection:
            groups = [one.address for one in claimed if one.subscriber is None]
            feeds = await backgrounds.feed_of(connection, groups) if groups else {}
            told = [(c.address, c.event) for c in claimed if c.reason in FOLLOWS_UP]
            earlier = await earlier_posts(connection, told)
            owners = [c.subscriber for c in claimed if c.subscriber and _is_owned(c)]
            things = await things_of(connection, owners) if owners else {}
            found = [await self._guarded(connection, one, feeds, earlier) for one in claimed]
        return [_among(one, things) if isinstance(one, Prepared) else one for one in found]

    async def _guarded(
        self,
        connection: AsyncConnection,
        claimed: Claimed,
        feeds: dict[int, GroupFeed],
        earlier: Mapping[tuple[int, int], Earlier],
    ) -> Prepared | Postable | Outcome:
        first = earlier.get((claimed.address, claimed.event), Earlier())
        try:
            if claimed.reason == Reason.POST:
                ready = await posted.ready(connection, claimed.alert, claimed.address)
                return Postable(claimed, ready)
            return await self._one(connection, claimed, feeds, first)
        except (StoreUnavailable, SQLAlchemyError):
            raise
        except Exception as mistake:
            at = {"alert": claimed.alert, "address": claimed.address}
            log.error("not_prepared", **at, **mistake_of(mistake))  # noqa: TRY400 - a traceback may quote what somebody owns
            return claimed.became(State.REJECTED, mistaken(mistake))

    async def _one(
        self,
        connection: AsyncConnection,
        claimed: Claimed,
        feeds: dict[int, GroupFeed],
        earlier: Earlier,
    ) -> Prepared:
        knowledge = self._knowledge
        if knowledge is None:  # pragma: no cover - it was just fetched
            raise LookupError("nothing is known yet")
        told = await self._background(connection, claimed)
        context = Context(told, knowledge, earlier.sent_at, feed=feeds.get(claimed.address))
        if _plain(claimed):
            return Prepared(claimed, context, earlier.message)
        context = Context(
            told,
            knowledge,
            earlier.sent_at,
            await self._watched(connection, claimed, told),
            context.feed,
            await _gathered(connection, claimed),
        )
        counted = await self._counted(connection, claimed)
        day = await self._day(connection, claimed)
        return Prepared(claimed, context, earlier.message, earlier.own, counted, day)

    async def _day(self, connection: AsyncConnection, claimed: Claimed) -> FeedDay | None:
        """Return what counts for a feed's budget, None while more may come, and for others."""
        if claimed.reason != Reason.FEED:
            return None
        now = self.clock.now()
        if await group_posts.more_to_come(connection, claimed.alert, now - TOGETHER, now):
            return None
        return await group_posts.feed_day(connection, claimed.address, now, now - RECENT)

    async def _background(self, connection: AsyncConnection, claimed: Claimed) -> Background:
        """Return what the alert rests on, looked up again every few seconds."""
        which, now = (claimed.event, claimed.notice, claimed.revision), self.clock.now()
        known = self._known.get(which)
        if known is not None and now - known[0] <= KEPT:
            return known[1]
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        found = await backgrounds.background(connection, *which)
        # The same object while nothing changed, so that what was composed of it stands.
        kept = known[1] if known is not None and known[1].same_as(found) else found
        self._known[which] = (now, kept)
        return kept

    async def _watched(
        self, connection: AsyncConnection, claimed: Claimed, told: Background
    ) -> tuple[str, ...]:
        """Return what the reader watches of the event, as they wrote it."""
        watches = claimed.reason in {Reason.ALERT, Reason.TEST} and claimed.item is None
        if claimed.subscriber is None or not watches:
            return ()
        return await backgrounds.watched_of(connection, claimed.subscriber, told.notices)

    async def _counted(self, connection: AsyncConnection, claimed: Claimed) -> int:
        """Return what counts against tonight's alerts of a person."""
        now = self.clock.now()
        tonight = night(claimed.wishes or Wishes(), now) if claimed.subscriber else None
        if tonight is None:
            return 0
        begin = tonight.begin
        return await backgrounds.sent_since(connection, claimed.address, now - RECENT, begin)


def _is_owned(claimed: Claimed) -> bool:
    """Say whether it is about a thing on the reader's list, of which there may be more."""
    return claimed.item is not None and claimed.answered is None


def _among(one: Prepared, things: Mapping[int, tuple[Item, ...]]) -> Prepared:
    """Return the delivery with what else its reader owns."""
    claimed = one.claimed
    owned = things.get(claimed.subscriber or 0, ()) if _is_owned(claimed) else ()
    others = tuple(other for other in owned if other != claimed.item)
    return replace(one, context=replace(one.context, others=others)) if others else one


def _plain(claimed: Claimed) -> bool:
    """Say whether nothing of the reader's own is needed: most of a broadcast is like that."""
    owned = claimed.item is not None and claimed.reason != Reason.DIGEST
    quiet = claimed.wishes is not None and claimed.wishes.quiet is not None
    return owned and not quiet and claimed.subscriber is not None


async def _gathered(
    connection: AsyncConnection, claimed: Claimed
) -> tuple[tuple[Gathered, Unit | None], ...]:
    if claimed.reason != Reason.DIGEST:
        return ()
    found = await backgrounds.gathered(connection, claimed.address, claimed.alert)
    units = await units_of(connection, [one.item for one in found if one.item is not None])
    return tuple((one, units.get(one.item) if one.item else None) for one in found)
