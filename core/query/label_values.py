"""What the text behind a label says: a model, a code, a date; and what is none of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import ean, imei
from stdnum.exceptions import ValidationError

from core.model.identifier import LOOK_ALIKES, Code, fold
from core.query.names import Names, fold_shape
from core.query.plain import words_of

SHORTEST_MODEL, LONGEST_MODEL = 3, 24
SHORTEST_SERIAL, LONGEST_SERIAL = 5, 32
SHORTEST_LOT = 3
LONGEST_PART = 8
MOST_WORDS = 6
UPC, EAN = 12, 13
FIRST_YEAR, LAST_YEAR = 1985, 2045
MONTHS, DAYS = 12, 31

_UNIT = (
    r"(?:m ?a ?h|a ?h|k?w ?h|m?w|kw|ma|m?v|k?v?a|a|v|k?hz|mhz|ghz|°c|℃|°f|kg|g|lbs?|oz|mm|cm|"
    r"ml|db|rpm|psi|bar|kpa|btu(?:/h)?|vac|vdc|va|mws|lm|ohm|Ω|%|sec|min|in|inch|ft)"
)
_JOIN = r"[\s=⎓~≈\-–—+/|,.;:()x×*±<>≤≥]*"
RATED = re.compile(
    rf"(?<![a-z0-9.])(?:\d+(?:[.,]\d+)?(?:[\-–~]\d+(?:[.,]\d+)?)?\s?{_UNIT}{_JOIN})+(?![a-z0-9])"
)
_STANDARDS = re.compile(
    r"(?<![a-z0-9])(?:gb(?:/t)?[ -]?\d{3,5}(?:\.\d+)?(?:[-—–]\d{2,4})?|sj/t ?\d+(?:[-—]\d+)?|"
    r"(?:en|iec|iso|astm|ansi|as/nzs|jis|nom|qb/t|yy/t|din|vde|csa)[ -]?(?:[a-z] ?)?"
    r"\d[\d.:\-]*|"
    r"ul[ -]?\d{3,5}(?:-\d)?|un ?38\.3|un ?348[01]|is ?\d{4,5}|ce ?\d{4}|r-\d{6,}|"
    r"(?:cmiit|ncc|tac|ic|msip|kcc|anatel|nbtc|telec|giteki)[ -]?(?:id)?[ :]+[\w\-]+|"
    r"e\d{6}|[rtd]\d{2}[- ]?\d{4,}|(?:pse|rohs|weee|ccc|fcc part) ?\d+)(?![a-z0-9])"
)
_LINKS = re.compile(
    r"(?:https?://|www\.)\S+|\S+@\S+|[a-z0-9-]+\.(?:com|cn|jp|de|net|org|eu|co|io|kr|ru)\b\S*"
)
_PLUGS = re.compile(
    r"(?<![a-z0-9])(?:usb|type|usb-?type)[- ]?[abc]?\d?(?:[.,]\d)?(?![a-z0-9])|"
    r"(?<![a-z0-9])(?:qc|pd|ip|bt|bluetooth|wi-?fi|lte|pps|ver|v)[ -]?"
    r"x?\d(?:[.,x\d]\d?)*(?![a-z0-9])|"
    r"(?<![a-z0-9])\d[- ]?(?:in|port|pack|cell)s?[- ]?\d?(?![a-z0-9])|"
    r"(?<![a-z0-9])\d?(?:18650|21700|26650)(?![a-z0-9])|"
    r"(?<![a-z0-9])\d*(?:icr|inr|icp|imr|ncr)\d+(?:/\d+)*(?:-\d)?(?![a-z0-9])"
)
_PHONES = re.compile(
    r"\+\d[\d ()-]{7,}\d|\(\d{2,5}\) ?\d{3,4}[- ]?\d{3,4}|"
    r"(?<![a-z0-9])(?:1-)?8\d\d-\d{3}-\d{4}|"
    r"(?<![a-z0-9])400-?\d{3}-?\d{4}|(?<![a-z0-9])0\d{1,4}-\d{2,4}-\d{3,4}(?![a-z0-9])"
)
_POSTAL = re.compile(r"(?<![a-z0-9])(?:p\.?o\.? ?box|zip|room|rm|no|suite|unit|floor)[. ]*\d+")
MASKED = "¦"
_LEAD = re.compile(
    rf"^(?:[\s:：#=.,;|_*()\[\]{MASKED}/&>-]|(?:no|nr|num|number|code|id|is)\b\.?|[nN][°º]\.?|nº)*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z0-9]+(?:[-/._+][A-Za-z0-9]+)*\+?")
_TAIL = re.compile(r"(?<=\d)[A-Z][a-z]{2,}.*$")
_YEAR = r"((?:19|20)\d\d)"
_DATES = (
    (re.compile(rf"(?<!\d){_YEAR}[-/. ]?(0[1-9]|1[0-2])[-/. ]?([0-3]\d)(?!\d)"), (1, 2, 3)),
    (
        re.compile(rf"(?<!\d){_YEAR} ?[-/.年년] ?(\d{{1,2}}) ?[-/.月월] ?(\d{{1,2}})(?!\d)"),
        (1, 2, 3),
    ),
    (re.compile(rf"(?<!\d){_YEAR} ?[-/.年년] ?(\d{{1,2}})(?!\d)"), (1, 2, 0)),
    (re.compile(rf"(?<![\d/.-])(\d{{1,2}})[-/.]{_YEAR}(?!\d)"), (2, 1, 0)),
    (re.compile(rf"(?<!\d){_YEAR}(0[1-9]|1[0-2])(?!\d)"), (1, 2, 0)),
)
_DAY_OR_MONTH = re.compile(rf"(?<!\d)(\d{{1,2}})[-/.](\d{{1,2}})[-/.]{_YEAR}(?!\d)")
_DIGIT_OF = {
    letter: next(one for one in group if one.isdigit())
    for group in LOOK_ALIKES
    for letter in group
}
_LETTER_OF = {"2": "Z", "5": "S", "8": "B", "6": "G"}


def masked(words: str) -> str:
    """Return `words` with everything blanked that looks like a code and is none."""
    for pattern in (_LINKS, _STANDARDS, _PHONES, RATED, _PLUGS, _POSTAL):
        words = pattern.sub(lambda match: MASKED * len(match[0]), words)
    return words


def words_in(text: str) -> list[str]:
    """Return the pieces of the text behind a label that may be, or be part of, a code."""
    return [match[0] for match in _WORD.finditer(_LEAD.sub("", text))][:MOST_WORDS]


def model_in(text: str, names: Names) -> str | None:
    """Return the model that the text behind a label begins with, or None."""
    shown = _LEAD.sub("", _blanked(text))
    words = [match[0] for match in _WORD.finditer(shown)][:MOST_WORDS]
    whole = [match[0] for match in _WORD.finditer(_LEAD.sub("", text))][:MOST_WORDS]
    for candidates in (whole, words):
        for size in range(len(candidates), 0, -1):
            known = names.models.get(fold("".join(candidates[:size])))
            if known:
                return known.model
    if not shown or not words or not shown.startswith(words[0]):
        return None
    first = _TAIL.sub("", words[0])
    return first if _may_be_model(first) else None


def _blanked(text: str) -> str:
    hidden = masked(words_of(text)) if len(words_of(text)) == len(text) else text
    return "".join(
        MASKED if blank == MASKED else one
        for one, blank in zip(text, hidden.ljust(len(text)), strict=False)
    )


def _may_be_model(word: str) -> bool:
    folded = fold(word)
    digits = sum(map(str.isdigit, folded))
    if not SHORTEST_MODEL <= len(folded) <= LONGEST_MODEL or not digits or not folded.isascii():
        return False
    return len(folded) > SHORTEST_MODEL or digits < len(folded)


def serial_in(text: str, lengths: tuple[int, ...], alphabet: str) -> str | None:
    """Return the serial number that the text behind a label begins with, or None.

    Characters the maker never prints are replaced by what they are mistaken for.
    """
    words = words_in(text)
    if not words or not _LEAD.sub("", text).startswith(words[0]):
        return None
    joined = [_code("".join(words[:size])) for size in range(1, len(words) + 1)]
    exact = [one for one in joined if len(one) in lengths]
    value = exact[0] if exact else _grouped(words)
    value = Code.read(value, alphabet).literal
    if not SHORTEST_SERIAL <= len(value) <= LONGEST_SERIAL:
        return None
    return value if any(map(str.isdigit, value)) and value.isascii() else None


def _grouped(words: list[str]) -> str:
    """Return the first word, and the ones after it that look like groups of the same code."""
    taken = _code(words[0])
    if not _code_like(words[0]) and not (len(words) > 1 and _code_like(words[1])):
        return ""
    if len(words[0]) > LONGEST_PART:
        return taken
    for word in words[1:]:
        if len(word) > LONGEST_PART or not _code_like(word):
            break
        taken += _code(word)
    return taken


def _code(word: str) -> str:
    """Return the word as a code; a small l among capitals is a misread I or 1."""
    word = _TAIL.sub("", word)
    if any(map(str.isupper, word)) or any(map(str.isdigit, word)):
        word = word.replace("l", "I")
    return fold(word)


def _code_like(word: str) -> bool:
    return any(map(str.isdigit, word)) and not word[-1].islower()


def lot_in(text: str) -> str | None:
    """Return the batch, lot or date code that the text begins with, or None."""
    words = words_in(text)
    if not words or not _LEAD.sub("", text).startswith(words[0]):
        return None
    word = _TAIL.sub("", words[0]).upper()
    return word if len(fold(word)) >= SHORTEST_LOT and any(map(str.isdigit, word)) else None


def date_in(text: str) -> str | None:
    """Return the date the text holds as an ISO date or month, or None where it is not sure."""
    for pattern, order in _DATES:
        if match := pattern.search(text):
            year, month, day = (match[place] if place else None for place in order)
            return _iso(int(year or 0), int(month or 0), int(day) if day else None)
    if match := _DAY_OR_MONTH.search(text):
        one, other, year = int(match[1]), int(match[2]), int(match[3])
        if one > MONTHS >= other:
            return _iso(year, other, one)
        if other > MONTHS >= one:
            return _iso(year, one, other)
    return None


def _iso(year: int, month: int, day: int | None) -> str | None:
    if not FIRST_YEAR <= year <= LAST_YEAR or not 1 <= month <= MONTHS:
        return None
    if day is None:
        return f"{year}-{month:02}"
    return f"{year}-{month:02}-{day:02}" if 1 <= day <= DAYS else None


def bar_code_in(text: str) -> str | None:
    """Return the GTIN or UPC in the text where its check digit is right, or None."""
    digits = re.sub(r"[\s-]", "", _LEAD.sub("", text))
    match = re.match(r"\d{8,14}(?!\d)", digits)
    return match[0] if match and right_check_digit(match[0]) else None


def right_check_digit(digits: str) -> bool:
    """Say whether this is a GTIN of 8, 12, 13 or 14 digits whose last is as it must be."""
    try:
        ean.validate(digits)
    except ValidationError:
        return False
    return True


def trade_number(digits: str) -> tuple[str, str]:
    """Return the field, "upc" or "gtin", and the digits without what only pads them."""
    bare = digits[1:] if len(digits) > EAN and digits[0] == "0" else digits
    if len(bare) == EAN and bare[0] == "0":
        return "upc", bare[1:]
    return ("upc" if len(bare) == UPC else "gtin"), bare


def imei_in(text: str) -> str | None:
    """Return the IMEI in the text where its check digit is right, or None."""
    digits = re.sub(r"[\s/-]", "", _LEAD.sub("", text))[:15]
    return digits if digits.isdigit() and imei.is_valid(digits) and len(digits) > EAN else None


def shaped(model: str, shapes: tuple[str, ...]) -> str:
    """Return the model as its maker prints it, where one of its shapes fits best."""
    folded = fold(model)
    fitting = {fitted for shape in shapes if (fitted := _fitted(folded, fold_shape(shape)))}
    changes = {
        fitted: sum(one != other for one, other in zip(folded, fitted, strict=True))
        for fitted in fitting
    }
    fewest = [fitted for fitted in fitting if changes[fitted] == min(changes.values())]
    return _spread(fewest[0], model) if len(fewest) == 1 and changes[fewest[0]] else model


def _fitted(folded: str, shape: str) -> str | None:
    if len(folded) != len(shape):
        return None
    places = list(map(_placed, folded, shape))
    return None if None in places else "".join(filter(None, places))


def _placed(character: str, place: str) -> str | None:
    if place == "9":
        return character if character.isdigit() else _DIGIT_OF.get(character)
    if place == "A":
        return character if character.isalpha() else _LETTER_OF.get(character)
    wanted = place.upper()
    alike = _DIGIT_OF.get(character, character) == _DIGIT_OF.get(wanted, wanted)
    return wanted if alike else None


def _spread(right: str, model: str) -> str:
    """Return `right` with the dashes and slashes of `model`."""
    characters = iter(right)
    return "".join(next(characters, "") if fold(one) else one for one in model)


def runs(words: list[str]) -> Iterator[tuple[int, str]]:
    """Yield every run of up to four words, the longest first at each place, folded."""
    for start in range(len(words)):
        for size in range(min(4, len(words) - start), 0, -1):
            yield size, fold("".join(words[start : start + size]))
