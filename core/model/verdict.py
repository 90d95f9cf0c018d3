"""What we can say of a unit, and why; a negative cannot be built without fresh sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum

from core.model.recall import Notice


class Verdict(StrEnum):
    """The five answers, most severe first."""

    AFFECTED = "affected"
    CHECK_NEEDED = "check_needed"
    CANNOT_ANSWER = "cannot_answer"
    NO_RECALL_FOUND = "no_recall_found"
    NOT_AFFECTED = "not_affected"


def most_severe(verdicts: Iterable[Verdict]) -> Verdict | None:
    """Return the most severe of several verdicts, or None of none."""
    return min(verdicts, key=list(Verdict).index, default=None)


class Truth(Enum):
    """Kleene's three values: does the rule cover the unit?"""

    NO = 0
    UNKNOWN = 1
    YES = 2


class Why(StrEnum):
    """Why one node of a rule came out as it did."""

    LISTED = "listed"
    OUTSIDE = "outside"
    OUTSIDE_UNVERIFIED = "outside_unverified"
    MISSING = "missing"
    MALFORMED = "malformed"
    LOOKS_ALIKE = "looks_alike"
    NEAR = "near"
    OTHER_BRAND = "other_brand"
    STRADDLES = "straddles"
    UNUSUAL = "unusual"
    FROM_MEMORY = "from_memory"
    MAKERS_LIST = "makers_list"
    UNPARSED = "unparsed"
    NOT_LOOKED = "not_looked"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one node of a rule found: the field, the value compared, and why it counted so.

    `place` is the character to look at, counted from 1, where a look-alike decides;
    `expected` what the notice prints there, or the question to answer.
    """

    truth: Truth
    why: Why
    field: str
    value: str | None = None
    expected: str | None = None
    place: int | None = None
    url: str | None = None


class Relation(StrEnum):
    """How a notice concerns the unit."""

    NAMED = "named"
    NEAR = "near"
    SAME_BRAND = "same_brand"
    UNRELATED = "unrelated"


@dataclass(frozen=True, slots=True)
class Finding:
    """One notice held against one unit.

    `elsewhere` says that the notice is for other countries than the person's; `by_code` that
    codes and dates printed on the unit, all of them well formed, decided the truth alone.
    """

    notice: Notice
    truth: Truth
    relation: Relation
    evidence: tuple[Evidence, ...]
    elsewhere: bool = False
    by_code: bool = False

    @property
    def excludes(self) -> bool:
        """Say whether the notice's complete rule leaves this unit out by its code or date."""
        return (
            self.truth is Truth.NO
            and self.relation is Relation.NAMED
            and self.by_code
            and self.notice.complete
            and not self.elsewhere
        )


class Reason(StrEnum):
    """The one reason an answer names."""

    CODE_LISTED = "code_listed"
    ALL_UNITS_OF_MODEL = "all_units_of_model"
    CODE_OUTSIDE = "code_outside"
    MAKERS_LIST = "makers_list"
    CODE_MISSING = "code_missing"
    CODE_AMBIGUOUS = "code_ambiguous"
    CODE_MALFORMED = "code_malformed"
    CODE_OUTSIDE_UNVERIFIED = "code_outside_unverified"
    CODE_UNCONFIRMED = "code_unconfirmed"
    NEAR_MISS_MODEL = "near_miss_model"
    OTHER_BRAND = "other_brand"
    MODEL_MISSING = "model_missing"
    BRAND_MISSING = "brand_missing"
    NO_IDENTITY = "no_identity"
    INSPECTION_NEEDED = "inspection_needed"
    PARTLY_DESCRIBED = "partly_described"
    RECALLED_ELSEWHERE = "recalled_elsewhere"
    OTHER_SALE_PERIOD = "other_sale_period"
    DETAIL_MISSING = "detail_missing"
    NOT_NAMED = "not_named"
    SOURCES_STALE = "sources_stale"


class NextKind(StrEnum):
    """The one thing the person can do next."""

    CLAIM = "claim"
    OPEN_CHECKER = "open_checker"
    ASK = "ask"
    CONFIRM = "confirm"
    LOOK_AT = "look_at"
    INSPECT = "inspect"
    CHOOSE_MODEL = "choose_model"
    CHOOSE_NAME = "choose_name"
    REMEMBER = "remember"
    ASK_AGAIN_LATER = "ask_again_later"


@dataclass(frozen=True, slots=True)
class NextStep:
    """The best next step: a field to ask for, a value to confirm, a page to open.

    `find_it` says where on the unit the field is printed, in the notice's words.
    """

    kind: NextKind
    field: str | None = None
    value: str | None = None
    place: int | None = None
    choices: tuple[str, ...] = ()
    url: str | None = None
    question: str | None = None
    find_it: str | None = None


@dataclass(frozen=True, slots=True)
class SourceAge:
    """How old what we hold of one source is, and how old it may be for a negative answer."""

    name: str
    as_of: datetime
    limit: timedelta

    def fresh(self, now: datetime) -> bool:
        """Say whether a negative answer may rest on it at `now`."""
        return now - self.as_of <= self.limit


class StaleSourcesError(Exception):
    """A negative answer was asked for, but no source, or not every source, is fresh enough."""


@dataclass(frozen=True, slots=True)
class FreshSources:
    """Proof that the sources asked were fresh at `now`; raises StaleSourcesError otherwise."""

    ages: tuple[SourceAge, ...]
    now: datetime

    def __post_init__(self) -> None:
        """Refuse to exist where a source is missing or too old."""
        if not self.ages or not all(age.fresh(self.now) for age in self.ages):
            raise StaleSourcesError


@dataclass(frozen=True, slots=True)
class Affected:
    """A published rule covers this unit where the person is."""

    reason: Reason
    findings: tuple[Finding, ...]
    next: NextStep
    verdict = Verdict.AFFECTED


@dataclass(frozen=True, slots=True)
class CheckNeeded:
    """The model is recalled, or may be, and the unit is not decided."""

    reason: Reason
    findings: tuple[Finding, ...]
    next: NextStep
    verdict = Verdict.CHECK_NEEDED


@dataclass(frozen=True, slots=True)
class NotAffected:
    """A complete published rule excludes this confirmed unit; the sources are fresh."""

    reason: Reason
    findings: tuple[Finding, ...]
    next: NextStep
    checked: FreshSources
    verdict = Verdict.NOT_AFFECTED


@dataclass(frozen=True, slots=True)
class NoRecallFound:
    """No notice we hold names it; the sources are fresh. That is no proof."""

    reason: Reason
    findings: tuple[Finding, ...]
    next: NextStep
    checked: FreshSources
    verdict = Verdict.NO_RECALL_FOUND


@dataclass(frozen=True, slots=True)
class CannotAnswer:
    """A negative would be due, but the sources that would decide are too old."""

    reason: Reason
    findings: tuple[Finding, ...]
    next: NextStep
    stale: tuple[SourceAge, ...]
    verdict = Verdict.CANNOT_ANSWER


Decision = Affected | CheckNeeded | NotAffected | NoRecallFound | CannotAnswer
