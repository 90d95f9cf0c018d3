"""Numbers and names that look like codes and are none: capacities, prices, phones, links."""

from __future__ import annotations

import re
from functools import lru_cache

from core.query.sheet import LINKED, TAKEN, Kind, Mark, Sheet
from core.query.wording import wording

FEWEST_PARTS, FEWEST_MEASURED = 2, 2
_PARTS = re.compile(r"[\n|•·]| / | - ")
_UNITS = (
    "m ?a ?h|w ?h|wh|kwh|watts?|volts?|amps?|w|v|a|hz|khz|mhz|ghz|kb|gb|tb|mb|mm|cm|m|km|kg|g|"
    "mg|lbs?|oz|inch(?:es)?|in|zoll|pouces?|pulgadas|hrs?|hours?|h|min|mins|minutes?|sec|s|"
    "days?|weeks?|months?|years?|yrs?|am|pm|uhr|x|pcs|st|nd|rd|th|er|eme|ports?|"
    "мач|ма·?ч|ма|вт|вт·ч|в|год[аув]?|лет|рок[иу]?|毫安时|毫安時|毫安|瓦|伏|个|個|台|つ|年前|"
    "ワット|ミリアンペア|와트|밀리암페어|개|मिलीएम्पियर|एमएएच|वाट|"
    "مللي ?امبير|ملي ?امبير|امبير|واط"
)
_MONEY = (
    r"[$€£¥₩₽₹₺₴₫]\s?\d[\d.,]*|(?<![\d.,])\d[\d.,]*\s?(?:[$€£¥₩₽₹₺₴₫]|usd|eur|euros?|dollars?|dolares|dolar|"
    r"cents?|pounds?|yen|yuan|rmb|reais|pesos?|rubles?|руб\w*|грн|zl|pln|tl|lira|元|块|塊|円|원|"
    r"dong|vnd|rupiah|rupees?|रुपये|रुपए|ريال|درهم|دولار|nt)(?![a-z0-9])|"
    r"(?<![a-z])(?:rp|rs|nt|r|us|hk)\.?\s?[$]?\s?\d{1,3}(?:[.,]\d{3})+"
)
# The first group of alternatives a link or an address; the second plain numbers.
_LINKS = re.compile(r"(?:https?://|www\.)[^\s<>\"]+|[a-z0-9-]+\.(?:com|org|net|de|jp|cn)/\S*")
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}")
_ORDER = re.compile(r"(?<!\d)\d{3}-\d{7}-\d{7}(?!\d)")
_ASIN = re.compile(r"(?<![a-z0-9])b0[a-z0-9]{8}(?![a-z0-9])")
_GROUPED = re.compile(r"(?<![a-z0-9-])\d{1,3}(?:[ .,]\d{3})+(?![a-z0-9-])")
_MEASURED = re.compile(rf"(?<![a-z0-9])\d+(?:[.,]\d+)?(?: ?-)? ?(?:{_UNITS})(?![a-z0-9])")
_THOUSANDS = re.compile(r"(?<![a-z0-9/])\d{1,3}(?:\.\d)? ?k(?![a-z0-9])")
_ROUND = re.compile(r"(?<![a-z0-9/.-])(?:\d{1,2}000|\d{2,3}00(?<=\d{5}))(?![a-z0-9/-])")
_PRICE = re.compile(_MONEY)
_PHONE = re.compile(
    r"(?<![a-z0-9])(?:\+\d[\d ()-]{7,}\d|\(\d{2,4}\) ?\d{3,4}[- ]\d{3,4}|"
    r"(?:1[- ])?\d{3}[- ]\d{3}[- ]\d{4}|0\d{1,4}[- ]\d{2,4}[- ]\d{3,4})(?![a-z0-9])"
)
# "05xxxxxx71": a telephone number half hidden.
_HIDDEN_PHONE = re.compile(r"(?<![a-z0-9])\+?\d{2,5}[ -]?[x*]{3,}[ -]?\d{0,4}(?![a-z0-9*])")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}:\d{2}(?:\s?[ap]m)?(?!\d)")
_PLUG = re.compile(
    r"(?<![a-z0-9])(?:usb[- ]?[abc]?\d?(?:\.\d)?|type[- ]?c|[345]g|qc ?\d(?:\.\d)?\+?|"
    r"\d+(?:\.\d+)?v ?[/-]? ?\d+(?:\.\d+)?m?a|"
    r"pd ?\d*(?:\.\d)?w?|ip ?[x\d]\d|4k|1080p|mp[34]|\d+ ?%|\d+[./]\d+ ?(?:stars?)|\d-in-\d)"
    r"(?![a-z0-9])"
)


def set_aside(sheet: Sheet) -> None:
    """Take links, addresses and order numbers, before any name is looked for."""
    words = sheet.plain.words
    for match in _LINKS.finditer(words):
        sheet.take(match.start(), match.end(), LINKED)
    for match in _ASIN.finditer(words):
        if any(character.isdigit() for character in match[0][2:]):
            value = sheet.shown(*match.span()).upper()
            sheet.mark(Mark(Kind.CODE, *match.span(), value, "asin"))
    for pattern in (_ADDRESS, _ORDER):
        for match in pattern.finditer(words):
            sheet.take(*match.span(), TAKEN)


def set_numbers_aside(sheet: Sheet) -> None:
    """Take capacities, prices, phone numbers and the like; known models are marked by then."""
    words = sheet.plain.words
    patterns = (
        _PRICE,
        _PHONE,
        _HIDDEN_PHONE,
        _CLOCK,
        _PLUG,
        _series(),
        _flights(),
        _MEASURED,
        _THOUSANDS,
        _GROUPED,
        _ROUND,
    )
    for pattern in patterns:
        for match in pattern.finditer(words):
            if sheet.free(*match.span(), LINKED):
                sheet.take(*match.span(), TAKEN)


def is_copied(sheet: Sheet) -> bool:
    """Say whether a label or an offer was copied: facts side by side, and nothing asked."""
    words = sheet.plain.words
    if len(_PARTS.findall(words)) < FEWEST_PARTS or "?" in words:
        return False
    patterns = (_PRICE, _PLUG, _MEASURED)
    return sum(len(pattern.findall(words)) for pattern in patterns) >= FEWEST_MEASURED


@lru_cache(maxsize=1)
def _series() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![a-z0-9])(?:{_any_of('words')})[ -]?(?:[a-z]?\d{{1,4}}[a-z]{{0,2}}\+?|[xs]s?)"
        r"(?: (?:pro|max|plus|ultra|mini|fe))*(?![a-z0-9])"
    )


@lru_cache(maxsize=1)
def _flights() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![^\W_])(?:{_any_of('flights')})\W{{0,3}}"
        r"(?:[a-z]{2}|[a-z]\d|\d[a-z])[ -]?\d{2,4}(?![a-z0-9])"
    )


def _any_of(kind: str) -> str:
    return "|".join(sorted(map(re.escape, wording().known["series"][kind]), key=len))
