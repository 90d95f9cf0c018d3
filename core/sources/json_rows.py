"""JSON lists from an authority: row by row as it was sent, and fields that may be anything."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from core.sources.contract import RecordUnreadable, SourceUnavailable
from core.sources.text import clean

_BLANK = " \t\r\n"
_DECODER = json.JSONDecoder()


def json_rows(payload: bytes) -> list[tuple[bytes, Any]]:
    """Return every element of a JSON list, byte for byte as it was sent and as it reads.

    Raises SourceUnavailable where the payload is no whole list in UTF-8.
    """
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceUnavailable("the answer is not UTF-8") from None
    if not text.lstrip(_BLANK).startswith("["):
        raise SourceUnavailable("the answer is no JSON list")
    try:
        return list(_rows(text))
    except (ValueError, IndexError, RecursionError):
        raise SourceUnavailable("the answer is broken JSON") from None


def json_object(body: bytes) -> Mapping[str, Any]:
    """Return the fields of one record. Raises RecordUnreadable where it is no JSON object."""
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise RecordUnreadable("no JSON") from None
    if not isinstance(fields, dict):
        raise RecordUnreadable(f"an object expected, got {type(fields).__name__}")
    return fields


def values(fields: Mapping[str, Any], name: str, key: str) -> tuple[str, ...]:
    """Return the text at `key` of each object in the list `name`, without the empty ones.

    A list that is missing or null is empty. Raises RecordUnreadable where it is no list of
    objects, or a value is no text.
    """
    rows = fields.get(name)
    if rows is None:
        return ()
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RecordUnreadable(f"{name}: a list of objects expected")
    found = (clean(row.get(key)) for row in rows)
    return tuple(text for text in found if text)


def unreadable(error: ValidationError) -> RecordUnreadable:
    """Return in one line what our model refuses about a record."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "record"
    return RecordUnreadable(f"{where}: {first['msg']}"[:200])


def _rows(text: str) -> Iterator[tuple[bytes, Any]]:
    """Yield the elements; ValueError or IndexError where the list is not whole."""
    at = _after_blank(text, text.index("[") + 1)
    if text[at] != "]":
        while True:
            value, end = _DECODER.raw_decode(text, at)
            yield text[at:end].encode(), value
            at = _after_blank(text, end)
            if text[at] != ",":
                break
            at = _after_blank(text, at + 1)
    if text[at] != "]" or text[at + 1 :].strip(_BLANK):
        raise ValueError("the list is not whole")


def _after_blank(text: str, at: int) -> int:
    while text[at] in _BLANK:
        at += 1
    return at
