"""Which tokens may be an identifier, and which only look like one: sizes, prices, dates."""

from __future__ import annotations

from collections.abc import Sequence

from core.sources.drafts.tokens import Kind, Token, is_address
from core.sources.drafts.vocabulary import words

LONG_NUMBER = 5
SHORTEST_LISTED = 2
EAN_LENGTHS = (8, 12, 13, 14)
UNITS = words(
    "oz ounce ounces inch inches in lb lbs pound pounds kg g mg mm cm m ml l v volt volts "
    "w watt watts kw kwh mah ah hz ghz mhz gal gallon gallons ft feet foot quart quarts "
    "qt pack packs piece pieces pcs pc count ct months month years year days day hours "
    "hour am pm a.m p.m % psi hp cc gb tb k x rpm degrees pk pks digit digits character "
    "characters letters d units people million percent miles mph gram grammes grams litre "
    "litres liter liters seat door"
)
# One capital letter behind a number is a unit only where people write it so: 24V, not 24G.
_NO_UNITS = frozenset("GMXCS")
# Sizes of clothes: 12M for months, 3T for toddlers, 8Y for years.
CLOTHES = frozenset("MTY")
BATTERIES = ("CR", "LR", "SR", "AG")
LONGEST_BATTERY = 6
ORDINALS = ("st", "nd", "rd", "th")


def may_be_code(tokens: Sequence[Token], index: int) -> bool:
    """Say whether the token looks like an identifier even where no word says so.

    Letters mixed with digits, or at least five digits; sizes, amounts, dates, ordinals,
    telephone numbers and addresses are none.
    """
    token = tokens[index]
    if token.kind not in (Kind.MIXED, Kind.NUMBER) or _is_common(tokens, index):
        return False
    digits = sum(character.isdigit() for character in token.text)
    if token.kind is Kind.NUMBER:
        return digits >= LONG_NUMBER and token.text.replace("-", "").replace("/", "").isdigit()
    return not all(_is_plain(part) for part in token.text.replace("/", "-").split("-"))


def may_be_listed(tokens: Sequence[Token], index: int) -> bool:
    """Say whether the token can be an identifier where a word such as "model" calls for one."""
    token = tokens[index]
    if token.kind in (Kind.MIXED, Kind.NUMBER):
        text = token.text
        long_enough = len(text) >= SHORTEST_LISTED
        return long_enough and not _is_common(tokens, index, called_for=True)
    dashed = "-" in token.text.strip("-") and token.text.upper() == token.text
    return token.kind is Kind.WORD and dashed


def _is_common(tokens: Sequence[Token], index: int, *, called_for: bool = False) -> bool:
    text = tokens[index].text
    return (
        is_address(text)
        or text[0] in "$€£¥"
        or "%" in text
        or "," in text
        or is_telephone(text)
        or is_slash_date(text)
        or _is_dashed_date(text)
        or _is_size(text)
        or _is_measure(text)
        or _is_battery(text)
        or _is_decimal(text)
        or (not called_for and _is_plain(text))
        or _is_measured(tokens, index)
    )


def _is_plain(text: str) -> bool:
    """Say whether it is a small number, a number with its unit, an ordinal, or a word."""
    number = text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.'\"%")
    tail = text[len(number) :].lower().strip(".'\"")
    if not number:
        return True
    if not number.replace(".", "").isdigit():
        return False
    if not tail:
        return len(number) < LONG_NUMBER
    if len(tail) == 1 and len(number) >= LONG_NUMBER:
        return False  # nobody writes so many watts
    padded = number[0] == "0" and "." not in number and len(number) > 1
    capital = len(tail) == 1 and text[len(number) :] in _NO_UNITS
    if text[len(number) :] in CLOTHES and len(number) <= SHORTEST_LISTED:
        return True
    return not padded and not capital and (tail in UNITS or tail in ORDINALS or tail == "s")


def is_telephone(text: str) -> bool:
    """Say whether it is written as North American telephone numbers are."""
    parts = [
        part for part in text.strip("()").replace("(", "").replace(")", "-").split("-") if part
    ]
    widths = [len(part) for part in parts]
    return text.replace("-", "").strip("()").isdigit() and widths in ([3, 3, 4], [1, 3, 3, 4])


def is_slash_date(text: str) -> bool:
    """Say whether it is written as numbers between slashes, as dates are."""
    parts = text.split("/")
    return len(parts) in (2, 3) and all(
        part.isdigit() and len(part) in (1, 2, 4) for part in parts
    )


def _is_dashed_date(text: str) -> bool:
    """Say whether it is an ISO date or a span of years."""
    parts = text.split("-")
    if not all(part.isdigit() for part in parts):
        return False
    widths = [len(part) for part in parts]
    years = [part[:2] in ("19", "20") for part in parts]
    return (widths == [4, 2, 2] and years[0]) or (widths == [4, 4] and all(years))


def _is_battery(text: str) -> bool:
    """Say whether it is a size of cell as IEC 60086 names them: CR2032, LR44."""
    return text[:2] in BATTERIES and text[2:].isdigit() and len(text) <= LONGEST_BATTERY


def _is_measure(text: str) -> bool:
    """Say whether it is length by width: 18'x52", 24x36in."""
    parts = text.lower().replace("'", "").replace('"', "").split("x")
    behind = parts[1:] if text[0] == "x" else parts  # "8.5 inches x10.5", "yoghurt x8"
    return len(parts) > 1 and all(
        part.rstrip("inchmft.").replace(".", "").isdigit() for part in behind
    )


def _is_size(text: str) -> bool:
    """Say whether it is a number with a unit written out behind it: 16oz, 1.5-lb, 19-Inch."""
    number = text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    unit = text[len(number) :].lower()
    amount = number.rstrip("-").replace(".", "", 1)
    return amount.isdigit() and len(unit) > 1 and (unit in UNITS or unit in ORDINALS)


def _is_decimal(text: str) -> bool:
    """Say whether it is a number with a point, or a span of such numbers."""
    parts = [part for part in text.split("-") if part]
    return "." in text and all(part.replace(".", "", 1).isdigit() for part in parts)


def _is_measured(tokens: Sequence[Token], index: int) -> bool:
    text = tokens[index].text
    if tokens[index].kind is not Kind.NUMBER or len(text) >= LONG_NUMBER:
        return False
    after = [token.word for token in tokens[index + 1 : index + 3]]
    return bool(after) and (
        after[0] in UNITS
        or (after[0] in "\"'" and _touches(tokens, index) and _closes(tokens, index))
    )


def _touches(tokens: Sequence[Token], index: int) -> bool:
    return tokens[index].stop == tokens[index + 1].start


def _closes(tokens: Sequence[Token], index: int) -> bool:
    """Say whether the mark behind is no end of a quotation that began shortly before."""
    quote = tokens[index + 1].text
    before = tokens[max(0, index - 12) : index]
    inside = sum(
        token.text == quote and token.sentence == tokens[index].sentence for token in before
    )
    return inside % 2 == 0


def is_bar_code(text: str) -> bool:
    """Say whether it has the length and the check digit of a GTIN, as GS1 reckons it."""
    if not text.isascii() or not text.isdigit() or len(text) not in EAN_LENGTHS:
        return False
    weighted = (int(c) * (3 if place % 2 else 1) for place, c in enumerate(reversed(text)))
    return sum(weighted) % 10 == 0


def alike(one: str, other: str) -> bool:
    """Say whether digits stand where digits stand in the other, and letters where letters."""
    return [c.isdigit() for c in one] == [c.isdigit() for c in other]


def family(text: str) -> str:
    """Return the letters a code begins with: what codes of one list often share."""
    return text[: len(text) - len(text.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))]
