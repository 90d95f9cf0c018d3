"""When a draft may be posted: by mode, approvals, hours, and so many a day; pure."""

from __future__ import annotations

from bisect import insort
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import Enum

from core.model.hours import night
from core.model.public import Account, Draft, Mode, Stage

DAY = timedelta(days=1)
TWO = 2


class Course(Enum):
    """What becomes of recalls that wait for an account: a post each, or one summary of all."""

    EACH = "each"
    SUMMARY = "summary"


def begin(account: Account, *, serious: bool, now: datetime) -> tuple[Stage, datetime | None]:
    """Return the stage in which a new draft begins, and when it is released unless stopped."""
    rules = account.rules
    if rules.mode is Mode.APPROVAL or (serious and rules.two_for_serious):
        return Stage.DRAFTED, None
    delay = rules.delay if rules.mode is Mode.DELAYED else timedelta()
    return Stage.PENDING, now + delay


def people_missing(draft: Draft, account: Account, approvals: Collection[str]) -> int:
    """Return how many more people have to approve this version before it may be released.

    What is pending needs nobody unless the rules say so by now; what somebody has to decide
    on needs one. Two are two different people, whoever of them wrote it.
    """
    rules = account.rules
    needed = 1 if rules.mode is Mode.APPROVAL or draft.stage is not Stage.PENDING else 0
    if draft.serious and rules.two_for_serious:
        needed = TWO
    return max(0, needed - len(set(approvals)))


def may_release(draft: Draft, account: Account, approvals: Collection[str]) -> bool:
    """Say whether an open draft may be released with these approvals of its version."""
    return draft.stage.open and not people_missing(draft, account, approvals)


def slot(
    account: Account, *, serious: bool, now: datetime, sent_last_day: Sequence[datetime]
) -> datetime:
    """Return the first moment from `now` on at which the account may post.

    That is outside of its hours of rest, which serious news does not wait for, and where no
    24 hours have more posts than the rules allow. `sent_last_day` are the posts since a day
    ago, and those that are still to come.
    """
    again = sorted({moment + DAY for moment in sent_last_day if moment + DAY > now})
    for free in (now, *again):
        moment = free if serious else _awake(account, free)
        if _has_room(account, moment, sent_last_day):
            return moment
    raise AssertionError("a day after the last post there is room")  # pragma: no cover


def _awake(account: Account, moment: datetime) -> datetime:
    """Return the moment, or the end of the hours of rest that it falls in."""
    rest = night(account.rules.hours, account.rules.zone, moment)
    return moment if rest is None else rest.end


def _has_room(account: Account, moment: datetime, others: Sequence[datetime]) -> bool:
    """Say whether no 24 hours around the moment would have too many posts with it."""
    near = sorted(one for one in others if moment - DAY < one < moment + DAY)
    insort(near, moment)
    most = max(1, account.rules.per_day)
    spans = zip(near, near[most:], strict=False)
    return all(last - first >= DAY for first, last in spans)


def course(account: Account, *, waiting: int, sent_last_day: Sequence[datetime]) -> Course:
    """Return what becomes of so many recalls that wait: more than the day allows are one post.

    One alone waits for its turn.
    """
    room = max(1, account.rules.per_day - len(sent_last_day))
    return Course.SUMMARY if waiting > room else Course.EACH
