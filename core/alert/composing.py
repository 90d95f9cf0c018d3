"""From a delivery and what it rests on to the message it carries; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from core.alert.plan import fits
from core.match.concern import concerns
from core.match.decide import Knowledge, decide
from core.model.delivery import Because, Reason
from core.model.message import Message
from core.model.outbox import Background, Claimed, Gathered, Item, Version
from core.model.recall import Notice, State
from core.model.subscriber import GroupFeed
from core.model.unit import Unit
from core.model.verdict import Verdict
from core.text.alerts.changes import Change, Revised, correction
from core.text.alerts.digests import Line, catch_up, digest
from core.text.alerts.feed_posts import (
    Development,
    called,
    drill,
    feed_post,
    feed_preview,
    feed_revised,
)
from core.text.alerts.first import Earlier, answer_changed, first_alert, interest_alert
from core.text.alerts.parts import Mine, News, Reader
from core.text.alerts.reminders import reminder
from core.text.names import unit_name
from core.text.translations import translator


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a message is composed from besides the delivery itself.

    `told_at` is when its first post on the event went; `watched` is what the reader watches
    of it, `feed` the group's, `gathered` what a digest carries, with the unit it concerns;
    `others` are further things of who is told of one of theirs.
    """

    background: Background
    knowledge: Knowledge
    told_at: datetime | None = None
    watched: tuple[str, ...] = ()
    feed: GroupFeed | None = None
    gathered: tuple[tuple[Gathered, Unit | None], ...] = ()
    others: tuple[Item, ...] = ()


_SEVEREST = tuple(Verdict)


def message_of(claimed: Claimed, context: Context) -> Message | Because:
    """Return what to tell, or why there is nothing to tell any more."""
    if claimed.missing:
        return Because.NO_LONGER_OWNED
    compose = _COMPOSED[Reason(claimed.reason)]
    reader = _reader(claimed, context)
    return compose(claimed, context, reader)


def _reader(claimed: Claimed, context: Context) -> Reader:
    feed = context.feed
    words = translator((feed.lang if feed else None) or claimed.lang)
    zone = claimed.wishes.zone if claimed.wishes else None
    return Reader(words, context.knowledge.now, claimed.region, zone)


def _news(claimed: Claimed, context: Context) -> News:
    return News(claimed.alert, context.background.notices)


def _mine(claimed: Claimed, context: Context) -> Mine | None:
    """Return their thing; of several that it concerns the one most surely meant leads."""
    if claimed.item is None:
        return None
    mine = _thing(claimed.item, claimed, context)
    every = [_thing(one, claimed, context) for one in context.others]
    others = [one for one in every if _concerned(one, context)]
    if not others:
        return mine
    told = [mine, *others] if _concerned(mine, context) else others
    first, *also = sorted(told, key=lambda one: _SEVEREST.index(one.decision.verdict))
    return replace(first, also=tuple(also))


def _thing(item: Item, claimed: Claimed, context: Context) -> Mine:
    unit = item.unit
    if unit.region is None and claimed.region:
        unit = unit.knowing(region=claimed.region)
    decision = decide(unit, context.background.notices, context.knowledge)
    return Mine(unit, decision, item.nickname, item.lent_to)


def _alert(claimed: Claimed, context: Context, reader: Reader) -> Message | Because:
    mine = _mine(claimed, context)
    if mine is None:
        if not context.watched:
            return Because.NO_LONGER_CONCERNED
        return interest_alert(_news(claimed, context), context.watched, reader)
    if not _concerned(mine, context):
        return Because.NO_LONGER_CONCERNED
    if claimed.answered is None:
        return first_alert(_news(claimed, context), mine, reader)
    earlier = Earlier(Verdict(claimed.answered.verdict), claimed.answered.at)
    return answer_changed(_news(claimed, context), mine, earlier, reader)


def _concerned(mine: Mine, context: Context) -> bool:
    """Say whether there is still something to alert of: it may have been corrected since."""
    lexicon = context.knowledge.lexicon
    told = any(concerns(mine.unit, one, lexicon) for one in context.background.notices)
    return mine.concerned and told


def _correction(claimed: Claimed, context: Context, reader: Reader) -> Message | Because:
    """Return what changed since it was told; where nothing can be told apart, what stands."""
    now, before = context.background.now, context.background.before
    if now is None or now.kind not in set(Revised):
        return Because.NO_LONGER_CONCERNED
    if context.feed is not None:
        return _feed(claimed, context, reader)
    mine = _mine(claimed, context)
    if now.quiet and (mine is None or mine.concerned):
        # Nothing changed for them, and the authority said nothing.
        return Because.NOTHING_NEW
    change = Change(
        Revised(now.kind),
        (before or now).notice,
        _as_it_stands(now, context),
        context.told_at or claimed.since,
    )
    return correction(_news(claimed, context), change, mine, reader)


def _as_it_stands(now: Version, context: Context) -> Notice:
    same = (one for one in context.background.notices if one.id == now.notice.id)
    return next(same, now.notice)


def _reminder(claimed: Claimed, context: Context, reader: Reader) -> Message | Because:
    mine = _mine(claimed, context)
    if mine is None or not mine.concerned:
        return Because.NO_LONGER_CONCERNED
    told_at = context.told_at or claimed.since
    news = _news(claimed, context)
    return reminder(int(claimed.occurrence), news, mine, told_at, reader)


def _digest(claimed: Claimed, context: Context, reader: Reader) -> Message | Because:
    stands = [(one, unit) for one, unit in context.gathered if _still_told(one, unit)]
    if not stands:
        return Because.NO_LONGER_CONCERNED
    if claimed.subscriber is None and not (context.feed and context.feed.active):
        return Because.FEED_OFF
    lines = [
        Line(one.notice, unit_name(unit, reader.words) if unit else None)
        for one, unit in stands
    ]
    first = min(one.at for one, _ in stands)
    if claimed.subscriber is None:
        return catch_up(lines, first, reader.now, reader)
    return digest(lines, first, reader)


def _still_told(one: Gathered, unit: Unit | None) -> bool:
    """Say whether a digest still tells of it: neither taken back, nor of a thing given away."""
    return one.notice.state is not State.RETRACTED and (one.item is None or unit is not None)


def _feed(claimed: Claimed, context: Context, reader: Reader) -> Message | Because:
    feed = context.feed
    if feed is None or not feed.active:
        return Because.FEED_OFF
    new = claimed.reason == Reason.FEED
    if new and not any(fits(feed, one) for one in context.background.notices):
        return Because.NO_LONGER_CONCERNED
    calls = called(feed, context.background.notices)
    news = _news(claimed, context)
    developed = [
        Development(Revised(kind), at)
        for kind, at in context.background.developed
        if kind in set(Revised) and context.told_at and at > context.told_at
    ]
    if developed:
        return feed_revised(news, developed, calls, reader)
    return feed_post(news, calls, reader)


def _test(claimed: Claimed, context: Context, reader: Reader) -> Message | Because:
    message = _alert(replace(claimed, answered=None), context, reader)
    if isinstance(message, Because):
        message = feed_post(_news(claimed, context), (), reader)
    return drill(message, reader.words)


def preview_of(claimed: Claimed, context: Context, hold: timedelta) -> Message | Because:
    """Return a group's post as it will appear when the hold is over, and how to stop it."""
    reader = _reader(claimed, context)
    post = _feed(claimed, context, reader)
    if isinstance(post, Because):
        return post
    return feed_preview(post, claimed.alert, round(hold.total_seconds()), reader.words)


Compose = Callable[[Claimed, Context, Reader], Message | Because]
_COMPOSED: Mapping[Reason, Compose] = MappingProxyType(
    {
        Reason.ALERT: _alert,
        Reason.ANSWER: _alert,
        Reason.CORRECTION: _correction,
        Reason.REMEDY: _correction,
        Reason.REMINDER: _reminder,
        Reason.DIGEST: _digest,
        Reason.FEED: _feed,
        Reason.TEST: _test,
    }
)
