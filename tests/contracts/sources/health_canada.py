"""How Health Canada's one file reads."""

from __future__ import annotations

from core.sources.health_canada import FILE
from tests.contracts.source_case import SourceCase, recorded
from tests.contracts.source_pages import JsonList, json_mutants

CASES = (
    SourceCase(
        name="health_canada",
        payload=recorded("health_canada", "recorded.json"),
        url=FILE,
        count=3,
        shape=JsonList(),
        mutants=json_mutants,
        errors=(b"[]",),
    ),
)
