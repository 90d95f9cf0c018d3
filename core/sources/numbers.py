"""How many units a notice covers, and where: "About 1,200 (In addition, 480 in Canada)"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from core.sources.places import regions
from core.sources.vocabulary import folded

_SMALL = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_SCALES = {"thousand": 10**3, "mille": 10**3, "million": 10**6, "millions": 10**6,
           "billion": 10**9}  # fmt: skip
_MOST = 10**10
_NEAR = 80  # characters around a number that say what it counts

# "(About 76,500 were previously recalled)" is about another notice.
_EARLIER = re.compile(r"previous|earlier recall|were recalled in|recalled (?:in|on) ")
_CLAUSES = re.compile(r"[()\[\]]|(?<=[a-z])[.;](?=\s|$)|\n")
_NUMBER = re.compile(
    r"(?<![\w$€£.,#/-])"
    r"(?P<digits>\d{1,3}(?:[,.]\d{3}){1,5}|\d{1,3}(?: \d{3}){1,5}(?!\d)"
    r"|\d{1,15}(?:[.,]\d{1,2})?"
    rf"|{'|'.join(_SMALL)})(?:\s+(?P<scale>{'|'.join(_SCALES)}))?(?![\w%$€/-]|[.,]\d)"
)
_NO_UNITS = re.compile(
    r"\s*(?:lbs?|pounds?|kgs?|g|oz|ounces?|ml|l|cases?|cartons?|pallets?|ous|"
    r"months?|years?|jours?|mois|days?|inch(?:es)?|volts?|watts?|percent|of the|different|"
    r"models?|reports?|incidents?|injur\w+)\b"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_YEAR_BEFORE = re.compile(
    r"(?:\b(?:from|to|in|since|through|until|and|between|of|en|depuis|model year)|\d,|"
    r"\b(?:jan|feb|fev|mar|apr|avr|may|mai|jun|juin|jul|juil|aug|aout|sep|oct|nov|dec)\w*\.?)\s*$"
)
_IN = re.compile(r"\b(?:in|au|aux|en|to|across)\s+(.*)")
_US = re.compile(r"\s*(?:us|u\.s\.|usa)(?!\w)")
_DAY = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}(?:st|nd|rd|th)?$"
)


class UnitCount(NamedTuple):
    """So many units in these countries."""

    regions: tuple[str, ...]
    units: int


def unit_counts(text: str, default_regions: Sequence[str]) -> tuple[UnitCount, ...]:
    """Return the counts a notice states, each with its countries; never raises.

    "About 675 (In addition, about 14 were sold in Canada)" with default ("US",) gives 675 for
    US and 14 for CA. What names no country is counted for the default ones; two counts for the
    same countries (several products) are added up. Units of an earlier recall, weights and
    cases do not count.
    """
    totals: dict[tuple[str, ...], int] = {}
    for clause in _CLAUSES.split(_folded_lines(text)):
        if _EARLIER.search(clause):
            continue
        for units, behind in _counted(clause):
            where = _where(behind) or tuple(default_regions)
            totals[where] = totals.get(where, 0) + units
    return tuple(UnitCount(where, units) for where, units in totals.items() if where)


def _where(behind: str) -> tuple[str, ...]:
    """Return the countries a number is said for: "… sold in Canada", "… US"."""
    found = _IN.search(behind)
    if found:
        return regions(found[1])
    # "117 US", but 500 French doors are not 500 in France.
    return ("US",) if _US.match(behind) else ()


def _folded_lines(text: str) -> str:
    """Return `text` folded line by line."""
    return "\n".join(folded(part) for part in text.splitlines())


def _counted(clause: str) -> Iterator[tuple[int, str]]:
    """Yield the numbers of units, each with the words up to the next one."""
    found = [one for one in _NUMBER.finditer(clause) if _counts(clause, one)]
    ends = [*(one.start() for one in found[1:]), len(clause)]
    for one, end in zip(found, ends, strict=False):
        units = _value(one["digits"], one["scale"])
        if 0 < units < _MOST:
            yield units, clause[one.end() : end]


def _counts(clause: str, found: re.Match[str]) -> bool:
    start, stop = found.span()
    before, behind = clause[max(0, start - _NEAR) : start], clause[stop : stop + _NEAR]
    if _NO_UNITS.match(behind):
        return False
    if found["digits"] in _SMALL and not re.search(r"(?:about|addition,?|only) $", before):
        return False
    if _DAY.search(before + found[0]):
        return False
    return not (_YEAR.fullmatch(found["digits"]) and _YEAR_BEFORE.search(before))


def _value(digits: str, scale: str | None) -> int:
    if digits in _SMALL:
        return (_SMALL.index(digits) + 1) * _SCALES.get(scale or "", 1)
    if scale and re.fullmatch(r"\d+[.,]\d{1,3}", digits):
        return round(float(digits.replace(",", ".")) * _SCALES[scale])
    if re.fullmatch(r"\d+[.,]\d{1,2}", digits):
        return 0
    return int(re.sub(r"[ ,.]", "", digits)) * _SCALES.get(scale or "", 1)
