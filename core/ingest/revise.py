"""What became of a notice: the version we hold, the one that comes in, and the difference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.ingest.linking import says_expansion
from core.ingest.meaning import Meaning, Scope, Span, meaning_of
from core.model.recall import Notice, State

# Two versions that take turns are two machines of the authority that disagree. Only what has
# stood alone for so long is what the authority went back to.
SETTLED = timedelta(days=3)


class Change(StrEnum):
    """What one version of a notice is, next to the one before."""

    NEW = "new"
    EXPANDED = "expanded"
    CORRECTED = "corrected"
    REMEDY_CHANGED = "remedy_changed"
    CLOSED = "closed"
    REOPENED = "reopened"
    RETRACTED = "retracted"
    SAME = "same"


_STATES = {
    State.OPEN: Change.REOPENED,
    State.CLOSED: Change.CLOSED,
    State.RETRACTED: Change.RETRACTED,
}


@dataclass(frozen=True, slots=True)
class Returning:
    """An earlier meaning that came back, and since when it has been the only one seen."""

    meaning: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """The notice we hold, the digests of everything it ever meant, and what is coming back."""

    notice: Notice
    seen: frozenset[str] = frozenset()
    returning: Returning | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an incoming version is, by name and by the digest of its meaning.

    Of one that is the same, `stands` says whether it replaces the wording we hold, and
    `returning` what to remember of an earlier meaning that was seen again.
    """

    change: Change
    meaning: str
    stands: bool = True
    returning: Returning | None = None


def revise(stored: Stored | None, incoming: Notice, at: datetime) -> Outcome:
    """Return what `incoming`, fetched `at`, is to the version we hold; None: we hold none.

    Only a change of meaning is news, and a meaning seen before is none, unless it has stood
    alone for as long as SETTLED.
    """
    after = meaning_of(incoming)
    digest = after.digest
    if stored is None:
        return Outcome(Change.EXPANDED if says_expansion(incoming) else Change.NEW, digest)
    before = meaning_of(stored.notice)
    if digest == before.digest:
        return Outcome(Change.SAME, digest)
    if digest in stored.seen:
        returning = _returning(stored.returning, digest, at)
        if at - returning.since < SETTLED:
            return Outcome(Change.SAME, digest, stands=False, returning=returning)
    if stored.notice.state is not incoming.state:
        return Outcome(_STATES[incoming.state], digest)
    if says_expansion(incoming) and not says_expansion(stored.notice):
        return Outcome(Change.EXPANDED, digest)  # some authorities say it in the title alone
    return Outcome(_difference(before, after), digest)


def _returning(known: Returning | None, digest: str, at: datetime) -> Returning:
    return known if known and known.meaning == digest else Returning(digest, at)


def _difference(before: Meaning, after: Meaning) -> Change:
    if before.scope != after.scope:
        return Change.EXPANDED if grew(before.scope, after.scope) else Change.CORRECTED
    if before.facts == after.facts and before.remedy != after.remedy:
        return Change.REMEDY_CHANGED
    return Change.CORRECTED


def grew(before: Scope, after: Scope) -> bool:
    """Say whether more is covered than before and nothing less, as far as can be told.

    A rule that changed without naming more models or codes is not known to cover more, and one
    that names a further kind of code may as well narrow down what it covered.
    """
    fewer = any(after.counts.get(where, 0) < units for where, units in before.counts.items())
    kept = before.named <= after.named and _within(before.spans, after.spans)
    if fewer or not kept or not before.regions <= after.regions:
        return False
    if _fields(before) != _fields(after) or not after.excluded <= before.excluded:
        return False
    named_more = before.named < after.named or not _within(after.spans, before.spans)
    wider = before.regions < after.regions or before.counts != after.counts
    return (
        named_more or after.excluded < before.excluded or (wider and before.rule == after.rule)
    )


def _fields(scope: Scope) -> set[str]:
    return {field for field, _, _ in (*scope.named, *scope.spans)}


def _within(spans: frozenset[Span], wider: frozenset[Span]) -> bool:
    """Say whether each of the ranges lies in one of the others."""
    return all(any(_lies_in(span, other) for other in wider) for span in spans)


def _lies_in(span: Span, other: Span) -> bool:
    field, start, end = span
    where, first, last = other
    alike = field == where and len({len(start), len(end), len(first), len(last)}) == 1
    return span == other or (alike and first <= start and end <= last)
