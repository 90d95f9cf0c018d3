"""One figure of a bench, its floor and its aim."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

_COMPARED = {"<=": operator.le, ">=": operator.ge}


@dataclass(frozen=True, slots=True)
class Result:
    """A value in `unit`, the floor measured beside it in the same run, and what we aim at.

    `aim` compares the value or the ratio to the floor: "value<=5", "ratio<=2", or "" for none.
    """

    name: str
    value: float
    unit: str
    floor: float | None = None
    aim: str = ""

    @property
    def ratio(self) -> float | None:
        """Return value ÷ floor, None where there is no floor."""
        return self.value / self.floor if self.floor else None

    @property
    def holds(self) -> bool | None:
        """Say whether the aim is met, None where there is none."""
        for sign, compare in _COMPARED.items():
            what, found, limit = self.aim.partition(sign)
            if found:
                measured = self.ratio if what == "ratio" else self.value
                return measured is not None and bool(compare(measured, float(limit)))
        return None

    def as_json(self) -> dict[str, Any]:
        """Return the figure as JSON values."""
        return {**asdict(self), "ratio": self.ratio, "holds": self.holds}


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
