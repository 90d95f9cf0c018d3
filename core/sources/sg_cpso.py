"""Singapore's Consumer Product Safety Office: the lists of notices on the pages of its site."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import date, datetime
from hashlib import blake2b
from typing import Any

from rapidfuzz import fuzz

from core.model.recall import Contact, HazardKind, Kind, Notice
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
from core.sources.fields import mapping, notice, payload_of, required
from core.sources.http import Fetcher, Site
from core.sources.json_rows import json_object
from core.sources.markup import elsewhere, link, plain, tree
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
    sold,
)
from core.sources.sg_cpso_page import Listed, listed, page_of

HOME = "https://www.consumerproductsafety.gov.sg"
REPOSITORY = "isomerpages/enterprisesg-cpso"
# What the public site is made from; the log of changes is there too.
PUBLISHED = "master"
FOLDER = "_consumers/Safety%20alerts%20and%20recalls"
LISTING = f"https://api.github.com/repos/{REPOSITORY}/contents/{FOLDER}"
LARGEST = 4 << 20
CITED = "sg-cpso"
LONGEST_KEY = 60
# Company, what it does, product, and why: "IKEA recalls X due to Y".
_RECALLS = re.compile(
    r"^(?P<who>.+?)(?:['’]s)?\s+(?:(?:voluntarily\s+|is\s+|are\s+|has\s+)*"
    r"(?:recall(?:s|ing|ed)|reannounces recall of|announces (?:a )?(?:voluntary )?recall of"
    r"|issues (?:a )?(?:voluntary )?recall (?:of|for)|expands|replaces"
    r"|calls for voluntary product part replacement of|free replacement programm?e? for"
    r"|voluntary corrective action on))\s+(?P<what>.+)$",
    re.IGNORECASE,
)
_WHY = re.compile(r",?\s+(?:due to|because of|for fear of)\s+(?P<why>.+)$", re.IGNORECASE)
_GROUP = re.compile(r"^(?P<group>[^():]{3,60}):\s+(?P<rest>.+)$")
_SELLER = re.compile(r"\s*\((?P<seller>[^()]*\bseller:[^()]*)\)\s*$", re.IGNORECASE)
_BATCH = re.compile(
    r"^(?:certain|selected|a? ?batch(?:es)? of|the|various|all)\s+", re.IGNORECASE
)
_ASIDE = re.compile(r"\s*\([^()]*\)")
_FORM = re.compile(
    r"(?:[\s,]+(?:inc|ltd|llc|pte|co|corporation|limited|group limited|b\.v|singapore)\b\.?"
    r"|\s*&\s*co\.?$)+$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:date of notice|name of product|product pictures?|sample taken from|safety alert:.*"
    r"|updated on .*)$",
    re.IGNORECASE,
)
_ACTION = re.compile(
    r"\b(?:stop using|consumers|contact|return|advised|visit)\b", re.IGNORECASE
)
# Pages that hold one kind of thing; the others hold several.
_TELLING = frozenset({"Power banks", "Children toys"})
LONGEST_DATE = 20
ALIKE = 85
_WARNS = re.compile(r"\bwarns?\b", re.IGNORECASE)


class SgCpso:
    """The recalls and safety alerts on the pages of Singapore's CPSO."""

    name = "sg_cpso"
    verified = True
    authority = Authority(
        name="Consumer Product Safety Office, Singapore",
        regions=("SG",),
        homepage=f"{HOME}/consumers/safety-alerts-and-recalls/",
        licence="Terms of use of the site; no open licence found",
        licence_url=f"{HOME}/terms-of-use/",
        attribution="Source: Consumer Product Safety Office, Enterprise Singapore.",
    )
    cadence = Cadence(every=12 * HOUR)

    def __init__(self, fetcher: Fetcher, base_url: str | None = None) -> None:
        """Ask through this fetcher; with a `base_url` every address lies there instead."""
        self._fetcher = fetcher
        hosts = frozenset({"api.github.com", "raw.githubusercontent.com"})
        self._site = Site(hosts, base_url)

    async def fetch(self, since: datetime | None) -> AsyncIterator[RawRecord]:  # noqa: ARG002 - pages say not what changed
        """Yield every notice of the pages that changed since they were last stored."""
        listing = await self._fetcher.get(
            self._site.address(LISTING),
            hosts=self._site.allowed,
            largest=LARGEST,
            params={"ref": PUBLISHED},
        )
        for address in _pages(listing.body):
            page = await self._fetcher.get_if_changed(
                self._site.address(address), hosts=self._site.allowed, largest=LARGEST
            )
            if not page.unchanged:
                for record in self.split(page.body, page.url, page.at):
                    yield record

    def split(self, payload: bytes, url: str, at: datetime) -> Iterator[RawRecord]:
        """Yield the notices that one page lists; pure. A page without a list has none."""
        page = page_of(payload)
        for entry in listed(page):
            fields = {"page": dict(page.front), **entry.fields, "lead": entry.lead}
            body = json.dumps(fields, ensure_ascii=False).encode()
            form = "lead" if entry.lead else "row"
            yield RawRecord(self.name, _key(page.front, entry), form, body, url, at)

    def parse(self, record: RawRecord) -> Notice:
        """Return what one notice says; pure. Raises RecordUnreadable and nothing else."""
        fields = json_object(record.body)
        lead = fields.get("lead") or ""
        if not isinstance(lead, str):
            raise RecordUnreadable("lead is no text")
        return _notice(fields, lead, record)


def _pages(body: bytes) -> Iterator[str]:
    files = payload_of(body)
    if not isinstance(files, list) or not all(isinstance(one, dict) for one in files):
        raise SourceUnavailable("the folder of CPSO's pages cannot be listed")
    found = [one.get("download_url") for one in files if str(one.get("name")).endswith(".md")]
    if not found:
        raise SourceUnavailable("the folder of CPSO's pages is empty")
    yield from (address for address in found if isinstance(address, str))


def _key(front: Mapping[str, str], entry: Listed) -> str:
    """Return the name of the notice's paper; it was renamed where "-" became "_"."""
    paper = entry.fields["href"].rpartition("/")[2].removesuffix(".pdf")
    said = paper or f"{front.get('title', '')} {entry.fields['date']} {entry.fields['title']}"
    bare = re.sub(r"%20|[^a-z0-9]+", "-", said.casefold()).strip("-").removesuffix("-updated")
    return bare or "unnamed"


def _short(key: str) -> str:
    """Return a key that stays unlike the others when it is cut."""
    if len(key) <= LONGEST_KEY:
        return key
    return f"{key[:LONGEST_KEY].rstrip('-')}-{blake2b(key.encode(), digest_size=3).hexdigest()}"


def _notice(fields: Mapping[str, Any], lead: str, record: RawRecord) -> Notice:
    seen = record.fetched_at.date()
    front = mapping(fields.get("page"))
    title = " ".join(required(fields, "title").split())
    dated = " ".join(clean(fields.get("date")).split())
    page = link(clean(front.get("permalink")), HOME) or HOME
    url = link(clean(fields.get("href")), HOME) or page
    if url == HOME:
        raise RecordUnreadable("neither the notice nor its page has an address")
    group, who, product, why = _read(title)
    root = tree(lead)
    told = _told(plain(root), title)
    said = _lines(told, _names_hazard) or why or title
    return notice(
        id=notice_id(CITED, _short(record.key)),
        authority=SgCpso.authority.name,
        kind=_kind(clean(fields.get("section")), title),
        published=published(dated.partition("(")[0], seen=seen),
        brands=brands(title, (_company(who),), ""),
        product=line(product),
        title=passage(title),
        image=_image(root),
        category=category(*_kinds_of_product(product, group, clean(front.get("title")))),
        regions=("SG",),
        units=draft((title, told) if told else (title,), line(product)).rule,
        hazard={"kinds": hazards(why, said), "text": passage(said), "source": CITED},
        sold=_sold(title, told),
        remedies=_remedies(told),
        contacts=_contacts(lead, page),
        linked=elsewhere(root, HOME),
        sources=(_citation(url, title, seen),),
        note=passage(dated.partition("(")[2].rstrip(" )")) or None,
    )


def _read(title: str) -> tuple[str, str, str, str]:
    """Return the group, the company, the product and the reason that a title names."""
    rest = _SELLER.sub("", title)
    why = _WHY.search(rest)
    rest = rest[: why.start()] if why else rest
    recalls = _RECALLS.match(rest)
    if recalls:
        product = _BATCH.sub("", recalls["what"].strip(" ‘’'“”\""))
        return "", recalls["who"].strip(), product or rest, why["why"] if why else ""
    group = _GROUP.match(rest)
    product = (group["rest"] if group else rest).strip()
    return (group["group"] if group else ""), "", product or title, why["why"] if why else ""


def _company(who: str) -> str:
    """Return a company's name without its legal form and its branch here."""
    return _FORM.sub("", _ASIDE.sub("", who)).strip(" ,.")


def _kinds_of_product(product: str, group: str, page: str) -> tuple[str, ...]:
    return (page, product) if page in _TELLING else (product, group, page)


def _told(text: str, title: str) -> str:
    """Return what the head of the page tells, without its title, date and empty labels."""
    kept: list[str] = []
    for one in text.splitlines():
        known = published(one) and len(one) <= LONGEST_DATE
        alike = fuzz.ratio(one.casefold(), title.casefold()) >= ALIKE
        if not (known or (alike and not kept) or _LABEL.match(one)):
            kept.append(one)
    return "\n".join(kept)


def _lines(told: str, says: Callable[[str], bool]) -> str:
    return "\n".join(filter(says, told.splitlines()))


def _names_hazard(text: str) -> bool:
    return hazards(text) != (HazardKind.OTHER,)


def _asks(text: str) -> bool:
    return bool(_ACTION.search(text) or remedy_options((), text))


def _kind(section: str, title: str) -> Kind:
    alert = "alert" in section.casefold() or _WARNS.search(title)
    return Kind.ADVISORY if alert else Kind.RECALL


def _citation(url: str, title: str, seen: date) -> dict[str, Any]:
    says = passage(title)
    return {"id": CITED, "url": url, "kind": "official", "says": says, "seen": seen}


def _sold(title: str, told: str) -> dict[str, Any] | None:
    seller = _SELLER.search(title)
    sale = sold(_sales(told))
    where = seller["seller"] if seller else None
    if not (sale.start or sale.end or where):
        return None
    return {"start": sale.start, "end": sale.end, "where": where, "source": CITED}


def _sales(told: str) -> str:
    """Return the sentence about the sale; other dates are of making or of accidents."""
    sentences = re.split(r"(?<=[.!?])\s+|\n", told)
    return next((one for one in sentences if re.search(r"\bsold\b", one)), "")


def _remedies(told: str) -> tuple[dict[str, Any], ...]:
    options = remedy_options((), told, dollar="SGD")
    if not options:
        return ()
    text = passage(_lines(told, _asks) or told)
    return ({"regions": ("SG",), "options": options, "text": text, "source": CITED},)


def _contacts(lead: str, page: str) -> tuple[Contact, ...]:
    found = contact(lead, ("SG",), CITED, page) if lead else None
    return (found,) if found else ()


def _image(root: Any) -> str | None:
    found = (link(node.get("src") or "", HOME) for node in root.iter("img"))
    return next((address for address in found if address), None)
