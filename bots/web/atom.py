"""A list of recalls as an Atom feed (RFC 4287)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5

from bots.web.facts import regions
from bots.web.markup import Element, add, document, root
from core.model.recall import Notice, State
from core.sources.contract import Authority
from core.store.listing import Entry
from core.text.advice import action_of
from core.text.names import option_names
from core.text.translations import Translator

ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml"
# Ours for ever: an entry keeps its identity wherever the pages are served.
NAMES = UUID("5d5a0c6e-7a5b-4e0c-9a57-3a1d1f0c2b94")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Authorities = Callable[[str], Authority | None]


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed holds and where it lies: `address` its own, `following` what comes next."""

    entries: Sequence[Entry]
    base: str
    address: str
    listing: str
    following: str | None


def atom(feed: Feed, authorities: Authorities, words: Translator) -> bytes:
    """Return the feed; what we say ourselves is in the language of `words`."""
    element = root("feed", ATOM, **{"xml:lang": words.lang})
    add(element, "id", urn(f"feed {feed.listing}"))
    add(element, "title", words("web_feed_title"))
    add(
        element,
        "updated",
        max((one.updated for one in feed.entries), default=EPOCH).isoformat(),
    )
    add(element, "link", rel="self", type=MEDIA_TYPE, href=feed.base + feed.address)
    add(element, "link", rel="alternate", type="text/html", href=feed.base + feed.listing)
    if feed.following is not None:
        add(element, "link", rel="next", type=MEDIA_TYPE, href=feed.base + feed.following)
    add(element, "generator", words("web_name"))
    for entry in feed.entries:
        _entry(element, entry, feed.base, authorities(entry.source), words)
    return document(element)


def urn(name: str) -> str:
    """Return the lasting identity of what has that name."""
    return uuid5(NAMES, name).urn


def _entry(
    feed: Element, entry: Entry, base: str, authority: Authority | None, words: Translator
) -> None:
    notice = entry.notice
    element = add(feed, "entry")
    add(element, "id", urn(f"notice {notice.id}"))
    add(element, "title", _title(notice, words))
    add(element, "updated", entry.updated.isoformat())
    if notice.published is not None:
        add(element, "published", f"{notice.published.isoformat()}T00:00:00Z")
    add(add(element, "author"), "name", notice.authority)
    page = f"{base}/recalls/{notice.id}"
    add(element, "link", rel="alternate", type="text/html", href=page)
    add(element, "link", rel="via", href=notice.main_source.url)
    add(
        element,
        "link",
        rel="related",
        type="application/json",
        href=f"{base}/api/recalls/{notice.id}",
    )
    add(element, "link", rel="related", type="application/cap+xml", href=f"{page}/cap.xml")
    for scheme, term in _categories(entry):
        add(element, "category", scheme=f"urn:recallbot:{scheme}", term=term)
    if authority is not None:
        add(element, "rights", f"{authority.attribution} ({authority.licence})")
    add(element, "content", "\n".join(_lines(notice, words)), type="text")


def _title(notice: Notice, words: Translator) -> str:
    title = " ".join((notice.title or notice.product).split())
    return (
        title
        if notice.state is State.OPEN
        else f"{words(f'web_state_{notice.state}')}: {title}"
    )


def _categories(entry: Entry) -> Iterator[tuple[str, str]]:
    notice = entry.notice
    yield "source", entry.source
    yield "kind", notice.kind.value
    yield "state", notice.state.value
    yield "category", notice.category
    yield from (("hazard", kind.value) for kind in notice.hazard.kinds)
    yield from (("country", region) for region in notice.regions)
    yield from (("brand", brand) for brand in notice.brands)


def _lines(notice: Notice, words: Translator) -> Iterator[str]:
    if notice.state is State.RETRACTED:
        yield words("web_state_retracted_means")
    else:
        yield action_of(notice, words, known=False)
    yield f"{', '.join(notice.brands)}: {notice.product}"
    yield notice.hazard.text
    for remedy in notice.remedies:
        yield f"{regions(remedy, words)}: {option_names(remedy.options, words)}"
    yield f"{words('web_fact_regions')}: {regions(notice, words)}"
