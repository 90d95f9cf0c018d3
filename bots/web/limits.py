"""How much one visitor, and one address, may ask for in a minute."""

from __future__ import annotations

import ipaddress
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from starlette.requests import HTTPConnection

from bots.web.settings import WebSettings
from core.channel import TryLater

MOST_BYTES = 64_000
# What the desk takes of a photo for a card.
MOST_CARD_PHOTO_BYTES = 10_000_000
# So much of a body too large is read and dropped before it is cut off: only a browser that has
# sent everything shows the answer.
MOST_PHOTO_TIMES = 4
# A large photo over a slow line.
PHOTO_SECONDS = 120
# Photos on their way in, or waiting for their answer, are in memory.
MOST_UPLOADS = 8
MOST_UPLOADS_OF_ONE = 3
UPLOAD_PAUSE = timedelta(seconds=20)
# Reading one takes as long as many answers.
MESSAGES_FOR_A_PHOTO = 5
MINUTE = timedelta(minutes=1)
MOST_KEYS = 20_000
# A household, a school or an office shares one address.
VISITORS_AT_AN_ADDRESS = 5
# Pages are cheaper than answers, and an open chat asks for news six times a minute.
PAGES_FOR_A_MESSAGE = 20
IPV6_NETWORK = 64


class Allowance:
    """So many a minute for each key; what is not used is saved up for one minute at most."""

    def __init__(self, a_minute: int) -> None:
        """Allow `a_minute` takes a minute."""
        self._a_minute = a_minute
        self._left: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def take(self, key: str, now: datetime, count: int = 1) -> timedelta | None:
        """Take `count` and return None, or return how long to wait until there are as many.

        Nobody needs more than what is allowed in a minute.
        """
        needed = min(count, self._a_minute)
        left = self._saved(key, now)
        taken = needed if left >= needed else 0
        self._left[key] = (left - taken, now)
        self._left.move_to_end(key)
        if len(self._left) > MOST_KEYS:
            self._left.popitem(last=False)
        return None if taken else MINUTE * (needed - left) / self._a_minute

    def _saved(self, key: str, now: datetime) -> float:
        left, then = self._left.get(key, (float(self._a_minute), now))
        gained = max(now - then, timedelta()) / MINUTE * self._a_minute
        return min(left + gained, float(self._a_minute))


class Limits:
    """The allowances of the pages; `photo_bytes` is None where photos are off."""

    def __init__(self, settings: WebSettings, photo_bytes: int | None = None) -> None:
        """Derive all of them from how many messages a minute one visitor may send."""
        a_minute = settings.messages_per_minute
        self.photo_bytes = photo_bytes
        self._uploads: Counter[str] = Counter()
        self._proxy = settings.trust_proxy
        self._visitor = Allowance(a_minute)
        self._address = Allowance(a_minute * VISITORS_AT_AN_ADDRESS)
        self._pages = Allowance(a_minute * PAGES_FOR_A_MESSAGE)

    def message(
        self, visitor: str, request: HTTPConnection, now: datetime, count: int = 1
    ) -> timedelta | None:
        """Count a message, as `count` of them; return how long to wait where it is too many."""
        taken = self._visitor.take(visitor, now, count)
        return taken or self.question(request, now, count)

    def question(
        self, request: HTTPConnection, now: datetime, count: int = 1
    ) -> timedelta | None:
        """Count a question by nobody we know, as a message of their address."""
        return self._address.take(address(request, behind_proxy=self._proxy), now, count)

    @contextmanager
    def upload(self, request: HTTPConnection) -> Iterator[None]:
        """Hold a place for a photo; raises TryLater where too many are on their way."""
        key = address(request, behind_proxy=self._proxy)
        full = self._uploads.total() >= MOST_UPLOADS
        if full or self._uploads[key] >= MOST_UPLOADS_OF_ONE:
            raise TryLater(UPLOAD_PAUSE)
        self._uploads[key] += 1
        try:
            yield
        finally:
            self._uploads[key] -= 1
            self._uploads += Counter()

    def page(self, request: HTTPConnection, now: datetime) -> timedelta | None:
        """Count one request; return how long to wait where it is one too many."""
        return self._pages.take(address(request, behind_proxy=self._proxy), now)


def address(request: HTTPConnection, *, behind_proxy: bool) -> str:
    """Return whom to count a request for; an IPv6 network counts as one.

    Behind a proxy that is the address the proxy itself added, the last of the list: whatever
    stands before it the visitor may have invented.
    """
    told = request.headers.get("x-forwarded-for", "") if behind_proxy else ""
    text = told.rpartition(",")[2].strip() or (request.client.host if request.client else "")
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return text[:64]
    if parsed.version == 4:  # noqa: PLR2004 - of the Internet Protocol
        return text
    return str(ipaddress.ip_network((parsed, IPV6_NETWORK), strict=False))
