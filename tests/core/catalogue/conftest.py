"""A small catalogue file of an invented maker, to be spoiled in one place by each test."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.catalogue.file import Judge
from core.model.verdict import Verdict

Write = Callable[..., Path]


def a_recall(**changes: Any) -> dict[str, Any]:
    return {
        "id": "acme-x1-us-2025",
        "authority": "Office of Products",
        "brands": ["Acme"],
        "product": "Acme power bank",
        "regions": ["US"],
        "units": {
            "op": "and",
            "of": [
                {"op": "model", "any_of": ["X1"]},
                {"op": "code", "field": "serial", "starts": ["57V"], "length": [8]},
            ],
        },
        "hazard": {"kinds": ["fire"], "text": "It can burn.", "source": "office"},
        "sources": [
            {
                "id": "office",
                "url": "https://office.example/x1",
                "kind": "official",
                "says": "X1 with serial numbers starting 57V.",
                "seen": "2026-01-02",
            }
        ],
        "examples": [
            {"brand": "Acme", "model": "X1", "serial": "57V00001", "want": "affected"}
        ],
        **changes,
    }


@pytest.fixture
def recall() -> Callable[..., dict[str, Any]]:
    return a_recall


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(*recalls: dict[str, Any], name: str = "acme.json", **changes: Any) -> Path:
        maker = {"name": "Acme", "brands": ["Acme"], "alphabet": {"serial": "0123456789V"}}
        content = {
            "makers": [maker],
            "reviewed": "2026-01-02",
            "recalls": list(recalls) or [a_recall()],
            **changes,
        }
        path = tmp_path / name
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    return written


@pytest.fixture
def judge() -> Judge:
    """Judge by the model alone, which is enough to see that examples are judged."""
    return lambda _maker, _notice, example: (
        Verdict.AFFECTED if example.model == "X1" else Verdict.NO_RECALL_FOUND
    )
