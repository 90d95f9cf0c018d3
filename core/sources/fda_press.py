"""The FDA's press releases on recalls: entries of its RSS feeds, cut short as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from hashlib import blake2b
from typing import Any

from lxml import etree

from core.model.recall import HazardKind, Kind, Notice
from core.sources.contract import RecordUnreadable, SourceUnavailable
from core.sources.drafts.draft import draft
from core.sources.fields import notice
from core.sources.normalise import (
    brands,
    category,
    clean,
    hazards,
    line,
    notice_id,
    passage,
    published,
    remedy_options,
)
from core.sources.reach import link

SOURCE = "fda"
AUTHORITY = "U.S. Food and Drug Administration"
HOME = ("US",)
FOOD = "food"
OTHER = "other"
# The feed breaks a description off after 300 characters, in the middle of a word.
BROKEN_OFF = 290
LONGEST_SLUG = 60
_UNTIL = (
    r"(?:\s+(?:because|due to|associated with|linked to|following|after|while|as a precaution|"
    r"over|out of|from|for (?:possible|potential|undeclared)|that|which)\b|"
    r"\s*[-–—:]\s|[.;,]\s|$)"
)
_ALERT_ON = re.compile(
    rf"\b(?:allerg[ye]n?|undeclared|unlabell?ed)\b.*?\bin\s+(?:(?:their|its|certain)\s+)*"
    rf"(?P<what>.+?){_UNTIL}",
    re.IGNORECASE,
)
_RECALLED = re.compile(
    rf"\b(?:recall(?:s|ing)?(?:\s+(?:of|on|to include))?|alert on)\s+(?P<what>.+?){_UNTIL}",
    re.IGNORECASE,
)
_ARTICLES = re.compile(
    r"^(?:(?:(?:an? )?limited (?:number|quantity) of|its|their|the|an?|all|certain|packaged|"
    r"voluntary|nationwide|products?|batches|lots|of|containing|\d[\d,]*|one|two|select|"
    r"uneviscerated)\s+)+",
    re.IGNORECASE,
)
# "recalls due to …", "recall associated with …" name no thing.
_NO_THING = re.compile(
    r"^(?:products?$|(?:because|due|associated|while|following|after|is|are|was|has|have|initiated)\b|$)",
    re.IGNORECASE,
)
_INVOLVED = re.compile(
    r"\baffected products? (?:involves?|includes?|is|are)\s+(?:the )?"
    r"(?P<what>.+?)(?:\s+\(|[.;,]\s|$)",
    re.IGNORECASE,
)
_PREAMBLE = re.compile(
    r"^(?:in response to|following|out of) [^,]{5,120}, (?=[A-Z])", re.IGNORECASE
)
_FIRM = re.compile(
    r"^(?P<firm>.{2,100}?),? (?:(?:voluntarily|also|further|again)\s+)*"
    r"(?:recalls?|(?:issu|announc|initiat|conduct)(?:es|ed|ing)|expand(?:s|ed)|broadens)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"(?<!\b[A-Z])(?<!\bInc)(?<!\bCorp)(?<!\bCo)(?<!\boz)[.!?](?=\s+[A-Z“\"])"
)
_WITHDRAWAL = re.compile(r"\bmarket withdrawal\b", re.IGNORECASE)
_RECALL = re.compile(r"\brecall", re.IGNORECASE)


def entries(payload: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield each entry of a feed: its identity, and itself as XML. Raises SourceUnavailable."""
    for item in _feed(payload):
        body = etree.tostring(item, encoding="utf-8", with_tail=False)
        yield _slug(item) or f"unnamed-{blake2b(body, digest_size=8).hexdigest()}", body


def read_release(body: bytes, key: str, seen: date) -> Notice:
    """Return what one entry says. Raises RecordUnreadable."""
    item = _entry(body)
    title, url = clean(item.findtext("title")), _address(item)
    if not (title and url):
        raise RecordUnreadable("an entry without title or link")
    told = _whole_sentences(clean(item.findtext("description")))
    product = _product(title, told)
    kinds = _kinds(title, clean(item.findtext("description")))
    return notice(
        id=notice_id(SOURCE, key),
        authority=AUTHORITY,
        kind=_kind(title, told),
        published=published(item.findtext("pubDate"), seen=seen),
        brands=brands(_plain_title(title, product), ()),
        product=product,
        title=passage(title),
        category=_category(product, kinds),
        regions=HOME,
        units=draft(tuple(filter(None, (told, title))), product).rule,
        hazard={"kinds": kinds, "text": passage(told or title), "source": SOURCE},
        remedies=_remedies(told),
        sources=(_citation(url, title, seen),),
    )


def _citation(url: str, title: str, seen: date) -> dict[str, Any]:
    says = passage(title)
    return {"id": SOURCE, "url": url, "kind": "official", "says": says, "seen": seen}


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


def _feed(payload: bytes) -> list[Any]:
    try:
        root = etree.fromstring(payload.strip(), _parser())
    except (etree.XMLSyntaxError, ValueError):
        raise SourceUnavailable("the feed is no XML") from None
    items = root.findall("channel/item") if root.tag == "rss" else []
    if not items:
        raise SourceUnavailable("the feed has no entry, where there are always some")
    return items


def _entry(body: bytes) -> Any:
    try:
        return etree.fromstring(body, _parser())
    except (etree.XMLSyntaxError, ValueError):
        raise RecordUnreadable("the entry is no XML") from None


def _address(item: Any) -> str | None:
    # The feed still says http.
    said = link(clean(item.findtext("link")))
    return said.replace("http://", "https://", 1) if said else None


def _slug(item: Any) -> str:
    """Return the last part of the page's address, which is the press release's only name.

    It may be longer than an id: then its beginning with a fingerprint of the whole.
    """
    slug = clean(item.findtext("link")).rstrip("/").rpartition("/")[2]
    if len(slug) <= LONGEST_SLUG:
        return slug
    return f"{slug[:LONGEST_SLUG]}-{blake2b(slug.encode(), digest_size=4).hexdigest()}"


def _whole_sentences(text: str) -> str:
    """Return a description without its last sentence where that was broken off.

    Half a sentence may end in half a number.
    """
    if len(text) < BROKEN_OFF or text.endswith((".", "!", "?")):
        return text
    ends = [found.end() for found in _SENTENCE.finditer(text)]
    return text[: ends[-1]] if ends else f"{text.rpartition(' ')[0]} …"


def _kind(title: str, told: str) -> Kind:
    if _WITHDRAWAL.search(title):
        return Kind.WITHDRAWAL
    return Kind.RECALL if _RECALL.search(f"{title} {told}") else Kind.ADVISORY


def _plain_title(title: str, product: str) -> str:
    """Return a title as "firm recalls product", without what stands between."""
    short = _PREAMBLE.sub("", title)
    firm = _FIRM.match(short)
    return f"{firm['firm']} Recalls {product}" if firm and product != line(title) else short


def _product(title: str, told: str) -> str:
    """Return the thing the title or the text names as recalled, else the title."""
    found = (
        _ARTICLES.sub("", match["what"]).strip(" “”\"'’.,")
        for text in (title, told)
        for pattern in (_ALERT_ON, _RECALLED, _INVOLVED)
        for match in pattern.finditer(text)
    )
    return line(next((thing for thing in found if not _NO_THING.match(thing)), title))


def _kinds(title: str, description: str) -> tuple[HazardKind, ...]:
    """Return what the title warns of, else what the text does, broken off or not."""
    told = hazards(title)
    return hazards(title, description) if told == (HazardKind.OTHER,) else told


def _category(product: str, kinds: tuple[HazardKind, ...]) -> str:
    found = category(product)
    eaten = {HazardKind.ALLERGY, HazardKind.INFECTION} & set(kinds)
    return FOOD if found == OTHER and eaten else found


def _remedies(told: str) -> tuple[dict[str, Any], ...]:
    options = remedy_options((), told)
    if not options:
        return ()
    return ({"regions": HOME, "options": options, "text": passage(told), "source": SOURCE},)
