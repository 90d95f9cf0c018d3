"""What a failed call to Bluesky means for the post."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx
from atproto.exceptions import AtProtocolError, RateLimitExceededError, RequestErrorBase

from core.channel import (
    AddressGone,
    DeliveryError,
    DeliveryUnknown,
    PostRejected,
    TryLater,
)

# Everything a call of the library raises: its own, what it lets through of its transport, and
# what an answer that is no JSON ends with.
FAILURES = (AtProtocolError, httpx.HTTPError, httpx.InvalidURL, ValueError)
# No connection came about, so nothing was sent.
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# The names of errors are Bluesky's own; that the main server says the same of an account that
# was suspended is *unverified*.
GONE = frozenset(
    {
        *("AccountTakedown", "AccountDeactivated", "AccountSuspended", "AccountNotFound"),
        *("RepoTakendown", "RepoDeactivated", "RepoSuspended", "RepoNotFound"),
    }
)
STALE = frozenset({"ExpiredToken", "InvalidToken", "AuthMissing", "BadJwt"})
TAKEN = "InvalidSwap"
NOT_THERE = "RecordNotFound"
# A server that knows no such call is not Bluesky's, or not all of it.
NOT_SERVED = frozenset({404, 405, 501})
UNAUTHORIZED = 401
FAILING = 500


def failure_of(error: Exception, now: datetime) -> DeliveryError:
    """Return what `error` means for a post."""
    response = error.response if isinstance(error, RequestErrorBase) else None
    if isinstance(error, RateLimitExceededError):
        return TryLater(_wait(error, now))
    if response is None:
        return _unanswered(error)
    if name_of_error(error) in GONE:
        return AddressGone(said=said_by(error))
    if is_stale(error):
        return TryLater(said=said_by(error))
    return _refused(error, response.status_code)


def before_the_post(error: DeliveryError) -> DeliveryError:
    """Return what the same means where the post itself was not sent yet."""
    return TryLater(said=str(error)) if isinstance(error, DeliveryUnknown) else error


def name_of_error(error: Exception) -> str:
    """Return what Bluesky calls the error, "" where it did not say."""
    response = error.response if isinstance(error, RequestErrorBase) else None
    return str(getattr(response.content, "error", "") or "") if response else ""


def said_by(error: Exception) -> str:
    """Return an error in Bluesky's words."""
    response = error.response if isinstance(error, RequestErrorBase) else None
    said = str(getattr(response.content, "message", "") or "") if response else ""
    return said or name_of_error(error) or type(error).__name__


def is_stale(error: Exception) -> bool:
    """Say whether a session is no longer taken; another one may be."""
    response = error.response if isinstance(error, RequestErrorBase) else None
    name = name_of_error(error)
    return name in STALE or bool(
        response and response.status_code == UNAUTHORIZED and name not in GONE
    )


def _unanswered(error: Exception) -> DeliveryError:
    if isinstance(error.__cause__ or error, NEVER_SENT):
        return TryLater()
    return DeliveryUnknown(type(error.__cause__ or error).__name__)


def _refused(error: Exception, status: int) -> DeliveryError:
    if status in NOT_SERVED:
        return TryLater(said=f"the server does not do what Bluesky's does: {said_by(error)}")
    if status >= FAILING:
        return DeliveryUnknown(said_by(error))
    return PostRejected(said_by(error))


def _wait(error: RateLimitExceededError, now: datetime) -> timedelta | None:
    reset: datetime | None = error.reset_at
    if reset is not None:
        return max(reset - now, timedelta(seconds=1))
    return None if error.retry_after is None else timedelta(seconds=error.retry_after)
