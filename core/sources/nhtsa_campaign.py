"""What one campaign of NHTSA means: vehicles, model years and build dates as a notice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.model.identifier import fold
from core.model.recall import Count, HazardKind, Notice, RemedyKind, RemedyOption
from core.model.rule import And, Attribute, Checker, DateRule, Model, Rule
from core.sources.contract import RecordUnreadable
from core.sources.fields import notice
from core.sources.listed import either
from core.sources.normalise import (
    brands,
    hazards,
    hazards_of,
    line,
    notice_id,
    passage,
    remedy_options,
)
from core.sources.reach import reach

SOURCE = "nhtsa"
AUTHORITY = "U.S. National Highway Traffic Safety Administration"
# Where an owner enters the VIN and learns whether this very vehicle is recalled.
VIN_SEARCH = "https://www.nhtsa.gov/recalls"
HOME = ("US",)
VEHICLE = "V"
CATEGORIES = {VEHICLE: "vehicle", "C": "child-seat"}
PART = "vehicle-part"
LONGEST_MODEL = 100
LONGEST_PART_NUMBER = 40
# A campaign of hundreds of models is told by all its models and all its years instead.
MOST_GROUPS = 40
NAMED = 4
_ACRONYM = 3
_DONE_FREE = re.compile(r"\bdealers? will\b.*\bfree of charge\b", re.IGNORECASE | re.DOTALL)
_RISK = re.compile(r"\brisk (?:of|for) ([^.;]+)", re.IGNORECASE)
_UNTOLD = (HazardKind.OTHER,)
_PARTS = re.compile(r"[,;|]|\s/\s")


@dataclass(frozen=True, slots=True)
class Product:
    """One vehicle or thing of a campaign; `year` is the model year, "" where there is none."""

    make: str
    model: str
    year: str = ""
    built_from: date | None = None
    built_to: date | None = None
    part_number: str = ""


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign in NHTSA's words; `kind` is V, E, C or T, `units` what may be affected."""

    number: str
    kind: str
    maker: str
    subject: str
    components: tuple[str, ...]
    products: tuple[Product, ...]
    received: date | None
    units: int | None
    defect: str
    consequence: str
    remedy: str
    advisories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Limits:
    """What narrows a model: its years, and the days between which it was built."""

    years: tuple[str, ...]
    built_from: date | None
    built_to: date | None


def notice_of(campaign: Campaign, seen: date) -> Notice:
    """Return the notice of a campaign. Raises RecordUnreadable."""
    product = _name(campaign)
    title = passage(f"{product}: {_matter(campaign)}")
    vehicle = campaign.kind == VEHICLE
    return notice(
        id=notice_id(SOURCE, campaign.number),
        authority=AUTHORITY,
        number=line(campaign.number),
        published=campaign.received,
        brands=brands("", _makes(campaign), campaign.maker),
        product=product,
        title=title,
        category=CATEGORIES.get(campaign.kind, PART),
        regions=HOME,
        units=_units(campaign),
        checker=VIN_SEARCH if vehicle else None,
        hazard=_hazard(campaign),
        counts=(Count(regions=HOME, units=campaign.units, source=SOURCE),)
        if campaign.units
        else (),
        remedies=_remedies(campaign.remedy),
        contacts=_contacts(campaign.remedy),
        sources=(_citation(campaign, title, seen),),
        note=passage(campaign.defect) or None,
    )


def _citation(campaign: Campaign, title: str, seen: date) -> dict[str, Any]:
    # Only what may stand in an address: the number is the authority's, yet typed by people.
    number = re.sub(r"[^A-Za-z0-9-]", "", campaign.number)[:20]
    url = f"{VIN_SEARCH}?nhtsaId={number}"
    return {"id": SOURCE, "url": url, "kind": "official", "says": title, "seen": seen}


def _makes(campaign: Campaign) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_cased(product.make) for product in campaign.products))


def _cased(make: str) -> str:
    """Return a make that is written in capitals as people write it; BMW and GMC stay."""
    if not make.isupper():
        return make
    return re.sub(r"[^\W\d_]{4,}", lambda word: word[0].capitalize(), make)


def _name(campaign: Campaign) -> str:
    """Return the product's name: the first few makes and models, and the model years."""
    named = dict.fromkeys(
        " ".join(filter(None, (_cased(product.make), product.model)))
        for product in campaign.products
    )
    models = [name for name in named if name] or [campaign.maker]
    if not models[0]:
        raise RecordUnreadable("neither make nor model nor maker")
    more = ", …" if len(models) > NAMED else ""
    return line(f"{', '.join(models[:NAMED])}{more}{_span(campaign)}")


def _span(campaign: Campaign) -> str:
    years = sorted({product.year for product in campaign.products if product.year})
    if not years:
        return ""
    return f" ({years[0]})" if len(years) == 1 else f" ({years[0]}–{years[-1]})"


def _matter(campaign: Campaign) -> str:
    """Return what it is about: the subject, else the components, else the defect."""
    parts = ", ".join(filter(None, campaign.components)).lower()
    spaced = re.sub(r":(?=\S)", ": ", parts)
    return campaign.subject or spaced or line(campaign.defect or campaign.consequence)


def _hazard(campaign: Campaign) -> dict[str, Any]:
    advice = "".join(f"Consumer advisory: {said}. " for said in campaign.advisories)
    text = campaign.consequence or campaign.defect or _matter(campaign)
    if not text:
        raise RecordUnreadable("it says nothing of what is wrong")
    return {"kinds": _kinds(campaign), "text": passage(f"{advice}{text}"), "source": SOURCE}


def _kinds(campaign: Campaign) -> tuple[HazardKind, ...]:
    """Return what it says there is a risk of, else what the component stands for.

    The words around it tell how it happens ("while the ignition is on"), not what.
    """
    risks = hazards(*_RISK.findall(campaign.consequence))
    if risks != _UNTOLD:
        return risks
    labelled = hazards_of("\n".join(campaign.components), "nhtsa")
    if labelled and labelled != _UNTOLD:
        return labelled
    return hazards(campaign.consequence, campaign.defect)


def _remedies(text: str) -> tuple[dict[str, Any], ...]:
    options = remedy_options((), text)
    if not options and _DONE_FREE.search(text):
        # A repair, whatever it is that the dealers do to the vehicle.
        options = (RemedyOption(kind=RemedyKind.REPAIR),)
    if not options:
        return ()
    return ({"regions": HOME, "options": options, "text": passage(text), "source": SOURCE},)


def _contacts(text: str) -> tuple[dict[str, Any], ...]:
    said = reach(text)
    if not any(said):
        return ()
    return (
        {
            "regions": HOME,
            "phone": said.phone,
            "hours": said.hours,
            "email": said.email,
            "url": said.url,
            "source": SOURCE,
        },
    )


def _units(campaign: Campaign) -> Rule:
    """Return the rule: these models of these years, and of a vehicle only what its VIN says.

    A campaign names "certain" vehicles of a model, so no year and no day ever settles it.
    """
    by_limits: dict[_Limits, list[str]] = {}
    for model, limits in _limits(campaign).items():
        by_limits.setdefault(limits, []).append(model)
    if len(by_limits) > MOST_GROUPS:
        years = tuple(sorted({year for limits in by_limits for year in limits.years}))
        models = [model for group in by_limits.values() for model in group]
        by_limits = {_Limits(years, None, None): models}
    groups = either(_group(models, limits) for limits, models in by_limits.items())
    named = groups or Attribute(op="attr", field="product", any_of=(_name(campaign),))
    if campaign.kind != VEHICLE:
        return named
    return And(op="and", of=(named, Checker(op="checker", needs=("vin",))))


def _limits(campaign: Campaign) -> dict[str, _Limits]:
    """Return what narrows each model; its part numbers stand for a part that is no vehicle."""
    products: dict[str, list[Product]] = {}
    spelt: dict[str, str] = {}
    for product in campaign.products:
        for name in _printed(product, campaign.kind):
            if key := fold(name):
                spelt.setdefault(key, name)
                products.setdefault(key, []).append(product)
    return {spelt[key]: _span_of(found) for key, found in products.items()}


def _printed(product: Product, kind: str) -> Iterator[str]:
    if product.model and len(product.model) <= LONGEST_MODEL:
        yield product.model
    if kind == VEHICLE:
        return
    for part in _PARTS.split(product.part_number):
        if 1 < len(part.strip()) <= LONGEST_PART_NUMBER:
            yield part.strip()


def _span_of(products: Sequence[Product]) -> _Limits:
    years = {product.year for product in products}
    starts = [product.built_from for product in products]
    ends = [product.built_to for product in products]
    start = min((day for day in starts if day), default=None) if all(starts) else None
    end = max((day for day in ends if day), default=None) if all(ends) else None
    if start and end and start > end:
        start = end = None
    return _Limits(tuple(sorted(years)) if all(years) else (), start, end)


def _group(models: Sequence[str], limits: _Limits) -> Rule:
    parts: list[Rule] = [Model(op="model", any_of=tuple(models))]
    if limits.years:
        parts.append(Attribute(op="attr", field="model_year", any_of=limits.years))
    if limits.built_from or limits.built_to:
        start, end = limits.built_from, limits.built_to
        parts.append(DateRule(op="date", field="manufactured", start=start, end=end))
    return And(op="and", of=tuple(parts)) if len(parts) > 1 else parts[0]
