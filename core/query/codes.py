"""Codes that stand after their name ("SN: …"), or that their check digit gives away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import ean, imei, luhn
from stdnum.exceptions import ValidationError

from core.query.names import Names
from core.query.phrases import Hit
from core.query.sheet import LINKED, TAKEN, Kind, Mark, Sheet
from core.query.wording import Meaning

LONGEST_CODE = 32
# A run this long is a whole code: what follows it in the next word is something else.
WHOLE = 9
LONGEST_GROUP = 8
# "Order number AB12" is no model for sure; "order A1388" is.
OUTSPOKEN = 10
SHORTEST_SERIAL = 4
SHORTEST_BAR_CODE = 8
EAN, UPC, ITF, IMEI, VIN = 13, 12, 14, 15, 17
FIRST_YEAR, LAST_YEAR = 1985, 2035
_GROUP = re.compile(r"[a-z0-9*]+(?:[-/.][a-z0-9*]+)*")
_DIGIT_RUN = re.compile(r"(?<![a-z0-9])\d(?:[ -]?\d){11,14}(?![a-z0-9])")
_VIN = re.compile(r"(?<![a-z0-9])[a-hj-npr-z0-9]{17}(?![a-z0-9])")
_TRACKING = re.compile(r"(?<![a-z0-9])[a-z]{3}-\d{6}-\d{5}(?![a-z0-9])")
_QUARTETS = re.compile(r"(?<![A-Za-z0-9])[A-Z0-9]{4}(?: [A-Z0-9]{4}){3}(?![A-Za-z0-9])")
_LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){7,16}(?![a-z0-9])")
# Extinguishers print 4, 5 and 1 digits; trimmers year, week and number.
_CYLINDER = re.compile(r"(?<![a-z0-9-])\d{4} \d{5} \d(?![\d-])")
_WEEK_AND_NUMBER = re.compile(r"(?<![a-z0-9-])(?:19|20)\d\d [0-5]\d \d{5}(?![\d-])")
_DATE_SHAPE = re.compile(
    r"\d{4}(?:[a-z]{2})?|\d{2}[/.-]\d{2}|\d{2}[/-]\d{4}|\d{6}|\d{8,10}|[a-z]\d{3}[a-z]{0,2}|"
    r"[a-z]{2}\d{4}"
)
_DASHED = re.compile(r"-[a-z]{0,3}\d")
_FLIGHT = re.compile(r"[A-Z]{2}-?\d{2,4}|[A-Z]\d[A-Z]?\d{2,4}")
BAR_CODES = {"gtin", "upc", "imei", "barcode"}


def read_labelled(sheet: Sheet, names: Names) -> None:
    """Mark every code that stands after the name of its field."""
    for hit in sorted(sheet.meaning("labels"), key=lambda hit: (hit.end, -hit.size)):
        field = hit.meaning.value
        if field == "model" or not sheet.free(hit.start, hit.end, LINKED) or _glued(sheet, hit):
            continue
        span = _READERS.get(field, _one)(sheet, sheet.after_fillers(hit.end), names)
        if span is None:
            continue
        typed = sheet.shown(*span)
        if field == "other":
            if typed[0].isdigit() or hit.size >= OUTSPOKEN or _is_flight(typed, names):
                sheet.take(*span, TAKEN)
                sheet.aside.append((hit.start, span[1]))
            continue
        if found := _named(field, typed):
            sheet.take(hit.start, hit.end, TAKEN)
            sheet.mark(Mark(Kind.CODE, *span, found[1], found[0]))


def _glued(sheet: Sheet, hit: Hit[Meaning]) -> bool:
    """Say whether a short label is the beginning of a code ("PN-951", "SN-20")."""
    short = hit.size < SHORTEST_SERIAL and hit.meaning.value != "serial"
    return short and _DASHED.match(sheet.plain.words, hit.end) is not None


def _is_flight(typed: str, names: Names) -> bool:
    folded = typed.upper()
    known = folded in names.models or names.base(folded) or names.makers_by_shape(folded)
    return _FLIGHT.fullmatch(folded) is not None and not known


def read_checked(sheet: Sheet) -> None:
    """Mark bar codes, phone and vehicle numbers whose check digit is right, and the like."""
    for start, end, value, field in _checked(sheet):
        if sheet.free(start, end):
            sheet.mark(Mark(Kind.CODE, start, end, value, field))


def _checked(sheet: Sheet) -> Iterator[tuple[int, int, str, str]]:
    words = sheet.plain.words
    for match in _DIGIT_RUN.finditer(words):
        digits = re.sub(r"\D", "", match[0])
        if field := _bar_code_field(digits):
            yield *match.span(), digits, field
    for pattern, field, right in _PATTERNS:
        for match in pattern.finditer(sheet.plain.shown if field == "serial" else words):
            joined = match[0].replace(" ", "").upper()
            if right(joined):
                yield *match.span(), joined, field


def _bar_code_field(digits: str) -> str | None:
    if len(digits) == IMEI and luhn.is_valid(digits) and imei.is_valid(digits):
        return "imei"
    if len(digits) in {EAN, UPC, ITF} and _right(digits):
        return "upc" if len(digits) == UPC else "gtin"
    return None


def _right(digits: str) -> bool:
    try:
        ean.validate(digits)
    except ValidationError:
        return False
    return True


def _one(sheet: Sheet, start: int, _: Names) -> tuple[int, int] | None:
    match = _GROUP.match(sheet.plain.words, start)
    if not match or not sheet.free(*match.span()) or not any(map(str.isdigit, match[0])):
        return None
    return match.span()


def _digits(sheet: Sheet, start: int, names: Names) -> tuple[int, int] | None:
    match = _LONG_NUMBER.match(sheet.plain.words, start)
    if match and sheet.free(*match.span()):
        return match.span()
    span = _one(sheet, start, names)
    return span if span and span[1] - span[0] >= SHORTEST_BAR_CODE else None


def _date_code(sheet: Sheet, start: int, names: Names) -> tuple[int, int] | None:
    words = sheet.plain.words
    groups = _CYLINDER.match(words, start)
    if groups and sheet.free(*groups.span()):
        return groups.span()
    span = _one(sheet, start, names)
    if span is None or not _DATE_SHAPE.fullmatch(words[slice(*span)]):
        return None
    year = words[slice(*span)]
    late = year.isdigit() and len(year) == len("2024") and FIRST_YEAR <= int(year) <= LAST_YEAR
    return None if late else span


def _serial(sheet: Sheet, start: int, names: Names) -> tuple[int, int] | None:
    groups = list(_groups(sheet, start, names))
    while groups and not any(map(str.isdigit, groups[-1][2])) and "x" not in groups[-1][2]:
        groups.pop()
    text = "".join(word for _, _, word in groups)
    masked = "xx" in text or "**" in text
    if len(text) < SHORTEST_SERIAL or not (masked or any(map(str.isdigit, text))):
        return None
    return groups[0][0], groups[-1][1]


def _groups(sheet: Sheet, start: int, names: Names) -> Iterator[tuple[int, int, str]]:
    words = sheet.plain.words
    size, place = 0, start
    while match := _GROUP.match(words, place):
        word = match[0]
        if not sheet.free(*match.span()) or not _continues(sheet, match, size, names):
            return
        yield match.start(), match.end(), word
        size += len(word)
        place = match.end() + 1
        if len(word) >= WHOLE or size >= LONGEST_CODE or words[match.end() : place] != " ":
            return


def _continues(sheet: Sheet, match: re.Match[str], size: int, names: Names) -> bool:
    word = match[0]
    if size and len(word) > LONGEST_GROUP:
        return False
    digits = any(map(str.isdigit, word))
    if digits or (not size and ("xx" in word or "**" in word)):
        return not (size and names.base(word.upper()))
    if word in names.brand_of or any(hit.start == match.start() for hit in sheet.hits):
        return False
    capital = sheet.shown(*match.span()).isupper()
    following = _GROUP.match(sheet.plain.words, match.end() + 1)
    coded = following is not None and any(map(str.isdigit, following[0]))
    return capital or (not size and coded)


def _named(field: str, typed: str) -> tuple[str, str] | None:
    folded = re.sub(r"[\s.]", "", typed).upper()
    if field in BAR_CODES:
        digits = re.sub(r"\D", "", folded)
        if digits != re.sub(r"[-\s]", "", folded):
            return ("battery_barcode", folded) if field == "barcode" else None
        if field == "barcode":
            return _bar_code_field(digits) or "gtin", digits
        return field, digits
    if field == "serial":
        return field, folded.replace("-", "")
    if field == "asin" and not re.fullmatch(r"B0[A-Z0-9]{8}", folded):
        return None
    return field, folded


def _like_vin(word: str) -> bool:
    """Say whether maker and model are in letters and the last four a number (ISO 3779)."""
    return word[-4:].isdigit() and sum(map(str.isalpha, word)) in range(3, 14)


def _mixed(word: str) -> bool:
    return not word.isdigit() and any(map(str.isdigit, word))


_PATTERNS = (
    (_VIN, "vin", _like_vin),
    (_TRACKING, "tracking", bool),
    (_CYLINDER, "date_code", str.isdigit),
    (_WEEK_AND_NUMBER, "serial", str.isdigit),
    (_QUARTETS, "serial", _mixed),
)
_READERS = {
    "serial": _serial,
    "date_code": _date_code,
    "gtin": _digits,
    "upc": _digits,
    "imei": _digits,
    "barcode": _digits,
}
