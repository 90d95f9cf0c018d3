"""The table of product information in an OPSS notice, and the summary above it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from core.sources.markup import one_line, plain, rows
from core.sources.text import line

LONGEST_MODEL = 40
MOST_WORDS = 4
_SAYS_NOTHING = re.compile(
    r"^(?:n/?a|none|unknown|various|see .*|-|–"
    r"|not (?:known|provided|available|applicable))\.?$",
    re.IGNORECASE,
)
_ALL = re.compile(r"\ball (?:batch|lot|serial|model|unit|size|colour)", re.IGNORECASE)
_ASIDE = re.compile(r"\([^()]*\)")
_APART = re.compile(r"\s*(?:[,;\n]|\s/\s|\s&\s|\band\b)\s*")
# What describes the notice or its papers, not the units.
_PAPERS = ("report", "image", "country", "brand", "manufacturer", "type", "notification")


@dataclass(frozen=True, slots=True)
class ProductTable:
    """The kind of product, brands, maker, models, and the other rows as sentences."""

    kind: str
    brands: tuple[str, ...]
    maker: str
    models: tuple[str, ...]
    sentences: tuple[str, ...]


def product_table(root: HtmlElement) -> ProductTable:
    """Return what the tables of product information say; everything empty where none is."""
    said = [(key, value) for table in root.iter("table") for key, value in _pairs(table)]
    return ProductTable(
        kind=next((value for key, value in said if key == "type"), ""),
        brands=tuple(
            name.strip()
            for key, value in said
            if key.startswith("brand")
            for name in re.split(r"[/,;\n]", value)
        ),
        maker=next((value for key, value in said if key.startswith("manufacturer")), ""),
        models=tuple(dict.fromkeys(_models(said))),
        sentences=tuple(_sentences(said)),
    )


def summary(root: HtmlElement, label: str) -> str:
    """Return what stands behind "Hazard:" and its like in the paragraphs of the summary."""
    for paragraph in root.iter("p"):
        name, colon, text = plain(paragraph).partition(":")
        if colon and name.strip().casefold() == label.casefold():
            return text.strip()
    return ""


def _pairs(table: HtmlElement) -> Iterator[tuple[str, str]]:
    for cells in rows(table):
        if len(cells) > 1 and (key := one_line(cells[0]).casefold().rstrip(":")):
            for cell in cells[1:]:
                value = plain(cell)
                if value and not _SAYS_NOTHING.match(value):
                    yield key, value


def _models(said: list[tuple[str, str]]) -> Iterator[str]:
    """Yield the models where the row is a list of them; prose is left to the draft."""
    for key, value in said:
        if not key.startswith("model"):
            continue
        for part in _APART.split(_ASIDE.sub(" ", value)):
            name = part.strip(" .:“”\"'")
            short = 1 < len(name) <= LONGEST_MODEL and len(name.split()) <= MOST_WORDS
            if short and not _SAYS_NOTHING.match(name) and any(map(str.isalnum, name)):
                yield name


def _sentences(said: list[tuple[str, str]]) -> Iterator[str]:
    for key, value in said:
        if _ALL.search(value) or any(word in key for word in _PAPERS):
            continue
        flat = " ".join(value.split()).rstrip(".")
        described = "description" in key
        yield f"{flat}." if described else f"{line(key.capitalize())}: {flat}."
