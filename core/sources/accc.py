"""Australia's ACCC: product recalls, from the feed of its newest hundred and their pages.

Unverified: no payload recorded by us; written by the shape that others recorded in 2026.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from core.model.recall import Notice
from core.sources.accc_fields import Fields
from core.sources.contacts import contact
from core.sources.contract import (
    HOUR,
    Authority,
    Cadence,
    RawRecord,
    RecordUnreadable,
    SourceUnavailable,
)
from core.sources.drafts.draft import draft
from core.sources.fields import notice
from core.sources.http import Fetched, Fetcher, Site
from core.sources.json_rows import json_object
from core.sources.markup import classed, elsewhere, link, markup_of, tree
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

HOME = "https://www.productsafety.gov.au"
# The first was seen to redirect to itself for a while in 2026; the second has fewer notices.
FEEDS = (f"{HOME}/rss/feed.xml/psa_recall", f"{HOME}/rss/recalls.xml")
LARGEST_FEED = 8 << 20
LARGEST_PAGE = 2 << 20
ARTICLE = "psa-recall-full-view"
MOST_FAILURES = 10  # then no more pages are asked for
OVERLAP = timedelta(days=2)  # the feed's days are Australia's
_UPDATED = re.compile(r"\s*\((?:recall )?updated[^()]*\)\s*$", re.IGNORECASE)
_CHANGE = re.compile(r"^(?:recall )?updated? on .*$", re.IGNORECASE | re.MULTILINE)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")
_INCIDENT = re.compile(r"\bincidents?\b", re.IGNORECASE)
_HAPPENED = re.compile(r"\b(?:occurred|happened|reported)\b", re.IGNORECASE)
_NO_INCIDENT = re.compile(r"\bno (?:known )?incidents?\b", re.IGNORECASE)
_IDENTITY = ("model", "sku", "other-identify", "gtin", "ean", "batch", "serial")


@dataclass(frozen=True, slots=True)
class _Item:
    """One entry of the feed."""

    guid: str
    title: str
    address: str
    day: str
    topics: tuple[str, ...]
    description: str


class Accc:
    """The consumer product recalls that the ACCC publishes on Product Safety Australia."""

    name = "accc"
    verified = False
    authority = Authority(
        name="Australian Competition and Consumer Commission",
        regions=("AU",),
        homepage=f"{HOME}/recalls",
        licence="Creative Commons Attribution 4.0 International",
        licence_url="https://creativecommons.org/licenses/by/4.0/",
        attribution="Based on ACCC data. Source: ACCC © Commonwealth of Australia, CC BY 4.0.",
    )
    cadence = Cadence(every=6 * HOUR)

    def __init__(self, fetcher: Fetcher, base_url: str | None = None) -> None:
        """Ask through this fetcher; with a `base_url` every address lies there instead."""
        self._fetcher = fetcher
        self._site = Site(frozenset({"www.productsafety.gov.au"}), base_url)

    async def fetch(self, since: datetime | None) -> AsyncIterator[RawRecord]:
        """Yield every notice in the feed where it has changed: an edit moves no date.

        Where a notice's page fails, a new one is yielded as the feed has it, an older one is
        left for the next time; either is said at the end.
        """
        feed = await self._feed()
        if feed.unchanged:
            return
        failed: list[str] = []
        for record in self.split(feed.body, feed.url, feed.at):
            try:
                yield await self._with_page(record, len(failed))
            except SourceUnavailable as error:
                failed.append(str(error))
                if _is_new(record, since):
                    yield record
        if failed:
            raise SourceUnavailable(f"{len(failed)} pages not read, the first: {failed[0]}")

    async def _feed(self) -> Fetched:
        refused: SourceUnavailable | None = None
        for address in FEEDS:
            try:
                return await self._fetcher.get_if_changed(
                    self._site.address(address),
                    hosts=self._site.allowed,
                    largest=LARGEST_FEED,
                )
            except SourceUnavailable as error:
                refused = refused or error
        raise refused or SourceUnavailable("no feed")

    async def _with_page(self, record: RawRecord, failures: int) -> RawRecord:
        if failures >= MOST_FAILURES:
            raise SourceUnavailable("too many pages failed")
        page = await self._fetcher.get(
            self._site.address(record.url), hosts=self._site.allowed, largest=LARGEST_PAGE
        )
        # Everything around the article differs each time.
        article = next(classed(tree(page.body.decode(errors="replace")), ARTICLE), None)
        if article is None:
            raise SourceUnavailable(f"{record.url} holds no recall")
        both = {"item": record.body.decode(), "page": markup_of(article)}
        body = json.dumps(both, ensure_ascii=False).encode()
        return replace(record, format="page", body=body)

    def split(self, payload: bytes, url: str, at: datetime) -> Iterator[RawRecord]:
        """Yield the entries of the feed; pure."""
        items = _channel(payload)
        if not items:
            raise SourceUnavailable("the ACCC's feed is empty")
        for item in items:
            body = etree.tostring(item, encoding="utf-8", with_tail=False)
            address = link(item.findtext("link") or "", HOME)
            key = (item.findtext("guid") or address or "unnamed").strip()
            yield RawRecord(self.name, key, "feed", body, address or url, at)

    def parse(self, record: RawRecord) -> Notice:
        """Return what one notice says; pure. Raises RecordUnreadable and nothing else."""
        item, page = record.body, ""
        if record.format == "page":
            both = json_object(record.body)
            if not all(isinstance(both.get(part), str) for part in ("item", "page")):
                raise RecordUnreadable("the record holds no feed entry with its page")
            item, page = both["item"].encode(errors="replace"), both["page"]
        return _notice(_item(item), page, record)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


def _channel(payload: bytes) -> list[Any]:
    try:
        root = etree.fromstring(payload, _parser())
    except (etree.XMLSyntaxError, ValueError):
        raise SourceUnavailable("the ACCC's feed is no XML") from None
    if root.tag != "rss":
        raise SourceUnavailable(f"the ACCC's feed is no RSS but {root.tag:.40}")
    return root.findall("channel/item")


def _item(body: bytes) -> _Item:
    try:
        root = etree.fromstring(body, _parser())
    except (etree.XMLSyntaxError, ValueError):
        raise RecordUnreadable("the entry is no XML") from None
    guid, title = clean(root.findtext("guid")), clean(root.findtext("title"))
    address = link(root.findtext("link") or "", HOME)
    if not (guid and title and address):
        raise RecordUnreadable("an entry without guid, title or link")
    return _Item(
        guid=guid,
        title=title,
        address=address,
        day=clean(root.findtext("pubDate")),
        topics=tuple(clean(topic.text) for topic in root.findall("category")),
        description=root.findtext("description") or "",
    )


def _is_new(record: RawRecord, since: datetime | None) -> bool:
    try:
        day = published(_item(record.body).day)
    except RecordUnreadable:
        return True
    return since is None or day is None or day >= (since - OVERLAP).date()


def _notice(item: _Item, page: str, record: RawRecord) -> Notice:
    seen = record.fetched_at.date()
    fields = Fields(tree(page), tree(item.description))
    product = _UPDATED.sub("", item.title).strip() or item.title
    described = fields.text("product-desc")
    said = fields.text("hazards") or fields.text("product-defects") or item.title
    maker = fields.text("supplier-name") or fields.company
    pra = fields.pra_number
    return notice(
        id=notice_id("accc", item.guid),
        authority=Accc.authority.name,
        number=pra,
        published=fields.day("published-date") or published(item.day, seen=seen),
        brands=brands(item.title, (fields.text("brand"),), maker),
        product=line(product),
        title=passage(item.title),
        image=_image(fields.feed),
        category=category(product, *item.topics, described),
        regions=("AU",),
        units=draft((*_sentences(fields), described, product), line(product)).rule,
        find_it=_said(fields.text("ident-features")),
        hazard={"kinds": hazards(said), "text": passage(said), "source": "accc"},
        incidents=_said(_incidents(said)),
        sold=_sold(fields),
        remedies=_remedies(fields.action),
        contacts=tuple(_contacts(fields, item.address)),
        linked=elsewhere(fields.feed, item.address),
        sources=(_citation(item, seen),),
        note=passage("\n".join(_CHANGE.findall(described))) or None,
    )


def _citation(item: _Item, seen: date) -> dict[str, Any]:
    says = passage(item.title)
    return {"id": "accc", "url": item.address, "kind": "official", "says": says, "seen": seen}


def _sentences(fields: Fields) -> Iterator[str]:
    """Yield the identifying numbers of the page as sentences that name what they are."""
    for name in _IDENTITY:
        for label, value in fields.labelled(name):
            yield f"{label or name.capitalize()}: {' '.join(value.split()).rstrip('.')}."


def _said(text: str) -> dict[str, str] | None:
    return {"text": passage(text), "source": "accc"} if text else None


def _incidents(said: str) -> str:
    sentences = (found.strip() for found in _SENTENCE.findall(said) if found[-1] in ".!?")
    told = (one for one in sentences if _happened(one) and not _NO_INCIDENT.search(one))
    return " ".join(told)


def _happened(sentence: str) -> bool:
    incident = _INCIDENT.search(sentence)
    return bool(incident and _HAPPENED.search(sentence, incident.end()))


def _sold(fields: Fields) -> dict[str, Any] | None:
    start, end = fields.days("sale-dates")
    where = ", ".join(filter(None, (fields.text("traders"), fields.text("location-sold"))))
    if not (start or end or where):
        return None
    if start and end and start > end:
        start = end = None
    return {"start": start, "end": end, "where": passage(where) or None, "source": "accc"}


def _remedies(action: str) -> tuple[dict[str, Any], ...]:
    options = remedy_options((), action, dollar="AUD")
    if not options:
        return ()
    said = {"regions": ("AU",), "options": options, "text": passage(action)}
    return ({**said, "source": "accc"},)


def _contacts(fields: Fields, address: str) -> Iterator[Any]:
    if found := contact(fields.contact_markup, ("AU",), "accc", address):
        yield found


def _image(root: HtmlElement) -> str | None:
    """Return the picture as it was uploaded; the smaller ones carry a passing token."""
    for node in root.iter("a"):
        if node.find("img") is not None and (address := link(node.get("href") or "", HOME)):
            return address
    return None
