"""Notices, rules, units and knowledge for tests: valid by default, each part replaceable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from hypothesis import HealthCheck, settings
from pydantic import TypeAdapter

from core.match.decide import Knowledge
from core.model.lexicon import Lexicon
from core.model.recall import Maker, Notice
from core.model.rule import And, CodeRule, Model, Rule
from core.model.unit import Unit
from core.model.verdict import SourceAge

NOW = datetime(2026, 6, 14, 9, 0, tzinfo=UTC)
# The same examples on every machine, and no clock in a test.
STEADY = settings(
    deadline=None,
    derandomize=True,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
_RULE: TypeAdapter[Rule] = TypeAdapter(Rule)


def a_rule(node: Mapping[str, Any]) -> Rule:
    """Return a rule read from its data."""
    return _RULE.validate_python(node)


def a_code_rule(**parts: Any) -> CodeRule:
    """Return a rule on the serial, or on the `field` given."""
    return CodeRule.model_validate({"op": "code", "field": "serial", **parts})


def a_model(*models: str, match: str = "exact") -> Model:
    """Return a rule on the model, X100 by default."""
    return Model.model_validate({"op": "model", "any_of": models or ("X100",), "match": match})


def all_of(*parts: Rule) -> And:
    """Return a rule that holds where all parts do."""
    return And(op="and", of=parts)


def a_citation(kind: str = "official", source: str = "cpsc") -> dict[str, Any]:
    """Return where a fact was read, as data."""
    return {
        "id": source,
        "url": f"https://{source}.example/recall/1",
        "kind": kind,
        "says": "what the notice says",
        "seen": date(2026, 6, 1),
    }


def a_notice(units: Rule | None = None, **facts: Any) -> Notice:
    """Return a complete notice of an official source that recalls every Acme X100 in the US."""
    return Notice.model_validate(
        {
            "id": "acme-x100-us",
            "authority": "CPSC",
            "published": date(2025, 6, 12),
            "brands": ("Acme",),
            "product": "Acme X100 power bank",
            "regions": ("US",),
            "units": (units or a_model()).model_dump(),
            "complete": True,
            "checker": "https://acme.example/check",
            "hazard": {"kinds": ["fire"], "text": "It can overheat.", "source": "cpsc"},
            "sources": (a_citation(),),
            **facts,
        }
    )


def a_unit(
    model: str | None = "X100",
    brand: str | None = "Acme",
    **facts: str,
) -> Unit:
    """Return a confirmed Acme X100 with these facts."""
    return Unit(brand, model, MappingProxyType(facts), confirmed=True)


def unconfirmed(unit: Unit) -> Unit:
    """Return the same unit with its codes typed once and never read back."""
    return replace(unit, confirmed=False)


def a_maker(brand: str = "Acme", **facts: Any) -> Maker:
    """Return a maker that prints digits and every letter but O and I."""
    alphabet = {"serial": "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"}
    return Maker.model_validate(
        {"name": brand, "brands": (brand,), "alphabet": alphabet, **facts}
    )


def an_age(days: float = 0, limit: float = 7, name: str = "catalogue") -> SourceAge:
    """Return a source last read `days` ago, good for negatives for `limit` days."""
    return SourceAge(name, NOW - timedelta(days=days), timedelta(days=limit))


def knowledge(*makers: Maker, ages: tuple[SourceAge, ...] | None = None) -> Knowledge:
    """Return what a decision rests on; sources are fresh unless `ages` says otherwise."""
    lexicon = Lexicon.of(makers, [])
    return Knowledge(lexicon, (an_age(),) if ages is None else ages, NOW)
