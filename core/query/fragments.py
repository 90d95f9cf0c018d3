"""What a few words say on their own where we asked for just that: a country, a time."""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.model.unit import Unit
from core.query.details import first_date, read_colours, read_regions
from core.query.plain import read
from core.query.query import Action
from core.query.sheet import Kind, Sheet
from core.query.wording import wording

_COMMAND = re.compile(r"/language ([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)")
DATES = frozenset({"bought", "manufactured", "expiry"})


def fragment(text: str, field: str) -> str | None:
    """Return what `text` says of this field of a unit, None where it says nothing of it.

    Countries are ISO 3166 codes, dates ISO dates, months or years, colours English words.
    """
    return fragments(text, (field,)).get(field)


def fragments(text: str, fields: Iterable[str]) -> dict[str, str]:
    """Return what `text` says of these fields, each as `fragment` does."""
    plain = read(text)
    hits = wording().phrases.find(plain.words)
    said = {field: _said_of(field, Sheet(plain, hits)) for field in fields}
    return {field: value for field, value in said.items() if value}


def _said_of(field: str, sheet: Sheet) -> str | None:
    if field in DATES:
        return first_date(sheet)
    if field == "region":
        read_regions(sheet)
    elif field == "colour":
        read_colours(sheet)
    return next((mark.value for mark in sheet.of(Kind.DETAIL)), None)


def told_of(text: str, unit: Unit) -> dict[str, str]:
    """Return what `text` tells of a unit besides its codes.

    A date counts only in place of the one that the unit has: which other it is stays unsaid.
    """
    dated = [name for name in unit.facts if name in DATES]
    return fragments(text, ("region", "colour", *(dated if len(dated) == 1 else ())))


def language_named(text: str) -> str | None:
    """Return the language that `text` names and nothing else ("Deutsch", "/language de")."""
    if chosen := _COMMAND.fullmatch(text.strip()):
        return chosen[1]
    words = read(text).words.strip()
    return next(
        (
            hit.meaning.lang
            for hit in wording().phrases.find(words)
            if hit.meaning.value == Action.LANGUAGE and hit.size == len(words)
        ),
        None,
    )
