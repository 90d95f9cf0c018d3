"""Reading an authority's JSON where every value may be of another type than documented."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from core.model.recall import Notice
from core.sources.contract import RecordUnreadable, SourceUnavailable
from core.sources.text import clean


def payload_of(body: bytes) -> Any:
    """Return a whole answer's JSON; raises SourceUnavailable where it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise SourceUnavailable(f"{body[:40]!r}… is not JSON") from None


def mapping(value: object) -> Mapping[str, Any]:
    """Return an object, an empty one for None; raises RecordUnreadable for anything else."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise RecordUnreadable(f"object expected, got {type(value).__name__}")
    return value


def texts(value: object) -> Iterator[str]:
    """Yield the texts of a list, or the one text that stands in its place."""
    for part in value if isinstance(value, list) else [value]:
        if text := clean(part):
            yield text


def required(record: Mapping[str, Any], name: str) -> str:
    """Return the text of a field that must be there; RecordUnreadable where it is not."""
    if text := clean(record.get(name)):
        return text
    raise RecordUnreadable(f"{name} is missing")


def notice(**facts: Any) -> Notice:
    """Return the notice with these facts; raises RecordUnreadable for what no notice can be."""
    try:
        return Notice(**facts)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise RecordUnreadable(f"{where}: {first['msg']}"[:200]) from None
