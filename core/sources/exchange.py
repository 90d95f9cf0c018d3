"""What is asked of an authority and what it answered, as values; and how we ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import version

import httpx


@dataclass(frozen=True, slots=True)
class Site:
    """An authority's hosts; with a `base_url` (for tests) that host stands in for all."""

    hosts: frozenset[str]
    base_url: str | None = None

    def address(self, url: str) -> str:
        """Return where to ask for `url`: its path and query, at `base_url` if there is one."""
        if self.base_url is None:
            return url
        real, stand_in = httpx.URL(url), httpx.URL(self.base_url)
        return str(real.copy_with(scheme=stand_in.scheme, netloc=stand_in.netloc))

    @property
    def allowed(self) -> frozenset[str]:
        """Return the hosts that may be asked and redirected to."""
        if self.base_url is None:
            return self.hosts
        return frozenset({httpx.URL(self.base_url).host})


@dataclass(frozen=True, slots=True)
class Validators:
    """How an authority names the version of a page it sent: its ETag and Last-Modified."""

    etag: str | None = None
    last_modified: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers that ask for the page only where it has changed since."""
        said = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer, unpacked. `unchanged` (with no body): the version asked about still stands.

    `content_type` is lower case without its parameters; `charset` as the answer names it;
    `url` is where it came from in the end, `at` when; `links` are its Link header by `rel`.
    """

    body: bytes = field(repr=False)
    content_type: str
    charset: str | None
    url: str
    at: datetime
    validators: Validators
    unchanged: bool = False
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How we ask. `transfer` is for one exchange as a whole, `silence` for a pause within it.

    Where an authority wants a longer wait than `patience`, it is left alone for that time.
    `pause` lies between two requests to one host; `loopback` (for tests) lets this machine be
    asked, without TLS too.
    """

    contact: str | None = None
    attempts: int = 4
    transfer: timedelta = timedelta(minutes=5)
    silence: timedelta = timedelta(seconds=30)
    patience: timedelta = timedelta(minutes=2)
    # Four a second are 240 a minute, the lowest limit that an authority states (openFDA).
    pause: timedelta = timedelta(milliseconds=250)
    loopback: bool = False

    @property
    def user_agent(self) -> str:
        """Return the one name under which we ask, with the contact where there is one."""
        contact = f" (+{self.contact})" if self.contact else ""
        return f"recallbot/{version('recallbot')}{contact}"
