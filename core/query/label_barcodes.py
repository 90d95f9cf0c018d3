"""What the bar codes of a label say: GS1 elements, links, and codes beside their names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, urlsplit

from core.model.label import Barcode, Box
from core.query.label_values import right_check_digit, trade_number

LONGEST = 512
LONGEST_VALUE = 48
GROUP_SEPARATOR = "\x1d"
_TRADE = frozenset({"EAN13", "EAN8", "UPCA", "UPCE", "ITF14", "ITF"})
_ELEMENTS = {
    "21": "serial",
    "10": "batch",
    "17": "expiry",
    "15": "expiry",
    "11": "manufactured",
}
_GTIN = "01"
# A code that was not marked as one of GS1, but is: a GTIN, then something more.
_UNMARKED = re.compile(r"01(\d{14})(?:1[01357]|21|30|240)\S+")
_BRACKETS = re.compile(r"\(01\)\d{14}\(\d{2,4}\)\S+")
_PARAMETERS = {
    **dict.fromkeys(
        ("sn", "s/n", "serial", "serialno", "serialnumber", "serial_number"), "serial"
    ),
    **dict.fromkeys(("model", "modelno", "mn", "type"), "model"),
    **dict.fromkeys(("lot", "batch", "batchno"), "batch"),
}
_NAMED = re.compile(
    r"(?i)(?:^|[\s;,|&\n\x1d])(s/?n|serial(?: ?(?:no|number))?|model(?: ?no)?|m/?n|lot|batch)"
    r"\.?\s*[:=#]\s*([a-z0-9][a-z0-9./-]*)"
)
_PREFIXED = re.compile(r"(?:S/?N|SN)([A-Z0-9]{8,32})")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9./-]{2,47}")
_SPLIT = re.compile(r"[;,|\s]+")


@dataclass(frozen=True, slots=True)
class Told:
    """One value of a bar code: its field, or "" where only its neighbours can tell."""

    field: str
    value: str
    box: Box


def told_by(barcode: Barcode) -> Iterator[Told]:
    """Yield everything one bar code says."""
    text = barcode.text.strip()[:LONGEST]
    found = list(_elements(text)) or list(_trade(barcode.format, text)) or list(_named(text))
    if not found and not _is_link(text):
        found = [("", piece) for piece in _SPLIT.split(text) if _CODE.fullmatch(piece)]
    for field, value in found:
        if value and len(value) <= LONGEST_VALUE:
            yield Told(field, value, barcode.box)


def _elements(text: str) -> Iterator[tuple[str, str]]:
    """Yield the elements of a GS1 code, nothing where it is none."""
    if not _looks_like_gs1(text):
        return
    # It takes a sixth of a second, which only somebody with such a code should wait for.
    from biip import ParseError, parse  # noqa: PLC0415 - as above
    from biip.gs1_digital_link_uris import GS1DigitalLinkURI  # noqa: PLC0415 - as above
    from biip.gs1_messages import GS1Message  # noqa: PLC0415

    try:
        if _BRACKETS.match(text):
            part: GS1Message | GS1DigitalLinkURI | None = GS1Message.parse_hri(text)
        else:
            result = parse(text)
            part = result.gs1_message or result.gs1_digital_link_uri
    except ParseError:
        return
    for element in part.element_strings if part else ():
        if element.ai.ai == _GTIN and element.gtin is not None:
            yield trade_number(element.gtin.value)
        elif field := _ELEMENTS.get(element.ai.ai):
            yield field, _written(element.value, element.date)


def _written(value: str, day: date | None) -> str:
    return day.isoformat() if day else value


def _looks_like_gs1(text: str) -> bool:
    if text.startswith(("]C1", "]e0", "]d2", "]Q3", "]J1")) or _BRACKETS.match(text):
        return True
    if _is_link(text):
        return re.search(r"/01/\d{8,14}(?:[/?#]|$)", text) is not None
    unmarked = _UNMARKED.fullmatch(text.replace(GROUP_SEPARATOR, ""))
    return unmarked is not None and right_check_digit(unmarked[1])


def _trade(kind: str, text: str) -> Iterator[tuple[str, str]]:
    plain = re.sub(r"[^A-Z0-9]", "", kind.upper())
    if plain in _TRADE and text.isdigit() and right_check_digit(text):
        yield trade_number(text)


def _named(text: str) -> Iterator[tuple[str, str]]:
    if _is_link(text):
        for name, value in parse_qsl(urlsplit(text).query):
            if (field := _PARAMETERS.get(name.lower())) and _CODE.fullmatch(value):
                yield field, value
        return
    for match in _NAMED.finditer(text):
        name = re.sub(r"[^a-z]", "", match[1].lower())
        yield _field_of(name), match[2]
    if prefixed := _PREFIXED.fullmatch(text):
        yield "serial", prefixed[1]


def _field_of(name: str) -> str:
    if name.startswith("s"):
        return "serial"
    return "model" if name.startswith("m") else "batch"


def _is_link(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))
