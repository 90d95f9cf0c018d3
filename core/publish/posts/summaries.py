"""Many recalls in one post, after a time in which nothing was posted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from babel.numbers import format_decimal

from core.model.public import Part, Style
from core.model.recall import Notice
from core.model.subscriber import zone_of
from core.publish.posts.lists import Listing, days, listed
from core.publish.posts.platform import Platform
from core.publish.posts.voice import Voice
from core.text.alerts.parts import Reader


@dataclass(frozen=True, slots=True)
class Missed:
    """The leading notices of what was not posted one by one between two moments; at least one.

    `page` is our own list of them.
    """

    notices: tuple[Notice, ...]
    since: datetime
    until: datetime
    page: str | None = None


def summary_post(
    missed: Missed, style: Style, reader: Reader, platform: Platform
) -> tuple[Part, ...]:
    """Return how many there were and the most serious of them; raises DoesNotFit."""
    words, zone = reader.words, zone_of(reader.zone)
    first, last = (one.astimezone(zone).date() for one in (missed.since, missed.until))
    count = format_decimal(len(missed.notices), locale=words.locale)
    headline = words("post_summary", days=days(first, last, words), count=count)
    listing = Listing(headline, missed.notices, missed.page)
    return listed(listing, Voice(style, reader, platform))
