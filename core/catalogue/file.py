"""What a catalogue is made of: files with their makers and recalls; and what can be wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from core.model.recall import Example, Maker, Notice
from core.model.verdict import Verdict

FOLDER = Path(__file__).parent
Judge = Callable[[Maker | None, Notice, Example], Verdict]


class CatalogueFile(BaseModel):
    """The reviewed recalls of one maker, with every fact's source."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_: str | None = Field(default=None, alias="$schema")
    makers: tuple[Maker, ...] = Field(min_length=1)
    reviewed: date
    recalls: tuple[Notice, ...] = Field(min_length=1)

    def maker_of(self, notice: Notice) -> Maker | None:
        """Return the maker whose brand the recall names first, or None."""
        named = (maker for maker in self.makers if notice.brands[0] in maker.brands)
        return next(named, None)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Checked files that go together; iterating yields the files."""

    files: tuple[CatalogueFile, ...]

    def __iter__(self) -> Iterator[CatalogueFile]:
        """Yield the files."""
        return iter(self.files)

    def __len__(self) -> int:
        """Return how many files there are."""
        return len(self.files)

    @property
    def makers(self) -> tuple[Maker, ...]:
        """Return every maker of every file."""
        return tuple(maker for file in self.files for maker in file.makers)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Return every recall of every file."""
        return tuple(notice for file in self.files for notice in file.recalls)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a file, or with one recall in it, in one line."""

    file: str
    recall: str | None
    reason: str

    def __str__(self) -> str:
        """Return "file: recall: reason"."""
        return ": ".join(part for part in (self.file, self.recall, self.reason) if part)


class CatalogueError(Exception):
    """The catalogue cannot be used as it is; `problems` says all that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems; their lines are the message."""
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
