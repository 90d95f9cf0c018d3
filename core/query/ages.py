"""How old each source is beside how old it may be: what a negative answer rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from core.model.verdict import SourceAge

FEED_LIMIT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class AgeLimits:
    """How old a source may be for a negative answer: `each` by name, else `otherwise`.

    With `otherwise` None a source that is not named is not asked: its notices warn all the
    same, but it neither supports a negative answer nor stands in the way of one.
    """

    each: Mapping[str, timedelta] = field(default_factory=lambda: MappingProxyType({}))
    otherwise: timedelta | None = FEED_LIMIT

    def of(self, name: str) -> timedelta | None:
        """Return the limit of a source, None where it is not asked."""
        return self.each.get(name, self.otherwise)


def aged(
    rows: Iterable[tuple[str, datetime, str | None]], limits: AgeLimits
) -> tuple[SourceAge, ...]:
    """Return the age of each source that negatives rest on, with the limit put on it."""
    found = ((name, at, limits.of(name)) for name, at, _ in rows)
    return tuple(SourceAge(name, at, limit) for name, at, limit in found if limit is not None)
