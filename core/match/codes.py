"""One code against one rule: every reading of it is tried before a miss counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from core.model.date_code import days_of
from core.model.identifier import Code, fold
from core.model.keys import BAR_CODES, bar_code
from core.model.rule import CodeRule, fits_shape, names_product
from core.model.unit import Unit
from core.model.verdict import Evidence, Truth, Why

WIDEST_BAR_CODE = 14
# A code of 64 characters can have 4^64 readings; beyond this many one of them is taken to miss.
MOST_READINGS = 4096


def code_evidence(
    rule: CodeRule, unit: Unit, alphabet: str = "", *, denied: bool = False
) -> Evidence:
    """Hold the unit's code against `rule`.

    YES for a literal hit, UNKNOWN where only another reading hits or the code is missing or
    malformed, NO where it is well formed and no reading hits and the rule may exclude. Where
    the rule is `denied`, a hit excludes: then it is YES only if every reading hits.
    """
    typed = [text for text in _typed(rule.field, unit) if fold(text)]
    found = [_one(rule, Code.read(text, _printed(rule, alphabet)), denied) for text in typed]
    missing = Evidence(Truth.UNKNOWN, Why.MISSING, rule.field)
    return max(found, key=lambda evidence: evidence.truth.value, default=missing)


def _typed(field: str, unit: Unit) -> list[str]:
    names = BAR_CODES if field in BAR_CODES else (field,)
    return [unit.facts[name] for name in names if name in unit.facts]


def _printed(rule: CodeRule, alphabet: str) -> str:
    """Return what the maker prints, with whatever else the notice itself shows in its codes."""
    values = (*rule.eq, *rule.starts, *rule.ends, *rule.contains)
    shown = "".join(map(fold, (*values, *(end for pair in rule.between for end in pair))))
    return alphabet + shown if alphabet else ""


def _one(rule: CodeRule, code: Code, denied: bool) -> Evidence:  # noqa: FBT001 - a polarity
    code = _as_printed(rule, code)
    if not _well_formed(rule, code):
        return _unknown(rule, Why.MALFORMED, code)
    part = code.part(*rule.at) if rule.at else code
    if part is None:
        return _unknown(rule, Why.MALFORMED, code)
    return _compare(rule, part, code, denied=denied)


def _as_printed(rule: CodeRule, code: Code) -> Code:
    """Return the code with only those readings that fit the stated shape, if any do."""
    shape = "9" * WIDEST_BAR_CODE if rule.field in BAR_CODES else rule.shape
    if rule.field in BAR_CODES:
        missing = max(0, WIDEST_BAR_CODE - len(code.literal))
        places = ("0",) * missing + code.places
        code = replace(code, literal="0" * missing + code.literal, places=places)
    if shape is None or len(shape) != len(code.places):
        return code
    fitting = (
        "".join(c for c in place if fits_shape(c, kind)) or place
        for place, kind in zip(code.places, shape, strict=True)
    )
    return replace(code, places=tuple(fitting))


def _well_formed(rule: CodeRule, code: Code) -> bool:
    """Say whether some reading of the code has the stated length and shape."""
    lengths = (WIDEST_BAR_CODE,) if rule.field in BAR_CODES else rule.lengths
    if lengths and len(code.literal) not in lengths:
        return False
    return rule.shape is None or all(
        any(fits_shape(c, kind) for c in place)
        for place, kind in zip(code.places, rule.shape, strict=True)
    )


def _compare(rule: CodeRule, part: Code, whole: Code, *, denied: bool) -> Evidence:
    if _hits(rule, part.literal):
        other = _reading_outside(rule, part) if denied else None
        if other is not None:
            return _alike(rule, whole, other, part.differing_place(other))
        return Evidence(Truth.YES, Why.LISTED, rule.field, whole.literal)
    if rule.between:
        return _beside_ranges(rule, part, whole)
    for before, window, value in _wanted(rule, part):
        if window.may_be(value):
            place = window.differing_place(value)
            return _alike(rule, whole, value, None if place is None else place + before)
    return _miss(rule, part, whole)


def _hits(rule: CodeRule, reading: str) -> bool:
    """Say whether this one reading, taken literally, is what the rule names."""
    if rule.order == "opaque":
        return reading in [fold(end) for pair in rule.between for end in pair]
    if rule.between:
        return _place_in_ranges(rule, reading) is Truth.YES
    literal = Code(reading, tuple(reading))
    return any(window.literal == value for _, window, value in _wanted(rule, literal))


def _reading_outside(rule: CodeRule, part: Code) -> str | None:
    """Return a reading that the rule does not name, or one too many to have tried."""
    for tried, reading in enumerate(map("".join, product(*part.places))):
        if tried == MOST_READINGS or not _hits(rule, reading):
            return reading
    return None


def _wanted(rule: CodeRule, part: Code) -> Iterator[tuple[int, Code, str]]:
    """Yield what stands before a stretch, the stretch, and the value it should equal."""
    for value in rule.eq:
        yield 0, part, bar_code(value) if rule.field in BAR_CODES else fold(value)
    size = len(part.literal)
    stretches = [(0, value) for value in map(fold, rule.starts)]
    stretches += [(size - len(value), value) for value in map(fold, rule.ends)]
    for value in map(fold, rule.contains):
        stretches += [(before, value) for before in range(size - len(value) + 1)]
    for before, value in stretches:
        if before >= 0 and (window := part.part(before + 1, before + len(value))):
            yield before, window, value


def _beside_ranges(rule: CodeRule, part: Code, whole: Code) -> Evidence:
    if rule.order == "opaque":
        return _unknown(rule, Why.UNPARSED, whole)
    literal = _place_in_ranges(rule, part.literal)
    reading = _other_reading(rule, part)
    if reading is not None:
        return _alike(rule, whole, reading, part.differing_place(reading))
    return _unknown(rule, Why.MALFORMED, whole) if literal is None else _miss(rule, part, whole)


def _place_in_ranges(rule: CodeRule, text: str) -> Truth | None:
    """Return where one reading lies, or None where it is not such a code at all."""
    if rule.order == "date":
        return _place_of_date(rule, text)
    ends = [(fold(start), fold(end)) for start, end in rule.between]
    fitting = [(start, end) for start, end in ends if _same_shape(text, start)]
    if not fitting:
        return None
    return Truth.YES if any(start <= text <= end for start, end in fitting) else Truth.NO


def _same_shape(one: str, other: str) -> bool:
    return [c.isdigit() for c in one] == [c.isdigit() for c in other]


def _place_of_date(rule: CodeRule, text: str) -> Truth | None:
    days = days_of(text, rule.date_format or "", rule.decade, rule.years)
    if days is None:
        return None
    # Code and range ends have one format, so a code lies inside a range or outside, never half.
    ranges = [rule.days(start, end) for start, end in rule.between]
    return Truth.YES if any(days.within(stretch) for stretch in ranges) else Truth.NO


def _other_reading(rule: CodeRule, part: Code) -> str | None:
    """Return a reading of the code that lies in some range."""
    if rule.order == "date":
        readings = _date_readings(rule, part)
        return next((r for r in readings if _place_of_date(rule, r) is Truth.YES), None)
    for start, end in rule.between:
        low, high = fold(start), fold(end)
        if len(low) == len(part.places):
            kinds = ["9" if character.isdigit() else "A" for character in low]
            places = _of_kind(part, kinds)
            if found := _within(places, low, high):
                return found
    return None


def _date_readings(rule: CodeRule, part: Code) -> Iterator[str]:
    """Yield every reading; a date has one digit a place and at most two letters, so few."""
    letters = "LM" if rule.date_format == "LM" else "L"
    kinds = ["A" if letter in letters else "9" for letter in rule.date_format or ""]
    if len(kinds) == len(part.places):
        yield from map("".join, product(*_of_kind(part, kinds)))


def _of_kind(part: Code, kinds: list[str]) -> list[str]:
    """Return, for each place, the digits or letters it may be, the literal one first."""
    return [
        "".join(sorted((c for c in place if c.isdigit() == (kind == "9")), key=literal.__ne__))
        for place, kind, literal in zip(part.places, kinds, part.literal, strict=True)
    ]


def _within(places: list[str], low: str | None, high: str | None) -> str | None:
    """Return some reading of `places` from `low` to `high`; None for an end means no limit."""
    if not places:
        return ""
    for character in places[0]:
        above_low = low is None or character >= low[0]
        below_high = high is None or character <= high[0]
        if above_low and below_high:
            next_low = low[1:] if low and character == low[0] else None
            next_high = high[1:] if high and character == high[0] else None
            rest = _within(places[1:], next_low, next_high)
            if rest is not None:
                return character + rest
    return None


def _alike(rule: CodeRule, code: Code, value: str, place: int | None) -> Evidence:
    return Evidence(
        Truth.UNKNOWN,
        Why.LOOKS_ALIKE,
        rule.field,
        code.literal,
        expected=value,
        place=None if place is None else place + _before(rule, code),
    )


def _before(rule: CodeRule, code: Code) -> int:
    """Return how many characters of the whole code stand before the compared part."""
    if rule.at is None:
        return 0
    first = rule.at[0]
    return first - 1 if first > 0 else len(code.literal) + first


def _miss(rule: CodeRule, part: Code, whole: Code) -> Evidence:
    if not whole.legible:
        return _unknown(rule, Why.MALFORMED, whole)
    if not rule.may_exclude:
        return _unknown(rule, Why.OUTSIDE_UNVERIFIED, whole)
    if not _certain(rule, part.literal, whole.literal):
        return _unknown(rule, Why.MALFORMED, whole)
    return Evidence(Truth.NO, Why.OUTSIDE, rule.field, whole.literal)


def _certain(rule: CodeRule, part: str, whole: str) -> bool:
    """Say whether the code as typed, not only some reading of it, is one that can exist.

    Without a stated shape a letter where every listed code has a digit is a misreading.
    """
    if rule.field in BAR_CODES:
        return whole.isdigit() and _check_digit_holds(whole)
    if rule.shape is None and rule.eq and not names_product(rule):
        return any(_same_shape(part, fold(value)) for value in rule.eq)
    return rule.shape is None or fits_shape(whole, rule.shape)


def _check_digit_holds(digits: str) -> bool:
    """Check a 14-digit bar code (https://www.gs1.org/services/how-calculate-check-digit-manually)."""
    weighted = (int(c) * (1 if index % 2 else 3) for index, c in enumerate(digits))
    return sum(weighted) % 10 == 0


def _unknown(rule: CodeRule, why: Why, code: Code) -> Evidence:
    return Evidence(Truth.UNKNOWN, why, rule.field, code.literal)
