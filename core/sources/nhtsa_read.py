"""NHTSA's campaigns out of the flat file's rows and of its API's answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from core.sources.contract import RecordUnreadable
from core.sources.dates import published
from core.sources.nhtsa_campaign import Campaign, Product
from core.sources.text import clean

FLAT = "nhtsa-flat-29"
ISSUES = "nhtsa-safety-issues"
LOOKED_UP = "nhtsa-recalls-by-vehicle"
# The columns of RCL.txt (May 2025), counted from 0; new ones are added at the right.
CAMPAIGN, MAKE, MODEL, YEAR = 1, 2, 3, 4
COMPONENT, MAKER, BUILT_FROM, BUILT_TO, KIND, UNITS = 6, 7, 8, 9, 10, 11
RECEIVED, CREATED = 15, 16
DEFECT, CONSEQUENCE, REMEDY = 19, 20, 21
PART_NUMBER, DO_NOT_DRIVE, PARK_OUTSIDE = 26, 27, 28
FEWEST_COLUMNS = 22
NO_YEAR = "9999"
DO_NOT_DRIVE_SAID = "Do Not Drive"
PARK_OUTSIDE_SAID = "Park Outside"
VEHICLE, EQUIPMENT, CHILD_SEAT, TIRE = "V", "E", "C", "T"
_KINDS = {"vehicle": VEHICLE, "equipment": EQUIPMENT, "child seat": CHILD_SEAT, "tire": TIRE}
_EDGES = 2
MOST_DIGITS = 9


def from_rows(body: bytes, seen: date) -> Campaign:
    """Return the campaign these rows of the flat file describe. Raises RecordUnreadable."""
    rows = [row.split("\t") for row in _text(body).split("\n") if row]
    if not rows:
        raise RecordUnreadable("no row")
    if any(len(row) < FEWEST_COLUMNS for row in rows):
        raise RecordUnreadable(f"a row has fewer than {FEWEST_COLUMNS} columns")
    advisories = {DO_NOT_DRIVE_SAID: DO_NOT_DRIVE, PARK_OUTSIDE_SAID: PARK_OUTSIDE}
    return Campaign(
        number=_one(rows, CAMPAIGN),
        kind=_one(rows, KIND),
        maker=_one(rows, MAKER),
        subject="",
        components=_all(rows, COMPONENT),
        products=tuple(_product(row, seen) for row in rows),
        received=published(_one(rows, RECEIVED), seen=seen)
        or published(_one(rows, CREATED), seen=seen),
        units=_number(_all(rows, UNITS)),
        defect=_one(rows, DEFECT),
        consequence=_one(rows, CONSEQUENCE),
        remedy=_one(rows, REMEDY),
        advisories=tuple(
            said
            for said, column in advisories.items()
            if "yes" in {text.lower() for text in _all(rows, column)}
        ),
    )


def from_issue(fields: Mapping[str, Any], seen: date) -> Campaign:
    """Return the campaign in the shape of `safetyIssues`. Raises RecordUnreadable."""
    products = tuple(_listed(fields, "associatedProducts"))
    kinds = [_KINDS.get(clean(product.get("type")).lower(), "") for product in products]
    return Campaign(
        number=clean(fields.get("nhtsaCampaignNumber")),
        kind=next(filter(None, kinds), VEHICLE),
        maker=clean(fields.get("manufacturer")),
        subject=clean(fields.get("subject")),
        components=tuple(clean(one.get("name")) for one in _listed(fields, "components")),
        products=tuple(_associated(product, seen) for product in products),
        received=published(fields.get("reportReceivedDate"), seen=seen),
        units=_number((clean(fields.get("potentialNumberOfUnitsAffected")),)),
        defect=clean(fields.get("summary")),
        consequence=clean(fields.get("consequence")),
        remedy=clean(fields.get("correctiveAction")),
        advisories=(),
    )


def from_look_up(fields: Mapping[str, Any], seen: date) -> Campaign:
    """Return the campaign in the shape of `recallsByVehicle`. Raises RecordUnreadable."""
    flags = {DO_NOT_DRIVE_SAID: "parkIt", PARK_OUTSIDE_SAID: "parkOutSide"}
    vehicle = Product(
        make=clean(fields.get("Make")),
        model=clean(fields.get("Model")),
        year=_year(clean(fields.get("ModelYear"))),
    )
    return Campaign(
        number=clean(fields.get("NHTSACampaignNumber")),
        kind=VEHICLE,
        maker=clean(fields.get("Manufacturer")),
        subject="",
        components=(clean(fields.get("Component")),),
        products=(vehicle,),
        # The day comes first here: "19/10/2023".
        received=published(fields.get("ReportReceivedDate"), "%d/%m/%Y", seen=seen),
        units=None,
        defect=clean(fields.get("Summary")),
        consequence=clean(fields.get("Consequence")),
        remedy=clean(fields.get("Remedy")),
        advisories=tuple(said for said, name in flags.items() if fields.get(name) is True),
    )


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise RecordUnreadable("the row is not UTF-8") from None


def _all(rows: Sequence[Sequence[str]], column: int) -> tuple[str, ...]:
    """Return what the rows say in a column, each text once, without the empty ones."""
    said = dict.fromkeys(row[column] for row in rows if column < len(row))
    return tuple(text for text in map(clean, said) if text)


def _one(rows: Sequence[Sequence[str]], column: int) -> str:
    return next(iter(_all(rows, column)), "")


def _product(row: Sequence[str], seen: date) -> Product:
    parts = clean(row[PART_NUMBER]) if len(row) > PART_NUMBER else ""
    return Product(
        make=clean(row[MAKE]),
        model=clean(row[MODEL]),
        year=_year(row[YEAR]),
        built_from=published(row[BUILT_FROM], seen=seen),
        built_to=published(row[BUILT_TO], seen=seen),
        part_number=parts,
    )


def _associated(fields: Mapping[str, Any], seen: date) -> Product:
    built = [
        published(part, seen=seen) for part in clean(fields.get("productionDates")).split(" - ")
    ]
    start, end = built if len(built) == _EDGES else (None, None)
    return Product(
        make=clean(fields.get("productMake")),
        model=clean(fields.get("productModel")),
        year=_year(clean(fields.get("productYear"))),
        built_from=start,
        built_to=end,
    )


def _year(text: str) -> str:
    """Return a model year, "" where it is unknown or none."""
    bare = text.strip()
    return bare if len(bare) == len(NO_YEAR) and bare.isdecimal() and bare != NO_YEAR else ""


def _number(texts: Sequence[str]) -> int | None:
    """Return the count that all rows agree on."""
    counts = {
        int(text)
        for text in texts
        if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    }
    return counts.pop() or None if len(counts) == 1 else None


def _listed(fields: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    rows = fields.get(name)
    if rows is None:
        return
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RecordUnreadable(f"{name}: a list of objects expected")
    yield from rows
