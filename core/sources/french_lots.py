"""How RappelConso names products: bar code, lot, kind of date and dates, in a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from core.model.identifier import fold
from core.model.rule import Attribute, CodeRule, Rule
from core.sources.listed import codes, days, either, every, made_between, unparsed
from core.sources.normalise import clean, line, published

_DAY = "%d/%m/%Y"
_ISO = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_WRITTEN = re.compile(r"\d{1,2}/\d{1,2}/\d{4}")
_BAR_CODE = re.compile(r"^\d{8,14}$")
_ALWAYS_BAR_CODE = re.compile(r"^\d{12,14}$")
_BEFORE_BAR_CODE = re.compile(r"(?<!\d)(?=\d{12,14}(?!\d))")
_KIND_OF_DATE = re.compile(r"(?i)^(?:date (?:limite|de)\b.*|non concern[ée]e?s?)$")
_DATES_FOLLOW = re.compile(r"(?i)\b(?:date (?:limite )?d[e']|ddm\b|dlc\b)")
_NO_LIMIT = re.compile(r"(?i)^tous?(?: les?)?(?: lots?)?\b.{0,20}$")
_LOT_SIGN = re.compile(r"(?i)^(?:lots?\b\s*)?(?:n[°ouº]s?\s*)?:?\s*")
_BEGINS = re.compile(r"(?i)^lots? commen[çc]ant par\s*:?\s*")
_SEPARATE = re.compile(r"\s+/\s+|[,;]|\s+(?:et|ou)\s+", re.IGNORECASE)
_ASIDE = re.compile(r"\([^()]*\)")
_SENTENCE_START = re.compile(r"(^|[.!?]\s+)([a-zà-ÿ])")
_LONGEST_LOT = 30
_MOST_WORDS = 3


class Lots(NamedTuple):
    """Which units a fiche lists; `names_product`: every one of them by its own bar code."""

    rule: Rule | None
    names_product: bool


class _Listed(NamedTuple):
    """One product as it is listed."""

    bar_code: str
    lot: str
    dates: tuple[date, ...]


def lots(value: object) -> Lots:
    """Return what the field says about the units: a list, its "$"-joined form, or prose.

    Wording that is no lot stays in the rule as unparsed. Raises RecordUnreadable where the
    value is neither text nor a list of texts.
    """
    found = list(dict.fromkeys(_products(value)))
    nameless = [one for one in found if not one.bar_code]
    if nameless and _limits(nameless) is None:
        return Lots(None, names_product=False)
    return Lots(either([_limits(nameless), *_by_bar_code(found)]), bool(found) and not nameless)


def said_plainly(text: str) -> str:
    """Return a text that is held in lower case with capitals where sentences begin."""
    return _SENTENCE_START.sub(lambda found: found[1] + found[2].upper(), text)


def product_names(names: Sequence[str]) -> Rule | None:
    """Return the rule that the product goes by one of these names, None without a name."""
    kept = {fold(name): line(name) for name in names if fold(name)}
    if not kept:
        return None
    return Attribute(op="attr", field="product", any_of=tuple(kept.values()))


def _products(value: object) -> Iterator[_Listed]:
    if isinstance(value, list):
        yield from filter(any, map(_in_a_row, _groups(value)))
    elif "$" in (text := clean(value)):
        yield from filter(any, map(_in_places, text.split("|")))
    else:
        yield from filter(any, map(_in_prose, _BEFORE_BAR_CODE.split(text)))


def _groups(value: list[object]) -> Iterator[list[str]]:
    """Yield the parts of each product; a stray "|" begins the next one."""
    group: list[str] = []
    for part in value:
        first, *others = (" ".join(one.split()) for one in clean(part).split("|"))
        group.append(first)
        for other in others:
            yield [one for one in group if one]
            group = [other]
    yield [one for one in group if one]


def _in_a_row(parts: list[str]) -> _Listed:
    rest = [one for one in parts if not _ISO.match(one) and not _KIND_OF_DATE.match(one)]
    dates = _days(one for one in parts if _ISO.match(one))
    if not rest:
        return _Listed("", "", dates)
    first = rest[0]
    if _ALWAYS_BAR_CODE.match(first) or (len(rest) > 1 and _BAR_CODE.match(first)):
        return _Listed(first, " ; ".join(rest[1:]), dates)
    return _Listed("", " ; ".join(rest), dates)


def _in_places(text: str) -> _Listed:
    parts = [" ".join(one.split()) for one in text.split("$")]
    bar_code, lot, _, *dates = (*parts, "", "", "")
    until = _days(one for one in dates if _ISO.match(one))
    if _BAR_CODE.match(bar_code):
        return _Listed(bar_code, lot, until)
    return _Listed("", " ; ".join(one for one in (bar_code, lot) if one), until)


def _in_prose(text: str) -> _Listed:
    words = [word for word in text.split() if word.strip("0")]
    bar_code = words.pop(0) if words and _ALWAYS_BAR_CODE.match(words[0]) else ""
    rest = " ".join(words)
    cut = _DATES_FOLLOW.search(rest)
    lot, tail = (rest[: cut.start()], rest[cut.start() :]) if cut else (rest, "")
    return _Listed(bar_code, lot.strip(), _days(_WRITTEN.findall(tail)))


def _days(texts: Iterator[str] | list[str]) -> tuple[date, ...]:
    found = {day for text in texts if (day := published(text, _DAY))}
    return tuple(sorted(found))


def _by_bar_code(found: list[_Listed]) -> Iterator[Rule | None]:
    """Yield a rule for all bar codes that have the same limits."""
    listed: dict[str, list[_Listed]] = {}
    for one in found:
        if one.bar_code:
            listed.setdefault(one.bar_code, []).append(one)
    alike: dict[Rule | None, list[str]] = {}
    for bar_code, lines in listed.items():
        alike.setdefault(_limits(lines), []).append(bar_code)
    for limits, bar_codes in alike.items():
        yield every([codes("gtin", bar_codes), limits])


def _limits(listed: list[_Listed]) -> Rule | None:
    """Return what narrows a product down; None where one of its lines holds for all units."""
    rules = [every([_lot(one.lot), _expiry(one.dates)]) for one in listed]
    return None if None in rules else either(rules)


def _expiry(dates: tuple[date, ...]) -> Rule | None:
    return days("expiry", dates[0], dates[-1]) if dates else None


def _lot(text: str) -> Rule | None:
    if not text or _NO_LIMIT.match(text) or _KIND_OF_DATE.match(text):
        return None
    if begins := _BEGINS.match(text):
        starts = {fold(one): one for one in _separated(text[begins.end() :]) if _is_lot(one)}
        if starts:
            return CodeRule(op="code", field="lot", starts=tuple(starts.values()))
    if made := made_between(text):
        return made
    said = _separated(_LOT_SIGN.sub("", text, count=1))
    if said and all(map(_is_lot, said)):
        return codes("lot", said)
    return unparsed(text)


def _separated(text: str) -> list[str]:
    parts = (one.strip(" .:") for one in _SEPARATE.split(_ASIDE.sub(" ", text)))
    return [one.upper() for one in parts if fold(one)]


def _is_lot(text: str) -> bool:
    has_digit = any(character.isdigit() for character in text)
    return has_digit and len(text) <= _LONGEST_LOT and len(text.split()) <= _MOST_WORDS
