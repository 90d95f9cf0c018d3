"""Why a unit is not decided, and the one thing that would help most."""

from __future__ import annotations

from collections.abc import Sequence

from core.model.identifier import fold
from core.model.keys import BAR_CODES
from core.model.recall import Notice
from core.model.unit import Unit
from core.model.verdict import (
    Evidence,
    Finding,
    NextKind,
    NextStep,
    Reason,
    Relation,
    Truth,
    Why,
)

MOST_COUNTRIES = 6
# Asked in this order: what the person can settle at a glance, before what takes a page.
_ASKED_LAST = ("colour", "region", "bought", "retailer")
_BY_WHY = {
    Why.LOOKS_ALIKE: Reason.CODE_AMBIGUOUS,
    Why.OTHER_BRAND: Reason.OTHER_BRAND,
    Why.NEAR: Reason.NEAR_MISS_MODEL,
    Why.MALFORMED: Reason.CODE_MALFORMED,
    Why.MAKERS_LIST: Reason.MAKERS_LIST,
    Why.NOT_LOOKED: Reason.INSPECTION_NEEDED,
    Why.UNUSUAL: Reason.CODE_OUTSIDE_UNVERIFIED,
    Why.OUTSIDE_UNVERIFIED: Reason.CODE_OUTSIDE_UNVERIFIED,
    Why.STRADDLES: Reason.CODE_OUTSIDE_UNVERIFIED,
    Why.UNPARSED: Reason.PARTLY_DESCRIBED,
    Why.OUTSIDE: Reason.CODE_OUTSIDE_UNVERIFIED,
}
_WORTH = (
    Reason.CODE_AMBIGUOUS,
    Reason.CODE_MALFORMED,
    Reason.CODE_MISSING,
    Reason.INSPECTION_NEEDED,
    Reason.MAKERS_LIST,
    Reason.DETAIL_MISSING,
    Reason.OTHER_SALE_PERIOD,
    Reason.CODE_OUTSIDE_UNVERIFIED,
    Reason.PARTLY_DESCRIBED,
    Reason.OTHER_BRAND,
    Reason.NEAR_MISS_MODEL,
    Reason.MODEL_MISSING,
    Reason.RECALLED_ELSEWHERE,
)
_KIND = {
    Reason.CODE_AMBIGUOUS: NextKind.LOOK_AT,
    Reason.MAKERS_LIST: NextKind.OPEN_CHECKER,
    Reason.INSPECTION_NEEDED: NextKind.INSPECT,
    Reason.NEAR_MISS_MODEL: NextKind.CHOOSE_MODEL,
    Reason.CODE_UNCONFIRMED: NextKind.CONFIRM,
}

_ON_PAPER = {
    Reason.RECALLED_ELSEWHERE,
    Reason.PARTLY_DESCRIBED,
    Reason.OTHER_SALE_PERIOD,
    Reason.CODE_OUTSIDE_UNVERIFIED,
    Reason.OTHER_BRAND,
}


def reason_to_check(doubts: Sequence[Finding]) -> tuple[Reason, Finding]:
    """Return the reason that names the best next step, and the notice it comes from.

    A notice that names the model comes before one that only may, the person's own country
    before others, and of equals the newest: an older checker may not know the newer units.
    """
    nearest = [one for one in doubts if one.relation is Relation.NAMED] or list(doubts)
    here = [one for one in nearest if not one.elsewhere] or nearest
    reasons = [(reason_of(one), one) for one in here]
    return min(reasons, key=lambda pair: (_WORTH.index(pair[0]), -_published(pair[1])))


def _published(one: Finding) -> int:
    return one.notice.published.toordinal() if one.notice.published else 0


def reason_of(one: Finding) -> Reason:
    """Return why this notice leaves the unit undecided."""
    if one.elsewhere and one.relation is Relation.NAMED:
        return Reason.RECALLED_ELSEWHERE
    open_points = [e for e in one.evidence if e.truth is not Truth.YES]
    found = [_reason(evidence) for evidence in open_points]
    return min(found, key=_first_to_say, default=Reason.PARTLY_DESCRIBED)


def _first_to_say(reason: Reason) -> int:
    identity = (Reason.OTHER_BRAND, Reason.NEAR_MISS_MODEL, Reason.MODEL_MISSING)
    return identity.index(reason) if reason in identity else 3 + _WORTH.index(reason)


def _reason(evidence: Evidence) -> Reason:
    if evidence.why is Why.MISSING:
        return _reason_missing(evidence.field)
    if evidence.why is Why.FROM_MEMORY:
        period = evidence.field in {"bought", "sold"}
        return Reason.OTHER_SALE_PERIOD if period else Reason.CODE_OUTSIDE_UNVERIFIED
    return _BY_WHY[evidence.why]


def _reason_missing(field: str) -> Reason:
    if field in {"model", "product"}:
        return Reason.MODEL_MISSING
    if field in _ASKED_LAST:
        return Reason.DETAIL_MISSING
    return Reason.CODE_MISSING


def next_for(reason: Reason, lead: Finding, unit: Unit) -> NextStep:
    """Return the step that answers `reason`, with where to look on the unit."""
    point = _point(reason, lead, unit)
    notice = lead.notice
    field = point.field if point else None
    if reason is Reason.MODEL_MISSING:
        field = "model"
    return NextStep(
        _kind(reason, unit, field),
        field=field,
        value=point.value if point else None,
        place=point.place if point else None,
        choices=_choices(reason, point, notice),
        url=notice.checker or notice.main_source.url,
        question=point.expected if point and reason is Reason.INSPECTION_NEEDED else None,
        find_it=notice.find_it.text if notice.find_it else None,
    )


def _kind(reason: Reason, unit: Unit, field: str | None) -> NextKind:
    looked = reason is Reason.CODE_AMBIGUOUS and unit.facts.get("looked") == "yes"
    given_up = field is not None and field in unit.facts.get("unsure", "").split()
    if looked or given_up or reason in _ON_PAPER:
        return NextKind.OPEN_CHECKER
    return _KIND.get(reason, NextKind.ASK)


def _point(reason: Reason, lead: Finding, unit: Unit) -> Evidence | None:
    """Return the piece of evidence that the step is about."""
    if reason is Reason.CODE_UNCONFIRMED:
        doubted = [e for e in _codes(lead) if not _said_yes_to(e, unit)]
        # Below `not` the code that excludes is a hit.
        return min(doubted, key=lambda evidence: evidence.truth.value, default=None)
    open_points = [e for e in lead.evidence if e.truth is not Truth.YES]
    return next((e for e in open_points if _reason(e) is reason), None)


def is_confirmed(excluding: Finding, unit: Unit) -> bool:
    """Say whether the person confirmed every code by which this notice excludes the unit."""
    codes = _codes(excluding)
    return unit.confirmed or (bool(codes) and all(_said_yes_to(e, unit) for e in codes))


def _codes(one: Finding) -> list[Evidence]:
    """Return the codes themselves, not the model of another part of the rule."""
    return [e for e in one.evidence if e.value and e.field not in {"model", "product"}]


def _said_yes_to(evidence: Evidence, unit: Unit) -> bool:
    names = BAR_CODES if evidence.field in BAR_CODES else (evidence.field,)
    return all(unit.confirms(name) for name in names if name in unit.facts)


def _choices(reason: Reason, point: Evidence | None, notice: Notice) -> tuple[str, ...]:
    if point is not None and point.field == "region" and point.why is Why.MISSING:
        return notice.regions[:MOST_COUNTRIES]
    if point is None or point.expected is None:
        return ()
    if reason is Reason.INSPECTION_NEEDED:
        return ("yes", "no")
    if reason is Reason.CODE_AMBIGUOUS:
        return _characters(point)
    return (point.expected,) if reason is Reason.NEAR_MISS_MODEL else ()


def _characters(point: Evidence) -> tuple[str, ...]:
    """Return the two characters one place may show, or the whole code where that is unclear."""
    place, value, expected = point.place or 0, point.value or "", point.expected or ""
    if not 0 < place <= min(len(value), len(expected)):
        return (expected,)
    return (expected[place - 1], value[place - 1])


def claim(found: Sequence[Finding], unit: Unit) -> NextStep:
    """Return where the owner of an affected unit claims, in the person's country if known."""
    urls = (
        remedy.claim_url
        for one in found
        for remedy in one.notice.remedies
        if remedy.claim_url
        and (unit.region is None or _for_region(remedy.regions, unit.region))
    )
    contacts = (contact.url for one in found for contact in one.notice.contacts if contact.url)
    url = next(urls, None) or next(contacts, None) or found[0].notice.main_source.url
    return NextStep(NextKind.CLAIM, url=url)


def _for_region(regions: Sequence[str], region: str) -> bool:
    return region in regions or "WORLD" in regions


def next_without_recall(unit: Unit) -> NextStep:
    """Return what to do where no notice names the unit: name it better, or have it watched."""
    if not fold(unit.brand or ""):
        return NextStep(NextKind.ASK, "brand")
    if not fold(unit.model or "") and not unit.facts:
        return NextStep(NextKind.ASK, "model")
    return NextStep(NextKind.REMEMBER)
