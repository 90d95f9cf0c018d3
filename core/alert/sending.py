"""One delivery through the channel: now, later or not at all, and what came of it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from core.alert.aftermath import Aftermath, Stopped, place_of
from core.alert.alike import likeness
from core.alert.budget import Course, course
from core.alert.composing import message_of, preview_of
from core.alert.preparing import FOLLOWS_UP, RECENT, Prepared
from core.alert.quiet import At, Gather, Moment, Muted, Now, next_digest, when
from core.alert.reminders import next_reminder
from core.channel import (
    Channel,
    DeliveryError,
    DeliveryUnknown,
    Post,
    PostRejected,
    Receipt,
)
from core.clock import Clock
from core.match.decide import Knowledge
from core.model.delivery import Because, News, Reason, State, Tier, tier_of
from core.model.outbox import Claimed, Outcome
from core.model.subscriber import FeedStyle, GroupFeed, Takes, Wishes
from core.store import group_posts, outbox
from core.store.work import Database

# Posts that read alike are composed once; a broadcast is many of them.
MOST_ALIKE = 512
# So long a group's first post can be held back once it was shown.
HOLD = timedelta(seconds=30)
# While more recalls may come, a feed's post is looked at again after this.
SOON = timedelta(seconds=10)
_UNIT_GONE = (Because.NO_LONGER_OWNED, Because.NO_LONGER_CONCERNED)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a delivery, and whether the platform was asked and what it refused."""

    outcome: Outcome
    asked: bool = False
    error: DeliveryError | None = None


@dataclass(slots=True)
class Sending:
    """Sends claimed deliveries through one channel."""

    database: Database
    channel: Channel
    clock: Clock
    _alike: OrderedDict[object, tuple[Post, ...]] = field(default_factory=OrderedDict)
    _knowledge: Knowledge | None = None
    _showing: WeakValueDictionary[int, asyncio.Lock] = field(
        default_factory=WeakValueDictionary
    )

    async def send(self, prepared: Prepared) -> Sent:
        """Return what became of the delivery."""
        claimed = prepared.claimed
        if claimed.gone:
            return Sent(_rests(claimed, State.GONE, Because.ADDRESS_GONE))
        match self._moment(prepared):
            case At(due):
                return Sent(_waits(claimed, State.LATER, due))
            case Gather(due):
                return Sent(await self._gathered(prepared, due))
            case Muted(because):
                return Sent(_rests(claimed, State.ABANDONED, because))
        posts = await self._of_a_unit(prepared)
        if isinstance(posts, Because):
            return Sent(_rests(claimed, State.ABANDONED, posts))
        return await self._held_or_sent(prepared, posts)

    def _moment(self, prepared: Prepared) -> Moment:
        claimed, feed = prepared.claimed, prepared.context.feed
        now = self.clock.now()
        if feed is not None:
            return _feeds_moment(prepared, feed, now) if _is_undecided(claimed) else Now()
        if not _is_taken(claimed):
            return Muted(Because.ALERTS_OFF)
        return when(_news(claimed), claimed.wishes or Wishes(), now, prepared.counted)

    async def _gathered(self, prepared: Prepared, due: datetime) -> Outcome:
        """Let it go on a digest; of a feed, with all that waits for it."""
        claimed, day = prepared.claimed, prepared.day
        if day is None:
            return _waits(claimed, State.GATHERED, due)
        over, since = Because.OVER_BUDGET, self.clock.now() - RECENT
        if day.waiting > 1:
            async with self.database.writing() as connection:
                await group_posts.gather(connection, claimed.address, over, due, since)
        return _waits(claimed, State.GATHERED, due, over)

    async def _of_a_unit(self, prepared: Prepared) -> tuple[Post, ...] | Because:
        """Return the posts; where the unit is gone or left out, on another of theirs."""
        posts = self._posts(prepared)
        if posts not in _UNIT_GONE or not _of_an_item(prepared.claimed):
            return posts
        async with self.database.reading() as connection:
            others = await outbox.items_of(connection, prepared.claimed.subscriber)
        for one in others:
            claimed = replace(prepared.claimed, item=one, missing=False)
            found = self._posts(replace(prepared, claimed=claimed))
            if not isinstance(found, Because):
                return found
        return posts

    def _posts(self, prepared: Prepared) -> tuple[Post, ...] | Because:
        """Return the posts, composed once for all whose text is the same."""
        self._forget_unless_known(prepared.context.knowledge)
        key = likeness(prepared)
        known = self._alike.get(key)
        if known is not None:
            self._alike.move_to_end(key)
            return known
        message = message_of(prepared.claimed, prepared.context)
        if isinstance(message, Because):
            return message
        posts = self.channel.render(message)
        self._alike[key] = posts
        if len(self._alike) > MOST_ALIKE:
            self._alike.popitem(last=False)
        return posts

    def _forget_unless_known(self, knowledge: Knowledge) -> None:
        """Compose anew once something else is known, or on another day."""
        before = self._knowledge
        if before is knowledge:
            return
        self._knowledge = knowledge
        same = before is not None and (before.lexicon, before.ages, before.now.date()) == (
            knowledge.lexicon,
            knowledge.ages,
            knowledge.now.date(),
        )
        if not same:
            self._alike.clear()

    async def _held_or_sent(self, prepared: Prepared, posts: tuple[Post, ...]) -> Sent:
        """Send it; the first post of a group's feed is shown and held for a moment before."""
        try:
            until = await self._held_until(prepared)
            if until is not None:
                return Sent(_waits(prepared.claimed, State.LATER, until, Because.ON_HOLD))
            receipt = await self._sent(prepared, posts)
        except Stopped as stopped:
            outcome = await self._failed(prepared, stopped)
            return Sent(outcome, asked=True, error=stopped.error)
        return Sent(self._told(prepared, receipt), asked=True)

    async def _sent(self, prepared: Prepared, posts: tuple[Post, ...]) -> Receipt:
        """Return the receipt of the first part sent now, or of the post that was edited."""
        edited = await self._edited(prepared, posts)
        if edited is not None and not self._goes_on_below(prepared):
            return edited
        claimed, first = prepared.claimed, None
        for part in range(claimed.parts_sent, len(posts)):
            key = f"{claimed.key}.{part}" if part else claimed.key
            try:
                receipt = await self._one(posts[part], key, prepared)
            except DeliveryError as error:
                raise Stopped(error, part, first) from error
            first = first or receipt
        return first or Receipt("", place_of(claimed))

    async def _one(self, post: Post, key: str, prepared: Prepared) -> Receipt:
        can, to = self.channel.capabilities, place_of(prepared.claimed)
        if prepared.claimed.doubtful and can.finds:
            found = await self.channel.find(key, to, post)
            if found is not None:
                return found
        reply_to = prepared.reply_to if can.threads else None
        return await self.channel.send(post, to, key=key, reply_to=reply_to)

    async def _edited(self, prepared: Prepared, posts: tuple[Post, ...]) -> Receipt | None:
        """Let a group's post say what became of its recall; None where it cannot be edited.

        Whoever is told of it alone reads the new version behind the old one.
        """
        claimed, earlier = prepared.claimed, prepared.reply_to
        develops = claimed.subscriber is None and claimed.reason in FOLLOWS_UP and prepared.own
        if not (develops and earlier and self.channel.capabilities.edits and len(posts) == 1):
            return None
        try:
            old = Receipt(earlier, place_of(claimed), awaited=False)
            return await self.channel.edit(old, posts[0])
        except PostRejected:
            return None  # too old to be edited, or gone: it is said below
        except DeliveryError as error:
            raise Stopped(error, harmless=True) from error

    def _goes_on_below(self, prepared: Prepared) -> bool:
        """Say whether a group reads of each development in a post of its own, too."""
        feed = prepared.context.feed
        return feed is not None and (
            feed.style is not FeedStyle.PLAIN and self.channel.capabilities.threads
        )

    async def _held_until(self, prepared: Prepared) -> datetime | None:
        """Return until when a feed's post waits: the first one is shown beforehand.

        What comes while it can be held back waits with it, and goes on without it.
        """
        claimed, now = prepared.claimed, self.clock.now()
        if prepared.context.feed is None or claimed.reason != Reason.FEED:
            return None
        turn = self._showing.setdefault(claimed.address, asyncio.Lock())
        async with turn:
            async with self.database.reading() as connection:
                shown = await group_posts.previewed_at(connection, claimed.address)
            if shown is None:
                await self._show(prepared, now)
        until = (shown or now) + HOLD
        return until if now < until else None

    async def _show(self, prepared: Prepared, now: datetime) -> None:
        """Show a group what its feed will post, with a button to hold it back."""
        claimed = prepared.claimed
        preview = preview_of(claimed, prepared.context, HOLD)
        posts = () if isinstance(preview, Because) else self.channel.render(preview)
        try:
            for part, post in enumerate(posts):
                await self._one(post, f"{claimed.key}.preview.{part}", prepared)
        except DeliveryUnknown:
            pass  # it may stand there
        except DeliveryError as error:
            raise Stopped(error, harmless=True) from error
        async with self.database.writing() as connection:
            await group_posts.note_previewed(connection, claimed.address, now)

    async def _failed(self, prepared: Prepared, stopped: Stopped) -> Outcome:
        stopped.harmless = self.channel.capabilities.finds or stopped.harmless
        aftermath = Aftermath(self.database, self.clock)
        return await aftermath.of(prepared.claimed, stopped)

    def _told(self, prepared: Prepared, receipt: Receipt) -> Outcome:
        claimed, now = prepared.claimed, self.clock.now()
        remind_at = None
        if claimed.item is not None and claimed.reason in {Reason.ALERT, Reason.ANSWER}:
            remind_at = next_reminder(now, 0, None, now)
        # Of several parts the first one is replied to; it may have been sent before.
        message = None if claimed.parts_sent else receipt.id or None
        return claimed.became(State.SENT, sent_at=now, message=message, remind_at=remind_at)


def _news(claimed: Claimed) -> News:
    reason = Reason(claimed.reason)
    group = claimed.subscriber is None
    owned = claimed.item is not None and claimed.answered is None
    tier: Tier = tier_of(reason, owned=owned, group=group)
    return News(reason, tier, claimed.serious)


def _of_an_item(claimed: Claimed) -> bool:
    """Say whether it is about one of perhaps several things of theirs."""
    owned = claimed.item is not None or claimed.missing
    return owned and claimed.answered is None and claimed.reason != Reason.DIGEST


def _is_undecided(claimed: Claimed) -> bool:
    """Say whether the budget of its group is still to decide on it: nothing of it was shown."""
    begun = claimed.parts_sent or claimed.doubtful or Because.ON_HOLD in (claimed.why or "")
    return claimed.reason == Reason.FEED and not begun


def _feeds_moment(prepared: Prepared, feed: GroupFeed, now: datetime) -> Moment:
    if prepared.day is None:
        return At(now + SOON)
    match course(feed.budget, prepared.day):
        case Course.POST:
            return Now()
        case Course.CARD_NOW:
            return Gather(now)
    # Groups have no zone of their own: their cards come when those of people without one do.
    return Gather(next_digest(Wishes(), now))


def _is_taken(claimed: Claimed) -> bool:
    """Say whether the chat still takes it: that can change until it is sent."""
    if claimed.takes is Takes.NOTHING:
        return claimed.reason == Reason.TEST
    first = claimed.reason in {Reason.ALERT, Reason.ANSWER}
    return claimed.takes is Takes.EVERYTHING or claimed.serious or not first


def _rests(claimed: Claimed, state: State, because: Because) -> Outcome:
    return claimed.became(state, because)


def _waits(
    claimed: Claimed, state: State, due: datetime, because: Because | None = None
) -> Outcome:
    """Return that it waits, which is no attempt to send it."""
    why = because if state is State.GATHERED else (because or claimed.why_still)
    return claimed.became(state, why, due_at=due, untried=True)
