"""What names the event behind a notice, so that several authorities' notices of it meet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from core.model.recall import Notice, SourceKind

# The case number of Safety Gate, which other authorities repeat.
_CASE = re.compile(r"\b(?:SR|A\d{1,2}|INFO)/\d{4,5}/\d{2}\b", re.IGNORECASE)
_TRACKING = re.compile(r"^(?:utm_|fbclid|gclid)", re.IGNORECASE)
LONGEST_KEY = 400


def event_keys(notice: Notice) -> frozenset[str]:
    """Return what names the event of a notice; notices that share a key are one event.

    These are the official pages it rests on or points to, and the case numbers it repeats.
    """
    pages = (f"page {page_of(url)}" for url in _pages(notice) if _is_a_page(url))
    texts = (notice.number or "", *notice.linked)
    cases = (f"case {case.upper()}" for text in texts for case in _CASE.findall(text))
    return frozenset(key[:LONGEST_KEY] for key in (*pages, *cases))


def _pages(notice: Notice) -> Iterator[str]:
    for source in notice.sources:
        if source.kind is SourceKind.OFFICIAL:
            yield source.url
    yield from notice.linked


def page_of(url: str) -> str:
    """Return an address in one spelling: no scheme, no "www.", no tracking, no fragment."""
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").removeprefix("www.")
    asked = sorted(pair for pair in parse_qsl(parts.query) if not _TRACKING.match(pair[0]))
    query = "&".join(f"{name}={value}" for name, value in asked)
    return f"{host}{parts.path.rstrip('/')}{'?' if query else ''}{query}".casefold()


def _is_a_page(url: str) -> bool:
    """Say whether the address is of one notice rather than of a whole site."""
    parts = urlsplit(url.strip())
    return bool(parts.path.strip("/") or parts.query)
