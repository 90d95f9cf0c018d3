"""The weekly round-up: how many recalls there were, of what, with a chart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from babel.numbers import format_decimal

from core.model.message import Block, Role
from core.model.public import Chart, Part, Style
from core.model.recall import HazardKind, Notice
from core.publish.posts.facts import hazard_name
from core.publish.posts.lists import Listing, days, listed, sources
from core.publish.posts.platform import Platform
from core.publish.posts.voice import Voice
from core.text.alerts.parts import Reader
from core.text.translations import Translator

MOST_BARS = 8
MOST_COUNTS = 4


@dataclass(frozen=True, slots=True)
class Week:
    """The recalls of a week: `total` of them, counted in three ways, and those worth naming.

    `notices` are leading notices, the most serious first; `page` is our own list.
    """

    first: date
    last: date
    total: int
    hazards: tuple[tuple[HazardKind, int], ...]
    categories: tuple[tuple[str, int], ...]
    countries: tuple[tuple[str, int], ...]
    notices: tuple[Notice, ...]
    page: str | None = None


def round_up_post(
    week: Week, style: Style, reader: Reader, platform: Platform
) -> tuple[Part, ...]:
    """Return the week's numbers and its most serious recalls; raises DoesNotFit."""
    words, voice = reader.words, Voice(style, reader, platform)
    fields = {"days": days(week.first, week.last, words), "count": _number(week.total, words)}
    chart = chart_of(week, reader) if voice.shows and week.hazards else None
    headline = words("post_week", **fields)
    above = tuple(_counts(week, words))
    return listed(Listing(headline, week.notices, week.page, above, chart), voice)


def chart_of(week: Week, reader: Reader) -> Chart:
    """Return the week's dangers as a chart, the most frequent first; `alt` says all of it."""
    words = reader.words
    title = words("post_chart", days=days(week.first, week.last, words))
    most = sorted(week.hazards, key=lambda one: -one[1])[:MOST_BARS]
    bars = tuple((hazard_name((kind,), words), count) for kind, count in most)
    source = sources(week.notices, words) if week.notices else ""
    lines = (title, _in_a_row(bars, words), source)
    return Chart(words.lang, title, bars, source, "\n".join(filter(None, lines)))


def _counts(week: Week, words: Translator) -> Iterator[Block]:
    """Yield how many there were of each danger, product and country."""
    kinds = [(hazard_name((kind,), words), count) for kind, count in week.hazards]
    things = [(_category(one, words), count) for one, count in week.categories]
    places = [(words.region(one), count) for one, count in week.countries]
    keys = ("hazards", "categories", "countries")
    for key, named in zip(keys, (kinds, things, places), strict=True):
        most = sorted(named, key=lambda one: -one[1])[:MOST_COUNTS]
        if most:
            text = words(f"post_week_{key}", counts=_in_a_row(most, words))
            yield Block(Role.DETAIL, text)


def _category(category: str, words: Translator) -> str:
    key = f"category_{category}"
    return words(key if words.has(key) else "category_other")


def _in_a_row(counts: Iterable[tuple[str, int]], words: Translator) -> str:
    said = (words("post_count", name=name, count=_number(n, words)) for name, n in counts)
    return ", ".join(said)


def _number(count: int, words: Translator) -> str:
    return format_decimal(count, locale=words.locale)
