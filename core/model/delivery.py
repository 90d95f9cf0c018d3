"""What a delivery is for, how far it came, and which one goes first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from core.model.recall import HazardKind, Notice

# The occurrence of the first alert of an event: there is one, however often the event grows.
FIRST = "1"


class Reason(StrEnum):
    """Why somebody is written to; the words are stored."""

    ALERT = "alert"
    CORRECTION = "correction"
    REMEDY = "remedy"
    ANSWER = "answer"
    REMINDER = "reminder"
    DIGEST = "digest"
    FEED = "feed"
    TEST = "test"
    POST = "post"


class State(IntEnum):
    """How far a delivery came; the numbers are stored, so they never change.

    WAITING, LATER (until it is due), GATHERED (until the digest) and CLAIMED (a worker has it)
    go on by themselves; in the others it rests, and says why where it was not SENT.
    """

    WAITING = 0
    CLAIMED = 1
    LATER = 2
    GATHERED = 3
    SENT = 4
    UNKNOWN = 5
    GONE = 6
    REJECTED = 7
    ABANDONED = 8

    @property
    def settled(self) -> bool:
        """Say whether nothing more happens to it by itself."""
        return self >= State.SENT


class Because(StrEnum):
    """Why a delivery waits or was given up; the words are stored in `delivery.why`."""

    ALERTS_OFF = "alerts_off"
    TRY_LATER = "try_later"
    TRIED_TOO_LONG = "tried_too_long"
    MAY_HAVE_ARRIVED = "may_have_arrived"
    ADDRESS_GONE = "address_gone"
    POST_REJECTED = "post_rejected"
    TOLD_ELSEWHERE = "told_elsewhere"
    NO_LONGER_OWNED = "no_longer_owned"
    NO_LONGER_CONCERNED = "no_longer_concerned"
    NOTHING_NEW = "nothing_new"
    FEED_OFF = "feed_off"
    HELD_BACK = "held_back"
    ON_HOLD = "on_hold"
    OVER_BUDGET = "over_budget"
    STOPPING = "stopping"
    RETRIED = "retried"
    GIVEN_UP = "given_up"
    COMPOSED_ANEW = "composed_anew"
    SEEN_THERE = "seen_there"
    TAKEN_DOWN = "taken_down"


class Progress(IntEnum):
    """What an owner told us since the alert, each further than the last; numbers are stored."""

    REACHED = 1
    CHECKED = 2
    STOPPED = 3
    CLAIMED = 4
    DISPOSED = 5
    NOT_MINE = 6


class Tier(IntEnum):
    """Whom it concerns, nearest to the danger first; FOLLOW_UP tells nobody anything new."""

    OWNER = 0
    ANSWER = 1
    INTEREST = 2
    GROUP = 3
    FOLLOW_UP = 4

    @property
    def at_hand(self) -> bool:
        """Say whether they told us that they have it: they own it, or asked about theirs."""
        return self <= Tier.ANSWER


@dataclass(frozen=True, slots=True)
class News:
    """What decides when a delivery goes: what it is for, to whom, and how bad it can get."""

    reason: Reason
    tier: Tier
    serious: bool


# What can kill or maim before a morning or a digest comes: it burns, bursts or gives a shock
# while nobody touches it; it takes a small child in minutes; one meal, one drive or one
# night under an alarm that stays silent is enough. Cuts, falls, blows and what no authority
# put into words wait for the hours the person chose.
SERIOUS = frozenset(
    {
        HazardKind.FIRE,
        HazardKind.BURN,
        HazardKind.EXPLOSION,
        HazardKind.SHOCK,
        HazardKind.SUFFOCATION,
        HazardKind.DROWNING,
        HazardKind.CHOKING,
        HazardKind.INGESTION,
        HazardKind.POISONING,
        HazardKind.INFECTION,
        HazardKind.ALLERGY,
        HazardKind.CRASH,
        HazardKind.FAILURE_TO_PROTECT,
    }
)


def serious(notice: Notice) -> bool:
    """Say whether the hazard is one that neither quiet hours nor a digest may hold back."""
    return not SERIOUS.isdisjoint(notice.hazard.kinds)


def tier_of(reason: Reason, *, owned: bool = False, group: bool = False) -> Tier:
    """Return whom it concerns: `owned` where it is about an item of theirs."""
    if reason in {Reason.REMINDER, Reason.DIGEST, Reason.TEST}:
        return Tier.FOLLOW_UP
    if group or reason in {Reason.FEED, Reason.POST}:
        return Tier.GROUP
    if owned:
        return Tier.OWNER
    return Tier.ANSWER if reason is Reason.ANSWER else Tier.INTEREST


LAST_RANK = 2 * Tier.FOLLOW_UP + 1


def rank(tier: Tier, *, serious: bool) -> int:
    """Return the place in the queue, 0 first: serious news, the other news, what follows up.

    At 30 messages a second a large recall takes hours, so the order saves more than speed.
    """
    if tier is Tier.FOLLOW_UP:
        return 2 * tier + (not serious)
    return tier + (0 if serious else Tier.FOLLOW_UP)
