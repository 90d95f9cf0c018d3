"""The JSON Schema of a catalogue file, so that a contributor's editor knows every field."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from core.catalogue.file import CatalogueFile

_NOTICE = {
    "id": "Stays for ever; lower case: maker, model, country, year and month.",
    "authority": "Who published it, as they call themselves.",
    "number": "The authority's own number.",
    "kind": "recall (back from people), withdrawal (out of the shops) or advisory (a warning).",
    "state": "open, closed or retracted.",
    "published": "The day it was published; null where no source says it.",
    "brands": "Every brand the units carry, the main one first.",
    "product": "What the product is called on its box, without reassuring words.",
    "title": "The heading of the notice, as published; feeds have one.",
    "image": "A picture of the product on the authority's site.",
    "names": "Names people use for it: two words or more, or distinctive.",
    "category": "power-bank, speaker, laptop, phone, lamp, … in lower case.",
    "regions": "Countries it holds in, ISO 3166 alpha-2, or WORLD.",
    "units": "Which units are recalled: one rule.",
    "complete": "true only where a primary source states the whole rule: it may then exclude.",
    "checker": "The https page where the maker checks a code.",
    "find_it": "Where on the unit model and codes are printed.",
    "hazard": "What can hurt.",
    "incidents": "What had happened by the day of the notice.",
    "sold": "When, where and for how much it was sold.",
    "counts": "How many units, by country.",
    "remedies": "What owners get, by country; of several the newest `since` stands.",
    "contacts": "Whom owners ask, by country.",
    "disposal": "What to do with the old unit.",
    "expands": "Ids of the recalls that this one widens.",
    "linked": "Pages of the same event from other authorities.",
    "sources": "Every page a fact was read on, primary ones first.",
    "examples": "Units and the verdict each must get; they run whenever the file is loaded.",
    "note": "For reviewers: what is uncertain, and why.",
}
_SOURCE = {"source": "Id of the entry in `sources` that says so."}
_RULES = {
    "op": "The kind of rule.",
    "any_of": "The values as printed; any one of them fits.",
    "match": "exact, variants (up to four characters more) or prefix (any tail).",
    "field": "What is compared: serial, date_code, batch, lot, upc, asin, colour, bought, …",
    "at": "First and last character looked at, from 1, or from -1 at the end.",
    "eq": "The code is one of these.",
    "starts": "The code starts with one of these.",
    "ends": "The code ends with one of these.",
    "contains": "One of these stands somewhere in the code.",
    "between": "Pairs of first and last code, both included.",
    "order": "How `between` is counted: number, shape, date, or opaque (nobody knows).",
    "length": "How many characters a well-formed code has; without it a miss excludes nothing.",
    "shape": "The form of a well-formed code: 9 a digit, A a letter, * either.",
    "date_format": "How a date is printed; weeks are ISO 8601 weeks, DDD the day of the year.",
    "decade": "First year of the decade that a one-digit year belongs to.",
    "years": "What each year letter stands for.",
    "start": "First day, included.",
    "end": "Last day, included.",
    "hard": "true where it is printed on the unit; what people remember excludes nothing.",
    "question": "What to look at, answered with yes or no.",
    "affected_if": "The answer that means recalled.",
    "needs": "What the maker's page asks for.",
    "verbatim": "The wording that no rule could be made of.",
    "rule": "The rule inside.",
    "of": "The rules inside.",
}
_REGIONS = {"regions": "Countries it holds in, ISO 3166 alpha-2, or WORLD."}
FIELDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "CatalogueFile": {
            "$schema": "Where the schema of this file lies, for editors.",
            "makers": "Whose recalls these are.",
            "reviewed": "The day somebody last held the whole file against its sources.",
            "recalls": "The recalls, newest first.",
        },
        "Notice": _NOTICE,
        "Maker": {
            "name": "What the maker is called.",
            "brands": "The brands as printed.",
            "aliases": "The brand in other scripts and usual misspellings.",
            "alphabet": "By code field, every character the maker prints there.",
            "lengths": "By code field, how many characters its codes have.",
            "model_shapes": "Model numbers: 9 a digit, A a letter, others lower case.",
        },
        "Citation": {
            "id": "A short name for this page within the recall.",
            "url": "The address of the page.",
            "kind": "official, official_copy (verbatim), maker or news.",
            "says": "What the page says, in our own words.",
            "seen": "The day one of us read it.",
        },
        "Hazard": {"kinds": "What can happen.", "text": "In one plain sentence.", **_SOURCE},
        "Remedy": {
            **_REGIONS,
            "options": "What the owner may choose from.",
            "text": "How to get it, in plain steps.",
            "photo": "The picture the maker wants.",
            "proof_of_purchase": "required, optional or not_needed.",
            "claim_url": "The page where owners claim.",
            "since": "The day this remedy began.",
            **_SOURCE,
        },
        "RemedyOption": {
            "kind": "refund, replace, repair, gift_card, store_credit or dispose.",
            "amount": "The amount as printed, such as 30 or 36.50.",
            "currency": "ISO 4217, such as USD.",
            "product": "What is given in exchange.",
        },
        "Contact": {
            **_REGIONS,
            "phone": "Telephone number.",
            "hours": "When somebody answers.",
            "email": "Address for letters.",
            "url": "Page of the recall.",
            **_SOURCE,
        },
        "Sold": {
            "start": "First day; the first of the month where only the month is known.",
            "end": "Last day; the last of the month where only the month is known.",
            "where": "The sellers.",
            "price": "The price with its currency.",
            **_SOURCE,
        },
        "Count": {**_REGIONS, "units": "How many.", **_SOURCE},
        "Said": {"text": "Our sentence.", **_SOURCE},
        "Example": {
            "brand": "As somebody would say it.",
            "model": "As somebody would type it.",
            "want": "The verdict from this recall alone, the codes taken as confirmed.",
        },
    }
)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a catalogue file, every field described."""
    schema = CatalogueFile.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    _describe(schema, FIELDS["CatalogueFile"])
    for name, definition in schema["$defs"].items():
        _describe(definition, FIELDS.get(name, _RULES))
    return schema


def _describe(definition: dict[str, Any], said: Mapping[str, str]) -> None:
    for name, field in definition.get("properties", {}).items():
        field["description"] = said[name]
