"""Every candidate notice held against one unit: how it concerns it, and what agreed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.match.rules import HOLDS, Outcome, Reading, Scope, goes_by, outcome
from core.model.identifier import fold
from core.model.lexicon import Lexicon
from core.model.recall import Maker, Notice, State
from core.model.rule import Model, walk
from core.model.unit import Unit
from core.model.verdict import Evidence, Finding, Relation, Truth, Why

_DOUBTFUL = {Why.MALFORMED, Why.LOOKS_ALIKE, Why.NEAR, Why.STRADDLES}


def findings(unit: Unit, notices: Iterable[Notice], lexicon: Lexicon) -> tuple[Finding, ...]:
    """Return what each notice says of `unit`, unrelated and retracted ones left out.

    Notices for the person's country come first, then those we read in a primary source, then
    the newest: press reports lead only where we hold nothing better.
    """
    standing = (notice for notice in notices if notice.state is not State.RETRACTED)
    found = [finding(unit, notice, lexicon) for notice in standing]
    related = [one for one in found if one.relation is not Relation.UNRELATED]
    return tuple(sorted(related, key=lambda one: _rank(one, unit)))


def _rank(one: Finding, unit: Unit) -> tuple[bool, bool, bool, bool, int]:
    notice = one.notice
    here = unit.region is not None and unit.region in notice.regions
    age = -notice.published.toordinal() if notice.published else 0
    second_hand = not notice.main_source.kind.primary
    return one.elsewhere, not goes_by(unit, notice), not here, second_hand, age


def finding(unit: Unit, notice: Notice, lexicon: Lexicon) -> Finding:
    """Return what one notice says of `unit`."""
    maker = lexicon.maker_of.get(fold(notice.brands[0]))
    reading = Reading(unit, notice, maker)
    whole = outcome(notice.units, reading)
    named = outcome(notice.units, replace(reading, scope=Scope.PRODUCT))
    one = Finding(
        notice,
        whole.truth,
        _relation(reading, named, whole),
        whole.evidence,
        elsewhere=not notice.covers(unit.region),
        by_code=_decided_by_code(reading, whole),
    )
    return one if _same_brand(unit, notice, maker) else _of_other_brand(one)


def _relation(reading: Reading, named: Outcome, whole: Outcome) -> Relation:
    if named.truth is Truth.NO:
        return Relation.UNRELATED
    keys = [evidence for evidence in named.evidence if evidence is not HOLDS]
    if named.truth is Truth.YES and any(evidence.truth is Truth.YES for evidence in keys):
        return Relation.NAMED
    if any(evidence.why in _DOUBTFUL for evidence in keys):
        return Relation.NEAR
    undecided = named.truth is Truth.UNKNOWN or whole.truth is Truth.NO
    another = undecided and _is_another_model(reading, keys)
    return Relation.UNRELATED if another else Relation.SAME_BRAND


def _is_another_model(reading: Reading, keys: Iterable[Evidence]) -> bool:
    """Say whether models are listed and the unit's is none of them nor near one.

    A listed model stays listed while a product code beside it is not known.
    """
    listed = any(isinstance(node, Model) for node in walk(reading.notice.units))
    ours = any(one.field == "model" and one.truth is Truth.YES for one in keys)
    return listed and not ours and bool(fold(reading.unit.model or ""))


def _decided_by_code(reading: Reading, whole: Outcome) -> bool:
    printed = outcome(reading.notice.units, replace(reading, scope=Scope.PRINTED))
    doubtful = any(evidence.why in _DOUBTFUL for evidence in whole.evidence)
    return printed.truth is whole.truth and not doubtful


def _same_brand(unit: Unit, notice: Notice, maker: Maker | None) -> bool:
    brand = fold(unit.brand or "")
    if not brand:
        return True
    own = (*maker.brands, *maker.aliases) if maker else ()
    return brand in map(fold, (*notice.brands, *own))


def _of_other_brand(one: Finding) -> Finding:
    """A model printed just so under another brand is a doubt; anything less is no relation."""
    if one.relation is not Relation.NAMED or one.truth is Truth.NO:
        return replace(one, relation=Relation.UNRELATED)
    doubt = Evidence(
        Truth.UNKNOWN, Why.OTHER_BRAND, "brand", expected=", ".join(one.notice.brands)
    )
    return replace(
        one,
        truth=Truth.UNKNOWN,
        relation=Relation.NEAR,
        evidence=(doubt, *one.evidence),
        by_code=False,
    )
