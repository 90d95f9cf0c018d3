"""How the service of FSIS answers; its pairs of languages have tests of their own."""

from __future__ import annotations

import json

from tests.contracts.source_case import SourceCase, recorded
from tests.contracts.source_pages import JsonList, json_mutants

_PAGE = recorded("usda_fsis", "english.json")

CASES = (
    SourceCase(
        name="usda_fsis",
        payload=_PAGE,
        url="https://www.fsis.usda.gov/fsis/api/recall/v/1",
        count=len(json.loads(_PAGE)),
        shape=JsonList(),
        mutants=json_mutants,
        errors=(b"[]",),
    ),
)
