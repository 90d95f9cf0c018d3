"""One message of every kind we send by ourselves, on the shipped recalls, for the tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache

from core.catalogue.file import Catalogue
from core.catalogue.load import FOLDER, load
from core.match.decide import Knowledge, decide, judge
from core.model.lexicon import Lexicon
from core.model.message import Message
from core.model.recall import Notice
from core.model.unit import Unit
from core.model.verdict import Decision, SourceAge, Verdict
from core.text.alerts import digests, feed_posts, first, reminders
from core.text.alerts.changes import Change, Revised, correction
from core.text.alerts.parts import Mine, News, Reader
from core.text.translations import translator

# In Tokyo the day after.
EVENING = datetime(2026, 6, 14, 20, 0, tzinfo=UTC)
TOLD_AT = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
AGES = (SourceAge("catalogue", EVENING, timedelta(days=900)),)
ALERT = 17
NOBODY = Knowledge(Lexicon(), AGES, EVENING)


@cache
def catalogue() -> Catalogue:
    """Return the shipped recalls."""
    return load(FOLDER, judge)


@cache
def knowledge() -> Knowledge:
    """Return what is known with the shipped recalls."""
    shipped = catalogue()
    return Knowledge(Lexicon.of(shipped.makers, shipped.notices), AGES, EVENING)


@cache
def decided(number: int, bare: bool) -> tuple[Unit, Decision]:  # noqa: FBT001 - of a cache
    """Return the first example of a shipped recall, and what that recall says of it."""
    notice = catalogue().notices[number]
    example = notice.examples[0]
    facts = {"region": notice.regions[0]} if bare else {"region": "", **example.facts}
    unit = Unit(example.brand or notice.brands[0], example.model, facts, confirmed=True)
    return unit, decide(unit, [notice], knowledge())


def thing(unit: Unit, *notices: Notice, nickname: str | None = None) -> Mine:
    """Return a thing with what these notices say of it, whoever its maker is."""
    return Mine(unit, decide(unit, notices, NOBODY), nickname)


def reader(lang: str = "en", region: str | None = "US", zone: str | None = None) -> Reader:
    """Return somebody who reads that language."""
    return Reader(translator(lang), EVENING, region, zone)


def to_owner(news: News, mine: Mine, who: Reader) -> Iterator[tuple[str, Message]]:
    """Yield everything an owner may ever be told of these notices, by name."""
    yield "first", first.first_alert(news, mine, who)
    for verdict in Verdict:
        earlier = first.Earlier(verdict, TOLD_AT)
        yield f"answer {verdict}", first.answer_changed(news, mine, earlier, who)
    for number in range(1, reminders.MOST + 1):
        yield f"reminder {number}", reminders.reminder(number, news, mine, TOLD_AT, who)
    for kind in Revised:
        change = Change(kind, news.notices[0], news.notices[0], TOLD_AT)
        yield f"correction {kind}", correction(news, change, mine, who)
    yield "drill", feed_posts.drill(first.first_alert(news, mine, who), who.words)


def to_everybody(news: News, who: Reader) -> Iterator[tuple[str, Message]]:
    """Yield everything watchers and groups may ever be told of these notices, by name."""
    yield "interest", first.interest_alert(news, news.notices[0].brands, who)
    post = feed_posts.feed_post(news, ["@fire"], who)
    yield "post", post
    yield "preview", feed_posts.feed_preview(post, ALERT, 30, who.words)
    developed = [feed_posts.Development(kind, EVENING) for kind in Revised]
    yield "revised", feed_posts.feed_revised(news, developed, (), who)
    for kind in Revised:
        change = Change(kind, news.notices[0], news.notices[0], TOLD_AT)
        yield f"correction {kind}", correction(news, change, None, who)
    lines = [digests.Line(notice) for notice in news.notices]
    yield "digest", digests.digest(lines, TOLD_AT, who)
    yield "catch-up", digests.catch_up(lines, TOLD_AT, EVENING, who)
