"""One physical thing, as its owner describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from core.model.identifier import fold, legible, skeleton

READ_BACK = "read_back"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: `facts` holds what was read or remembered, as typed, by field name.

    Codes (`serial`, `date_code`, `batch`, `asin`, …), `colour`, `region` (ISO 3166 alpha-2),
    `bought` and `manufactured` (ISO date, month or year) are all facts. `confirmed` says that
    the codes were typed twice, read from a bar code, or said yes to on reading back. Where
    only some were, the fact `read_back` lists those, each with the very value confirmed.
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

    def confirms(self, name: str) -> bool:
        """Say whether the value that this fact now has was confirmed by the person."""
        return self.confirmed or self._mark(name) in self.facts.get(READ_BACK, "").split()

    def confirming(self, *names: str) -> Unit:
        """Return the same unit with the present values of these facts confirmed."""
        marks = [self._mark(name) for name in names if name in self.facts]
        if not marks:
            return self
        known = (*self.facts.get(READ_BACK, "").split(), *marks)
        return self.knowing(**{READ_BACK: " ".join(dict.fromkeys(known))})

    def _mark(self, name: str) -> str:
        return f"{name}={fold(self.facts.get(name, ''))}"


def code_to_mark(unit: Unit, field: str) -> str | None:
    """Return what of a unit's code may be remembered as a keyed digest, None for nothing.

    Every look-alike reading gives the same, so that a code which is on no list is on none
    under any reading. One that was not confirmed, or not read in full, proves nothing.
    """
    typed = unit.facts.get(field)
    if typed is None or not (unit.confirms(field) and legible(typed)):
        return None
    return skeleton(fold(typed))
