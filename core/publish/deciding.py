"""What a revision asks of an account: a draft, a new text, a correction, or nothing; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from core.model.delivery import State
from core.model.public import Account, Mode, Stage
from core.model.recall import Notice
from core.model.recall import State as Standing
from core.model.revision import CHANGES, NEWS, TAKES_BACK
from core.publish.rules import wants

# Why we dropped a draft ourselves; a later revision may bring it back.
NO_LONGER_SO = "no_longer_so"
# Why we dropped one whose recall the account tells of in another post.
TOLD_ELSEWHERE = "told_elsewhere"
# Why a human is to look at a draft.
DOES_NOT_FIT, CHANGED_SINCE, BLOCKED = "does_not_fit", "changed_since", "blocked"
_THERE = frozenset({State.SENT, State.UNKNOWN})


class Deed(Enum):
    """What is done about an account's post on the event."""

    NOTHING = "nothing"
    DRAFT = "draft"
    ANEW = "anew"
    DROP = "drop"
    REVIVE = "revive"
    CORRECT = "correct"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Revised:
    """A revision: what it is, when it was seen, and the event as it stands now.

    `quiet` ones are announced to nobody, `shipped` ones came with the catalogue.
    """

    kind: str
    quiet: bool
    exercise: bool
    shipped: bool
    notices: tuple[Notice, ...]
    seen_at: datetime

    @property
    def news(self) -> bool:
        """Say whether an account that never posted the event may post it now."""
        told = not (self.quiet or self.exercise or self.shipped)
        return told and self.kind in NEWS

    @property
    def changes(self) -> bool:
        """Say whether what was posted is to be corrected."""
        told = not self.quiet or self.kind in TAKES_BACK
        return not self.exercise and told and self.kind in CHANGES


@dataclass(frozen=True, slots=True)
class First:
    """How far the account's first post on an event came.

    `begun` says that some of it stands on the platform, `doubtful` that some may, `state` is
    that of its delivery; `taken_down`: a human deleted it there. `summary` is how far that one
    came into which it went.
    """

    stage: Stage
    state: State | None = None
    begun: bool = False
    doubtful: bool = False
    why: str | None = None
    taken_down: bool = False
    summary: First | None = None

    @property
    def public(self) -> bool:
        """Say whether people may have read it."""
        if self.stage is Stage.SUMMED:
            return self.summary is not None and self.summary.public
        rests = self.state is not None and self.state.settled
        return self.begun or self.state in _THERE or (self.doubtful and rests)

    @property
    def undecided(self) -> bool:
        """Say whether it is just being posted, so that nobody can tell yet."""
        if self.stage is Stage.SUMMED:
            return self.summary is not None and self.summary.undecided
        return not self.public and (self.doubtful or self.state is State.CLAIMED)

    @property
    def to_come(self) -> bool:
        """Say whether it may still be posted, by itself or by a human."""
        return not self.public and (self.stage.open or self.stage is Stage.RELEASED)


def deed(revised: Revised, account: Account, first: First | None) -> Deed:
    """Return what is done for an account whose `first` post on the event came so far.

    To WAIT is to ask again once it is known whether people can have read it.
    """
    if revised.exercise:
        return Deed.NOTHING
    stands = any(concerns(account, one) for one in revised.notices)
    if first is None:
        since = account.since is None or account.since <= revised.seen_at
        posts = account.active and not account.gone and since
        return Deed.DRAFT if posts and revised.news and stands else Deed.NOTHING
    if first.public or first.undecided:
        return _of_a_post(revised, first)
    if first.stage.open or first.stage is Stage.RELEASED:
        return Deed.ANEW if stands else Deed.DROP
    # A summary is composed anew as a whole; what a person dropped stays dropped.
    dropped = first.stage is Stage.DROPPED and first.why == NO_LONGER_SO
    return Deed.REVIVE if dropped and revised.news and stands else Deed.NOTHING


def _of_a_post(revised: Revised, first: First) -> Deed:
    """Return what is done where people may have read it."""
    if first.taken_down or not revised.changes:
        return Deed.NOTHING
    return Deed.CORRECT if first.public else Deed.WAIT


def concerns(account: Account, notice: Notice) -> bool:
    """Say whether the account posts a notice as it stands."""
    return notice.state is Standing.OPEN and wants(account, notice)


def corrects_by_itself(account: Account) -> bool:
    """Say whether a correction goes without anybody's approval."""
    return account.active and account.rules.mode is not Mode.APPROVAL
