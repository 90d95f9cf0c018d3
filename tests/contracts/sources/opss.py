"""How GOV.UK answers: its search, and one content item for each notice."""

from __future__ import annotations

import json

from tests.contracts.source_case import SourceCase, recorded
from tests.contracts.source_pages import JsonList, json_mutants

_SEARCH = recorded("opss", "search.json")
_ITEMS = [recorded("opss", f"content-{name}.json") for name in ("recall", "report", "changed")]
_FOUND = json.loads(_SEARCH)
_ONE = json.dumps({**_FOUND, "results": _FOUND["results"][:1], "total": 1}).encode()
_ERRORS = (b"[]", b"{}", b'{"results": [], "total": 3746}', b'{"results": null, "total": 1}')

CASES = (
    SourceCase(
        name="opss",
        part="search",
        payload=_SEARCH,
        url="https://www.gov.uk/api/search.json",
        count=3,
        shape=JsonList(path=("results",)),
        mutants=json_mutants,
        answers={json.loads(item)["base_path"]: item for item in _ITEMS},
        errors=_ERRORS,
    ),
    SourceCase(
        name="opss",
        part="content",
        payload=_ITEMS[0],
        url="https://www.gov.uk/api/content/product-safety-alerts-reports-recalls/a",
        count=1,
        shape=None,
        mutants=json_mutants,
        answers={"search.json": _ONE},
        errors=_ERRORS,
    ),
)
