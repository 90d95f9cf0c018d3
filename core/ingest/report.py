"""What came of reading a source: how many of each outcome, and what went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from core.ingest.revise import Change

UNREADABLE = "unreadable"
SEEDED = "seeded"
# In the order in which they are told.
OUTCOMES = (*(change.value for change in Change), UNREADABLE, SEEDED)
UNMOVED = frozenset({Change.SAME.value, UNREADABLE})


@dataclass(frozen=True, slots=True)
class Report:
    """One reading of a source, or several of them together.

    `counts` holds a number for each of OUTCOMES that came up; `error` is one line where the
    source could not be read to its end; `took` is in seconds.
    """

    source: str
    counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    error: str | None = None
    took: float = 0.0

    @property
    def fetched(self) -> int:
        """Return how many records came, of every outcome."""
        return sum(self.counts.values())

    @property
    def moved(self) -> bool:
        """Say whether anything is not as it was before, announced or not."""
        return any(self.counts.get(name) for name in OUTCOMES if name not in UNMOVED)

    def row(self) -> dict[str, object]:
        """Return the report as the command line's JSON has it."""
        told: dict[str, object] = {"source": self.source, "fetched": self.fetched}
        told |= {name: self.counts.get(name, 0) for name in OUTCOMES}
        told["took_s"] = round(self.took, 3)
        return told | ({"error": self.error} if self.error else {})


def together(reports: Iterable[Report]) -> Report:
    """Return the readings of one source as one: sums, and the last error."""
    first, *rest = reports
    counts: Counter[str] = Counter(first.counts)
    total = first
    for report in rest:
        counts.update(report.counts)
        took = total.took + report.took
        total = replace(total, took=took, error=report.error or total.error)
    return replace(total, counts=MappingProxyType(dict(counts)))
