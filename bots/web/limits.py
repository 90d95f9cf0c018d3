"""How much one visitor, and one address, may ask for in a minute."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from datetime import datetime, timedelta

from starlette.requests import HTTPConnection

from bots.web.settings import WebSettings

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

    def take(self, key: str, now: datetime) -> timedelta | None:
        """Take one and return None, or return how long to wait until there is one."""
        left = self._saved(key, now)
        taken = left >= 1
        self._left[key] = (left - taken, now)
        self._left.move_to_end(key)
        if len(self._left) > MOST_KEYS:
            self._left.popitem(last=False)
        return None if taken else MINUTE * (1 - left) / self._a_minute

    def _saved(self, key: str, now: datetime) -> float:
        left, then = self._left.get(key, (float(self._a_minute), now))
        gained = max(now - then, timedelta()) / MINUTE * self._a_minute
        return min(left + gained, float(self._a_minute))


class Limits:
    """The allowances of the pages."""

    def __init__(self, settings: WebSettings) -> None:
        """Derive all of them from how many messages a minute one visitor may send."""
        a_minute = settings.messages_per_minute
        self._proxy = settings.trust_proxy
        self._visitor = Allowance(a_minute)
        self._address = Allowance(a_minute * VISITORS_AT_AN_ADDRESS)
        self._pages = Allowance(a_minute * PAGES_FOR_A_MESSAGE)

    def message(self, visitor: str, request: HTTPConnection, now: datetime) -> timedelta | None:
        """Count one message; return how long to wait where it is one too many."""
        return self._visitor.take(visitor, now) or self._address.take(
            address(request, behind_proxy=self._proxy), now
        )

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
