"""When, where and for how much it was sold, out of one sentence."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from core.sources.dates import EARLIEST, LATEST, a_day, month_names, month_number
from core.sources.text import line, passage

# The longest on record has 1,200 characters.
LONGEST_READ = 20_000


class Sale(NamedTuple):
    """First and last day of sale, seller and price, each where the text says it."""

    start: date | None = None
    end: date | None = None
    where: str | None = None
    price: str | None = None


def _border(name: str) -> str:
    """Return the pattern of one end of a range: "June 2016", "30 June", "2024-05-01"."""
    months = "|".join(sorted(map(re.escape, month_names()), key=len, reverse=True))
    return (
        rf"(?:(?:early|mid|late|about|début|fin|the end of|the beginning of)[ -])?(?:"
        rf"(?P<{name}iso>\d{{4}}-\d\d?-\d\d?)|"
        rf"(?:(?P<{name}before>\d\d?)(?:st|nd|rd|th|er)?\.? )?(?:of )?"
        rf"(?P<{name}month>{months})\b\.?"
        rf"(?: (?P<{name}after>\d\d?)(?:st|nd|rd|th)?(?!\d))?"
        rf"(?:,? (?:of |de )?(?P<{name}year>\d{{4}}))?"
        rf"|(?P<{name}bare>(?:19|20)\d\d)(?!\d))"
    )


_RANGE = re.compile(
    # Where a word begins, or was stuck to another ("fromMay"); everywhere would take long.
    r"(?:(?<!\w)|(?-i:(?<=[a-z])(?=[A-Z])))"
    r"(?:\b(?:from|between|beginning|starting|since|during|du|de|entre|in) )?(?:in )?"
    rf"{_border('a')},? ?"
    rf"(?:\b(?:through|thru|to|until|till|though|and|au|à|et|jusqu'(?:au|en|à))\b|-|–|—) ?"
    rf"(?:in )?{_border('b')}",
    re.IGNORECASE,
)
_SINGLE = re.compile(
    rf"\b(?P<how>in|during the month of|during|since|from|beginning|starting|after|before|"
    rf"prior to|until|through|up to|en|depuis|avant) (?:in )?{_border('a')}",
    re.IGNORECASE,
)
_FROM_THEN_ON = frozenset({"since", "from", "beginning", "starting", "after", "depuis"})
_UP_TO_THEN = frozenset({"before", "prior to", "until", "through", "up to", "avant"})
_SIGN = r"(?:US|CA|C|AU|A|NZ|S)?[$€£¥] ?"
_MONEY = rf"(?:{_SIGN}\d(?:[\d,.]*\d)?|\d(?:[\d ,.]*\d)? ?(?:€|euros?|dollars))"
_ABOUT = (
    r"(?:about|between|approximately|around|from|up to|as low as|under|less than|environ|"
    r"roughly|the price of|prices? (?:from|of|between))"
)
_PRICE = re.compile(
    rf"(?:\b(?:for|at|at a price of|pour) |(?=\bbetween [$€£]))"
    rf"(?P<price>(?:{_ABOUT} )*{_MONEY}.*)",
    re.IGNORECASE,
)
_PRICE_END = re.compile(r"(?<!\b[A-Z])\.(?=\s|$)|;|,? and from (?=[A-Z])")
_LEADING = re.compile(
    r"^(?:(?:sold|exclusively|only|vendu) +)+(?:(?:at|on|in|by|chez) +)?", re.IGNORECASE
)


def sold(text: str) -> Sale:
    """Return what a sales sentence says; months count from their first to their last day.

    Reads "Online at Amazon.com from June 2016 through December 2022 for about $27" and its
    like; never raises, never returns an end before its start (both are None then). Several
    ranges are taken together, from the first day to the last; a text too long to be read to its
    end may hold more of them, so it gives no days.
    """
    whole = " ".join(text.split())
    one = whole[:LONGEST_READ]
    ranges = [*_ranges(one)]
    starts = [start for start, _ in ranges if start]
    ends = [end for _, end in ranges if end]
    start = min(starts) if len(starts) == len(ranges) and starts else None
    end = max(ends) if len(ends) == len(ranges) and ends else None
    if (start and end and start > end) or one != whole:
        start = end = None
    return Sale(start, end, _where(one), _price(one))


def _ranges(text: str) -> Iterator[tuple[date | None, date | None]]:
    rest = text
    for found in _RANGE.finditer(text):
        last = _day(found, "b", last=True)
        first = _day(found, "a", last=False, year=last.year if last else None)
        if first and last:
            rest = rest.replace(found[0], " ", 1)
            yield first, last
    if rest is not text and len(rest) < len(text):
        return
    for found in _SINGLE.finditer(rest):
        yield from _single(found)


def _single(found: re.Match[str]) -> Iterator[tuple[date | None, date | None]]:
    first, last = _day(found, "a", last=False), _day(found, "a", last=True)
    how = found["how"].lower()
    if not first or not last:
        return
    if how in _FROM_THEN_ON:
        yield first, None
    elif how in _UP_TO_THEN:
        yield None, last if how in {"through", "up to", "until"} else first
    else:
        yield first, last


def _day(
    found: re.Match[str], name: str, *, last: bool, year: int | None = None
) -> date | None:
    """Return one end of a range: the first or last day of what is named."""
    if iso := found[f"{name}iso"]:
        return a_day(*iso.split("-"))
    printed = found[f"{name}year"] or found[f"{name}bare"] or year
    if not printed or not EARLIEST <= int(printed) <= LATEST:
        return None
    month = month_number(found[f"{name}month"] or ("December" if last else "January"))
    day = found[f"{name}after"] or found[f"{name}before"]
    if not day and last and month:
        day = str(calendar.monthrange(int(printed), month)[1])
    return a_day(printed, month or 0, day or 1)


def _where(text: str) -> str | None:
    cuts = [found.start() for found in (_PRICE.search(text), _RANGE.search(text)) if found]
    single = _SINGLE.search(text)
    if single and (single["ayear"] or single["abare"] or single["aiso"]):
        cuts.append(single.start())
    named = _LEADING.sub("", text[: min(cuts, default=len(text))]).strip(" ,.:;-")
    first = named.split(" ")[0]
    if first.isalpha() and first.islower():  # "online at …" begins a line now
        named = named[0].upper() + named[1:]
    return passage(named) or None


def _price(text: str) -> str | None:
    found = _PRICE.search(text)
    if not found:
        return None
    return line(_PRICE_END.split(found["price"], maxsplit=1)[0].strip(" ,.")) or None
