"""What a failed call to X means for the post: one table, read by status and words.

The words are X's own: the page of its response codes (developer.x.com, basics/response-codes)
and answers that others reported; the API gives no codes for them any more. Which of them it
uses today, and for what else, is *unverified*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
from tweepy.errors import HTTPException

from core.channel import AddressGone, DeliveryError, DeliveryUnknown, PostRejected, TryLater

BAD, UNAUTHORIZED, PAYMENT, FORBIDDEN, TOO_MANY, SERVER = 400, 401, 402, 403, 429, 500
DAY = timedelta(days=1)
HELD_BACK = timedelta(hours=1)
OUT_OF_CREDITS = "X: out of credits"
REPEATED = ("duplicate content", "status is a duplicate")
GONE = (
    *("suspended", "temporarily locked", "account is locked", "deactivated"),
    *("app permissions", "client-not-enrolled", "client is not permitted"),
    "not permitted to access this feature",
)
# The account, or the app, did more than X wants it to for now.
CAPPED = ("usage cap", "usagecapexceeded", "spend cap", "spendcapreached", "spending limit")
BUSY = ("daily status update limit", "daily limit", "might be automated")
# Which limit a 429 is about is told by the one that has nothing left.
WINDOWS = ("x-rate-limit-", "x-app-limit-24hour-", "x-user-limit-24hour-")

# Seconds since 1970 have ten digits for a long time to come.
LONGEST_TIME = 10


class Repeated(PostRejected):
    """X has a post of that text by this account already."""


@dataclass(slots=True, eq=False)
class Flight:
    """How far one request came, and what the head of its answer said.

    `sent` says that it may have reached X; `free_at` is from when on there may be another,
    None where nothing limits that.
    """

    sent: bool = False
    status: int | None = None
    free_at: datetime | None = None


def free_at(headers: Mapping[str, str]) -> datetime | None:
    """Return when a limit that is used up ends, by the head of an answer."""
    told = {name.lower(): value for name, value in headers.items()}
    ends = [
        told.get(f"{window}reset", "")
        for window in WINDOWS
        if told.get(f"{window}remaining") == "0"
    ]
    known = [
        int(end)
        for end in ends
        if end.isascii() and end.isdecimal() and len(end) <= LONGEST_TIME
    ]
    return datetime.fromtimestamp(max(known), UTC) if known else None


def failure_of(error: Exception, flight: Flight, now: datetime) -> DeliveryError:
    """Return what `error` means, by how far its request came."""
    status, words = flight.status, _words(error)
    if status is None:
        never = isinstance(error, aiohttp.ClientConnectorError) or not flight.sent
        return TryLater() if never else DeliveryUnknown(type(error).__name__)
    if status == TOO_MANY:
        return _throttled(words, flight, now)
    if status >= SERVER:
        return DeliveryUnknown(str(status))
    if not isinstance(error, HTTPException):
        # The answer cannot be read: X's own if it went well, else that of something before it.
        return DeliveryUnknown(str(status)) if status < BAD else TryLater()
    return _refused(status, words)


def _throttled(words: str, flight: Flight, now: datetime) -> TryLater:
    if any(one in words.lower() for one in CAPPED):
        return TryLater(DAY, OUT_OF_CREDITS)
    wait = flight.free_at - now if flight.free_at else None
    return TryLater(wait if wait and wait > timedelta() else None)


def _refused(status: int, words: str) -> DeliveryError:
    folded = words.lower()
    if status == PAYMENT or (status == FORBIDDEN and any(one in folded for one in CAPPED)):
        return TryLater(DAY, OUT_OF_CREDITS)
    if any(one in folded for one in REPEATED):
        return Repeated(words)
    if any(one in folded for one in BUSY):
        return TryLater(HELD_BACK, words)
    if status == UNAUTHORIZED or (status == FORBIDDEN and any(one in folded for one in GONE)):
        return AddressGone(said=words)
    return PostRejected(words)


def _words(error: Exception) -> str:
    return " ".join(str(error).split()) if isinstance(error, HTTPException) else ""
