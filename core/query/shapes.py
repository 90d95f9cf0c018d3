"""Codes nobody has listed: models of the usual shape, serials and stamps without a label."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.model.identifier import fold
from core.query.names import Names
from core.query.phrases import Hit
from core.query.sheet import TAKEN, Kind, Mark, Piece, Sheet
from core.query.wording import Meaning, wording

SHORTEST_MODEL, LONGEST_MODEL = 4, 16
SHORTEST_LONG_SERIAL = 12
LONGEST_SERIAL = 24
FIRST_YEAR, LAST_YEAR = 1985, 2035
YEAR_DIGITS = 4
SHORTEST_NUMBER = 6
NEARBY = 3
LONGEST_PREFIX = 3
# Three letters are too many for a model's only digit: "note7", "gen5".
MOST_LETTERS_A_DIGIT = 5
_RUN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SPELT = re.compile(r"(?<![a-z0-9])[a-z](?: [a-z0-9]){3,9}(?![a-z0-9'])")
_SHORT = re.compile(r"[a-z]\d\d")
_CODED_REST = re.compile(r"-[a-z]{0,3}\d")
_STAMP = re.compile(
    r"(?<![a-z0-9/.-])(?:\d{4}|\d{2}/\d{2}|[a-l]\d{3}[a-z]{2})(?![a-z0-9/-]|\.\d)"
)


def read_labelled_models(sheet: Sheet, names: Names) -> None:
    """Mark what stands after "model" even where it does not look like one ("model 1652")."""
    for hit in sheet.meaning("labels"):
        if hit.meaning.value != "model" or _is_part(sheet, hit):
            continue
        place = sheet.after_fillers(hit.end)
        match = _RUN.match(sheet.plain.words, place)
        if match and sheet.free(*match.span()) and _labelled(match[0]):
            _mark_unknown(sheet, Piece(match.start(), match.end(), match[0]), names)


def _is_part(sheet: Sheet, hit: Hit[Meaning]) -> bool:
    """Say whether what looks like a label begins the model itself ("PN-951")."""
    return hit.size <= LONGEST_PREFIX and sheet.plain.words[hit.end : hit.end + 1] == "-"


def read_spelt(sheet: Sheet) -> None:
    """Mark a model typed with a space behind every character ("A l 6 5 2")."""
    for match in _SPELT.finditer(sheet.plain.words):
        word = match[0].replace(" ", "")
        if sheet.free(*match.span()) and sum(map(str.isdigit, word)) > 1:
            sheet.mark(Mark(Kind.MODEL, *match.span(), word.upper()))


def _labelled(word: str) -> bool:
    digits = sum(map(str.isdigit, word))
    size = len(word.replace("-", ""))
    if word.isdigit():
        return len(word) >= YEAR_DIGITS and not _is_year(word)
    return digits > 0 and SHORTEST_MODEL - 1 <= size <= LONGEST_MODEL


def read_numbers_of_brands(sheet: Sheet, names: Names) -> None:
    """Mark the digits of a known model whose letter was left out, after its brand."""
    pieces = sheet.pieces()
    starts = [piece.start for piece in pieces]
    for brand in sheet.of(Kind.BRAND):
        first = bisect_left(starts, brand.end)
        for piece in pieces[first : first + NEARBY]:
            known = names.digits.get(piece.word, ()) if piece.word.isdigit() else ()
            if any(names.same_maker(one, brand.value) for each in known for one in each.brands):
                sheet.mark(Mark(Kind.MODEL, piece.start, piece.end, piece.word))
        _read_short(sheet, pieces[first : first + 1], brand)


def _read_short(sheet: Sheet, following: Sequence[Piece], brand: Mark) -> None:
    """Mark a letter and two digits right behind a brand ("Hoco J82"): too short elsewhere."""
    for piece in following:
        short = piece.start - brand.end <= 1 and _SHORT.fullmatch(piece.word)
        if short and sheet.free(piece.start, piece.end):
            sheet.mark(Mark(Kind.MODEL, piece.start, piece.end, piece.word.upper()))


def read_shapes(sheet: Sheet, names: Names) -> None:
    """Mark models of the usual shape; what may as well be a serial is marked loose."""
    for match in _RUN.finditer(sheet.plain.words):
        for piece in _candidates(sheet, match):
            word = piece.word.replace("-", "")
            if _is_stamp(piece.word) and sheet.of(Kind.MODEL):
                continue
            if _shaped(word):
                _mark_unknown(sheet, piece, names)
            elif _long_number(word):
                sheet.mark(_loose(sheet, piece))


def _candidates(sheet: Sheet, match: re.Match[str]) -> Iterator[Piece]:
    start = match.start()
    while start < match.end() and not sheet.free(start, start + 1):
        start += 1
    whole = Piece(start, match.end(), match[0][start - match.start() :].removeprefix("-"))
    whole = replace(whole, start=whole.end - len(whole.word))
    parts = _split(whole)
    coded = [part for part in parts if _shaped(part.word)]
    if len(parts) == 1 or (len(coded) < len(parts) and sheet.free(whole.start, whole.end)):
        parts = [whole]
    return (part for part in parts if sheet.free(part.start, part.end))


def _split(piece: Piece) -> list[Piece]:
    found = re.finditer(r"[a-z0-9]+", piece.word)
    return [Piece(piece.start + one.start(), piece.start + one.end(), one[0]) for one in found]


def _shaped(word: str) -> bool:
    digits = sum(map(str.isdigit, word))
    letters = len(word) - digits
    if not letters or not digits or not SHORTEST_MODEL <= len(word) <= LONGEST_SERIAL:
        return False
    if word in wording().ordinary or re.fullmatch(r"[a-z]{4,}(?:19|20)\d\d|\d+[a-z]{5,}", word):
        return False
    return digits > 1 or (letters < MOST_LETTERS_A_DIGIT and len(word) > SHORTEST_MODEL)


def _long_number(word: str) -> bool:
    return word.isdigit() and SHORTEST_NUMBER <= len(word) <= SHORTEST_LONG_SERIAL


def _mark_unknown(sheet: Sheet, piece: Piece, names: Names) -> None:
    typed = sheet.shown(piece.start, piece.end).upper()
    folded = fold(typed)
    alike = names.brands_by_bones(folded)
    shape = names.makers_by_shape(folded)
    if len(folded) >= SHORTEST_LONG_SERIAL and not alike and not shape:
        sheet.mark(_loose(sheet, piece))
        return
    brands = alike if len(alike) == 1 else shape if len(shape) == 1 else ()
    sheet.mark(Mark(Kind.MODEL, piece.start, piece.end, typed, brands=brands))


def _loose(sheet: Sheet, piece: Piece) -> Mark:
    typed = sheet.shown(piece.start, piece.end).upper()
    return Mark(Kind.LOOSE, piece.start, piece.end, typed)


def read_stamps(sheet: Sheet) -> None:
    """Mark bare stamps (2316, 22/03, K200JN), which mean something only beside a model."""
    for match in _STAMP.finditer(sheet.plain.words):
        if sheet.free(*match.span()) and not _is_year(match[0]):
            typed = sheet.shown(*match.span()).upper()
            sheet.mark(Mark(Kind.LOOSE, *match.span(), typed, "date_code"))


def _is_stamp(word: str) -> bool:
    return _STAMP.fullmatch(word) is not None


def _is_year(word: str) -> bool:
    if not word.isdigit() or len(word) != YEAR_DIGITS:
        return False
    return FIRST_YEAR <= int(word) <= LAST_YEAR


def _begins_code(sheet: Sheet, piece: Piece) -> bool:
    """Say whether capitals are the first part of a code ("DE-C39-12000")."""
    capital = (
        sheet.shown(piece.start, piece.end).isupper() and len(piece.word) <= LONGEST_PREFIX
    )
    return capital and _CODED_REST.match(sheet.plain.words, piece.end) is not None


def take_ordinary(sheet: Sheet) -> None:
    """Take pieces that are everyday words, so that no reader sees a code in them."""
    for piece in sheet.pieces():
        if piece.word in wording().ordinary and not piece.word.isdigit():
            if _begins_code(sheet, piece):
                continue
            sheet.take(piece.start, piece.end, TAKEN)
