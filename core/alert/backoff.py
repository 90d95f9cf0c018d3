"""How a delivery that failed goes on: tried again, moved or settled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from core.channel import Address, AddressGone, DeliveryError, DeliveryUnknown, TryLater
from core.model.delivery import Because, State

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=30)
# A platform that asks for more is asked again after this all the same.
LONGEST_WAIT = timedelta(days=1)
# A repeat that may be the second copy waits for the outage to be over.
DOUBTFUL_PAUSE = timedelta(minutes=2)
GIVE_UP_AFTER, FEWEST_ATTEMPTS = timedelta(days=7), 5
_QUICK_MOVES = 3
_DOUBLINGS = 16
_SPREAD = 0.25


@dataclass(frozen=True, slots=True)
class Tried:
    """What is known of a delivery whose attempt just failed.

    `attempts` counts this one, and `since` is when the first was made. `key` is that of
    `Channel.send`. `harmless`: the channel drops a second post with the same key, or `find` is
    asked before each repeat. `direct`: to one person, not a public post. `doubtful`: an
    earlier attempt may have arrived, as `Again.because` said.
    """

    attempts: int
    since: datetime
    now: datetime
    key: str
    direct: bool = True
    harmless: bool = False
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Settle:
    """It rests in this state."""

    state: State
    because: Because


@dataclass(frozen=True, slots=True)
class Again:
    """Send it again at that time; MAY_HAVE_ARRIVED: only while the circuit is closed."""

    at: datetime
    because: Because


@dataclass(frozen=True, slots=True)
class Move:
    """Send it to the chat's new address at that time."""

    to: Address
    at: datetime


Next = Settle | Again | Move


def pause(attempts: int, key: str) -> timedelta:
    """Return how long to wait after so many attempts, 1 or more: doubling up to half an hour.

    The key spreads it by up to a quarter either way, so that what failed together does not
    come back together; the same delivery always waits as long.
    """
    doubled = FIRST_PAUSE * (1 << min(attempts - 1, _DOUBLINGS))
    digest = blake2b(f"{key} {attempts}".encode(), digest_size=4).digest()
    share = int.from_bytes(digest, "big") / 0xFFFFFFFF
    spread: float = 1 - _SPREAD + 2 * _SPREAD * share
    return min(doubled, LONGEST_PAUSE) * spread


def after(error: DeliveryError, tried: Tried) -> Next:
    """Return how a delivery goes on after an attempt that failed with `error`."""
    match error:
        case AddressGone(moved_to=None):
            return Settle(State.GONE, Because.ADDRESS_GONE)
        case AddressGone(moved_to=Address() as new):
            return Move(new, _move_at(tried))
        case TryLater(retry_after=asked):
            return _later(asked, tried)
        case DeliveryUnknown():
            return _unknown(tried)
    return Settle(State.REJECTED, Because.POST_REJECTED)


def _move_at(tried: Tried) -> datetime:
    """Return at once, unless two addresses name each other for ever."""
    quick = tried.attempts <= _QUICK_MOVES
    return tried.now if quick else tried.now + pause(tried.attempts, tried.key)


def _later(asked: timedelta | None, tried: Tried) -> Next:
    if _too_long(tried):
        return _give_up(tried)
    wait = max(asked or timedelta(), timedelta()) or pause(tried.attempts, tried.key)
    because = Because.MAY_HAVE_ARRIVED if tried.doubtful else Because.TRY_LATER
    return Again(tried.now + min(wait, LONGEST_WAIT), because)


def _unknown(tried: Tried) -> Next:
    """Repeat what cannot arrive twice freely, a direct alert once, a public post never."""
    if tried.harmless:
        doubtful = Settle(State.UNKNOWN, Because.MAY_HAVE_ARRIVED)
        wait = pause(tried.attempts, tried.key)
        return doubtful if _too_long(tried) else Again(tried.now + wait, doubtful.because)
    if tried.doubtful or not tried.direct:
        return Settle(State.UNKNOWN, Because.MAY_HAVE_ARRIVED)
    wait = max(DOUBTFUL_PAUSE, pause(tried.attempts, tried.key))
    return Again(tried.now + wait, Because.MAY_HAVE_ARRIVED)


def _too_long(tried: Tried) -> bool:
    """Say whether it was tried for a week, and not just twice with silence between."""
    lasted = tried.now - tried.since >= GIVE_UP_AFTER
    return lasted and tried.attempts >= FEWEST_ATTEMPTS


def _give_up(tried: Tried) -> Settle:
    if tried.doubtful:
        return Settle(State.UNKNOWN, Because.MAY_HAVE_ARRIVED)
    return Settle(State.ABANDONED, Because.TRIED_TOO_LONG)
