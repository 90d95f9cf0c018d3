"""A source as its contract is tested: a recorded page, and how its records lie in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.sources.contract import Source
from core.sources.http import Fetcher
from core.sources.registry import build
from tests.contracts.source_pages import Mutants, Shape
from tests.platforms.authority import Asked

FIXTURES = Path(__file__).parent.parent / "fixtures" / "sources"


@dataclass(frozen=True, slots=True)
class SourceCase:
    """One format of one source.

    `payload` is the recorded page as `split` takes it, received at `url`, with `count` records
    in it that lie there as `shape` says (None: the page is one record). `mutants` yields what a
    record's body could be when the authority errs.

    `answers` are what the authority says to `fetch`: the first whose key is a piece of the
    path, the query or the body asked with; without any, everything is answered by `payload`.
    `errors` are what it says with status 200 instead of a page, such as an empty list that
    cannot be empty. `cut_shows` is false where half a page looks like a whole one,
    `charset_shows` where every byte is a character.
    """

    name: str
    payload: bytes
    url: str
    count: int
    shape: Shape | None
    mutants: Mutants
    answers: Mapping[str, bytes] = field(default_factory=dict)
    content_type: str = "application/json"
    errors: Sequence[bytes] = ()
    cut_shows: bool = True
    charset_shows: bool = True
    part: str = ""

    @property
    def id(self) -> str:
        """Return the source's name, with the part of it that this is."""
        return f"{self.name}-{self.part}" if self.part else self.name

    def build(self, fetcher: Fetcher, base_url: str | None = None) -> Source:
        """Return the source, asking at `base_url`."""
        return build(self.name, fetcher, base_url)

    def answer(self, asked: Asked) -> bytes:
        """Return what the authority says to this request."""
        words = f"{asked.words} {asked.body.decode()}"
        for piece, body in self.answers.items():
            if piece in words:
                return body
        return self.payload


def recorded(name: str, file: str) -> bytes:
    """Return a recorded page out of tests/fixtures/sources/<name>/."""
    return (FIXTURES / name / file).read_bytes()


def recorded_records(name: str, file: str) -> list[bytes]:
    """Return the elements of a recorded JSON list, each as JSON."""
    return [json.dumps(record).encode() for record in json.loads(recorded(name, file))]
