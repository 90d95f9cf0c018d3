"""From what a person typed to what they asked, of which units, in which language."""

from __future__ import annotations

import re
import unicodedata

from core.model.lexicon import Lexicon
from core.query.codes import read_checked, read_labelled
from core.query.details import read_colours, read_dates, read_regions
from core.query.distractors import is_copied, set_aside, set_numbers_aside
from core.query.intents import SERVICE, decide, is_urgent, said, without_asides
from core.query.items import units_of
from core.query.languages import heard, language_of
from core.query.names import Names, names_of
from core.query.negation import keep_meant
from core.query.plain import LONGEST, read
from core.query.printed import read_printed
from core.query.products import read_brands, read_glued_brands, read_models, read_products
from core.query.query import Action, Query
from core.query.shapes import (
    read_labelled_models,
    read_numbers_of_brands,
    read_shapes,
    read_spelt,
    read_stamps,
    take_ordinary,
)
from core.query.sheet import Sheet
from core.query.spoken import written
from core.query.wording import wording

# "A1263SN:AFVD…" and "SNAFVDC20G17301234": the label is written onto the code.
_GLUED_LABEL = re.compile(r"(?<=\d)(s/?n)(?=\s?[:#=：])", re.IGNORECASE)
_LABEL_IN_FRONT = re.compile(
    r"(?<![^\W_])(sn)(?=(?=[a-z]*\d)[a-z0-9]{12,}(?![^\W_]))", re.IGNORECASE
)


def understand(text: str, lexicon: Lexicon) -> Query:
    """Return what `text` asks; any text is understood as something, none raises.

    Only the first two thousand characters are read.
    """
    names = names_of(lexicon)
    composed = unicodedata.normalize("NFC", text[:LONGEST])
    plain = read(_unglued(written(composed, names)))
    known = wording()
    hits = known.phrases.find(plain.words)
    guess = language_of(plain, hits, known)
    lang = guess.lang
    hits = without_asides(heard(hits, guess))
    sheet = Sheet(plain, hits)
    _read(sheet, names)
    units = units_of(sheet, names)
    told = said(hits, plain.words, sheet.aside)
    if units and is_copied(sheet):
        told = [hit for hit in told if hit.meaning.value not in SERVICE]
    intent, action = decide(told, plain.words, named=bool(units))
    if action is Action.LANGUAGE:
        lang = next(
            (hit.meaning.lang for hit in hits if hit.meaning.value == Action.LANGUAGE), lang
        )
    return Query(text, intent, action, is_urgent(hits), units, lang)


def _unglued(text: str) -> str:
    return _LABEL_IN_FRONT.sub(r"\1 ", _GLUED_LABEL.sub(r" \1", text))


def _read(sheet: Sheet, names: Names) -> None:
    """Read the surest things first; each reader leaves to the next what it has not taken."""
    set_aside(sheet)
    read_models(sheet, names)
    read_products(sheet, names)
    read_brands(sheet, names)
    read_labelled(sheet, names)
    read_checked(sheet)
    read_printed(sheet, names)
    read_dates(sheet)
    read_numbers_of_brands(sheet, names)
    read_labelled_models(sheet, names)
    read_spelt(sheet)
    set_numbers_aside(sheet)
    read_glued_brands(sheet, names)
    read_models(sheet, names)
    read_regions(sheet)
    read_colours(sheet)
    take_ordinary(sheet)
    read_shapes(sheet, names)
    read_stamps(sheet)
    keep_meant(sheet)
