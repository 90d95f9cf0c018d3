"""The words that announce an identifier, in the languages our sources write in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.sources.drafts.vocabulary import words

# What is understood, and is no identifier of a unit: the plant, a row's title.
PASSED = "passed"


def _table(**phrases: str) -> Mapping[str, str]:
    return MappingProxyType(
        {phrase.strip(): field for field, said in phrases.items() for phrase in said.split("|")}
    )


# These name their field by themselves …
ALONE = _table(
    model="model|sku|skus|pid|p/n|p/c|mpn|ref|réf|modell|modèle|référence|références"
    "|order code|order codes|artikelnummer|modellnummer|numbered|machine type"
    "|machine type model",
    upc="upc|upcs|barcode|barcodes|bar code|bar codes",
    gtin="ean|eans|gtin|gtins|code-barres|gencod",
    lot="lot|lots|numéro de lot|n° de lot|n° lot",
    batch="batch|batches|batchcode|batchcodes|cohort|charge|chargennummer",
    serial="serial|serials|s/n|sn|n° de série|numéro de série|seriennummer|seriennummern",
    vin="vin|vins",
    imei="imei|imeis",
    asin="asin|asins",
    fcc_id="fcc id|fcc ids",
    date_code="date code|date codes|datecode|datecodes|julian date|julian dates|julian code"
    "|julian codes|production code|production codes|manufacture date code"
    "|manufacture date codes|manufacturing date code|production date code",
    manufactured="manufacture date|manufacture dates|manufacturing date|manufacturing dates"
    "|date of manufacture|dates of manufacture|manufactured date|production date"
    "|production dates|date of production|date de fabrication",
    expiry="best by|best before|best-by|best-before|use by|use-by|sell by|sell-by"
    "|best if used by|best when used by|used by|use before|use or freeze by|enjoy by"
    "|freeze by|prepare/frz by|expiration|expiry|exp|expires|ddm|dlc"
    "|date de durabilité minimale|date limite de consommation"
    "|date de consommation recommandée|mindesthaltbarkeitsdatum",
    model_year="model year|model years",
    passed="rn|cert|certificate",
)
# … and these only before "number", "code" or "#".
BEFORE_NUMBER = _table(
    model="item|style|part|product|article|reference|catalog|catalogue|stock|type"
    "|product model",
    tracking="tracking",
    po_number="po|p.o|purchase order|purchase-order",
    batch="case|manufacturing|production",
)
# … or where a code stands right behind: "Style 816TR".
BEFORE_CODE = _table(model="style|item|no")
# What a label can begin with, so that other words are passed over at once.
FIRST_WORDS = frozenset(phrase.split()[0] for phrase in (*ALONE, *BEFORE_NUMBER, *BEFORE_CODE))
PLURALS = MappingProxyType({"models": "model", "modèles": "model"})
NUMBER_WORDS = words(
    "number numbers no nos # code codes id ids n° num nr nummer numéro numéros"
)
DATE_WORDS = words("date dates")
# "model name": no identifier follows these.
UNDOES = words("name names name/number")
LONGEST = 4
