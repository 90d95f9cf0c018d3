"""The shared recall facts, where they lie beside the repository, judged example by example."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from core.match.decide import decide
from core.model.recall import Example, Maker, Notice
from core.model.rule import CodeRule, walk
from core.model.unit import Unit
from core.model.verdict import Verdict
from tests.builders import NOW, a_notice, a_rule, knowledge
from tests.core.match.damage import misread

SHARED = Path(__file__).parents[3].parent / "shared"
FACTS = SHARED / "eval" / "recalls_facts.json"
KINDS = {"official copy": "official_copy", "company": "maker"}
ALLOWED = {
    "AFFECTED": {Verdict.AFFECTED},
    "NOT_AFFECTED": {Verdict.NOT_AFFECTED},
    "CANNOT_TELL": {Verdict.CHECK_NEEDED, Verdict.NO_RECALL_FOUND, Verdict.CANNOT_ANSWER},
}
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.exists(), reason="no shared folder beside the repository"),
]


@cache
def _facts() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(FACTS.read_text(encoding="utf-8"))
    return loaded


def _plain(node: Any) -> Any:
    """Return a node without the keys that only the shared data has."""
    if isinstance(node, dict):
        spare = {"field"} if node.get("op") == "model" else set()
        return {name: _plain(value) for name, value in node.items() if name not in spare}
    return [_plain(part) for part in node] if isinstance(node, list) else node


def _notice(recall: dict[str, Any], *, complete: bool) -> Notice:
    source = {
        "id": "s",
        "url": "https://source.example/recall",
        "kind": "official" if complete else "news",
        "says": "what the notice says",
        "seen": NOW.date(),
    }
    return a_notice(
        a_rule(_plain(recall["units"])),
        id=recall["id"],
        brands=recall["brand"],
        regions=recall["regions"] or ["WORLD"],
        complete=complete,
        sources=(source,),
        hazard={"kinds": ["fire"], "text": "x", "source": "s"},
    )


def _makers() -> Iterator[Maker]:
    for maker in _facts()["makers"]:
        yield Maker(name=maker["name"], brands=(maker["name"],), alphabet=maker["alphabet"])


def _judged(notice: Notice, example: Example) -> Verdict:
    unit = Unit(example.brand, example.model, example.facts, confirmed=True)
    return decide(unit, [notice], knowledge(*_makers())).verdict


def _examples(recall: dict[str, Any]) -> Iterator[tuple[str, Example]]:
    for want, examples in recall["examples"].items():
        for facts in examples:
            yield want, Example.model_validate({**facts, "want": "affected"})


def _states_a_length(notice: Notice) -> bool:
    codes = [node for node in walk(notice.units) if isinstance(node, CodeRule)]
    return any(node.may_exclude for node in codes)


def test_every_shared_example_gets_its_verdict() -> None:
    wrong = []
    for recall in _facts()["recalls"]:
        notice = _notice(recall, complete=recall["closed"])
        for want, example in _examples(recall):
            allowed = ALLOWED[want]
            if want == "NOT_AFFECTED" and not _states_a_length(notice):
                allowed = {Verdict.CHECK_NEEDED}
            if (verdict := _judged(notice, example)) not in allowed:
                wrong.append((recall["id"], want, verdict, example.facts))

    assert wrong == []


def _without_doubt(node: dict[str, Any]) -> dict[str, Any]:
    """Return the rule with nothing left that keeps it from excluding."""
    if "of" in node:
        kept = [_without_doubt(part) for part in node["of"]]
        solid = [part for part in kept if part["op"] not in {"checker", "unparsed"}]
        return {**node, "of": solid or [{"op": "all_units"}]}
    if node["op"] in {"checker", "unparsed"}:
        return {"op": "all_units"}
    return node


def test_no_misreading_of_a_shared_affected_unit_ever_exonerates_it() -> None:
    wrong = []
    for recall in _facts()["recalls"]:
        solid = {**recall, "units": _without_doubt(_plain(recall["units"]))}
        notice = _notice(solid, complete=True)
        for want, example in _examples(recall):
            if want != "AFFECTED":
                continue
            for chance in range(40):
                codes = {name: misread(value, chance) for name, value in example.facts.items()}
                told = Example.model_validate(
                    {
                        "brand": example.brand,
                        "model": example.model,
                        "want": "affected",
                        **codes,
                    }
                )
                if _judged(notice, told) is Verdict.NOT_AFFECTED:
                    wrong.append((recall["id"], codes))

    assert wrong == []
