"""Invented recalls in the shape of the CPSC's, with as many identifiers as real ones have."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

SEED = 4
FIRST_YEAR, LAST_DAY = 1973, date(2026, 9, 24)
# (thing, what it does, the hazard's sentence)
_THINGS = (
    ("Space Heaters", "Fire", "The heater can overheat and ignite, posing a fire hazard."),
    ("Power Banks", "Fire and Burn", "The lithium-ion battery can overheat and ignite."),
    ("Bunk Beds", "Fall", "The ladder can break while in use, posing a fall hazard."),
    ("Toy Xylophones", "Choking", "Small parts can come loose, posing a choking hazard."),
    ("Table Saws", "Laceration", "The guard can detach, posing a laceration hazard."),
    ("Dressers", "Tip-Over", "The dressers are unstable if they are not anchored to the wall."),
    ("E-Bikes", "Crash", "The front fork can crack, causing the rider to lose control."),
    ("Pressure Cookers", "Burn", "The lid can open under pressure, posing a burn hazard."),
    ("Baby Loungers", "Suffocation", "The sides are too low to contain an infant."),
    ("Extension Cords", "Shock and Fire", "The cords are undersized, posing a shock hazard."),
    ("Climbing Harnesses", "Fall", "The buckle can slip, posing a risk of death from a fall."),
    ("Candle Sets", "Fire", "The glass can break while the candle burns."),
    ("Backpack Blowers", "Laceration", "The fan wheel can break and eject fragments."),
    ("Pool Drain Covers", "Entrapment", "The covers do not meet the standard, posing a risk."),
    ("Smoke Alarms", "Fire", "The alarm can fail to alert consumers of a fire."),
    ("Coffee Makers", "Burn", "The carafe's handle can detach, spilling hot coffee."),
)
_STARTS = ("Nor", "Vel", "Kra", "Tosh", "Blu", "Zen", "Ara", "Hal", "Mira", "Oka", "Pel", "Quo")
_MIDDLES = ("da", "mi", "ro", "ka", "lu", "ne", "si", "to", "va", "ze", "pi", "go", "ba")
_ENDS = ("n", "x", "tec", "lux", "ware", "line", "home", "kid", "path", "works", "go", "sson")
_COLOURS = ("black", "white", "gray", "red", "navy blue", "green", "pink", "yellow", "natural")
_PLACES = ("bottom", "back", "front", "side", "label", "rear panel", "packaging", "base")
_SHOPS = ("Amazon", "Walmart", "Target", "Costco", "Home Depot", "Lowe’s", "Best Buy", "Temu")
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August",
           "September", "October", "November", "December")  # fmt: skip
_ASIDES = (
    "They are made of metal and molded plastic, and come fully assembled in one carton.",
    "Each one has a dial at the top, a display with the time, and a three-prong plug.",
    "Products of the same collection with another design are not part of this recall.",
    "The label also shows the words “Made in China” and the address of the importer.",
    "They are intended for children ages three to nine of up to 100 pounds.",
    "Each carton holds a user manual, a storage bag and a set of spare parts for one year.",
    "They were sold individually and as part of a set with several other products.",
    "The label was sewn in or glued on, depending on the color and the year of production.",
)
_REMEDIES = {
    "Refund": "Consumers should immediately stop using the recalled {thing} and contact {firm} "
    "for a full refund. Consumers will be asked to cut the cord, write “RECALLED” on the "
    "product and send a photo of it to {mail}.",
    "Replace": "Consumers should immediately stop using the recalled {thing} and ask {firm} "
    "for a free replacement. {firm} is contacting all known purchasers directly.",
    "Repair": "Consumers should immediately stop using the recalled {thing} and ask {firm} "
    "for a free repair kit with instructions, including shipping both ways.",
}
_BATTERY = (
    " Note: Do not put this battery into the household waste or in a collection box of a shop. "
    "A battery that was recalled may ignite more easily than others; a collection point for "
    "hazardous waste near you may take it. Call there first and ask whether it does."
)


def recalls(count: int) -> Iterator[dict[str, Any]]:
    """Yield that many recalls, oldest first; the same ones in every run."""
    chance = random.Random(SEED)  # noqa: S311 - invented products
    first = date(FIRST_YEAR, 6, 1).toordinal()
    span = LAST_DAY.toordinal() - first
    for number in range(count):
        # More recalls are published every year, as the CPSC's own numbers have it.
        day = date.fromordinal(first + int(span * (number / count) ** 0.8))
        yield _recall(chance, number, day)


def as_sent(recall: dict[str, Any]) -> bytes:
    """Return the recall as the service sends it."""
    return json.dumps(recall, separators=(",", ":")).encode()


def _recall(chance: random.Random, number: int, day: date) -> dict[str, Any]:
    brand = chance.choice(_STARTS) + chance.choice(_MIDDLES) + chance.choice(_ENDS)
    thing, harm, hazard = chance.choice(_THINGS)
    title = _title(chance, brand, thing, harm)
    option = chance.choice(tuple(_REMEDIES))
    joint = _happens(chance, 0.2)
    return {
        "RecallID": 1000 + number,
        "RecallNumber": f"{day:%y}{number:05}",
        "RecallDate": f"{day}T00:00:00",
        "Description": _description(chance, brand, thing),
        "URL": f"https://www.cpsc.gov/Recalls/{day.year}/{number}-{'-'.join(title.split())}",
        "Title": title,
        "ConsumerContact": f"{brand} toll-free at 888-555-{number % 10000:04} from 9 a.m. to "
        f"5 p.m. ET Monday through Friday, email at recall@{brand.lower()}.example, or online "
        f"at https://www.{brand.lower()}.example/recall or www.{brand.lower()}.example and "
        "click on “Recall” at the top of the page for more information.",
        "LastPublishDate": f"{day + timedelta(days=chance.choice((0, 0, 0, 1, 7)))}T00:00:00",
        "Products": [_product(chance, brand, thing, joint=joint)],
        "Inconjunctions": [{"URL": _neighbour(number)}] if joint else [],
        "Images": list(_images(chance, brand, thing, number)),
        "Injuries": [{"Name": _injuries(chance, brand)}],
        "Manufacturers": [{"Name": f"{brand} Inc., of China", "CompanyID": ""}],
        "Retailers": [{"Name": _sold(chance, day), "CompanyID": ""}],
        "Importers": [{"Name": f"{brand} LLC, of Ontario, Calif.", "CompanyID": ""}],
        "Distributors": [],
        "SoldAtLabel": None,
        "ManufacturerCountries": [{"Country": "China"}],
        "ProductUPCs": [{"UPC": _digits(chance, 12)}] if _happens(chance, 0.05) else [],
        "Hazards": [{"Name": hazard, "HazardType": "", "HazardTypeID": ""}],
        "Remedies": [{"Name": _remedy(option, brand, thing)}],
        "RemedyOptions": [{"Option": option}],
    }


def _happens(chance: random.Random, share: float) -> bool:
    return chance.random() < share


def _title(chance: random.Random, brand: str, thing: str, harm: str) -> str:
    verb = "Expands Recall of" if _happens(chance, 0.02) else "Recalls"
    active = f"{brand} {verb} {thing} Due to {harm} Hazard"
    passive = f"{brand} {thing} Recalled Due to Risk of Serious Injury from {harm} Hazard"
    seller = f"; Sold Exclusively on {chance.choice(_SHOPS)} by {brand}-US"
    return chance.choice((active, passive)) + (seller if _happens(chance, 0.5) else "")


def _description(chance: random.Random, brand: str, thing: str) -> str:
    plain = thing.lower()
    what = chance.choice((f"{brand} {plain}", f"{brand} branded {plain}", f"all {plain}"))
    where, colours = chance.choice(_PLACES), chance.sample(_COLOURS, 3)
    parts = [
        f"This recall involves {what}.",
        f"They were sold in {colours[0]}, {colours[1]} and {colours[2]}.",
        f"They measure about {chance.randrange(4, 40)} by {chance.randrange(4, 30)} inches.",
        *_identifiers(chance, plain, where),
        f"“{brand}” is printed on the {chance.choice(_PLACES)} of the {plain}.",
        *chance.sample(_ASIDES, chance.choice((0, 1, 2, 3, 4, 6))),
    ]
    if _happens(chance, 0.15):
        parts.append(f"The {plain} have an on&ndash;off switch &amp; a carrying handle.&nbsp;")
    return " ".join(parts) + (_BATTERY if thing == "Power Banks" else "")


def _identifiers(chance: random.Random, plain: str, where: str) -> Iterator[str]:
    """Yield sentences with models, serials, lots and dates, about as often as real ones do."""
    models = [_model(chance) for _ in range(chance.choice((1, 1, 2, 3, 4, 12)))]
    if _happens(chance, 0.55):
        listed = ", ".join(models[:-1]) + (" and " if models[1:] else "") + models[-1]
        yield f"The model number {listed} is printed on the {where} of the {plain}."
    if _happens(chance, 0.12):
        start = chance.randrange(10**8, 9 * 10**8)
        yield (
            f"Only {plain} with serial numbers from {start} through "
            f"{start + chance.randrange(999, 99_999)} are included in this recall."
        )
    if _happens(chance, 0.05):
        year = chance.randrange(15, 25)
        yield f"The recalled {plain} have date codes between 01{year} and 38{year} (WWYY)."
    if _happens(chance, 0.08):
        yield f"Lot number {_model(chance)}-{_digits(chance, 4)} is on the {where}."
    if _happens(chance, 0.08):
        yield f"SKU {_digits(chance, 7)} can be found on the receipt."
    if _happens(chance, 0.12):
        begin, end = chance.choice(_MONTHS), chance.choice(_MONTHS)
        yield f"They were manufactured between {begin} 2019 and {end} 2021."


def _model(chance: random.Random) -> str:
    letters = "".join(chance.choices(_LETTERS, k=chance.choice((1, 2, 3))))
    return f"{letters}{chance.randrange(100, 99_999)}{chance.choice(('', 'A', 'X', '-2'))}"


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choices("0123456789", k=count))


def _product(
    chance: random.Random, brand: str, thing: str, *, joint: bool
) -> dict[str, object]:
    units = f"About {chance.randrange(200, 90_000):,}"
    if joint:
        units += f" (In addition, about {chance.randrange(20, 9_000):,} were sold in Canada)"
    name = f"{brand} {thing}"
    blank = dict.fromkeys(("Description", "Model", "Type", "CategoryID"), "")
    return {"Name": name, **blank, "NumberOfUnits": units}


def _neighbour(number: int) -> str:
    return f"https://recalls-rappels.canada.ca/en/alert-recall/invented-recall-{number}"


def _images(
    chance: random.Random, brand: str, thing: str, number: int
) -> Iterator[dict[str, str]]:
    for view in range(chance.choice((1, 2, 2, 3, 4, 5))):
        url = f"https://www.cpsc.gov/s3fs-public/{brand}-{number}-{view}.png"
        yield {"URL": url, "Caption": f"Recalled {brand} {thing}, view {view + 1}"}


def _injuries(chance: random.Random, brand: str) -> str:
    if _happens(chance, 0.6):
        return "None reported"
    reports, hurt = chance.randrange(2, 90), chance.randrange(1, 9)
    return f"{brand} has received {reports} reports of incidents, including {hurt} injuries."


def _sold(chance: random.Random, day: date) -> str:
    shops = " and ".join(chance.sample(_SHOPS, 2))
    begin, end = chance.choice(_MONTHS), chance.choice(_MONTHS)
    low = chance.randrange(10, 400)
    return (
        f"{shops} stores nationwide and online at www.example.com from {begin} {day.year - 3} "
        f"through {end} {day.year - 1} for between ${low} and ${low + 30}."
    )


def _remedy(option: str, brand: str, thing: str) -> str:
    mail = f"recall@{brand.lower()}.example"
    return _REMEDIES[option].format(thing=thing.lower(), firm=brand, mail=mail)
