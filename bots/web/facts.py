"""Small facts of a notice as a page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlsplit

from babel.numbers import format_decimal

from core.model.recall import Sold
from core.text.translations import Translator


class Regional(Protocol):
    """Anything that holds in some countries: a notice, a remedy, a contact, a count."""

    @property
    def regions(self) -> Sequence[str]:
        """Return the countries, ISO 3166 alpha-2, or WORLD."""
        ...


def host(url: str) -> str:
    """Return whose page an address leads to."""
    return (urlsplit(url).hostname or url).removeprefix("www.")


def regions(fact: Regional, words: Translator) -> str:
    """Return every country by name; a reader of this page wants all of them."""
    return words.both(words.region(region) for region in fact.regions)


def number(value: int, words: Translator) -> str:
    """Return a number as the language writes it."""
    return format_decimal(value, locale=words.locale)


def sold(fact: Sold, words: Translator) -> str:
    """Return when, where and for how much it was sold, as far as the notice says."""
    ends = {"start": fact.start, "end": fact.end}
    days = {end: words.day(day) for end, day in ends.items() if day}
    keys = {"start": "web_sold_from", "end": "web_sold_until", "start end": "web_sold_between"}
    when = words(keys[" ".join(days)], **days) if days else None
    return ", ".join(part for part in (when, fact.where, fact.price) if part)


def revision_name(kind: str, words: Translator) -> str:
    """Return what a kind of revision is called."""
    key = f"web_revision_{kind}"
    return words(key) if words.has(key) else kind
