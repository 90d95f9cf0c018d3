"""What names the event behind a notice, so that several authorities' notices of it meet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from core.model.recall import Notice, SourceKind

LONGEST_KEY = 400
# How a key begins that names what a notice only points to.
POINTS = "to "
# The case number of Safety Gate, with which RappelConso repeats its alerts.
_CASE = re.compile(r"(SR|A1[12]|INFO)\s?/\s?0*(\d{1,5})\s?/\s?(?:20)?(\d{2})", re.IGNORECASE)
# Safety Gate links to a fiche by its number, under which the fiche itself has no page.
_FICHE_HOST = "rappel.conso.gouv.fr"
_FICHE = re.compile(r"\d{4}-\d{2}-\d{4}")
_FICHE_PAGE = re.compile(rf"{re.escape(_FICHE_HOST)}/fiche-rappel/(\d{{4}}-\d{{2}}-\d{{4}})")
# Transport Canada's recalls, in its own database and as Health Canada publishes them.
_TRANSPORT = (
    re.compile(r"wwwapps\.tc\.gc\.ca/.*[?&]rn=(\d{7})(?:&.*)?"),
    re.compile(
        r"recalls-rappels\.canada\.ca/en/alert-recall/transport-canada-recall-(\d{7})-.*"
    ),
)
# The machine Health Canada's pages are written on, under the same paths; the CPSC links to it.
_SAME_HOST = {"rsams.prod.cloud.openplus.ca": "recalls-rappels.canada.ca"}
# What makes no other page of it: where somebody came from, and the language.
_BESIDE = re.compile(r"^(?:utm_|fbclid|gclid|lang(?:uage)?$)", re.IGNORECASE)
# What is cited where an authority gives no page of the one notice.
_OVERVIEWS = re.compile(
    r"recalls-rappels\.canada\.ca/(?:en|fr)|ec\.europa\.eu/safety-gate-alerts"
    r"|accessdata\.fda\.gov/scripts/ires/index\.cfm"
    r"|consumerproductsafety\.gov\.sg/consumers/.*"
)


def event_keys(notice: Notice) -> frozenset[str]:
    """Return what names the event of a notice: by itself, and after POINTS elsewhere.

    By itself name it its official pages and its case number. Notices that share such a name,
    or of which one has the name another points to, are one event; two that merely point to
    the same page are not, since many point to a page of advice.
    """
    own = {name for url in _own(notice) for name in _names_of(url)} | set(_cases(notice))
    elsewhere = {name for url in notice.linked for name in _names_of(url)} - own
    return frozenset((*own, *(f"{POINTS}{name}" for name in elsewhere)))


def _own(notice: Notice) -> Iterator[str]:
    return (source.url for source in notice.sources if source.kind is SourceKind.OFFICIAL)


def _cases(notice: Notice) -> Iterator[str]:
    number = (notice.number or "").strip()
    if case := _CASE.fullmatch(number):
        yield f"case {case[1].upper()}/{case[2]:0>5}/{case[3]}"
    of_france = any(urlsplit(url).hostname == _FICHE_HOST for url in _own(notice))
    if of_france and _FICHE.fullmatch(number):
        yield f"case RappelConso {number}"


def _names_of(url: str) -> Iterator[str]:
    page = page_of(url)
    if not _is_a_page(url) or _OVERVIEWS.fullmatch(page):
        return
    yield f"page {page}"[:LONGEST_KEY]
    if fiche := _FICHE_PAGE.fullmatch(page):
        yield f"case RappelConso {fiche[1]}"
    for pattern in _TRANSPORT:
        if recall := pattern.fullmatch(page):
            yield f"case Transport Canada {recall[1]}"


def page_of(url: str) -> str:
    """Return an address in one spelling: no scheme, "www.", tracking, language or fragment."""
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").removeprefix("www.")
    host = _SAME_HOST.get(host, host)
    asked = sorted(pair for pair in parse_qsl(parts.query) if not _BESIDE.match(pair[0]))
    query = "&".join(f"{name}={value}" for name, value in asked)
    return f"{host}{parts.path.rstrip('/')}{'?' if query else ''}{query}".casefold()


def _is_a_page(url: str) -> bool:
    """Say whether the address is of one notice rather than of a whole site."""
    parts = urlsplit(url.strip())
    return bool(parts.path.strip("/") or parts.query)
