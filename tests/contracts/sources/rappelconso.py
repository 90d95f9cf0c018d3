"""How RappelConso answers, today and in the two shapes there were before."""

from __future__ import annotations

import json

from core.sources.rappelconso import DATASET
from tests.contracts.source_case import SourceCase, recorded
from tests.contracts.source_pages import JsonList, json_mutants


def _case(part: str, path: str) -> SourceCase:
    payload = recorded("rappelconso", f"{part}.json")
    return SourceCase(
        name="rappelconso",
        part=part,
        payload=payload,
        url=f"{DATASET}/records?limit=100",
        count=len(json.loads(payload)[path]),
        shape=JsonList((path,)),
        mutants=json_mutants,
        errors=(b"[]", b'{"error_code": "InvalidRESTParameterError", "message": "no"}'),
    )


CASES = (_case("records", "results"), _case("joined", "results"), _case("first", "records"))
