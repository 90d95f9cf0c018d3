"""What every source promises: who publishes, what was fetched, and what it says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from core.model.recall import Notice

HOUR = timedelta(hours=1)
# Formats in which a source tells less of a notice than in its others: such a record may bring
# a notice, but never takes away what a fuller one told.
THIN = frozenset(
    {
        ("opss", "search"),
        ("accc", "feed"),
        ("sg_cpso", "row"),
        ("nhtsa", "nhtsa-recalls-by-vehicle"),
    }
)

# Formats in which an authority repeats, weeks later, what it had told at once elsewhere: a
# notice that they bring is answered from and announced to nobody; what changes of it later is.
LATE = frozenset({("fda", "openfda-enforcement")})


@dataclass(frozen=True, slots=True)
class Authority:
    """Who publishes, for which countries, where, and on what terms.

    `regions` are ISO 3166 alpha-2 codes; `attribution` is the line their licence asks for.
    """

    name: str
    regions: tuple[str, ...]
    homepage: str
    licence: str
    licence_url: str | None
    attribution: str


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record as the authority sent it, before anybody has read it.

    `key` is the authority's own identity of the notice, the same in every version of it;
    `format` says which of the source's formats the body is in; `url` where it came from.
    """

    source: str
    key: str
    format: str
    body: bytes = field(repr=False)
    url: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Cadence:
    """How a source is asked: how often, and how often everything is read again because edits
    cannot be seen otherwise (None: never)."""

    every: timedelta
    reread: timedelta | None = None


class SourceUnavailable(Exception):  # noqa: N818 - the contract's word
    """The source cannot be read now: no connection, an error page, a payload that is none.

    The reason is one line for the operator; it names no secret.
    """


class RecordUnreadable(Exception):  # noqa: N818 - the contract's word
    """One record means nothing to us; the reason says what is wrong with it, in one line."""


class Source(Protocol):
    """One authority's recalls."""

    @property
    def name(self) -> str:
        """Return the name stored with every notice."""
        ...

    @property
    def authority(self) -> Authority:
        """Return who publishes."""
        ...

    @property
    def cadence(self) -> Cadence:
        """Return how often it is asked."""
        ...

    @property
    def verified(self) -> bool:
        """Say whether the parser was held against a recorded payload of the current shape."""
        ...

    def fetch(self, since: datetime | None) -> AsyncIterator[RawRecord]:
        """Yield what was published or changed since then, everything where None.

        Raises SourceUnavailable and nothing else.
        """
        ...

    def split(self, payload: bytes, url: str, at: datetime) -> Iterator[RawRecord]:
        """Yield the records of one payload as it was received at `url`; pure.

        Raises SourceUnavailable where the payload is none: an error said with status 200, half
        a file, another format.
        """
        ...

    def parse(self, record: RawRecord) -> Notice:
        """Return what one record says; pure. Raises RecordUnreadable and nothing else."""
        ...
