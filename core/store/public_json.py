"""Parts, rules and styles as JSON in the database, read back as the values they were."""

from __future__ import annotations

import json
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from core.model.public import Part, Rules, Style
from core.store.schema import storable

Value = TypeVar("Value")
PARTS = TypeAdapter(tuple[Part, ...])
BASIS = TypeAdapter(tuple[tuple[int, int], ...])
RULES, STYLE = TypeAdapter(Rules), TypeAdapter(Style)


class Unreadable(ValueError):  # noqa: N818 - what it is
    """What is stored is not what we write there."""


def written(kind: TypeAdapter[Value], value: Value) -> str:
    """Return the value as JSON, without what no database holds; equal values are equal text."""
    return storable(json.dumps(kind.dump_python(value, mode="json"), ensure_ascii=False))


def read(kind: TypeAdapter[Value], stored: str) -> Value:
    """Return the value; raises Unreadable."""
    try:
        return kind.validate_json(stored)
    except ValidationError as mistake:
        fields = {".".join(map(str, one["loc"])) or "all of it" for one in mistake.errors()}
        raise Unreadable(f"not as we write it: {', '.join(sorted(fields)[:3])}") from None
