"""An answer as JSON, for machines and for inventories."""

from __future__ import annotations

from typing import Any

from core.model.unit import READ_BACK, Unit
from core.model.verdict import Finding, NextStep
from core.query.answer import Answer, Item, reason_of
from core.query.query import Intent

NOT_CODES = frozenset({"serial", "name", "model_read_back", "looked", "unsure", READ_BACK})


def as_json(found: Answer, row: str | None = None) -> dict[str, Any]:
    """Return the answer as JSON values; `row` is the id the asker gave."""
    knowledge = found.knowledge
    asked = found.query.intent in {Intent.CHECK, Intent.OWN}
    return {
        "id": row,
        "text": found.query.text,
        "lang": found.message.lang,
        "intent": found.query.intent.value,
        "action": found.query.action.value if found.query.action else None,
        "urgent": found.query.urgent,
        "items": [_item(item, asked=asked) for item in found.items],
        "verdict": found.verdict.value if found.verdict else None,
        "reason": reason.value if (reason := reason_of(found)) else None,
        "as_of": knowledge.now.isoformat(),
        "sources": [
            {"name": a.name, "as_of": a.as_of.isoformat(), "fresh": a.fresh(knowledge.now)}
            for a in knowledge.ages
        ],
        "reply": found.message.plain,
    }


def _item(item: Item, *, asked: bool) -> dict[str, Any]:
    decision = item.decision
    return {
        "brand": item.unit.brand,
        "model": item.unit.model,
        "serial": item.unit.serial,
        "codes": _codes(item.unit),
        "verdict": decision.verdict.value if asked else None,
        "reason": decision.reason.value if asked else None,
        "recalls": [_recall(one) for one in decision.findings],
        "next": _next(decision.next),
    }


def _codes(unit: Unit) -> dict[str, str]:
    return {name: value for name, value in unit.facts.items() if name not in NOT_CODES}


def _recall(one: Finding) -> dict[str, Any]:
    notice = one.notice
    return {
        "id": notice.id,
        "authority": notice.authority,
        "number": notice.number,
        "published": notice.published.isoformat() if notice.published else None,
        "product": notice.product,
        "regions": list(notice.regions),
        "covers": {0: "no", 1: "unknown", 2: "yes"}[one.truth.value],
        "relation": one.relation.value,
        "elsewhere": one.elsewhere,
        "url": notice.main_source.url,
    }


def _next(step: NextStep) -> dict[str, Any]:
    return {
        "kind": step.kind.value,
        "field": step.field,
        "value": step.value,
        "place": step.place,
        "choices": list(step.choices),
        "url": step.url,
        "question": step.question,
    }
