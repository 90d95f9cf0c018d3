"""What one record of the CPSC says, as a notice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from core.model.recall import (
    Citation,
    Contact,
    Count,
    Hazard,
    Kind,
    Notice,
    Remedy,
    Said,
    Sold,
    SourceKind,
)
from core.sources.contract import RawRecord, RecordUnreadable
from core.sources.drafts.draft import draft
from core.sources.imprint import where_printed
from core.sources.json_rows import json_object, unreadable, values
from core.sources.normalise import (
    brands,
    category,
    clean,
    hazards,
    line,
    notice_id,
    passage,
    plausible,
    published,
    remedy_options,
    sold,
    unit_counts,
)
from core.sources.reach import link, reach

NAME = "cpsc"
AUTHORITY = "U.S. Consumer Product Safety Commission"
RECALLS = "https://www.cpsc.gov/Recalls"
HOME = ("US",)
FOREIGN_REMEDY = (
    "The record of the CPSC gives the remedy of another product here, so none is repeated; "
    "the official page says which one holds."
)
FOREIGN_HAZARD = (
    "The record of the CPSC gives the hazard of another product here, so the title's is given; "
    "the official page says what can happen."
)
FOREIGN_SALE = (
    "The record of the CPSC says here when and where another product was sold, so that is not "
    "repeated; the official page may say it."
)
# "Refund", "New Instructions"; what is longer is a sentence that slipped into the wrong field.
LONGEST_LABEL = 40
_NOTHING = re.compile(
    r"(?:none(?: (?:were |have been )?reported)?(?: to date)?|n/?a)\W*", re.IGNORECASE
)
_DISPOSAL = re.compile(
    r"(?:note: ?)?do not (?:throw|put|dispose of|discard)[^.]{0,60}\bbatter.*",
    re.IGNORECASE | re.DOTALL,
)
_WARNING = re.compile(r"\s*(?:CPSC|commission)\b.{0,40}\bwarns?\b", re.IGNORECASE)
# Joint notices point to the page of the other country's authority.
_NEIGHBOURS = {".gc.ca": "CA", "canada.ca": "CA", "healthycanadians": "CA", ".gob.mx": "MX"}


@dataclass(frozen=True, slots=True)
class _Wording:
    """The hazard, the remedy and the remedy's labels, each where it belongs."""

    hazard: str
    remedy: str
    labels: tuple[str, ...]


def read_recall(record: RawRecord) -> Notice:
    """Return what the record says. Raises RecordUnreadable."""
    fields = json_object(record.body)
    if str(fields.get("RecallID")) == "0":
        raise RecordUnreadable("an error message of the service, not a recall")
    try:
        return _notice(fields, record.fetched_at.date())
    except ValidationError as error:  # pragma: no cover - a fuse: every field is made to fit
        raise unreadable(error) from None


def _notice(fields: Mapping[str, Any], seen: date) -> Notice:
    title = clean(fields.get("Title"))
    names = tuple(dict.fromkeys(values(fields, "Products", "Name")))
    product = line("; ".join(names) or title)
    if not product:
        raise RecordUnreadable("neither a title nor a product")
    text, maker = clean(fields.get("Description")), _maker(fields)
    about = " ".join((product, title, text, maker))
    models = values(fields, "Products", "Model")
    return Notice(
        authority=AUTHORITY,
        kind=Kind.ADVISORY if _WARNING.match(title) else Kind.RECALL,
        published=published(fields.get("RecallDate"), seen=seen),
        brands=brands(title, (), maker),
        product=product,
        title=passage(title) or None,
        image=next(iter(_links(fields, "Images")), None),
        names=tuple(line(name) for name in names) if len(names) > 1 else (),
        category=category(product, title),
        units=draft(_identifying(fields, text, title), product, models).rule,
        find_it=_find_it(text),
        disposal=_disposal(text),
        sources=(_citation(fields, title or product, seen),),
        **_numbered(clean(fields.get("RecallNumber"))),
        **_places(fields),
        **_facts(fields),
        **_plausible(fields, title, about),
    )


def _plausible(fields: Mapping[str, Any], title: str, about: str) -> dict[str, Any]:
    """Return hazard, remedy and sale as far as they can be about this product."""
    found = (_hazard(fields, title, about), _remedy(fields, about), _sold(fields, about))
    facts = {name: fact for one in found for name, fact in one.items()}
    notes = [one["note"] for one in found if "note" in one]
    return facts | ({"note": " ".join(notes)} if notes else {})


def _numbered(number: str) -> dict[str, Any]:
    # The service writes 26135, the site 26-135.
    return {"id": notice_id(NAME, number.replace("-", "")), "number": line(number)}


def _citation(fields: Mapping[str, Any], says: str, seen: date) -> Citation:
    page = link(clean(fields.get("URL"))) or RECALLS
    return Citation(id=NAME, url=page, kind=SourceKind.OFFICIAL, says=passage(says), seen=seen)


def _places(fields: Mapping[str, Any]) -> dict[str, Any]:
    linked = _links(fields, "Inconjunctions")
    counts = tuple(_counts(fields))
    return {"linked": linked, "counts": counts, "regions": _regions(linked, counts)}


def _facts(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "contacts": tuple(_contacts(fields)),
        "incidents": _incidents(fields),
    }


def _hazard(fields: Mapping[str, Any], title: str, about: str) -> dict[str, Any]:
    """Return the hazard, the title's where the text cannot be about this product."""
    said = _wording(fields).hazard
    foreign = bool(said) and not plausible(about, said)
    told = said if said and not foreign else title
    kinds, text = hazards(told, title), passage(told) or "Not stated."
    found = {"hazard": Hazard(kinds=kinds, text=text, source=NAME)}
    return found | ({"note": FOREIGN_HAZARD} if foreign else {})


def _remedy(fields: Mapping[str, Any], about: str) -> dict[str, Any]:
    """Return the remedy where there is one and it can be about this product."""
    wording = _wording(fields)
    if wording.remedy and not plausible(about, wording.remedy):
        return {"note": FOREIGN_REMEDY}
    options = remedy_options(wording.labels, wording.remedy)
    if not (wording.remedy and options):
        return {}
    text = passage(wording.remedy)
    return {"remedies": (Remedy(regions=HOME, options=options, text=text, source=NAME),)}


def _wording(fields: Mapping[str, Any]) -> _Wording:
    hazard = values(fields, "Hazards", "Name")
    remedy = values(fields, "Remedies", "Name")
    options = values(fields, "RemedyOptions", "Option")
    labels = tuple(option for option in options if len(option) <= LONGEST_LABEL)
    slipped = tuple(option for option in options if len(option) > LONGEST_LABEL)
    if slipped and not hazard:
        # 25326: everything is one field too far on.
        hazard, remedy = remedy, slipped
    return _Wording(" ".join(hazard), " ".join(remedy), labels)


def _maker(fields: Mapping[str, Any]) -> str:
    roles = ("Manufacturers", "Importers", "Distributors")
    names = (name for role in roles for name in values(fields, role, "Name"))
    return next(names, "")


def _identifying(fields: Mapping[str, Any], text: str, title: str) -> tuple[str, ...]:
    numbers = values(fields, "ProductUPCs", "UPC")
    listed = (f"UPC: {', '.join(dict.fromkeys(numbers))}.",) if numbers else ()
    return tuple(part for part in (text, *listed, title) if part)


def _links(fields: Mapping[str, Any], name: str) -> tuple[str, ...]:
    urls = (link(url) for url in values(fields, name, "URL"))
    return tuple(dict.fromkeys(url for url in urls if url))


def _counts(fields: Mapping[str, Any]) -> Iterator[Count]:
    text = "\n".join(values(fields, "Products", "NumberOfUnits"))
    for where, units in unit_counts(text, HOME):
        yield Count(regions=where, units=units, source=NAME)


def _regions(linked: tuple[str, ...], counts: tuple[Count, ...]) -> tuple[str, ...]:
    joint = (
        code for url in linked for part, code in _NEIGHBOURS.items() if part in url.lower()
    )
    counted = (code for count in counts for code in count.regions)
    return tuple(dict.fromkeys((*HOME, *joint, *counted)))


def _sold(fields: Mapping[str, Any], about: str) -> dict[str, Any]:
    """Return when and where it was sold, where that can be about this product."""
    text = " ".join(values(fields, "Retailers", "Name"))
    if not plausible(about, text):
        return {"note": FOREIGN_SALE}
    said = sold(text)
    if not any(said):
        return {}
    where = passage(said.where) if said.where else None
    price = line(said.price) if said.price else None
    return {"sold": Sold(start=said.start, end=said.end, where=where, price=price, source=NAME)}


def _contacts(fields: Mapping[str, Any]) -> Iterator[Contact]:
    said = reach(clean(fields.get("ConsumerContact")))
    if any(said):
        yield Contact(
            regions=HOME,
            phone=said.phone,
            hours=said.hours,
            email=said.email,
            url=said.url,
            source=NAME,
        )


def _incidents(fields: Mapping[str, Any]) -> Said | None:
    told = " ".join(
        text for text in values(fields, "Injuries", "Name") if not _NOTHING.fullmatch(text)
    )
    return Said(text=passage(told), source=NAME) if told else None


def _disposal(text: str) -> Said | None:
    found = _DISPOSAL.search(text)
    return Said(text=passage(found[0]), source=NAME) if found else None


def _find_it(text: str) -> Said | None:
    place = where_printed(text)
    return Said(text=place, source=NAME) if place else None
