"""What a revision of a notice asks for: whom to tell, for which reason, and in what order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from core.match.concern import Concern, concern, listed_codes
from core.match.decide import Knowledge, decide
from core.match.wanted import chosen
from core.model.delivery import FIRST, Reason, Tier, rank
from core.model.lexicon import Lexicon
from core.model.products import Product, unit_of
from core.model.recall import Notice
from core.model.revision import CHANGES, NEWS, TAKES_BACK, RevisionKind
from core.model.subscriber import GroupFeed
from core.model.verdict import SourceAge, Verdict


class Audience(Enum):
    """Who is told: by what they own, asked, watch or run; or because they were told before."""

    OWNERS = "owners"
    ASKED = "asked"
    WATCHERS = "watchers"
    FEEDS = "feeds"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Revised:
    """One revision of a notice: numbers of the database, what it is, and whose it is.

    `quiet` ones came with a first reading, late, or with a better parser of ours; `shipped`
    ones with the catalogue.
    """

    notice: int
    number: int
    event: int
    kind: str
    quiet: bool = False
    exercise: bool = False
    shipped: bool = False
    serious: bool = False

    @property
    def version(self) -> str:
        """Return what names it among the occurrences of an event."""
        return f"{self.notice}/{self.number}"


@dataclass(frozen=True, slots=True)
class Step:
    """One alert to be planned; `rank` is None where everybody keeps that of the first alert."""

    audience: Audience
    reason: Reason
    occurrence: str
    rank: int | None


def steps(revised: Revised) -> Iterator[Step]:
    """Yield what is planned for a revision, in order: whoever has a delivery needs no other.

    Those who were told before come first, as long as nobody else is told of this revision.
    An exercise reaches nobody. People who own or asked about a product are told whenever we
    learn of it; those who watch, and groups, only of news of an authority.
    """
    if revised.exercise:
        return
    if revised.kind in CHANGES and (not revised.quiet or revised.kind in TAKES_BACK):
        remedy = revised.kind == RevisionKind.REMEDY_CHANGED
        reason = Reason.REMEDY if remedy else Reason.CORRECTION
        yield Step(Audience.TOLD, reason, revised.version, None)
    if revised.kind != RevisionKind.RETRACTED:
        yield _step(Audience.OWNERS, Reason.ALERT, FIRST, Tier.OWNER, revised)
        yield _step(Audience.ASKED, Reason.ANSWER, revised.version, Tier.ANSWER, revised)
    if revised.kind in NEWS and not revised.quiet and not revised.shipped:
        yield _step(Audience.WATCHERS, Reason.ALERT, FIRST, Tier.INTEREST, revised)
        yield _step(Audience.FEEDS, Reason.FEED, FIRST, Tier.GROUP, revised)


def _step(
    audience: Audience, reason: Reason, occurrence: str, tier: Tier, revised: Revised
) -> Step:
    return Step(audience, reason, occurrence, rank(tier, serious=revised.serious))


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer that some people got of one product: where, which, and after which code."""

    product: Product
    region: str | None
    verdict: Verdict
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """Whose answer is another now: of those whose remembered code is listed, and of others.

    `listed` are codes as `core.match.concern.code_to_mark` spells them; others are those with
    no code of that field, and with one where no list of codes decides.
    """

    listed: frozenset[str] = frozenset()
    others: bool = False
    unlisted: bool = False


def changed(asked: Asked, notice: Notice, lexicon: Lexicon) -> Changed:
    """Return whose answer the notice makes more severe.

    A code of which only a digest is kept is held against explicit lists alone; whatever else
    would decide it, they are to check.
    """
    whose = concern(asked.product, notice, lexicon)
    if whose is Concern.NOBODY:
        return Changed()
    to_check = _worse(Verdict.CHECK_NEEDED, asked.verdict)
    if whose is Concern.EVERYBODY:
        told = _worse(_verdict(asked, notice, lexicon), asked.verdict)
        return Changed(others=told, unlisted=told)
    codes = None
    if asked.field and notice.covers(asked.region):
        codes = listed_codes(notice, asked.field)
    if codes is None:
        return Changed(others=to_check, unlisted=to_check)
    affected = _worse(Verdict.AFFECTED, asked.verdict)
    return Changed(codes if affected else frozenset(), others=to_check)


def _worse(after: Verdict, before: Verdict) -> bool:
    order = list(Verdict)
    return order.index(after) < order.index(before)


# Any moment will do: where nothing is stale, no verdict depends on it.
_WHENEVER = datetime(2000, 1, 1, tzinfo=UTC)
_FRESH = (SourceAge("", _WHENEVER, timedelta.max),)


def _verdict(asked: Asked, notice: Notice, lexicon: Lexicon) -> Verdict:
    facts = {"region": asked.region} if asked.region else {}
    knowledge = Knowledge(lexicon, _FRESH, _WHENEVER)
    return decide(unit_of(asked.product, facts), [notice], knowledge).verdict


def fits(feed: GroupFeed, notice: Notice) -> bool:
    """Say whether a group's feed tells of the notice: it fits one of each list not empty."""
    return feed.active and chosen(feed, notice)
