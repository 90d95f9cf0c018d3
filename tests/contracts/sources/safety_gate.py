"""How the Safety Gate answers: a search says which alerts there are, then each is asked for."""

from __future__ import annotations

import json

from core.sources.safety_gate_alert import API
from tests.contracts.source_case import SourceCase, recorded, recorded_records
from tests.contracts.source_pages import JsonList, json_mutants

_ALERTS = recorded_records("safety_gate", "alerts.json")

CASES = (
    SourceCase(
        name="safety_gate",
        payload=recorded("safety_gate", "alerts.json"),
        url=f"{API}/notification/10097946?language=en",
        count=len(_ALERTS),
        shape=JsonList(),
        mutants=json_mutants,
        answers={
            "api/search": recorded("safety_gate", "search.json"),
            **{f"notification/{json.loads(alert)['id']}": alert for alert in _ALERTS},
        },
        errors=(b'{"content": [], "last": true}', b'{"status": 405}'),
    ),
)
