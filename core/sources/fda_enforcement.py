"""The FDA's enforcement reports: one product of a recall, as openFDA and as iRES give it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any

from core.model.recall import HazardKind, Notice, State
from core.sources.brands import firm
from core.sources.contract import RecordUnreadable, SourceUnavailable
from core.sources.drafts.draft import draft
from core.sources.fda_press import AUTHORITY, FOOD, HOME, OTHER, SOURCE
from core.sources.fields import notice
from core.sources.normalise import (
    brands,
    category,
    clean,
    hazards,
    hazards_of,
    line,
    notice_id,
    passage,
    published,
    regions,
    unit_counts,
)

PAGE = "https://www.accessdata.fda.gov/scripts/ires/index.cfm?Event="
OVERVIEW = "https://www.accessdata.fda.gov/scripts/ires/index.cfm"
SUCCESS = 400  # what iRES says instead of 200
DAYS = ("%Y%m%d", "%m/%d/%Y")
CLOSED = "terminated"
_CLASSES = {"1": "Class I", "2": "Class II", "3": "Class III", "nc": "Not Yet Classified"}
_CATEGORIES = {
    "devices": "medical-device",
    "drugs": "drug",
    "cosmetics": "cosmetics",
    "tobacco": "e-cigarette",
    "veterinary": "pet-food",
}
_EATEN = frozenset(
    {FOOD, "meat", "seafood", "drink", "dietary-supplement", "baby-food", "infant-formula"}
)
_LABELLED = r"(?im)^\s*(?:{}) ?:\s*(?P<said>[^\n]+?)\s*$"
_BRAND_NAME = re.compile(_LABELLED.format("brand name"))
_PRODUCT_NAME = re.compile(_LABELLED.format("product name"))
_BRANDED = re.compile(
    r"(?:^|(?<=[^\w.]))(?P<said>[A-Z0-9][\w.&'’+!-]*(?: [A-Z&][\w.&'’+!-]*){0,4})"
    r" [Bb]rand(?:ed)?\b"
)
_BRAND_IS = re.compile(r"\bbrand name (?P<said>[A-Z][\w&'’-]*(?: [A-Z][\w&'’-]*){0,3})")
# "1) Always Save", and below it what is sold under that brand.
_BRAND_LISTED = re.compile(r"^\d{1,2}\) ?(?P<said>[A-Z][^\d\n,;:]{2,40})$", re.MULTILINE)
_AFTER_NAME = re.compile(
    r"\s*(?:[;\n]|(?<!\bfl)(?<!\boz)(?<!\bno)(?<!\bst)(?<!\bdr)\.\s|,?\s*\b(?:"
    r"net w(?:eigh)?t|upc|ndc|rx only|model(?:/| no| num)|sku|gtin|lot |item (?:no|num|#)|"
    r"distributed by|manufactured (?:by|for)|processed in|packaged (?:in|and)|individually|"
    r"labell?ed as|catalog n|part n|ref \d|keep |ingredients))",
    re.IGNORECASE,
)
_ABOUT_LABEL = re.compile(
    r"^(?:\w+ label\b[^:]*|model numbers?:?|product description:?)$", re.IGNORECASE
)
_LABEL_BEFORE = re.compile(
    r"^(?:[\w ]{0,20}label|brand|product|description|item|model numbers?)\s*:\s*(?=\S)",
    re.IGNORECASE,
)
_AT_END = re.compile(r"[ ,:.]+(?:with)?[ ,:.]*$")
_FEWEST_LETTERS = 3
_COUNTRIES = re.compile(
    r"\b(?:countr(?:y|ies)|international|foreign|outside|abroad)\b", re.IGNORECASE
)
# What a state shares with a country: its two letters, or its name.
_STATE = re.compile(r"\b(?:(?!US\b|UK\b)[A-Z]{2}|Georgia|New Mexico|New Jersey)\b")
# UPCs as they stand on the package: "8 75343 00001 3", "1 00 72714 00215 8".
_SPACED_UPC = re.compile(r"(?<![\d-])(?:\d[ -]\d\d[ -]|\d[ -])\d{5}[ -]\d{5}[ -]\d(?![\d-])")
# What somebody has left in the field instead of a reason.
_PLACEHOLDER = re.compile(r"^(?:x{2,}|n/?a|tbd)\.?$", re.IGNORECASE)
# How many to a case, clearances, post codes after a state, numbers of a list's lines.
_ASIDE = re.compile(
    r"\b(?:\d+ or )?\d+ ?/ ?(?:case|combo|carton|box)\b|(?i:\b510 ?\(k\) numbers?:?[ K\d,;]+)|"
    r"(?<=\b[A-Z]{2})[ ,]+\d{5}(?:-\d{4})?\b|(?:^|(?<=[;:\n]))\s*\d{1,2}[.)]\s+(?=[A-Z])"
)
# "117 US; 950 OUS": so many in the US, so many outside.
_AT_HOME = re.compile(r"(?P<units>\d[\d,]*)\s*(?:units\s*)?US\b")
_ABROAD = re.compile(r"\bOUS\b")


@dataclass(frozen=True, slots=True)
class _Report:
    """One product of a recall in the FDA's words, in whichever shape they came."""

    number: str
    event: str
    product_id: str
    kind: str
    phase: str
    risk_class: str
    firm: str
    described: str
    codes: str
    reason: str
    quantity: str
    where: str
    reported: date | None


def rows_of_openfda(answer: Mapping[str, Any]) -> list[Any]:
    """Return the rows of an answer of openFDA. Raises SourceUnavailable."""
    rows = answer.get("results")
    if not isinstance(rows, list) or not rows:
        raise SourceUnavailable("the answer holds no results")
    return rows


def rows_of_ires(answer: Mapping[str, Any]) -> list[Any]:
    """Return the rows of an answer of iRES. Raises SourceUnavailable."""
    if answer.get("STATUSCODE") != SUCCESS:
        raise SourceUnavailable("iRES refuses: " + _reason(answer.get("MESSAGE")))
    rows = answer.get("RESULT")
    if not isinstance(rows, list) or not rows:
        raise SourceUnavailable("the answer holds no results")
    return rows


def identity(fields: Any, body: bytes) -> str:
    """Return the recall number, before there is one event and product, else a fingerprint."""
    try:
        if number := clean(fields.get("recall_number", fields.get("RECALLNUM"))):
            return number
        event, product = clean(fields.get("RECALLEVENTID")), clean(fields.get("PRODUCTID"))
    except (RecordUnreadable, AttributeError):
        event = product = ""
    if event and product:
        return f"{event}-{product}"
    return f"unnumbered-{blake2b(body, digest_size=8).hexdigest()}"


def read_openfda(fields: Mapping[str, Any], seen: date) -> Notice:
    """Return what a row of openFDA says. Raises RecordUnreadable."""
    said = {name: clean(fields.get(name)) for name in fields if name != "openfda"}
    report = _Report(
        number=said.get("recall_number", ""),
        event=said.get("event_id", ""),
        product_id="",
        kind=said.get("product_type", ""),
        phase=said.get("status", ""),
        risk_class=said.get("classification", ""),
        firm=said.get("recalling_firm", ""),
        described=said.get("product_description", ""),
        codes=_joined(said.get("code_info", ""), said.get("more_code_info", "")),
        reason=said.get("reason_for_recall", ""),
        quantity=said.get("product_quantity", ""),
        where=said.get("distribution_pattern", ""),
        reported=_day(fields, ("report_date", "recall_initiation_date"), seen),
    )
    return _notice(report, seen)


def read_ires(fields: Mapping[str, Any], seen: date) -> Notice:
    """Return what a row of iRES says. Raises RecordUnreadable."""
    said = {name: clean(value) for name, value in fields.items()}
    report = _Report(
        number=said.get("RECALLNUM", ""),
        event=said.get("RECALLEVENTID", ""),
        product_id=said.get("PRODUCTID", ""),
        kind=said.get("PRODUCTTYPESHORT", ""),
        phase=said.get("PHASETXT", ""),
        risk_class=said.get("CENTERCLASSIFICATIONTYPETXT", ""),
        firm=said.get("FIRMLEGALNAM", ""),
        described=said.get("PRODUCTDESCRIPTIONTXT", ""),
        codes=said.get("CODEINFORMATION", ""),
        reason=said.get("PRODUCTSHORTREASONTXT", ""),
        quantity=said.get("PRODUCTDISTRIBUTEDQUANTITY", ""),
        where=said.get("DISTRIBUTIONAREASUMMARYTXT", ""),
        reported=_day(fields, ("ENFORCEMENTREPORTDT", "RECALLINITIATIONDT"), seen),
    )
    return _notice(report, seen)


def _notice(report: _Report, seen: date) -> Notice:
    if not report.described:
        raise RecordUnreadable("it names no product")
    product = _product(report.described)
    reason = "" if _PLACEHOLDER.match(report.reason) else report.reason
    title = passage(": ".join(filter(None, (product, " ".join(reason.split())))))
    hazard = passage(reason or report.described)
    where = _where(report.where)
    return notice(
        id=notice_id(SOURCE, report.number or f"{report.event}-{report.product_id}"),
        authority=AUTHORITY,
        number=line(report.number) or None,
        state=State.CLOSED if report.phase.lower() == CLOSED else State.OPEN,
        published=report.reported,
        brands=brands("", (*_brands(report.described), firm(report.firm)), report.firm),
        product=product,
        title=title,
        category=_category(report, product),
        regions=where,
        units=draft(_identifying(report), product).rule,
        hazard={"kinds": _kinds(reason), "text": hazard, "source": SOURCE},
        sold={"where": passage(report.where), "source": SOURCE} if report.where else None,
        counts=tuple(_counts(report.quantity, where)),
        sources=(_citation(report, title, seen),),
        note=_CLASSES.get(report.risk_class.lower(), line(report.risk_class)) or None,
    )


def _citation(report: _Report, title: str, seen: date) -> dict[str, Any]:
    event = report.event if report.event.isascii() and report.event.isdigit() else ""
    url = f"{PAGE}{event[:20]}" if event else OVERVIEW
    return {"id": SOURCE, "url": url, "kind": "official", "says": title, "seen": seen}


def _where(text: str) -> tuple[str, ...]:
    """Return the US and the countries abroad; before those are named, CA is California."""
    abroad = _COUNTRIES.search(text)
    at = abroad.start() if abroad else len(text)
    home = _STATE.sub(" ", text[:at])
    return tuple(dict.fromkeys((*HOME, *regions(home), *regions(text[at:]))))


def _day(fields: Mapping[str, Any], names: tuple[str, ...], seen: date) -> date | None:
    days = (published(fields.get(name), *DAYS, seen=seen) for name in names)
    return next((day for day in days if day), None)


def _product(described: str) -> str:
    """Return the product's name: as labelled, else the description up to what is no name."""
    if labelled := _PRODUCT_NAME.search(described):
        return line(labelled["said"])
    parts = [part.strip(" ,:") for part in described.split("\n")]
    lines = [part for part in parts if part and not _ABOUT_LABEL.match(part)] or parts
    for part in lines:
        named = _AFTER_NAME.split(_LABEL_BEFORE.sub("", part), maxsplit=1)[0]
        name = _AT_END.sub("", f"{named} ").strip()
        if sum(map(str.isalpha, name)) >= _FEWEST_LETTERS:
            return line(name)
    return line(described)


def _identifying(report: _Report) -> tuple[str, ...]:
    """Return the texts without numbers that identify no unit, each UPC in one piece."""
    texts = (_ASIDE.sub(" ", text) for text in (report.described, report.codes) if text)
    return tuple(_SPACED_UPC.sub(_closed_up, text) for text in texts)


def _closed_up(found: re.Match[str]) -> str:
    return re.sub(r"[ -]", "", found[0])


def _brands(described: str) -> Iterator[str]:
    """Yield the brands a description names: as labelled, before "brand", or one to a line."""
    for pattern in (_BRAND_NAME, _BRANDED, _BRAND_IS):
        if found := pattern.search(described):
            yield line(found["said"])
            return
    yield from (line(found["said"]) for found in _BRAND_LISTED.finditer(described))


def _category(report: _Report, product: str) -> str:
    kind = report.kind.lower()
    found = category(product, report.described)
    if kind == FOOD:
        return found if found in _EATEN else FOOD
    return _CATEGORIES.get(kind, found or OTHER)


def _kinds(reason: str) -> tuple[HazardKind, ...]:
    kinds = hazards(reason)
    return hazards_of(reason, "fda") or kinds if kinds == (HazardKind.OTHER,) else kinds


def _counts(quantity: str, where: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Yield how many units there are, for all the countries where only a total is told."""
    here = _AT_HOME.search(quantity)
    if here and _ABROAD.search(quantity):
        quantity, where = here["units"], HOME
    counts = unit_counts(quantity, where)
    # Several numbers may be a total and its parts: nobody can tell which.
    if len(counts) == 1 and len(re.findall(r"\d[\d,]*", quantity)) == 1:
        yield {"regions": counts[0].regions, "units": counts[0].units, "source": SOURCE}


def _joined(*texts: str) -> str:
    return "\n".join(filter(None, texts))


def _reason(message: object) -> str:
    try:
        return line(clean(message)) or "no reason given"
    except RecordUnreadable:
        return "no reason given"
