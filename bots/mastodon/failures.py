"""What a failed call to an instance means for the post."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import requests
from mastodon.errors import (
    MastodonAPIError,
    MastodonIllegalArgumentError,
    MastodonNetworkError,
    MastodonRatelimitError,
)
from urllib3.exceptions import (
    ConnectTimeoutError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
)

from core.channel import (
    AddressGone,
    DeliveryError,
    DeliveryUnknown,
    PostRejected,
    TryLater,
)

# No connection came about, or to somebody whose certificate is not right: nothing was sent.
NEVER_SENT = (
    *(requests.ConnectTimeout, ConnectTimeoutError, NewConnectionError, NameResolutionError),
    *(ProxyError, ssl.SSLCertVerificationError, requests.exceptions.InvalidURL),
)
REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
SERVER_FAILED = range(500, 600)


def failure_of(error: Exception, headers: Mapping[str, str]) -> DeliveryError:
    """Return what an error of Mastodon.py means; `headers` are those of the last answer."""
    match error:
        case MastodonRatelimitError():
            return TryLater(wait_in(headers))
        case MastodonNetworkError():
            return _of_network(error)
        case MastodonAPIError(args=(_, int() as status, reason, said)):
            return _of_status(status, str(reason), said if isinstance(said, str) else "")
        case MastodonIllegalArgumentError():
            return PostRejected(str(error))
    # An answer came that cannot be read; its text may quote what was sent.
    return DeliveryUnknown(type(error).__name__)


def before_posting(failure: DeliveryError) -> DeliveryError:
    """Return what it means where nothing was to be posted yet: that is never doubtful."""
    return TryLater(said=str(failure)) if isinstance(failure, DeliveryUnknown) else failure


def _of_status(status: int, reason: str, said: str) -> DeliveryError:
    told = f"{status} {said or reason}"
    if status in SERVER_FAILED:
        return DeliveryUnknown(told)
    # Mastodon says why; a page without that comes from something before it.
    if status in REFUSED:
        return AddressGone(said=told) if said else TryLater(said=told)
    return PostRejected(told)


def _of_network(error: BaseException) -> DeliveryError:
    causes = list(_behind(error))
    if any(isinstance(cause, requests.TooManyRedirects) for cause in causes):
        return TryLater(said="the instance is elsewhere: it answers with another address")
    if any(isinstance(cause, NEVER_SENT) for cause in causes):
        return TryLater()
    # The texts of these errors may hold more than their kind.
    return DeliveryUnknown(type(causes[1] if len(causes) > 1 else error).__name__)


def _behind(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that led to it; requests keeps urllib3's among its arguments."""
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        waiting += [cause for cause in inner if isinstance(cause, BaseException)]


def wait_in(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long an answer says to wait, by the instance's clock; None where unsaid."""
    try:
        reset = _moment(headers["X-RateLimit-Reset"])
        wait = reset - parsedate_to_datetime(headers["Date"])
    except (KeyError, ValueError, TypeError, OverflowError):
        return _retry_after(headers)
    return max(wait, timedelta(seconds=1))


def _moment(text: str) -> datetime:
    """Return a time as Mastodon writes it, or in seconds since 1970 as GoToSocial does."""
    if text.isdecimal():
        return datetime.fromtimestamp(int(text), UTC)
    return datetime.fromisoformat(text)


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    seconds = headers.get("Retry-After", "")
    return timedelta(seconds=int(seconds[:6])) if seconds.isdecimal() else None
