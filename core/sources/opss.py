"""UK OPSS: product safety alerts, reports and recalls, by GOV.UK's search and content API.

Unverified: no payload recorded by us; written by the documented shape.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from core.model.recall import Contact, Kind, Notice, State
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
from core.sources.fields import mapping, notice, payload_of, required, texts
from core.sources.http import Fetcher, Site
from core.sources.json_rows import json_object
from core.sources.markup import elsewhere, section, tree
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
from core.sources.opss_table import product_table, summary

HOME = "https://www.gov.uk"
FOLDER = "/product-safety-alerts-reports-recalls/"
SEARCH = f"{HOME}/api/search.json"
CONTENT = f"{HOME}/api/content"
FORMAT = "product_safety_alert_report_recall"
FIELDS = (
    "title,link,public_timestamp,description,product_alert_type,product_category,"
    "product_measure_type,product_recall_alert_date,product_risk_level"
)
AT_ONCE = 200
MOST_FAILURES = 20  # then the service as a whole is down
OVERLAP = timedelta(days=1)  # the search takes whole days
LARGEST = 4 << 20
NOWHERE_ELSE = ("GB",)
_NUMBER = re.compile(r"\s*\(([^()]*\d{4}-\d{4}[^()]*|PSA ?\d+)\)\s*$", re.IGNORECASE)
_PREFIX = re.compile(
    r"^(?:product|important)? ?(?:safety )?(?:recall|report|alert)s?: *", re.IGNORECASE
)
_SELLER = re.compile(
    r"\s+(?:sold|listed|available) (?:by|via|on|at|through|in|from) (.+)$", re.IGNORECASE
)
_NOTIFIED = re.compile(r"PSD notification number: *(\d{4}-\d{4}[a-z]?)", re.IGNORECASE)
_SLUG_KIND = re.compile(r"^product-(?:safety-)?(?:recall|report|alert)-")


class Opss:
    """The recalls, reports and alerts of the Office for Product Safety and Standards."""

    name = "opss"
    verified = False
    authority = Authority(
        name="UK Office for Product Safety and Standards",
        regions=NOWHERE_ELSE,
        homepage=f"{HOME}{FOLDER.rstrip('/')}",
        licence="Open Government Licence v3.0",
        licence_url=(
            "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
        ),
        attribution=(
            "Contains public sector information licensed under the "
            "Open Government Licence v3.0."
        ),
    )
    # Small edits do not move the time that the search knows, so all is read again monthly.
    cadence = Cadence(every=3 * HOUR, reread=timedelta(days=30))

    def __init__(self, fetcher: Fetcher, base_url: str | None = None) -> None:
        """Ask through this fetcher; with a `base_url` every address lies there instead."""
        self._fetcher = fetcher
        self._site = Site(frozenset({"www.gov.uk"}), base_url)

    async def fetch(self, since: datetime | None) -> AsyncIterator[RawRecord]:
        """Yield what was published or changed since then, everything where None.

        A notice whose page fails is left for the next time, and said at the end.
        """
        failed: list[str] = []
        async for hit in self._hits(since):
            try:
                yield await self._content(hit)
            except SourceUnavailable as error:
                failed.append(str(error))
                if len(failed) >= MOST_FAILURES:
                    break
        if failed:
            raise SourceUnavailable(f"{len(failed)} notices not read, the first: {failed[0]}")

    async def _hits(self, since: datetime | None) -> AsyncIterator[Any]:
        start, total = 0, 1
        while start < total:
            page = await self._fetcher.get(
                self._site.address(SEARCH),
                hosts=self._site.allowed,
                largest=LARGEST,
                params=_question(since, start),
            )
            found = payload_of(page.body)
            for hit in _results(found):
                yield hit
            total = _total(found, start)
            start += AT_ONCE

    async def _content(self, hit: Any) -> RawRecord:
        page = await self._fetcher.get(
            self._site.address(f"{CONTENT}{_path(hit)}"),
            hosts=self._site.allowed,
            largest=LARGEST,
        )
        for record in self.split(page.body, page.url, page.at):
            return record
        raise SourceUnavailable(f"{_path(hit)} holds no notice")

    def split(self, payload: bytes, url: str, at: datetime) -> Iterator[RawRecord]:
        """Yield the notice of a content item, or every hit of a page of the search; pure."""
        found = payload_of(payload)
        if not isinstance(found, dict):
            raise SourceUnavailable("GOV.UK answered no JSON object")
        if "results" in found:
            blank = RawRecord(self.name, "", "search", b"", url, at)
            for hit in _results(found):
                yield replace(blank, key=_key(hit), body=json.dumps(hit).encode())
        elif found.get("base_path"):
            yield RawRecord(self.name, _key(found), "content", payload, url, at)
        else:
            raise SourceUnavailable("GOV.UK answered neither a content item nor a search")

    def parse(self, record: RawRecord) -> Notice:
        """Return what one notice says; pure. Raises RecordUnreadable and nothing else."""
        item = json_object(record.body)
        if record.format == "search":
            item = _as_content(item)
        return _notice(item, record)


def _question(since: datetime | None, start: int) -> dict[str, str | int]:
    question: dict[str, str | int] = {
        "filter_format": FORMAT,
        "order": "-public_timestamp",
        "count": AT_ONCE,
        "start": start,
        "fields": FIELDS,
    }
    if since:
        question["filter_public_timestamp"] = f"from:{(since - OVERLAP).date().isoformat()}"
    return question


def _results(page: object) -> list[Any]:
    hits = page.get("results") if isinstance(page, dict) else None
    if not isinstance(hits, list):
        raise SourceUnavailable("GOV.UK's search answered no list of results")
    return hits


def _total(page: Mapping[str, Any], start: int) -> int:
    total = page.get("total")
    if not isinstance(total, int) or isinstance(total, bool):
        raise SourceUnavailable("GOV.UK's search does not say how many there are")
    if start < total and not page["results"]:
        raise SourceUnavailable(f"GOV.UK's search ends at {start} of {total}")
    return total


def _path(item: Any) -> str:
    path = (item.get("base_path") or item.get("link")) if isinstance(item, dict) else None
    if not isinstance(path, str) or not path.startswith(FOLDER):
        raise SourceUnavailable(f"a result outside {FOLDER}")
    return path


def _key(item: Any) -> str:
    """Return the end of the notice's path, which GOV.UK keeps when it changes the title."""
    fields = item if isinstance(item, dict) else {}
    for name in ("base_path", "link", "title"):
        if isinstance(value := fields.get(name), str) and value:
            return value.removeprefix(FOLDER)
    return "unnamed"


def _as_content(hit: Mapping[str, Any]) -> dict[str, Any]:
    """Return a hit of the search as the content item it stands for, without its body."""
    metadata = {name: value for name, value in hit.items() if name.startswith("product_")}
    return {
        "base_path": hit.get("link"),
        "title": hit.get("title"),
        "description": hit.get("description"),
        "first_published_at": hit.get("public_timestamp"),
        "details": {"metadata": metadata},
    }


def _notice(item: Mapping[str, Any], record: RawRecord) -> Notice:
    seen = record.fetched_at.date()
    details = mapping(item.get("details"))
    body = _body(details)
    metadata = mapping(details.get("metadata"))
    title = required(item, "title")
    path = required(item, "base_path")
    if not path.startswith(FOLDER):
        raise RecordUnreadable(f"not a notice: {path:.60}")
    url = f"{HOME}{path}"
    root = tree(body)
    table = product_table(root)
    number = _number(title, body)
    product, seller = _product(title)
    action = section(root, "corrective-action") or summary(root, "Corrective action")
    hazard = section(root, "hazard") or summary(root, "Hazard")
    said = hazard or clean(item.get("description")) or title
    remedies = _remedies(action, metadata)
    return notice(
        id=notice_id("opss", number or _SLUG_KIND.sub("", path.removeprefix(FOLDER))),
        authority=Opss.authority.name,
        number=line(number) if number else None,
        kind=_kind(metadata, title),
        state=State.CLOSED if mapping(item.get("withdrawn_notice")) else State.OPEN,
        published=_day(item, metadata, seen),
        brands=brands(product, table.brands, table.maker),
        product=line(product),
        title=passage(title),
        category=category(product, table.kind, clean(metadata.get("product_category"))),
        regions=NOWHERE_ELSE,
        units=draft((*table.sentences, product), line(product), table.models).rule,
        hazard={"kinds": hazards(said), "text": passage(said), "source": "opss"},
        sold={"where": passage(seller), "source": "opss"} if seller else None,
        remedies=remedies,
        contacts=_contacts(body, url),
        linked=elsewhere(root, url),
        sources=(_citation(url, title, seen),),
        note=passage(_note(action if not remedies else "", details)) or None,
    )


def _citation(url: str, title: str, seen: date) -> dict[str, Any]:
    says = passage(title)
    return {"id": "opss", "url": url, "kind": "official", "says": says, "seen": seen}


def _body(details: Mapping[str, Any]) -> str:
    """Return the HTML of the notice; the content API has it as text or as one of several."""
    body = details.get("body")
    if isinstance(body, list):
        kinds = {
            mapping(part).get("content_type"): mapping(part).get("content") for part in body
        }
        body = kinds.get("text/html")
    if body is not None and not isinstance(body, str):
        raise RecordUnreadable(f"text expected as body, got {type(body).__name__}")
    return body or ""


def _number(title: str, body: str) -> str | None:
    found = _NUMBER.search(title) or _NOTIFIED.search(clean(body))
    return " ".join(found[1].split()) if found else None


def _product(title: str) -> tuple[str, str | None]:
    """Return what the notice is about and who sold it, as the title has them."""
    bare = _PREFIX.sub("", _NUMBER.sub("", title)).strip()
    seller = _SELLER.search(bare)
    product = bare[: seller.start()] if seller else bare
    return product or title, seller[1] if seller else None


def _kind(metadata: Mapping[str, Any], title: str) -> Kind:
    """A report may say that goods were stopped at the border: nobody has them to return."""
    measures = set(texts(metadata.get("product_measure_type")))
    if "recall-of-product-from-end-users" in measures:
        return Kind.RECALL
    if "withdrawal-of-product-from-market" in measures:
        return Kind.WITHDRAWAL
    called = clean(metadata.get("product_alert_type")) or title.casefold().replace(" ", "-")
    return Kind.RECALL if called.startswith("product-recall") else Kind.ADVISORY


def _day(item: Mapping[str, Any], metadata: Mapping[str, Any], seen: date) -> date | None:
    days = (metadata.get("product_recall_alert_date"), item.get("first_published_at"))
    return next((day for text in days if (day := published(text, seen=seen))), None)


def _remedies(action: str, metadata: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    modified = "modification-programme" in texts(metadata.get("product_measure_type"))
    options = remedy_options((), action) or remedy_options(("Repair",) if modified else ())
    if not (options and action):
        return ()
    said = {"regions": NOWHERE_ELSE, "options": options, "text": passage(action)}
    return ({**said, "source": "opss"},)


def _contacts(body: str, url: str) -> tuple[Contact, ...]:
    _, heading, action = body.partition('id="corrective-action"')
    found = contact(action, NOWHERE_ELSE, "opss", url) if heading else None
    return (found,) if found else ()


def _note(action: str, details: Mapping[str, Any]) -> str:
    """Return what owners are to do where no remedy says it, and what was changed when."""
    history = details.get("change_history") or []
    if not isinstance(history, list):
        raise RecordUnreadable("change_history is no list")
    changes = [
        f"{clean(change.get('public_timestamp'))[:10]}: {clean(change.get('note'))}"
        for change in map(mapping, history)
    ]
    return "\n".join(filter(None, (action, *(changes if len(changes) > 1 else ()))))
