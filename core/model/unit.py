"""One physical thing, as its owner describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: `facts` holds what was read or remembered, as typed, by field name.

    Codes (`serial`, `date_code`, `batch`, `asin`, …), `colour`, `region` (ISO 3166 alpha-2),
    `bought` and `manufactured` (ISO date, month or year) are all facts. `confirmed` says that
    the codes were typed twice, read from a bar code, or said yes to on reading back.
    """

    brand: str | None = None
    model: str | None = None
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    confirmed: bool = False

    @property
    def region(self) -> str | None:
        """Return the country the person named, or None."""
        return self.facts.get("region", "").upper() or None

    @property
    def serial(self) -> str | None:
        """Return the serial number as typed, or None."""
        return self.facts.get("serial")

    def knowing(self, **facts: str) -> Unit:
        """Return the same unit with these facts added or replaced."""
        return replace(self, facts=MappingProxyType({**self.facts, **facts}))
