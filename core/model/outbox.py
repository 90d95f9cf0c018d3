"""What is taken from the outbox, what it rests on, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, Unpack

from core.model.delivery import Because, Reason, State
from core.model.recall import Notice
from core.model.subscriber import Takes, Wishes
from core.model.unit import Unit


@dataclass(frozen=True, slots=True)
class Item:
    """The thing somebody is written to about: theirs, or one they once asked about."""

    unit: Unit
    nickname: str | None = None
    lent_to: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What we once told them of it, when, and for which country."""

    verdict: str
    at: datetime


# How `why` begins where some of several parts were sent: the number of them follows.
PARTS = "parts "


class Details(TypedDict, total=False):
    """What more is to be said of an outcome, by the names of its fields."""

    due_at: datetime
    sent_at: datetime
    message: str | None
    remind_at: datetime | None
    untried: bool


@dataclass(frozen=True, slots=True)
class Claimed:
    """One delivery that this process holds `until` its lease ends; `attempts` counts this one.

    `item` is None for who owns nothing of it, and where what they owned is gone (`missing`).
    `doubtful` says that an earlier attempt may have arrived.
    """

    alert: int
    address: int
    rank: int
    attempts: int
    until: datetime
    event: int
    reason: str
    occurrence: str
    notice: int | None
    revision: int | None
    serious: bool
    since: datetime
    channel: str
    chat: str
    takes: Takes
    subscriber: int | None
    gone: bool
    lang: str | None
    region: str | None
    wishes: Wishes | None
    item: Item | None
    answered: Answered | None
    missing: bool = False
    doubtful: bool = False
    why: str | None = None

    @property
    def key(self) -> str:
        """Return what names this delivery to the platform, the same at every attempt."""
        return f"{self.alert}.{self.address}"

    @property
    def why_still(self) -> str | None:
        """Return what stays true of it while it waits: what arrived, or may have."""
        why = self.why or ""
        if not self.doubtful or Because.MAY_HAVE_ARRIVED in why:
            return self.why
        parts = " ".join(why.split()[:2]) if why.startswith(PARTS) else ""
        return f"{parts} {Because.MAY_HAVE_ARRIVED}".strip()

    @property
    def parts_sent(self) -> int:
        """Return how many parts of it arrived before it went wrong."""
        why = self.why or ""
        return int(why.split()[1]) if why.startswith(PARTS) else 0

    def became(self, state: State, why: str | None = None, **more: Unpack[Details]) -> Outcome:
        """Return that this became of it."""
        digest = self.reason == Reason.DIGEST
        which = (self.alert, self.address)
        return Outcome(*which, state, why, self.attempts, digest=digest, **more)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a claimed delivery; `due_at` for what is tried again or gathered.

    `attempts` is that of the claim: whoever took it since has another. `untried`: nothing was
    sent, so that this was no attempt. What a `digest` carried shares its fate.
    """

    alert: int
    address: int
    state: State
    why: str | None = None
    attempts: int = 0
    due_at: datetime | None = None
    sent_at: datetime | None = None
    message: str | None = None
    remind_at: datetime | None = None
    untried: bool = False
    digest: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a notice: what it was to the one before, and when we saw it.

    A `quiet` one is no news of the authority: it came late, or of a better parser of ours.
    """

    kind: str
    notice: Notice
    seen_at: datetime
    quiet: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """The notices of an event as they stand now, the one that led to the alert first.

    `now` and `before` are the version that led to it and the one before that, `developed` all
    that became of the event since it was first told.
    """

    notices: tuple[Notice, ...] = ()
    now: Version | None = None
    before: Version | None = None
    developed: tuple[tuple[str, datetime], ...] = ()

    def same_as(self, other: Background) -> bool:
        """Say whether both say the same; they are compared by which object they are."""
        return (self.notices, self.now, self.before, self.developed) == (
            other.notices,
            other.now,
            other.before,
            other.developed,
        )


@dataclass(frozen=True, slots=True)
class Gathered:
    """What waits for a digest: its alert, the item, the leading notice, and since when."""

    alert: int
    item: int | None
    notice: Notice
    at: datetime


@dataclass(frozen=True, slots=True)
class FeedDay:
    """What a group's feed had within a day, and what it is to get.

    `posted` counts posts of recalls and cards, `waiting` recalls that nobody has decided on,
    those being sent too, and `gathering` those of a card that is about to go.
    """

    posted: int = 0
    waiting: int = 1
    gathering: int = 0
