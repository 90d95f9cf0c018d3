"""Many recalls in one post: a line for each as far as they fit, the most serious first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_interval

from core.model.delivery import serious
from core.model.message import Block, Role
from core.model.public import Chart, Links, Part
from core.model.recall import Notice
from core.publish.posts.authorities import short_name
from core.publish.posts.facts import hazard_of
from core.publish.posts.foreign import named
from core.publish.posts.platform import DoesNotFit
from core.publish.posts.products import product_of
from core.publish.posts.threads import Thread, threaded
from core.publish.posts.voice import Voice
from core.text.advice import action_for_all
from core.text.translations import Translator

MOST_LINES = 20
MOST_AUTHORITIES = 4
_NAMES = (100, 60, 40)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: its headline, what else stands on top, its recalls, our page of them."""

    headline: str
    notices: tuple[Notice, ...]
    page: str | None = None
    above: tuple[Block, ...] = ()
    chart: Chart | None = None


def days(first: date, last: date, words: Translator) -> str:
    """Return "16–22 Nov 2026" as the language writes it."""
    return str(format_interval(first, last, "yMMMd", locale=words.locale))


def listed(listing: Listing, voice: Voice) -> tuple[Part, ...]:
    """Return the list as parts; raises DoesNotFit."""
    notices = tuple(sorted(listing.notices, key=lambda one: not serious(one)))
    forms = [tuple(one) for one in _forms(listing, notices, voice)]
    threads = voice.style.threads
    whole = forms[:1] if threads and len(notices) <= MOST_LINES else forms
    if (not threads or voice.links is not Links.REPLY) and (
        part := voice.first_that_fits(whole, listing.chart)
    ):
        return (part,)
    if not threads:
        raise DoesNotFit(listing.headline)
    rest = [_line(one, _NAMES[0], voice.words, linked=True) for one in notices[:MOST_LINES]]
    further = (*_page(listing, voice.words), *rest)
    return threaded(Thread(listing.headline, forms, further, listing.chart), voice)


def _forms(
    listing: Listing, notices: Sequence[Notice], voice: Voice
) -> Iterator[Iterator[Block]]:
    """Yield it with all lines and links, then ever fewer, at last without what is above."""
    most = min(len(notices), MOST_LINES)
    for above in (True, False) if listing.above else (True,):
        yield _blocks(
            listing, notices[:most], _Lines(_NAMES[0], linked=True, above=above), voice
        )
        for count in range(most, -1, -1):
            for name in _NAMES:
                shown = notices[:count]
                yield _blocks(listing, shown, _Lines(name, linked=False, above=above), voice)


@dataclass(frozen=True, slots=True)
class _Lines:
    name: int
    linked: bool
    above: bool


def _blocks(
    listing: Listing, shown: Sequence[Notice], lines: _Lines, voice: Voice
) -> Iterator[Block]:
    words = voice.words
    yield Block(Role.HEADLINE, listing.headline)
    yield from listing.above if lines.above else ()
    if listing.notices:
        yield Block(Role.ACTION, action_for_all(listing.notices, words))
    for one in shown:
        yield _line(one, lines.name, words, linked=lines.linked)
    if shown and (more := len(listing.notices) - len(shown)):
        yield Block(Role.DETAIL, words.counted("digest_more", more))
    if voice.links is Links.POST:
        yield from _page(listing, words)
    if listing.notices:
        yield Block(Role.SOURCE, sources(listing.notices, words))


def _page(listing: Listing, words: Translator) -> Iterator[Block]:
    if listing.page:
        yield Block(Role.DETAIL, words("post_all"), listing.page)


def _line(notice: Notice, most: int, words: Translator, *, linked: bool) -> Block:
    """Return what it is, what can hurt and who published it."""
    fields = {
        "product": named(product_of(notice, words), most),
        "kinds": hazard_of(notice, words),
        "source": short_name(notice.authority),
    }
    url = notice.main_source.url if linked else None
    return Block(Role.VERDICT, "- " + words("digest_line", **fields), url)


def sources(notices: Sequence[Notice], words: Translator) -> str:
    """Return "Source: CPSC; Health Canada", the first few of them."""
    known = [*dict.fromkeys(short_name(one.authority) for one in notices)]
    more = " …" if len(known) > MOST_AUTHORITIES else ""
    return words("post_source", what="; ".join(known[:MOST_AUTHORITIES]) + more)
