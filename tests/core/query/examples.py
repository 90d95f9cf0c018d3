"""The labelled messages: those we looked at while building, and those we did not."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from core.model.identifier import fold
from core.query.query import Query
from core.query.understand import understand
from tests.core.query.lexicon import a_lexicon

FOLDER = Path(__file__).parent / "examples"
Described = tuple[str, str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Example:
    """One message and what it asks."""

    id: str
    text: str
    lang: str
    intent: str
    action: str | None
    urgent: bool
    units: tuple[Described, ...]


def examples(name: str) -> list[Example]:
    """Return the examples of one file."""
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [_example(json.loads(line)) for line in lines]


def _example(row: dict) -> Example:  # type: ignore[type-arg]  # a row of our own JSON file
    units = tuple(
        (fold(unit["brand"] or ""), fold(unit["model"] or ""), unit["facts"])
        for unit in row["units"]
    )
    rest = (row["intent"], row.get("action"), row.get("urgent", False))
    return Example(row["id"], row["text"], row["lang"], *rest, units)


def described(query: Query) -> tuple[Described, ...]:
    """Return the units of a query in the form in which the examples hold them."""
    return tuple(
        (fold(unit.brand or ""), fold(unit.model or ""), dict(unit.facts))
        for unit in query.units
    )


def share_right(rows: Iterable[Example]) -> tuple[float, float]:
    """Return the shares of messages whose intent, and whose units, were understood."""
    read = [(row, understand(row.text, a_lexicon())) for row in rows]
    asked = sum(
        (q.intent, q.action, q.urgent) == (r.intent, r.action, r.urgent) for r, q in read
    )
    named = sum(described(query) == row.units for row, query in read)
    return asked / len(read), named / len(read)
