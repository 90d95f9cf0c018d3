"""How the CPSC's service answers."""

from __future__ import annotations

import json

from tests.contracts.source_case import SourceCase, recorded
from tests.contracts.source_pages import JsonList, json_mutants

_PAGE = recorded("cpsc", "recalls.json")

CASES = (
    SourceCase(
        name="cpsc",
        payload=_PAGE,
        url="https://www.saferproducts.gov/RestWebServices/Recall?format=json",
        count=len(json.loads(_PAGE)),
        shape=JsonList(),
        mutants=json_mutants,
        errors=(recorded("cpsc", "error.json"), b"[]"),
    ),
)
