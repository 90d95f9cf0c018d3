"""What one alert of the EU Safety Gate says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from core.model.recall import Citation, Hazard, HazardKind, Kind, Notice, Sold, SourceKind
from core.model.rule import AllUnits, Rule
from core.sources.contract import RawRecord
from core.sources.drafts.draft import draft
from core.sources.fields import mapping, notice, required, texts
from core.sources.json_rows import json_object
from core.sources.listed import codes, either, every, made_between, models, shop_codes, unparsed
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
)

NAME = "EU Safety Gate"
HOST = "ec.europa.eu"
API = f"https://{HOST}/safety-gate-alerts/public/api"
PAGE = f"https://{HOST}/safety-gate-alerts/screen/webReport/alertDetail"
ID = "safety-gate"
NOT_STATED = "not stated"
EEA = ("AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT",
       "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE", "IS", "LI",
       "NO")  # fmt: skip
_APART = re.compile(r"[,;\n]+")
_NO_LIMIT = re.compile(r"(?i)^(?:all|any|tous|toutes|various|unknown|n/?a|-+)\b.{0,20}$")
_LONGEST_BATCH = 40
_NUMBER = re.compile(r"^[0-9]{1,20}$")


def alert_notice(record: RawRecord) -> Notice:
    """Return what one alert says; raises RecordUnreadable and nothing else."""
    alert = json_object(record.body)
    product = mapping(alert.get("product"))
    reference = required(alert, "reference")
    thing = _thing(product)
    names = tuple(line(brand) for brand in _values(product, "brands", "brand"))
    title = passage(" – ".join([", ".join(names), thing]) if names else thing)
    seen = record.fetched_at.date()
    return notice(
        id=notice_id(ID, reference),
        authority=NAME,
        number=line(reference.upper()),
        kind=_kind(alert),
        published=published(alert.get("publicationDate"), seen=seen),
        brands=brands("", names),
        product=line(thing),
        title=title,
        image=_image(product),
        names=tuple(line(name) for name in _names(product)),
        category=category(thing, _label(product.get("productCategory"))),
        regions=_regions(alert),
        units=_units(alert, thing),
        hazard=_hazard(mapping(alert.get("risk"))),
        sold=_sold(alert),
        linked=tuple(_company_pages(alert)),
        sources=(_citation(alert, title, seen),),
        note=_note(alert),
    )


def _values(part: Mapping[str, Any], name: str, key: str) -> list[str]:
    """Return the texts at `key` of a list of objects, without the empty ones."""
    rows = part.get(name)
    found = [mapping(row).get(key) for row in rows] if isinstance(rows, list) else []
    return [text for one in found for text in texts(one)]


def _version(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the English text of a part, else the first there is."""
    rows = part.get("versions")
    versions = [mapping(row) for row in rows] if isinstance(rows, list) else []
    english = (one for one in versions if mapping(one.get("language")).get("key") == "EN")
    return next(english, versions[0] if versions else {})


def _label(part: object) -> str:
    return clean(mapping(part).get("name")).replace("_", " ").lower()


def _names(product: Mapping[str, Any]) -> list[str]:
    said = [clean(product.get("nameSpecific")), clean(_version(product).get("name"))]
    said.append(clean(product.get("name")))
    return list(dict.fromkeys(name for name in said if name))


def _thing(product: Mapping[str, Any]) -> str:
    kind = clean(_version(product).get("name")) or clean(product.get("name"))
    specific = clean(product.get("nameSpecific"))
    if kind.casefold() == specific.casefold():
        specific = ""
    said = " – ".join(part for part in (kind, specific) if part)
    return said or _label(product.get("productCategory")) or "unnamed product"


def _kind(alert: Mapping[str, Any]) -> Kind:
    rows = mapping(alert.get("measureTaken")).get("measures")
    measures = [
        _label(mapping(row).get("measureCategory"))
        for row in (rows if isinstance(rows, list) else [])
    ]
    if any("recall" in measure for measure in measures):
        return Kind.RECALL
    if not measures or any("warning" in measure for measure in measures):
        return Kind.ADVISORY
    return Kind.WITHDRAWAL


def _regions(alert: Mapping[str, Any]) -> tuple[str, ...]:
    rows = alert.get("reactingCountries")
    reacting = [mapping(row).get("country") for row in rows] if isinstance(rows, list) else []
    codes_ = [clean(mapping(one).get("key")) for one in (alert.get("country"), *reacting)]
    named = regions([code for code in codes_ if code])
    return tuple(sorted({*EEA, *named}))


def _units(alert: Mapping[str, Any], thing: str) -> Rule:
    product = mapping(alert.get("product"))
    said = _split(_values(product, "modelTypes", "modelType"))
    # e1*98/14*0028 is what a kind of vehicle is approved under; nobody calls a car that.
    listed = models(one for one in said if "*" not in one)
    specific = clean(product.get("nameSpecific"))
    description = clean(_version(product).get("description"))
    shops = alert.get("onlineTraderProductIdentifierReference")
    sold_as = {"shops": shops} if isinstance(shops, list) else {}
    identity = either(
        [
            listed or draft((specific, description), thing).rule,
            codes("type_approval", (one for one in said if "*" in one)),
            shop_codes(_values(product, "barcodes", "barcode")),
            shop_codes(_values(sold_as, "shops", "uniqueProductIdentifier")),
        ]
    )
    batches = _batches(_values(product, "batchNumbers", "batchNumber"))
    return every([identity, batches]) or AllUnits(op="all_units")


def _split(listed: list[str]) -> list[str]:
    parts = [part.strip() for text in listed for part in _APART.split(text)]
    return [part for part in parts if part]


def _batches(listed: list[str]) -> Rule | None:
    if not listed or any(_NO_LIMIT.match(text) for text in listed):
        return None
    return either(made_between(text) or _numbers(text) for text in listed)


def _numbers(text: str) -> Rule | None:
    parts = _split([text])
    if all(len(part) <= _LONGEST_BATCH and _has_digit(part) for part in parts):
        return codes("batch", parts)
    return unparsed(text)


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _hazard(risk: Mapping[str, Any]) -> Hazard:
    rows = risk.get("riskType")
    labels = [_label(row) for row in rows] if isinstance(rows, list) else []
    version = _version(risk)
    said = clean(version.get("riskDescription")) or clean(version.get("riskTypeOther"))
    kinds = hazards_of("; ".join(labels), "safety_gate")
    if set(kinds) <= {HazardKind.OTHER}:
        kinds = hazards(said)
    text = said or ", ".join(labels) or NOT_STATED
    return Hazard(kinds=kinds, text=passage(text), source=ID)


def _sold(alert: Mapping[str, Any]) -> Sold | None:
    trade = mapping(alert.get("traceability"))
    trader = trade.get("onlineTrader")
    said = _label(trader) if isinstance(trader, Mapping) else clean(trader)
    return Sold(where=passage(said), source=ID) if said else None


def _company_pages(alert: Mapping[str, Any]) -> Iterator[str]:
    for link in _values(mapping(alert.get("measureTaken")), "companyRecalls", "link"):
        if re.fullmatch(r"https?://[^ ]{1,480}", link):
            yield link


def _image(product: Mapping[str, Any]) -> str | None:
    rows = product.get("photos")
    photos = [mapping(row) for row in rows] if isinstance(rows, list) else []
    first = next((one for one in photos if one.get("mainPicture") is True), None)
    number = clean((first or (photos[0] if photos else {})).get("id"))
    return f"{API}/notification/image/{number}" if _NUMBER.match(number) else None


def _citation(alert: Mapping[str, Any], title: str, seen: date) -> Citation:
    number = clean(alert.get("id"))
    url = (
        f"{PAGE}/{number}?lang=en"
        if _NUMBER.match(number)
        else f"https://{HOST}/safety-gate-alerts"
    )
    return Citation(id=ID, url=url, kind=SourceKind.OFFICIAL, says=title, seen=seen)


def _note(alert: Mapping[str, Any]) -> str | None:
    """Return what the alert says of its own correction, and measures that have no name.

    The weekly report's corrigendum speaks of other alerts; it is left out.
    """
    rows = mapping(alert.get("measureTaken")).get("measures")
    measures = [_version(mapping(row)) for row in rows] if isinstance(rows, list) else []
    said = [clean(alert.get("corrigendum"))]
    said += [clean(one.get("measureCategoryOther")) for one in measures]
    return passage("\n".join(one for one in said if one)) or None
