"""Posts of a group's feed, their preview and drills: of the product, never of a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from babel.numbers import format_decimal

from core.model.message import Block, Button, Message, Role
from core.model.recall import Notice, State
from core.model.subscriber import GroupFeed
from core.text.alerts.changes import Revised
from core.text.alerts.parts import News, Reader, Telling, of_product
from core.text.translations import Translator

# How the button that holds a post back begins; the number of the alert stands behind it.
DONT_POST = "/feed skip"


@dataclass(frozen=True, slots=True)
class Development:
    """One thing that became of a recall after it was posted."""

    kind: Revised
    at: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """How many owners a recall has reached, and how far they came; no persons."""

    reached: int
    checked: int
    stopped: int
    claimed: int
    disposed: int


def called(feed: GroupFeed, notices: Iterable[Notice]) -> tuple[str, ...]:
    """Return whom a feed calls at the dangers of these notices, each once, as it names them."""
    kinds = {kind for notice in notices for kind in notice.hazard.kinds}
    return tuple(dict.fromkeys(role for kind, role in feed.roles.items() if kind in kinds))


def feed_post(news: News, calls: Sequence[str], reader: Reader) -> Message:
    """Return the post of a recall for a group; `calls` is what `called` returned."""
    return feed_revised(news, (), calls, reader)


def feed_revised(
    news: News, developed: Sequence[Development], calls: Sequence[str], reader: Reader
) -> Message:
    """Return the same post as the recall stands now, with a dated line for each development."""
    words = reader.words
    told = of_product(news, reader)
    withdrawn = all(notice.state is State.RETRACTED for notice in news.notices)
    key = "alert_headline_retracted" if withdrawn else "alert_headline"
    headline = words(key, kind=told.kind, product=told.product)
    lines = [_dated(one, reader) for one in developed]
    if withdrawn:
        return _withdrawn(headline, lines, told, words)
    return replace(told.message(headline, lines, reader), calls=tuple(calls))


def _dated(one: Development, reader: Reader) -> Block:
    text = reader.words(f"feed_post_{one.kind}", day=reader.day(one.at))
    return Block(Role.VERDICT, text)


def _withdrawn(
    headline: str, lines: Sequence[Block], told: Telling, words: Translator
) -> Message:
    blocks = (
        Block(Role.HEADLINE, headline),
        *lines,
        Block(Role.VERDICT, words("alert_no_proof")),
        *told.sources,
    )
    return Message(blocks, lang=words.lang)


def feed_preview(post: Message, alert: int, seconds: int, words: Translator) -> Message:
    """Return a post as it will appear in so many seconds, with a button to hold it back.

    It calls nobody yet.
    """
    notice = Block(Role.NEXT_STEP, words.counted("feed_post_preview", seconds))
    button = Button(words("feed_post_button_skip"), f"{DONT_POST} {alert}")
    return replace(post, blocks=(notice, *post.blocks), buttons=(button,), anew=True, calls=())


def drill(message: Message, words: Translator) -> Message:
    """Return any message as a test: marked so first of all and on every headline."""
    mark = words("alert_drill")
    first = Block(Role.HEADLINE, mark)
    marked = (
        replace(one, text=words("alert_drill_line", mark=mark, text=one.text))
        if one.role in {Role.HEADLINE, Role.ACTION}
        else one
        for one in message.blocks
    )
    return replace(message, blocks=(first, *marked), anew=True, calls=())


def progress_line(counts: Counts, words: Translator) -> str:
    """Return how far the owners of a recalled product have come, in numbers alone."""
    steps = ("reached", "checked", "stopped", "claimed", "disposed")
    numbers = ((step, getattr(counts, step)) for step in steps)
    return " → ".join(
        words(f"progress_{step}", count=format_decimal(count, locale=words.locale))
        for step, count in numbers
    )
