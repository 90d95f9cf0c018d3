"""What Apprise tells of a notification that failed, by what it logged meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from core.channel import (
    AddressGone,
    DeliveryError,
    DeliveryUnknown,
    PostRejected,
    TryLater,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line that Apprise logged; it may hold secrets and is never passed on."""

    level: str
    message: str


# How nearly all of its services say what the other side answered, what broke, what went.
_STATUS = re.compile(r"\berror=(\d{3})\b")
_BROKE = "Socket Exception: "
_SENT = "Sent "
# What a mail server answered, in the words of smtplib.
_MAIL_ANSWER = re.compile(r"\((\d{3}), b['\"]")
_NEVER_SENT = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeoutError|Connection refused|"
    r"Name or service not known|failure in name resolution|No address associated|"
    r"No route to host|Network is unreachable|CERTIFICATE_VERIFY_FAILED"
)
_GONE = (
    *(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN),
    *(HTTPStatus.NOT_FOUND, HTTPStatus.GONE),
)
_NOT_TAKEN = range(400, 500)
_LEADS_ELSEWHERE = range(300, 400)
_MAIL_LATER = range(400, 500)
_MAIL_REFUSED = range(500, 600)


def failure_of(lines: Sequence[Line]) -> DeliveryError:
    """Return what a notification that failed means, by what was logged of it.

    Only what surely went nowhere may be repeated: where that is not clear it is unknown.
    """
    if any(line.level == "INFO" and line.message.startswith(_SENT) for line in lines):
        return DeliveryUnknown("some of its readers were reached, and some were not")
    failures = list(_failures(lines))
    kinds = {type(failure) for failure in failures}
    if len(kinds) != 1:
        return DeliveryUnknown("Apprise does not say what failed")
    return failures[0]


def _failures(lines: Iterable[Line]) -> Iterator[DeliveryError]:
    for line in lines:
        if line.level == "WARNING" and (found := _STATUS.search(line.message)):
            yield _answered(int(found[1]))
        elif line.message.startswith(_BROKE):
            yield _broke(line.message)


def _answered(status: int) -> DeliveryError:
    """Return what an HTTP status means for the post."""
    told = f"HTTP {status}"
    if status == HTTPStatus.TOO_MANY_REQUESTS or status in _LEADS_ELSEWHERE:
        return TryLater(said=told)
    if status in _GONE:
        return AddressGone(said=told)
    refused = status in _NOT_TAKEN and status != HTTPStatus.REQUEST_TIMEOUT
    return PostRejected(told) if refused else DeliveryUnknown(told)


def _broke(message: str) -> DeliveryError:
    if _NEVER_SENT.search(message):
        return TryLater(said="cannot be reached")
    answer = _MAIL_ANSWER.search(message)
    code = int(answer[1]) if answer else 0
    if code in _MAIL_LATER:
        return TryLater(said=f"SMTP {code}")
    if code in _MAIL_REFUSED:
        return PostRejected(f"SMTP {code}")
    return DeliveryUnknown("the connection broke")
