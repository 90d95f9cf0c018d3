"""What a failed call to Discord means for the post: one table, read by status and code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

import aiohttp
from discord import HTTPException, RateLimited

from core.channel import AddressGone, DeliveryError, DeliveryUnknown, PostRejected, TryLater

# What no single address is to blame for: such as a bot that Discord holds back as a whole.
HELD_BACK = timedelta(hours=1)
UNAUTHORIZED, FORBIDDEN, TOO_MANY, SERVER = 401, 403, 429, 500
Outcome = Callable[[HTTPException], DeliveryError]


def _gone(error: HTTPException) -> DeliveryError:
    return AddressGone(said=f"{error.status} {error.code} {error.text}")


def _held_back(_: HTTPException) -> DeliveryError:
    return TryLater(HELD_BACK)


def _rejected(error: HTTPException) -> DeliveryError:
    return PostRejected(f"{error.status} {error.code}")


def _later(error: HTTPException) -> DeliveryError:
    asked = error.response.headers.get("Retry-After", "")
    return TryLater(timedelta(seconds=int(asked)) if asked.isdecimal() else None)


# By Discord's list of JSON error codes; 50278 (no server in common) is second-hand.
CODES: Mapping[tuple[int, int], Outcome] = MappingProxyType(
    {
        (400, 50033): _gone,  # invalid recipient
        (400, 50083): _gone,  # the thread is archived and locked
        (403, 50001): _gone,  # missing access
        (403, 50007): _gone,  # cannot send messages to this user
        (403, 50013): _gone,  # missing permissions
        (403, 50278): _gone,  # no server in common
        (403, 50005): _rejected,  # the message is somebody else's
        (403, 200000): _rejected,  # blocked by the server's own word filter
        (404, 10003): _gone,  # unknown channel
        (404, 10004): _gone,  # unknown guild
        (404, 10013): _gone,  # unknown user
    }
)
STATUSES: Mapping[int, Outcome] = MappingProxyType(
    # A wrong token is put right by whoever runs the bot; nobody is to blame for it.
    {UNAUTHORIZED: _later, FORBIDDEN: _held_back, TOO_MANY: _later}
)


def failure_of(error: Exception, *, sent: bool) -> DeliveryError:
    """Return what `error` means; `sent` says whether the request may have reached Discord."""
    match error:
        case RateLimited():
            return TryLater(timedelta(seconds=error.retry_after))
        case HTTPException():
            return _of_answer(error)
        case aiohttp.ClientConnectorError():
            return TryLater()
    reason = type(error).__name__
    return DeliveryUnknown(reason) if sent else TryLater()


def _of_answer(error: HTTPException) -> DeliveryError:
    if error.status >= SERVER:
        return DeliveryUnknown(str(error.status))
    outcome = CODES.get((error.status, error.code)) or STATUSES.get(error.status, _rejected)
    return outcome(error)


def answer_failure_of(error: Exception, *, sent: bool) -> DeliveryError:
    """Return what `error` means for the answer to an interaction, which has no address.

    Its webhook ends after 15 minutes, or with the message: nobody is gone because of that.
    """
    if isinstance(error, HTTPException) and error.status in {UNAUTHORIZED, FORBIDDEN, 404}:
        return PostRejected(f"{error.status} {error.code}")
    return failure_of(error, sent=sent)
