"""What one stretch of a notice says: a field, and the values it takes there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.model.date_code import Days

How = Literal["eq", "starts", "ends", "between", "dated"]


@dataclass(frozen=True, slots=True)
class Value:
    """One code, the beginning or end of codes, a range of codes, or a stretch of days.

    `at` are the characters that the code or range is about, counted from 1; None: all of them.
    """

    how: How
    text: str = ""
    end: str = ""
    first: date | None = None
    last: date | None = None
    at: tuple[int, int] | None = None

    @property
    def written(self) -> str:
        """Return the value: "A1", "A*", "*Z", "A1..A9", "2020-01-01..2021-12-31"."""
        match self.how:
            case "eq":
                return self.text
            case "starts":
                return f"{self.text}*"
            case "ends":
                return f"*{self.text}"
            case "between":
                return f"{self.text}..{self.end}"
            case _:
                return self._days()

    def _days(self) -> str:
        first = self.first.isoformat() if self.first else ""
        last = self.last.isoformat() if self.last else ""
        return first if first == last else f"{first}..{last}"


@dataclass(frozen=True, slots=True)
class Clause:
    """A field with its values, the sentence it stands in, and the row of a table, if any.

    `left_out` says that the notice names them as not recalled; `used` are the tokens read.
    """

    field: str
    values: tuple[Value, ...]
    sentence: int
    used: frozenset[int]
    row: int | None = None
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything read from one text, and the tokens that were understood in passing."""

    clauses: tuple[Clause, ...]
    passed: frozenset[int] = frozenset()


def dated(days: Days) -> Value:
    """Return the days as a value."""
    return Value("dated", first=days.first, last=days.last)


def listed(codes: Sequence[str]) -> tuple[Value, ...]:
    """Return the codes as values, each once."""
    return tuple(Value("eq", code) for code in dict.fromkeys(codes))
