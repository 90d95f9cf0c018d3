"""From what the notices say of a unit to the one verdict, its reason and the next step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.match.findings import findings
from core.match.next_step import (
    claim,
    is_confirmed,
    next_for,
    next_without_recall,
    reason_to_check,
)
from core.model.identifier import fold
from core.model.keys import BAR_CODES
from core.model.lexicon import Lexicon
from core.model.recall import Example, Maker, Notice
from core.model.rule import CodeRule, DateRule, names_product, walk
from core.model.unit import Unit
from core.model.verdict import (
    Affected,
    CannotAnswer,
    CheckNeeded,
    Decision,
    Finding,
    FreshSources,
    NextKind,
    NextStep,
    NoRecallFound,
    NotAffected,
    Reason,
    Relation,
    SourceAge,
    StaleSourcesError,
    Truth,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a decision rests on besides the notices: names, the age of each source, the time."""

    lexicon: Lexicon
    ages: tuple[SourceAge, ...]
    now: datetime


def decide(unit: Unit, notices: Iterable[Notice], knowledge: Knowledge) -> Decision:
    """Return the verdict on `unit` from these candidate notices.

    A negative is returned only where every source is fresh; else `CannotAnswer`.
    """
    found = findings(unit, notices, knowledge.lexicon)
    if several := _makers(found, unit):
        return CheckNeeded(
            Reason.BRAND_MISSING, found, NextStep(NextKind.ASK, "brand", choices=several)
        )
    here = tuple(one for one in found if one.truth is Truth.YES and not one.elsewhere)
    if here:
        return Affected(_affected_reason(here), here, claim(here, unit))
    doubts = tuple(one for one in found if not one.excludes)
    if doubts:
        reason, lead = reason_to_check(doubts)
        return CheckNeeded(reason, found, next_for(reason, lead, unit))
    return _negative(found, unit, knowledge)


def _negative(excluded: tuple[Finding, ...], unit: Unit, knowledge: Knowledge) -> Decision:
    doubted = [one for one in excluded if not is_confirmed(one, unit)]
    if doubted:
        step = next_for(Reason.CODE_UNCONFIRMED, doubted[0], unit)
        return CheckNeeded(Reason.CODE_UNCONFIRMED, excluded, step)
    if not excluded and not _named(unit):
        # By a code alone no notice is found, so nothing was asked that could be answered no.
        return CheckNeeded(Reason.NO_IDENTITY, (), NextStep(NextKind.ASK, "model"))
    try:
        fresh = FreshSources(knowledge.ages, knowledge.now)
    except StaleSourcesError:
        stale = tuple(age for age in knowledge.ages if not age.fresh(knowledge.now))
        later = NextStep(NextKind.ASK_AGAIN_LATER)
        return CannotAnswer(Reason.SOURCES_STALE, excluded, later, stale)
    if excluded:
        watch = NextStep(NextKind.REMEMBER)
        return NotAffected(Reason.CODE_OUTSIDE, excluded, watch, fresh)
    return NoRecallFound(Reason.NOT_NAMED, (), next_without_recall(unit), fresh)


def _named(unit: Unit) -> bool:
    words = (unit.brand, unit.model, unit.facts.get("name"), unit.facts.get("product"))
    codes = (*BAR_CODES, "asin")
    return any(fold(word or "") for word in words) or any(name in unit.facts for name in codes)


def _affected_reason(found: Sequence[Finding]) -> Reason:
    codes = any(
        evidence.truth is Truth.YES and evidence.field in _printed_fields(one.notice)
        for one in found
        for evidence in one.evidence
    )
    return Reason.CODE_LISTED if codes else Reason.ALL_UNITS_OF_MODEL


def _printed_fields(notice: Notice) -> set[str]:
    return {
        node.field
        for node in walk(notice.units)
        if (isinstance(node, CodeRule) and not names_product(node))
        or (isinstance(node, DateRule) and node.hard)
    }


def _makers(found: Sequence[Finding], unit: Unit) -> tuple[str, ...]:
    """Return the brands to choose from where the person named none and one must be known.

    A code alone settles nothing without its brand; a model does where one maker has it.
    """
    if fold(unit.brand or ""):
        return ()
    named = [one for one in found if one.relation is Relation.NAMED]
    by_code_alone = [one for one in found if one not in named and one.truth is Truth.YES]
    if by_code_alone:
        return tuple(dict.fromkeys(one.notice.brands[0] for one in (*named, *by_code_alone)))
    if len({one.notice.brands[0] for one in named}) < 2:  # noqa: PLR2004 - one is no choice
        return ()
    brands = [set(one.notice.brands) for one in named]
    if set.intersection(*brands):
        return ()
    return tuple(dict.fromkeys(one.notice.brands[0] for one in named))


def judge(maker: Maker | None, notice: Notice, example: Example) -> Verdict:
    """Return the verdict on a catalogue example from its notice alone, its codes confirmed."""
    lexicon = Lexicon.of([maker] if maker else [], [notice])
    unit = Unit(example.brand, example.model, example.facts, confirmed=True)
    now = datetime(2000, 1, 1, tzinfo=UTC)
    fresh = SourceAge("catalogue", now, timedelta(days=1))
    return decide(unit, [notice], Knowledge(lexicon, (fresh,), now)).verdict
